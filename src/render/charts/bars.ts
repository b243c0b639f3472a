import type { CanvasElement, ContentCanvas } from "pdfmake/interfaces";
import type { Palette } from "../style/theme.ts";

/**
 * A bar for a table's cell, `share` (0–1) of the width. `before` is a tick where it was a year ago. Drawn without SVG:
 * a long table has hundreds.
 */
export function bar(
  share: number,
  options: {
    readonly width: number;
    readonly height?: number;
    readonly color: string;
    readonly palette: Palette;
    readonly before?: number | null;
    readonly margin?: [number, number, number, number];
  },
): ContentCanvas {
  const { width, height = 6, color, palette, before, margin = [0, 2.4, 0, 0] } = options;
  const length = Math.max(share > 0 ? 0.8 : 0, Math.min(1, share) * width);
  const canvas: CanvasElement[] = [
    // The whole width, in the paper's own white: it gives the cell its size.
    { type: "line", x1: 0, y1: height, x2: width, y2: height, lineWidth: 0.3, lineColor: palette.hairline },
    { type: "rect", x: 0, y: 0, w: length, h: height, color },
  ];
  if (before !== undefined && before !== null) {
    const x = Math.min(1, Math.max(0, before)) * width;
    canvas.push({ type: "line", x1: x, y1: -1.5, x2: x, y2: height + 1.5, lineWidth: 0.9, lineColor: palette.ink });
  }
  return { canvas, margin };
}

/** Small columns, one a quarter, the newest in the accent; none where the number is unknown. */
export function sparkline(
  values: readonly (number | null)[],
  { width, height, palette }: { readonly width: number; readonly height: number; readonly palette: Palette },
): ContentCanvas {
  const high = Math.max(1, ...values.map((value) => value ?? 0));
  const band = width / Math.max(1, values.length);
  const canvas: CanvasElement[] = [
    { type: "line", x1: 0, y1: height, x2: width, y2: height, lineWidth: 0.4, lineColor: palette.muted },
  ];
  values.forEach((value, index) => {
    const tall = ((value ?? 0) / high) * height;
    const color = index === values.length - 1 ? palette.accent : palette.bar;
    if (tall > 0)
      canvas.push({ type: "rect", x: index * band + band * 0.15, y: height - tall, w: band * 0.7, h: tall, color });
  });
  return { canvas };
}

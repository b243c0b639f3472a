import type { CanvasElement, Content } from "pdfmake/interfaces";
import { described, text } from "../style/text.ts";
import type { Palette } from "../style/theme.ts";
import { picture } from "./picture.ts";

const JOINING = /[\u0620-\u07ff]/;
/** Between letters that would join to a word, as those of Arabic do. */
const APART = "\u200c";

/** First and last; of a name written in one word, its first character. */
export function initials(name: string): string {
  const words = name.split(/[\s-]+/).filter((word) => /^[\p{L}\p{N}]/u.test(word));
  const ends = words.length > 1 ? [words[0], words.at(-1)] : words.slice(0, 1);
  const letters = ends.map((word) => Array.from(word ?? "")[0]?.toUpperCase() ?? "");
  return letters.join(JOINING.test(letters[0] ?? "") ? APART : "") || "·";
}

/** Sides of what looks like a circle. */
const SIDES = 96;

/** A square with a round hole, a little larger than what lies below, so that no edge of that shows. */
function surround(size: number, color: string): CanvasElement {
  const [half, low, high] = [size / 2, -0.8, size + 0.8];
  const hole = Array.from({ length: SIDES + 1 }, (_, side) => {
    const angle = -Math.PI / 2 - (side / SIDES) * 2 * Math.PI;
    return { x: half + (half - 0.2) * Math.cos(angle), y: half + (half - 0.2) * Math.sin(angle) };
  });
  const corners = [
    { x: half, y: low },
    { x: high, y: low },
    { x: high, y: high },
    { x: low, y: high },
    { x: low, y: low },
    { x: half, y: low },
  ];
  return { type: "polyline", points: [...corners, ...hole, { x: half, y: low }], closePath: true, color };
}

/**
 * A round portrait, `size` points wide: the photo where there is a sound one, else the initials on the colour. It is cut
 * round by what is drawn over it, in the colour of the ground.
 */
export function roundPortrait(
  { name, photo, color }: { readonly name: string; readonly photo: string | null; readonly color: string },
  size: number,
  palette: Palette,
  ground = "#ffffff",
): Content {
  const image = photo === null ? null : picture(photo);
  const half = size / 2;
  if (image !== null) {
    const ring: CanvasElement = { type: "ellipse", x: half, y: half, r1: half - 0.3, r2: half - 0.3 };
    return {
      stack: [
        {
          image: image.dataUri,
          cover: { width: size, height: size, valign: "center", align: "center" },
          tag: described("Photo", name),
        },
        {
          canvas: [surround(size, ground), { ...ring, lineColor: palette.hairline, lineWidth: 0.6 }],
          margin: [0, -size, 0, 0],
        },
      ],
    };
  }
  const lettering = size * 0.34;
  return {
    tag: "Artifact",
    stack: [
      { canvas: [{ type: "ellipse", x: half, y: half, r1: half, r2: half, color }] },
      {
        columns: [
          {
            width: size,
            stack: [
              text(initials(name), {
                fontSize: lettering,
                bold: true,
                color: "#ffffff",
                alignment: "center",
                lineHeight: 1,
              }),
            ],
          },
        ],
        margin: [0, -half - lettering * 0.66, 0, 0],
      },
    ],
  };
}

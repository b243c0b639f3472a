import { visibleLine } from "../host/visible-text.ts";

/** Rows under their heads, each column as wide as its widest cell; at most `width` characters a line. */
export function table(heads: readonly string[], rows: readonly (readonly string[])[], width = Infinity): string[] {
  const all = [heads, ...rows].map((row) => row.map(visibleLine));
  const widths = all.reduce<number[]>((most, row) => row.map((cell, at) => Math.max(most[at] ?? 0, cell.length)), []);
  return all.map((row) => {
    const line = row
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join("  ")
      .trimEnd();
    return line.length > width ? `${line.slice(0, width - 1)}…` : line;
  });
}

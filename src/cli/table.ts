import { visibleLine } from "../text/visible-text.ts";
import { messages } from "./messages.ts";

interface TextTableOptions {
  /** The most characters a line has. */
  readonly width?: number;
  /** The column that is shortened, down to a few characters, before lines are cut. */
  readonly shrinks?: number;
}

const LEAST = 8;

/** Rows under their heads, each column as wide as its widest cell. */
export function table(
  heads: readonly string[],
  rows: readonly (readonly string[])[],
  { width = Number.POSITIVE_INFINITY, shrinks = -1 }: TextTableOptions = {},
): string[] {
  // An extra cell would be under another column's head.
  if (rows.some((row) => row.length !== heads.length)) throw new Error(messages.badRow(heads.join(", ")));
  const all = [heads, ...rows].map((row) => row.map(visibleLine));
  const widths = all.reduce<number[]>((most, row) => row.map((cell, at) => Math.max(most[at] ?? 0, cell.length)), []);
  const over = widths.reduce((sum, each) => sum + each + GAP.length, -GAP.length) - width;
  const shrunk = widths.map((each, at) => (at === shrinks && over > 0 ? Math.max(LEAST, each - over) : each));
  return all.map((row) => {
    const line = row
      .map((cell, at) => cut(cell, shrunk[at] ?? 0).padEnd(shrunk[at] ?? 0))
      .join(GAP)
      .trimEnd();
    return cut(line, width);
  });
}

const GAP = "  ";

function cut(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length - 1)}…` : text;
}

import { type ContentColumns, SAMPLE_ROWS } from "../table.ts";
import { columnsByContent } from "./content.ts";

/** Titles and notes are above a table's header in so many rows at most. */
export const HEADER_WITHIN = 30;

/**
 * Which row names the columns: the first with most names that are known; the first of all where none has two of them.
 * `known` counts the names of a row that are known.
 */
function findHeader(rows: readonly (readonly unknown[])[], known: (cells: readonly unknown[]) => number): number {
  let best = 0;
  let most = rows[0] === undefined ? 0 : known(rows[0]);
  for (const [index, cells] of rows.slice(0, HEADER_WITHIN).entries()) {
    const filled = cells.filter((cell) => cell !== null && String(cell).trim() !== "").length;
    const count = known(cells);
    if (count > most && count >= 2 && count * 2 >= filled) [best, most] = [index, count];
  }
  return best;
}

/** What helps to find the row that names the columns. */
export interface HeaderHints {
  /** From 1; 0 where none does. Else it is searched for. */
  readonly headerRow?: number;
  /** How many names of a row are known. */
  readonly known: (cells: readonly unknown[]) => number;
}

export interface FoundHeader {
  /** Which of the rows, from 0; -1 where none names the columns. */
  readonly at: number;
  readonly headers: readonly string[];
  readonly byContent?: ContentColumns;
}

/**
 * The names of a table's columns. Where no row has two names that are known and the rows are sales, rentals or people by
 * what is in them, none names the columns: these are "column 1", "column 2" and so on.
 */
export function headerOf(rows: readonly (readonly unknown[])[], { headerRow, known }: HeaderHints): FoundHeader {
  const at = headerRow === undefined ? findHeader(rows, known) : headerRow - 1;
  const row = rows[at] ?? [];
  if (headerRow === 0 || (headerRow === undefined && known(row) < 2)) {
    const byContent = columnsByContent(rows.slice(0, SAMPLE_ROWS));
    const width = byContent?.fields.length ?? Math.max(0, ...rows.map((cells) => cells.length));
    const headers = Array.from({ length: width }, (_, index) => `column ${index + 1}`);
    if (byContent !== null) return { at: -1, headers, byContent };
    if (headerRow === 0) return { at: -1, headers };
  }
  const headers = row.map(nameOf);
  const above = at > 0 ? (rows[at - 1] ?? []).map(nameOf) : [];
  return { at, headers: withNamesAbove(headers, above, known) };
}

function nameOf(cell: unknown): string {
  return cell === null || cell === undefined ? "" : String(cell).replace(/\s+/g, " ").trim();
}

/**
 * Names of a header of two rows: "Agency" over "Name" is "Agency Name", and "Beds" over nothing is "Beds". What is over
 * several columns is there once. A column whose own name is clear retains it; titles above a table name no column.
 */
function withNamesAbove(
  headers: readonly string[],
  above: readonly string[],
  known: HeaderHints["known"],
): readonly string[] {
  if (above.filter((name) => name !== "").length < 2) return headers;
  const width = Math.max(headers.length, above.length);
  let group = "";
  return Array.from({ length: width }, (_, index) => {
    const own = headers[index] ?? "";
    const over = above[index] ?? "";
    if (over !== "") group = over;
    if (own === "") return over;
    const isOnce = headers.indexOf(own) === headers.lastIndexOf(own);
    if (group === "" || (isOnce && known([own]) > 0 && !VAGUE.test(own))) return own;
    const whole = `${group} ${own}`;
    return known([whole]) > 0 ? whole : own;
  });
}

/** Names that mean too little by themselves where another is over them. */
const VAGUE = /^(name|date|price|type|number|value|amount|phone|mobile|email|id|no\.?)$/i;

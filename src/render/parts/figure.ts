import type { Content } from "pdfmake/interfaces";
import { isFew, RELIABLE_FROM } from "../../report/figures/figure.ts";
import type { Figure, LeagueRow, ReportModel, Unit } from "../../report/model.ts";
import { listWords, longDate } from "../../report/wording.ts";
import { note } from "../chapter.ts";
import { messages } from "../messages.ts";
import { count, FEW, figure, marksOf, SUPPLIED, suppliedMark, UNKNOWN } from "../style/format.ts";
import { type Inline, inlines } from "../style/text.ts";
import { type Palette, SIZE } from "../style/theme.ts";

/** A figure in a table, marked; what is suppressed shows what it would have rested on. */
export function figureCell(of: Figure, format: (value: number) => string, palette: Palette): Inline[] {
  return cellOf(of, format, marksOf(of), palette);
}

/** A count or a sum in a table: of few it is what it is. */
export function totalCell(of: Figure, format: (value: number) => string, palette: Palette): Inline[] {
  return cellOf(of, format, suppliedMark(of), palette);
}

function cellOf({ value, n }: Figure, format: (value: number) => string, marks: string, palette: Palette): Inline[] {
  if (value !== null) return inlines(`${format(value)}${marks}`);
  if (n === null || n === 0) return inlines(UNKNOWN, { color: palette.muted });
  return [...inlines(`${UNKNOWN} `), ...inlines(`n ${count(n)}`, { fontSize: SIZE.label, color: palette.muted })];
}

/** What the small number behind a median is, and a “–” with one, where there are such. */
export function medianWithN(medians: readonly Figure[], others: readonly Figure[] = []): string {
  const rests = ({ n }: Figure) => (n ?? 0) > 0;
  return [
    medians.some(rests) ? messages.medianCount : "",
    [...medians, ...others].some((each) => each.value === null && rests(each)) ? messages.tooFewToShow : "",
  ]
    .filter((words) => words !== "")
    .join(" ");
}

/** A figure in a table with what it rests on behind it in small. */
export function figureCellWithN(value: Figure, format: (value: number) => string, palette: Palette): Inline[] {
  const shown = figureCell(value, format, palette);
  if (value.value === null || value.n === null) return shown;
  return [...shown, ...inlines(`\u00a0\u00a0${count(value.n)}`, { fontSize: SIZE.label, color: palette.muted })];
}

/** Behind a number of sales, in small, how many of them are in the suburb itself. */
export function ownInlines(ownSales: number | null, palette: Palette): Inline[] {
  return ownSales === null
    ? []
    : inlines(`\u00a0\u00a0${count(ownSales)}`, { fontSize: SIZE.label, color: palette.muted });
}

/** Explains the small number behind the sales, if there is one. */
export function ownNote({ locality, suburbs }: ReportModel, palette: Palette): Content[] {
  if (suburbs.length === 0) return [];
  return [note(messages.ownSales(locality.suburb), palette, 3)];
}

/** Explains †, if one of the figures has it, and names the periods that a source has figures of. */
export function suppliedNote(figures: readonly Figure[], palette: Palette): Content[] {
  const marked = figures.filter(({ value, supplied }) => supplied && value !== null);
  if (marked.length === 0) return [];
  const ends = [...new Set(marked.flatMap(({ period }) => period?.end ?? []))].sort();
  const periods = messages.suppliedPeriods(listWords(ends.map(longDate)), ends.length === 1);
  return [note([messages.suppliedNote(SUPPLIED), ...(ends.length === 0 ? [] : [periods])].join(" "), palette, 3)];
}

/** What * means, where one of the figures has it: give no counts or sums, which have none. For the end of a note. */
export function fewWords(figures: readonly Figure[]): string {
  return figures.some(isFew) ? ` ${FEW_WORDS}` : "";
}

/** The same in a line of its own, where there is no other note. */
export function fewNote(figures: readonly Figure[], palette: Palette): Content[] {
  return figures.some(isFew) ? [note(FEW_WORDS, palette, 3)] : [];
}

export const FEW_WORDS = messages.fewTerms(FEW, RELIABLE_FROM);

/** A figure in its unit, marked, with n behind it in small. */
export function figureWithN(value: Figure, unit: Unit, palette: Palette): Inline[] {
  const rests = value.n === null || value.n === 0 ? "" : `  n ${count(value.n)}`;
  return [...inlines(figure(value, unit)), ...inlines(rests, { fontSize: SIZE.label, color: palette.muted })];
}

/** The same without n: where n is printed elsewhere, or would not be understood. */
export function figureAlone(value: Figure, unit: Unit): Inline[] {
  return inlines(figure(value, unit));
}

export type RankMove = Pick<LeagueRow, "rankChange" | "isNew">;

/**
 * "+2", "−1", "=": arrows have no glyph in the text face. "new" for one that had no rank a year earlier; nothing where
 * that year is not known.
 */
export function ranksMoved({ rankChange, isNew }: RankMove): string {
  if (isNew) return "new";
  if (rankChange === null) return "";
  return rankChange === 0 ? "=" : `${rankChange > 0 ? "+" : "−"}${Math.abs(rankChange)}`;
}

/** "up 2 places on the year" */
export function ranksMovedInWords(rankChange: number): string {
  if (rankChange === 0) return messages.unchangedOnYear;
  const moved = Math.abs(rankChange) === 1 ? "1 place" : `${Math.abs(rankChange)} places`;
  return messages.ranksOnYear(rankChange > 0 ? "up" : "down", moved);
}

/** "2 more agents are level with the last one shown"; "" where the shown ones end with no tie. */
export function levelWithLast(tied: number, [one, many]: readonly [one: string, many: string]): string {
  return tied === 0 ? "" : messages.levelWithLast(count(tied), tied === 1 ? `${one} is` : `${many} are`);
}

/** How many behind the first so many have the rank of the last of these. */
export function tiedWithLast(ranked: readonly { readonly rank: number | null }[], shown: number): number {
  const last = ranked[shown - 1]?.rank ?? null;
  return last === null ? 0 : ranked.slice(shown).filter(({ rank }) => rank === last).length;
}

export const AGENCY = ["agency", "agencies"] as const;
export const AGENT = ["agent", "agents"] as const;

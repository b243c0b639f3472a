import type { Content } from "pdfmake/interfaces";
import type { Method } from "../../report/model.ts";
import { type Chapter, heading } from "../chapter.ts";
import { space } from "../charts/marks.ts";
import { messages } from "../messages.ts";
import { longDay, percent } from "../style/format.ts";
import { inlines, measure, paragraph, shorten, text } from "../style/text.ts";
import { CONTENT_WIDTH, type Palette, SIZE } from "../style/theme.ts";

const TERM_WIDTH = 118;
const GAP = 24;
/** Points above a heading: less where the page is full. */
const HEADING_TOP = { always: 4, more: 7 } as const;
const HALF = (CONTENT_WIDTH - GAP) / 2;

/** How each figure is defined, what the data covers, where it comes from, and what the report is not. */
export function method({ definitions, coverage, sources, disclaimer, correction }: Method, palette: Palette): Chapter {
  const body = { fontSize: SIZE.table, lineHeight: 1.18 };
  const titled = (title: string, parts: readonly Part[]): Part[] => {
    const [first, ...rest] = parts;
    if (first === undefined) return [];
    const opening = [
      space({ most: HEADING_TOP.more, least: 0 }),
      heading(title, palette, HEADING_TOP.always),
      first.content,
    ];
    return [{ content: { stack: opening, unbreakable: true }, height: TITLE_HEIGHT + first.height }, ...rest];
  };
  const imprint: Content = {
    columns: [
      { width: HALF, stack: [heading("Disclaimer", palette, HEADING_TOP.always), text(disclaimer, body)] },
      { width: HALF, stack: [heading("Corrections", palette, HEADING_TOP.always), text(correction, body)] },
    ],
    columnGap: GAP,
  };
  const tail = [
    ...titled(
      "Coverage",
      coverage.map((words) => ({
        content: text(words, { ...body, margin: [0, 0, 0, 3] }),
        height: heightOf([words], CONTENT_WIDTH),
      })),
    ),
    ...titled(
      "Sources",
      sources.map((source) => ({
        content: entry(shorten(source.name, 80), sourceText(source, palette), palette),
        height: heightOf([sourceFacts(source), source.disclaimer ?? ""], CONTENT_WIDTH - TERM_WIDTH),
      })),
    ),
  ];
  const parts = [
    ...pieces(definitions).map(({ height, columns }) => ({ content: inTwoColumns(columns, palette), height })),
    ...tail,
  ];
  // A last page of a few lines looks left over, and one of the disclaimer alone is none: it stays with as much of what
  // comes before as two fifths of a page have room for.
  let left = MOST_AT_END - TITLE_HEIGHT - Math.max(...[disclaimer, correction].map((words) => heightOf([words], HALF)));
  let first = parts.length;
  for (const { height } of parts.toReversed()) {
    left -= height;
    if (left < 0 && first < parts.length) break;
    first--;
  }
  // Nor does the first title of these end a page with a line below it.
  if (first === parts.length - tail.length + 1) first--;
  // The first definitions stay with the chapter's title.
  if (first === 0 && definitions.length > 0 && left < CHAPTER_TITLE_HEIGHT) first = 1;
  const contents = parts.map(({ content }) => content);
  const end = [...contents.slice(first), space({ most: HEADING_TOP.more, least: 0 }), imprint];
  return {
    id: "method",
    title: "Method",
    flows: true,
    mayEndPage: true,
    content: [...contents.slice(0, first), { stack: end, unbreakable: true }],
  };
}

/** A part of the chapter, and how many points it takes. */
interface Part {
  readonly content: Content;
  readonly height: number;
}

/** In points, with the space above them. */
const TITLE_HEIGHT = 37;
const CHAPTER_TITLE_HEIGHT = 60;
/** Two fifths of a page: the one before is then no emptier than others may be. */
const MOST_AT_END = 280;

function heightOf(paragraphs: readonly string[], width: number): number {
  return 3 + paragraphs.reduce((sum, words) => sum + linesOf(words, width) * DEFINITION.line, 0);
}

function linesOf(words: string, width: number): number {
  // Words do not fill a line to its end.
  return Math.ceil((measure(words, "Sans", SIZE.table) * 1.04) / width);
}

type Definition = Method["definitions"][number];

/** The number in one block, so that the list can continue on the next page. */
const PIECE = { least: 3, most: 8 } as const;

interface Piece {
  readonly columns: readonly [Definition[], Definition[]];
  readonly height: number;
}

/** The list in pieces of two columns each, cut where the columns come out of the same length. */
function pieces(definitions: readonly Definition[]): readonly Piece[] {
  const heights = definitions.map(
    ({ term, text: words }) => DEFINITION.after + DEFINITION.line * linesOf(`${term}   ${words}`, HALF),
  );
  const total = (from: number, to: number) => heights.slice(from, to).reduce((sum, height) => sum + height, 0);
  type PageBreaks = { readonly height: number; readonly ends: readonly (readonly [cut: number, end: number])[] };
  // The lowest that the first so many definitions can be set.
  const best: (PageBreaks | undefined)[] = [{ height: 0, ends: [] }];
  for (let end = 1; end <= definitions.length; end++)
    for (let from = Math.max(0, end - PIECE.most); from < end; from++) {
      const before = best[from];
      if (before === undefined || (end - from < PIECE.least && from + end !== definitions.length)) continue;
      for (let cut = from + 1; cut <= end; cut++) {
        const height = before.height + Math.max(total(from, cut), total(cut, end));
        if (height < (best[end]?.height ?? Number.POSITIVE_INFINITY))
          best[end] = { height, ends: [...before.ends, [cut, end]] };
      }
    }
  let from = 0;
  return (best[definitions.length]?.ends ?? []).map(([cut, end]) => {
    const height = Math.max(total(from, cut), total(cut, end));
    const columns = [definitions.slice(from, cut), definitions.slice(cut, end)] as const;
    from = end;
    return { columns, height };
  });
}

/** Of one definition: points that a line takes, and what is below it. */
const DEFINITION = { line: SIZE.table * 1.18 * 1.25, after: 4 } as const;

function inTwoColumns(parts: readonly (readonly Definition[])[], palette: Palette): Content {
  const columns = parts.map((part) => ({ width: HALF, stack: part.map((each) => definition(each, palette)) }));
  return { stack: [{ columns, columnGap: GAP }], unbreakable: true, tag: "MoreItems" };
}

function definition({ term, text: words }: Definition, palette: Palette): Content {
  return paragraph([inlines(`${term}  `, { bold: true }), inlines(words, { color: palette.muted })], {
    fontSize: SIZE.table,
    lineHeight: 1.18,
    margin: [0, 0, 0, DEFINITION.after],
    tag: "LI",
  });
}

function entry(term: string, contents: readonly Content[], palette: Palette): Content {
  const columns: Content = {
    columns: [
      { width: TERM_WIDTH, stack: [text(term, { fontSize: SIZE.table, bold: true, color: palette.ink })], tag: "Lbl" },
      { width: CONTENT_WIDTH - TERM_WIDTH - 12, stack: [...contents], tag: "LBody" },
    ],
    columnGap: 12,
    tag: "LI",
  };
  return { stack: [columns], unbreakable: true, margin: [0, 0, 0, 3], tag: "MoreItems" };
}

function sourceFacts(source: Method["sources"][number]): string {
  const facts = [
    source.synthetic ? messages.syntheticData : "",
    source.licence ? `licence: ${source.licence}` : "",
    source.retrievedAt ? `retrieved ${longDay(source.retrievedAt.slice(0, 10))}` : "",
    source.coveragePct === null ? "" : `covers ${percent(source.coveragePct)}`,
  ].filter((fact) => fact !== "");
  return facts.length === 0 ? "" : `${facts.join("; ")}.`;
}

function sourceText(source: Method["sources"][number], palette: Palette): Content[] {
  const style = { fontSize: SIZE.table, lineHeight: 1.25 };
  const facts = sourceFacts(source);
  return [
    ...(facts === "" ? [] : [text(facts, style)]),
    ...(source.disclaimer ? [text(source.disclaimer, { ...style, color: palette.muted, margin: [0, 2, 0, 0] })] : []),
  ];
}

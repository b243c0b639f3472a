import type { Content } from "pdfmake/interfaces";
import type { Method } from "../../report/model.ts";
import { type Chapter, heading } from "../chapter.ts";
import { percent } from "../format.ts";
import { inlines, paragraph, shorten, text } from "../text.ts";
import { CONTENT_WIDTH, type Palette, SIZE } from "../theme.ts";

const TERM_WIDTH = 118;
const GAP = 24;
const HALF = (CONTENT_WIDTH - GAP) / 2;

/** How each figure is defined, what the data covers, where it comes from, and what the report is not. */
export function method({ definitions, coverage, sources, disclaimer, correction }: Method, palette: Palette): Chapter {
  const body = { fontSize: SIZE.table, lineHeight: 1.18 };
  const titled = (title: string, contents: readonly Content[]): Content[] => {
    const [first, ...rest] = contents;
    if (first === undefined) return [];
    return [{ stack: [heading(title, palette), first], unbreakable: true }, ...rest];
  };
  return {
    id: "method",
    title: "Method",
    flows: true,
    content: [
      {
        columns: halves(definitions).map((part) => ({
          width: HALF,
          stack: part.map((each) => definition(each, palette)),
        })),
        columnGap: GAP,
      },
      ...titled(
        "Coverage",
        coverage.map((words) => text(words, { ...body, margin: [0, 0, 0, 4] })),
      ),
      ...titled(
        "Sources",
        sources.map((source) => entry(shorten(source.name, 80), sourceText(source, palette), palette)),
      ),
      {
        stack: [
          {
            columns: [
              { width: HALF, stack: [heading("Disclaimer", palette), text(disclaimer, body)] },
              { width: HALF, stack: [heading("Corrections", palette), text(correction, body)] },
            ],
            columnGap: GAP,
          },
        ],
        unbreakable: true,
      },
    ],
  };
}

type Definition = Method["definitions"][number];

/** Two columns of about the same length, in reading order. */
function halves(definitions: readonly Definition[]): readonly (readonly Definition[])[] {
  const weight = ({ term, text: words }: Definition) => term.length + words.length + 40;
  const half = definitions.reduce((sum, each) => sum + weight(each), 0) / 2;
  let taken = 0;
  const cut = definitions.findIndex((each) => {
    taken += weight(each);
    return taken > half;
  });
  return cut <= 0 ? [definitions] : [definitions.slice(0, cut), definitions.slice(cut)];
}

function definition({ term, text: words }: Definition, palette: Palette): Content {
  return paragraph([inlines(`${term}  `, { bold: true }), inlines(words, { color: palette.muted })], {
    fontSize: SIZE.table,
    lineHeight: 1.18,
    margin: [0, 0, 0, 5],
  });
}

function entry(term: string, contents: readonly Content[], palette: Palette): Content {
  const columns: Content = {
    columns: [
      { width: TERM_WIDTH, stack: [text(term, { fontSize: SIZE.table, bold: true, color: palette.ink })] },
      { width: CONTENT_WIDTH - TERM_WIDTH - 12, stack: [...contents] },
    ],
    columnGap: 12,
  };
  return { stack: [columns], unbreakable: true, margin: [0, 0, 0, 3] };
}

function sourceText(source: Method["sources"][number], palette: Palette): Content[] {
  const facts = [
    source.synthetic ? "synthetic sample data, not real people" : "",
    source.licence ? `licence: ${source.licence}` : "",
    source.retrievedAt ? `retrieved ${source.retrievedAt.slice(0, 10)}` : "",
    source.coveragePct === null ? "" : `covers ${percent(source.coveragePct)}`,
  ].filter((fact) => fact !== "");
  const style = { fontSize: SIZE.table, lineHeight: 1.25 };
  return [
    text(facts.length === 0 ? "No further details." : `${facts.join("; ")}.`, style),
    ...(source.disclaimer ? [text(source.disclaimer, { ...style, color: palette.muted, margin: [0, 2, 0, 0] })] : []),
  ];
}

import type { Comparison, ComparisonColumn, Figure, Unit } from "../../report/model.ts";
import { capitalised, listWords, METHOD_WORDS } from "../../report/wording.ts";
import { lead, note, type Section } from "../chapter.ts";
import { messages } from "../messages.ts";
import { fewWords, figureAlone, figureWithN, ranksMoved, suppliedNote } from "../parts/figure.ts";
import { mainMethods, shareOfMethod, tierNames } from "../parts/practice.ts";
import { table } from "../parts/table.ts";
import { count, rank, UNKNOWN } from "../style/format.ts";
import { cutApart, type Inline, inlines, shorten } from "../style/text.ts";
import { type Palette, SIZE } from "../style/theme.ts";

/** One line of the table: the same figure of each. */
type FigureRow = readonly [name: string, cell: (column: ComparisonColumn) => readonly Inline[]];

/** Two to four agents or agencies side by side; if fewer are known, it names who is not. */
export const comparison: Section = ({ comparison: of }, palette) => {
  if (of === null) return null;
  const { kind, columns, notes } = of;
  const printed = notes.map((words) => note(words, palette));
  const title = "Side by side";
  const [first] = columns;
  if (first === undefined) return { id: "comparison", title, flows: true, content: printed };
  const known = linesOf(of, palette).filter(([, cell]) =>
    columns.some((column) => cell(column).some(({ text }) => text !== UNKNOWN && text.trim() !== "")),
  );
  const nameOf = cutApart(
    columns.map(({ name }) => name),
    (name) => shorten(name, 80),
  );
  const estimates = columns.flatMap((column) => [
    ...[column.share, column.median, column.daysOnMarket, column.vendorDiscount, column.saleToList],
  ]);
  return {
    id: "comparison",
    title,
    flows: true,
    content: [
      lead(messages.comparisonLead(kind === "agent" ? "agent" : "agency"), palette, [
        note(messages.comparisonTerms(fewWords(estimates)), palette),
        ...suppliedNote(
          columns.flatMap(({ sales, median, daysOnMarket }) => [sales, median, daysOnMarket]),
          palette,
        ),
        ...printed,
      ]),
      table<FigureRow>({
        columns: [
          {
            title: "",
            spoken: "Figure",
            names: true,
            width: 112,
            cell: ([name]) => inlines(name, { color: palette.muted }),
          },
          ...columns.map((column) => ({
            title: nameOf(column.name),
            alignment: "right" as const,
            cell: ([, cell]: FigureRow) => cell(column),
          })),
        ],
        rows: known,
        palette,
        fontSize: SIZE.table,
      }),
    ],
  };
};

function linesOf({ columns }: Comparison, palette: Palette): readonly FigureRow[] {
  const of = (pick: (column: ComparisonColumn) => Figure | null, unit: Unit) => (column: ComparisonColumn) => {
    const value = pick(column);
    return value === null ? [] : figureWithN(value, unit, palette);
  };
  const plain = (pick: (column: ComparisonColumn) => string | null) => (column: ComparisonColumn) =>
    inlines(pick(column) ?? UNKNOWN);
  const withoutN = (figure: Figure): Figure => ({ ...figure, n: null });
  const tiers = columns.flatMap(({ practice }) => practice?.tiers ?? [])[0];
  const names = tiers === undefined ? [] : tierNames(tiers);
  return [
    ["Agency", plain(({ agencyName }) => agencyName && shorten(agencyName, 80))],
    [
      "Rank",
      plain((column) => (column.rank === null ? null : `${rank(column.rank)}${inBrackets(ranksMoved(column))}`)),
    ],
    ["Sales", of(({ sales }) => withoutN(sales), "count")],
    ["Led", of(({ lead: led }) => led && withoutN(led), "count")],
    ["Solo", plain(soldAs(({ solo }) => solo))],
    ["With others", plain(soldAs(({ joint }) => joint))],
    ["Share of sales", ({ share }) => figureAlone(share, "share")],
    ["Value", of(({ value }) => value, "total")],
    ["Median price", of(({ median }) => median, "money")],
    ["Days on market", of(({ daysOnMarket }) => daysOnMarket, "days")],
    ["Vendor discount", of(({ vendorDiscount }) => vendorDiscount, "percent")],
    ["Sale-to-list", of(({ saleToList }) => saleToList, "percent")],
    ["Listed now", plain(({ listings }) => (listings === null ? null : count(listings)))],
    ["Main method", plain(mostOften)],
    ...names.map(
      (name, index): FigureRow => [`Sold ${name}`, plain(soldAs(({ tiers: own }) => own?.counts[index] ?? null))],
    ),
  ];
}

/** Without sales, each kind has 0. */
function soldAs(pick: (practice: NonNullable<ComparisonColumn["practice"]>) => number | null) {
  return ({ practice, sales }: ComparisonColumn): string | null => {
    const n = practice === null ? (sales.value === 0 ? 0 : null) : pick(practice);
    return n === null ? null : count(n);
  };
}

function mostOften({ practice }: ComparisonColumn): string | null {
  const most = mainMethods(practice?.methods ?? []);
  const [first] = most;
  if (first === undefined) return null;
  const names = listWords(most.map(({ method }) => METHOD_WORDS[method]));
  return capitalised(`${names}, ${shareOfMethod(first)}${most.length > 1 ? " each" : ""}`);
}

function inBrackets(words: string): string {
  return words === "" ? "" : ` (${words})`;
}

import { toIso } from "./figures/days.ts";
import type {
  AgencyRow,
  AgentRow,
  ComparisonColumn,
  Figure,
  MarketSegment,
  Method,
  PaidPlace,
  ReportModel,
} from "./model.ts";

import { isoPeriod, type ReportScope } from "./scope.ts";
import type { Selection } from "./selection.ts";
import { capitalised, count, listWords, longDate, plural } from "./wording.ts";

/** What the report shows, which says what must be defined. */
export type Shown = Pick<ReportModel, "market" | "agencies" | "agents" | "preparedFor" | "comparison" | "verdict">;

/** How the figures that it shows are defined, what they rest on, where the data is from. */
export function method(
  scope: ReportScope,
  selection: Selection | null,
  paid: readonly PaidPlace[],
  shown: Shown,
): Method {
  const sources = [...(scope.dataSet.sources ?? [])];
  return {
    definitions: DEFINITIONS.flatMap(([term, text, uses]) => (uses(shown) ? [{ term, text }] : [])),
    coverage: [
      ...(selection === null ? [] : selected(selection)),
      ...coverage(scope),
      ...highlighted(scope),
      ...paidFor(paid),
    ],
    sources: sources.map((source) => ({
      name: source.name || source.id,
      licence: source.licence ?? null,
      retrievedAt: source.retrieved_at ?? null,
      disclaimer: source.disclaimer ?? null,
      coveragePct: source.coverage_pct ?? null,
      synthetic: source.synthetic === true,
    })),
    disclaimer:
      "This report is not a valuation. Records of sales are incomplete and lag behind, the newest most of all; figures change as they come in. Nobody pays for a rank.",
    correction:
      "To correct an entry, tell whoever sent you this report which sale, agent or agency is wrong and how you know; the next report from corrected data will say so.",
  };
}

const isShown = (figure: Figure | null | undefined) => figure != null && (figure.value !== null || (figure.n ?? 0) > 0);
const inMarket = (of: (segment: MarketSegment) => Figure) => (shown: Shown) =>
  shown.market.some((segment) => isShown(of(segment)));
const inComparison = (of: (column: ComparisonColumn) => Figure) => (shown: Shown) =>
  (shown.comparison?.columns ?? []).some((column) => isShown(of(column)));
const inTables = (of: (row: AgencyRow | AgentRow) => Figure) => (shown: Shown) =>
  [...shown.agencies.rows, ...shown.agents.rows].some((row) => isShown(of(row)));
const inTiles = (label: RegExp) => (shown: Shown) =>
  shown.verdict.tiles.some((tile) => label.test(tile.label) && isShown(tile.figure));
/** A figure of these that was supplied, if there is one. */
const suppliedOf = (of: object): Figure =>
  Object.values(of).find((value): value is Figure => value?.supplied === true && value.value !== null) ?? NOTHING;
const NOTHING: Figure = { value: null, n: null, supplied: false };
const any =
  (...uses: readonly ((shown: Shown) => boolean)[]) =>
  (shown: Shown) =>
    uses.some((each) => each(shown));

/** Each term, what it means, and whether a report uses it: nobody reads the definition of what is not there. */
const DEFINITIONS: readonly (readonly [term: string, text: string, uses: (shown: Shown) => boolean])[] = [
  [
    "Sales, 12 months",
    "Sold in the 365 days to the day of the data, that day included. What was passed in or withdrawn is no sale.",
    inTiles(/^Sales/),
  ],
  [
    "Lead and involved",
    "Lead: sales the agent led. Involved: those, and those of colleagues the agent took part in. Agents rank by involved.",
    ({ agents }) => agents.rows.some(({ lead, involved }) => isShown(lead) && isShown(involved)),
  ],
  [
    "Market share",
    "Sales of the agency divided by all sales of the suburb. A joint sale counts once for each agency, a sale of two agents fully for each, so shares add up to more than 100%.",
    inTables(({ share }) => share),
  ],
  [
    "Median sold price",
    "The middle of the disclosed prices, with their number n. Fewer than 3 make no median.",
    any(
      inMarket(({ median }) => median),
      inTables(({ median }) => median),
    ),
  ],
  [
    "Disclosure rate",
    "Sales with a disclosed price divided by all sales.",
    inMarket(({ disclosureRate }) => disclosureRate),
  ],
  ["Sales value", "The sum of the disclosed prices.", inTables(({ value }) => value)],
  [
    "Days on market",
    "The median of the days from first listing to sale. A relisting within 90 days continues the first. Fewer than 3 are not shown.",
    any(
      inMarket(({ daysOnMarket }) => daysOnMarket),
      inTables(({ daysOnMarket }) => daysOnMarket),
      inTiles(/^Days/),
    ),
  ],
  [
    "Clearance rate",
    "Sold before, at and after auction, divided by the known results: those, passed in and withdrawn. An auction passed in and sold afterwards counts once. Below 10 results it is marked as unreliable; where the data holds no failed auction it is not known.",
    any(
      inMarket(({ clearance }) => clearance),
      inTiles(/^Clearance/),
    ),
  ],
  [
    "Method mix",
    "The share of each method among the sales.",
    ({ market }) => market.some(({ methodMix }) => methodMix.length > 0),
  ],
  [
    "Vendor discount",
    "First asking price less sold price, divided by the first asking price; an ask of less than a tenth or more than ten times the price is a placeholder and left out. Median of the sales by private treaty. Fewer than 3 are not shown.",
    any(
      inMarket(({ vendorDiscount }) => vendorDiscount),
      inComparison(({ vendorDiscount }) => vendorDiscount),
    ),
  ],
  [
    "Sale-to-list",
    "Sold price divided by the asking price; of a range its lower end. Median; fewer than 5 are not shown.",
    any(
      inMarket(({ saleToList }) => saleToList),
      inComparison(({ saleToList }) => saleToList),
    ),
  ],
  [
    "Months of supply",
    "Current listings divided by the sales in an average month of the 12.",
    any(
      inMarket(({ monthsOfSupply }) => monthsOfSupply),
      inTiles(/supply/),
    ),
  ],
  [
    "Growth",
    "The median of the 12 months divided by that of the 12 months before, less 1.",
    inMarket(({ growth }) => ({ ...growth, n: null })),
  ],
  [
    "Gross yield",
    "Median weekly rent times 52, divided by the median sold price.",
    inMarket(({ grossYield }) => ({ ...grossYield, n: null })),
  ],
  [
    "Concentration",
    "The sum of the squared market shares (Herfindahl-Hirschman index), 0 to 10,000. A joint sale is divided between its agencies here.",
    ({ agencies }) => agencies.concentration.value !== null,
  ],
  [
    "Rank change",
    "Places won or lost against the 12 months before; equal sales share a rank. Not shown where the 12 months before are not covered: each quarter must have as many sales as a market half as busy would have, but for chance.",
    ({ agencies, agents }) =>
      [...agencies.rows, ...agents.rows].some(({ rankChange, isNew }) => isNew || rankChange !== null),
  ],
  [
    "Momentum",
    "Share of the current listings less share of the sales, in percentage points.",
    ({ agencies }) => agencies.rows.some(({ momentum }) => momentum.value !== null),
  ],
  ["Gap", "The sales it takes to pass the next better rank.", ({ preparedFor }) => preparedFor?.gap != null],
  [
    "As supplied",
    "Given by the source or the agent, not computed here from sales.",
    any(
      inMarket((of) => suppliedOf(of)),
      inTables((row) => suppliedOf(row)),
    ),
  ],
];

function selected({ summary, notes }: Selection): readonly string[] {
  return [...(summary === "" ? [] : [`${capitalised(summary)}.`]), ...notes];
}

/** Paid places are advertising, and a reader must be told so. */
function paidFor(paid: readonly PaidPlace[]): readonly string[] {
  if (paid.length === 0) return [];
  const names = listWords(paid.map(({ name }) => name));
  return [
    `Paid places: ${names} ${paid.length === 1 ? "pays" : "pay"} to be shown and ${paid.length === 1 ? "is" : "are"} labelled so. It changes no rank and no figure.`,
  ];
}

/** Who is highlighted because the request says so, and who should have been and is not known. */
function highlighted({ featured, options }: ReportScope): readonly string[] {
  const names = [featured.agent?.name, featured.agency?.name].flatMap((name) => name ?? []);
  const unknown = (["agent", "agency"] as const).flatMap((what) => {
    const wanted = options.featured?.[what] ?? null;
    return wanted === null || featured[what] !== null ? [] : [`The data knows no ${what} “${wanted}” to highlight.`];
  });
  if (names.length === 0) return unknown;
  return [
    ...unknown,
    `Highlighted because it was asked for: ${listWords(names)}. It changes no rank, no figure and nobody's place in a table.`,
  ];
}

/** How far back the data goes, where that is not far enough to compare. */
function reach({ deals, soldBefore }: ReportScope): string {
  const first = deals[0];
  const from = first === undefined ? "" : ` It begins on ${longDate(toIso(first.day))}.`;
  const some = soldBefore.length > 0 ? `, with ${plural(soldBefore.length, "sale")} of it on record` : "";
  return `The 12 months before are not covered well enough to compare with${some}.${from}`;
}

/** What was sold for less than a tenth of what is usual. */
function nominal({ nominal: { transfers, unpriced } }: ReportScope): readonly string[] {
  const less = "for less than a tenth of the median of their kind";
  return [
    ...(transfers > 0
      ? [
          `${plural(transfers, "transfer")} ${less}, such as within a family, ${transfers === 1 ? "is" : "are"} left out.`,
        ]
      : []),
    ...(unpriced > 0
      ? [`${plural(unpriced, "sale")} ${less}: counted, and the ${unpriced === 1 ? "price" : "prices"} left out.`]
      : []),
  ];
}

function coverage(scope: ReportScope): readonly string[] {
  const { sold, results, period, dataSet } = scope;
  const { from, to } = isoPeriod(period);
  const lines = [`The figures cover ${longDate(from)} to ${longDate(to)}.`];
  if (sold.length > 0) {
    const priced = sold.filter(({ price }) => price !== null).length;
    const dated = sold.filter(({ listed }) => listed !== null).length;
    const attributed = sold.filter(({ agencyIds }) => agencyIds.length > 0).length;
    lines.push(
      `${plural(sold.length, "sale")}: ${count(priced)} with a disclosed price, ${count(dated)} with a listing date, ${count(attributed)} with an agency.`,
    );
  } else lines.push("The data holds no sale in this period; figures of agents are as supplied.");
  const unsold = results.length - sold.length;
  if (unsold > 0) lines.push(`${plural(unsold, "record")} of properties passed in or withdrawn.`);
  const undated = (dataSet.sales ?? []).filter(({ sold_date }) => !sold_date).length;
  if (undated > 0) lines.push(`${plural(undated, "record")} without a date ${undated === 1 ? "is" : "are"} left out.`);
  const joined = sold.reduce((sum, { records }) => sum + records - 1, 0);
  if (joined > 0)
    lines.push(
      `${plural(joined, "record")} of the same address and price within 30 days of another ${joined === 1 ? "is" : "are"} counted with it.`,
    );
  lines.push(...nominal(scope));
  if (!scope.comparable && sold.length > 0) lines.push(reach(scope));
  lines.push(...(dataSet.notes ?? []));
  return lines;
}

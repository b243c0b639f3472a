import { lagNotes } from "./as-of.ts";
import type { DataSet } from "./data-set.ts";
import { isCovered } from "./figures/coverage.ts";
import { type Period, toIso } from "./figures/days.ts";
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
    sources: shownSources(sources),
    disclaimer:
      "This report is not a valuation. Sales records are incomplete and lag the market, the newest most of all; figures change as new records arrive. Nobody can pay for a rank.",
    correction:
      "To correct an entry, tell the sender of this report which sale, agent or agency is wrong and what your source is. The correction will appear in the next report made from the corrected data.",
  };
}

/** The sources of a data set as a report names them. */
export function shownSources(sources: NonNullable<DataSet["sources"]>): Method["sources"] {
  return sources.map((source) => ({
    name: source.name || source.id,
    licence: source.licence ?? null,
    retrievedAt: source.retrieved_at ?? null,
    disclaimer: source.disclaimer ?? null,
    coveragePct: source.coverage_pct ?? null,
    synthetic: source.synthetic === true,
  }));
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
    "Properties sold in the 365 days up to and including the date of the data. Passed-in and withdrawn properties are not sales.",
    inTiles(/^Sales/),
  ],
  [
    "Lead and involved",
    "Lead: sales the agent led. Involved: those, plus colleagues' sales the agent took part in. Agents are ranked by involved sales.",
    ({ agents }) => agents.rows.some(({ lead, involved }) => isShown(lead) && isShown(involved)),
  ],
  [
    "Market share",
    "The agency's sales divided by all sales in the suburb. A joint sale counts once for each agency, and a sale by two agents counts in full for each, so shares can add up to more than 100%.",
    inTables(({ share }) => share),
  ],
  [
    "Median sold price",
    "The middle disclosed price, with the number of prices (n). At least 3 prices are needed.",
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
    "The median number of days from first listing to sale. A relisting within 90 days counts as the same listing. At least 3 sales are needed.",
    any(
      inMarket(({ daysOnMarket }) => daysOnMarket),
      inTables(({ daysOnMarket }) => daysOnMarket),
      inTiles(/^Days/),
    ),
  ],
  [
    "Clearance rate",
    "Properties sold before, at or after auction, divided by all known results (sold, passed in and withdrawn). A property passed in and sold afterwards counts once. With fewer than 10 results the rate is marked as unreliable; if the data has no failed auctions, it is unknown.",
    any(
      inMarket(({ clearance }) => clearance),
      inTiles(/^Clearance/),
    ),
  ],
  [
    "Method mix",
    "The share of each sale method in all sales.",
    ({ market }) => market.some(({ methodMix }) => methodMix.length > 0),
  ],
  [
    "Vendor discount",
    "First asking price minus sold price, divided by the first asking price. Asking prices below a tenth or above ten times the sold price are treated as placeholders and excluded. Median of private treaty sales; at least 3 are needed.",
    any(
      inMarket(({ vendorDiscount }) => vendorDiscount),
      inComparison(({ vendorDiscount }) => vendorDiscount),
    ),
  ],
  [
    "Sale-to-list",
    "Sold price divided by asking price (the lower end of a price range). Median; at least 5 sales are needed.",
    any(
      inMarket(({ saleToList }) => saleToList),
      inComparison(({ saleToList }) => saleToList),
    ),
  ],
  [
    "Months of supply",
    "Current listings divided by average monthly sales over the 12 months.",
    any(
      inMarket(({ monthsOfSupply }) => monthsOfSupply),
      inTiles(/supply/),
    ),
  ],
  [
    "Growth",
    "The change in the median price from the previous 12 months.",
    inMarket(({ growth }) => ({ ...growth, n: null })),
  ],
  [
    "Gross yield",
    "Median weekly rent times 52, divided by the median sold price.",
    inMarket(({ grossYield }) => ({ ...grossYield, n: null })),
  ],
  [
    "Concentration",
    "The sum of the squared market shares (Herfindahl-Hirschman index), from 0 to 10,000. Joint sales are split between their agencies.",
    ({ agencies }) => agencies.concentration.value !== null,
  ],
  [
    "Rank change",
    "Places gained or lost since the previous 12 months; equal sales share a rank. Not shown if the previous 12 months are not fully covered: each quarter needs as many sales as a market half as busy would have, allowing for chance.",
    ({ agencies, agents }) =>
      [...agencies.rows, ...agents.rows].some(({ rankChange, isNew }) => isNew || rankChange !== null),
  ],
  [
    "Momentum",
    "Share of current listings minus share of sales, in percentage points.",
    ({ agencies }) => agencies.rows.some(({ momentum }) => momentum.value !== null),
  ],
  ["Gap", "The additional sales needed to overtake the next rank.", ({ preparedFor }) => preparedFor?.gap != null],
  [
    "As supplied",
    "Supplied by the source or the agent, not calculated from sales.",
    any(
      inMarket((of) => suppliedOf(of)),
      inTables((row) => suppliedOf(row)),
    ),
  ],
];

function selected({ summary, notes }: Selection): readonly string[] {
  return [...(summary === "" ? [] : [`${capitalised(summary)}.`]), ...notes];
}

/** Paid places are advertising, and a reader must know that. */
function paidFor(paid: readonly PaidPlace[]): readonly string[] {
  if (paid.length === 0) return [];
  const names = listWords(paid.map(({ name }) => name));
  return [
    `Paid placements: ${names} ${paid.length === 1 ? "pays" : "pay"} to appear and ${paid.length === 1 ? "is" : "are"} labelled as such. Payment changes no rank or figure.`,
  ];
}

/** Who is highlighted because the request says so, and who should have been and is not known. */
function highlighted({ featured, options }: ReportScope): readonly string[] {
  const names = [featured.agent?.name, featured.agency?.name].flatMap((name) => name ?? []);
  const unknown = (["agent", "agency"] as const).flatMap((what) => {
    const wanted = options.featured?.[what] ?? null;
    return wanted === null || featured[what] !== null ? [] : [`No ${what} called “${wanted}” was found to highlight.`];
  });
  if (names.length === 0) return unknown;
  return [
    ...unknown,
    `Highlighted at the client's request: ${listWords(names)}. Highlighting changes no rank, figure or order in a table.`,
  ];
}

/** How far back the data goes, where that is not far enough to compare. */
function reach({ deals, sold, soldBefore, period }: ReportScope): string {
  if (!isCovered(period, sold, sold.length))
    return "The sales of the 12 months are spread too unevenly for records that are whole, so they are not compared with the previous 12 months.";
  const first = deals[0];
  const from = first === undefined ? "" : ` The data begins on ${longDate(toIso(first.day))}.`;
  const some = soldBefore.length > 0 ? ` (${plural(soldBefore.length, "sale")} on record)` : "";
  return `The previous 12 months are not covered well enough for a comparison${some}.${from}`;
}

/** How many listings were one with another, as Method says it. */
export function sameListings(joined: number, what: string): readonly string[] {
  if (joined === 0) return [];
  return [
    `${plural(joined, what)} of a property that is listed under another id ${joined === 1 ? "is" : "are"} counted with it.`,
  ];
}

/** What was sold for less than a tenth of what is usual. */
function nominal({ nominal: { transfers, unpriced, placeholders } }: ReportScope): readonly string[] {
  const less = "at less than a tenth of the median for the property type";
  return [
    ...(transfers > 0
      ? [
          `${plural(transfers, "transfer")} ${less}, such as within a family, ${transfers === 1 ? "is" : "are"} excluded.`,
        ]
      : []),
    ...(placeholders > 0
      ? [
          `${plural(placeholders, "sale")} with a placeholder for a price, such as $1 or $99,999,999, ${placeholders === 1 ? "is" : "are"} counted without it.`,
        ]
      : []),
    ...(unpriced > 0
      ? [`${plural(unpriced, "sale")} ${less} ${unpriced === 1 ? "is" : "are"} counted without the price.`]
      : []),
  ];
}

/** The quarters that charts leave out. */
function missing(holes: readonly Period[]): string {
  const spans = holes.map(({ from, to }) => `${longDate(toIso(from))} to ${longDate(toIso(to))}`);
  return `The data has hardly any records from ${listWords(spans)}; charts leave ${holes.length === 1 ? "this quarter" : "these quarters"} out.`;
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
  } else lines.push("The data has no sales in this period; agents' figures are as supplied.");
  const unsold = results.length - sold.length;
  if (unsold > 0) lines.push(`${plural(unsold, "record")} of passed-in or withdrawn properties.`);
  const undated = (dataSet.sales ?? []).filter(({ sold_date }) => !sold_date).length;
  if (undated > 0) lines.push(`${plural(undated, "record")} without a date ${undated === 1 ? "is" : "are"} excluded.`);
  const joined = sold.reduce((sum, { records }) => sum + records - 1, 0);
  if (joined > 0)
    lines.push(
      `${plural(joined, "record")} of the same address and price within 30 days of another ${joined === 1 ? "is" : "are"} counted with it.`,
    );
  lines.push(...sameListings(scope.joinedListings, "current listing"));
  lines.push(...nominal(scope), ...lagNotes(scope.lagging.sales, scope.lagging.series));
  if (!scope.comparable && sold.length > 0) lines.push(reach(scope));
  if (scope.holes.length > 0) lines.push(missing(scope.holes));
  const hidden = (dataSet.agents ?? []).filter((agent) => agent.hidden === true).length;
  if (hidden > 0)
    lines.push(
      `${plural(hidden, "agent")} ${hidden === 1 ? "is" : "are"} not shown; agents are ranked among those shown.`,
    );
  lines.push(...(dataSet.notes ?? []));
  return lines;
}

import type { DataSet } from "../data-set.ts";
import { isCovered, withGap } from "../figures/coverage.ts";
import { type Period, toIso } from "../figures/days.ts";
import { isShown } from "../figures/figure.ts";
import { daysOf } from "../figures/price.ts";
import { periodOfRent } from "../figures/rent.ts";
import { isDated } from "../head.ts";
import { bareName } from "../identity/named.ts";
import { messages } from "../messages.ts";
import type {
  AgencyRow,
  AgentRow,
  ComparisonColumn,
  Figure,
  MarketSegment,
  Method,
  PaidPlacement,
  ReportModel,
} from "../model.ts";

import type { ReportOptions } from "../options.ts";
import type { SectionName } from "../request/request.ts";
import { earlyNotes, lagNotes } from "../selection/as-of.ts";
import { isoPeriod, type ReportScope } from "../selection/scope.ts";
import type { Selection } from "../selection/selection.ts";
import { CATEGORY_WORDS, capitalised, count, listWords, longDate, plural, roundMoney } from "../wording.ts";
import { allCounted, countedInPart } from "./tiles.ts";

/** What the report shows, which determines what must be defined. */
export type Shown = Pick<ReportModel, "market" | "agencies" | "agents" | "preparedFor" | "comparison" | "verdict">;

/** The definitions of the shown figures, their basis, and the origin of the data. */
export function method(
  scope: ReportScope,
  selection: Selection | null,
  paid: readonly PaidPlacement[],
  shown: Shown,
): Method {
  const sources = [...(scope.dataSet.sources ?? [])];
  const printed = printedOf(shown, scope.options.sections ?? null);
  return {
    definitions: DEFINITIONS.flatMap(([term, text, uses]) => (uses(printed) ? [{ term, text }] : [])),
    coverage: [
      ...(selection === null ? [] : selected(selection)),
      ...coverage(scope, shown),
      ...highlighted(scope),
      ...paidFor(paid),
    ],
    sources: shownSources(sources),
    disclaimer: messages.disclaimer,
    correction: messages.correction,
  };
}

/** The definitions that the chosen parts need. Page 2 has the shares. */
function printedOf(shown: Shown, sections: ReportOptions["sections"]): Shown {
  if (sections == null) return shown;
  const has = (...names: readonly SectionName[]) => names.some((name) => sections.includes(name));
  const shareAlone = (row: AgencyRow): AgencyRow => ({
    ...row,
    ...{ value: NOTHING, median: NOTHING, daysOnMarket: NOTHING, momentum: NOTHING, rankChange: null, isNew: false },
  });
  const { agencies, agents, market, comparison } = shown;
  return {
    ...shown,
    market: has("market") ? market : [],
    agencies: has("agencies") ? agencies : { ...agencies, rows: agencies.rows.map(shareAlone), concentration: NOTHING },
    agents: { rows: has("agents", "cards") ? agents.rows : [] },
    comparison: has("comparison") ? comparison : null,
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

const inMarket = (of: (segment: MarketSegment) => Figure) => (shown: Shown) =>
  shown.market.some((segment) => isShown(of(segment)));
const inComparison = (of: (column: ComparisonColumn) => Figure) => (shown: Shown) =>
  (shown.comparison?.columns ?? []).some((column) => isShown(of(column)));
const inTables = (of: (row: AgencyRow | AgentRow | ComparisonColumn) => Figure) => (shown: Shown) =>
  [...shown.agencies.rows, ...shown.agents.rows, ...(shown.comparison?.columns ?? [])].some((row) => isShown(of(row)));
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

/** Each term, what it means, and whether a report uses it. */
const DEFINITIONS: readonly (readonly [term: string, text: string, uses: (shown: Shown) => boolean])[] = [
  ["Sales, 12 months", messages.saleTerm, inTiles(/^Sales/)],
  [
    "Lead and involved",
    messages.leadTerm,
    ({ agents, comparison }) =>
      agents.rows.some(({ lead, involved }) => isShown(lead) && isShown(involved)) ||
      (comparison?.columns ?? []).some(({ lead, sales }) => isShown(lead) && isShown(sales)),
  ],
  ["Market share", messages.shareTerm, inTables(({ share }) => share)],
  [
    "Median sold price",
    messages.medianTerm,
    any(
      inMarket(({ median }) => median),
      inTables(({ median }) => median),
      inTiles(/^Median/),
    ),
  ],
  ["Disclosure rate", messages.disclosureTerm, inMarket(({ disclosureRate }) => disclosureRate)],
  ["Sales value", messages.valueTerm, inTables(({ value }) => value)],
  [
    "Days on market",
    messages.daysTerm,
    any(
      inMarket(({ daysOnMarket }) => daysOnMarket),
      inTables(({ daysOnMarket }) => daysOnMarket),
      inTiles(/^Days/),
    ),
  ],
  [
    "Clearance rate",
    messages.clearanceTerm,
    any(
      inMarket(({ clearance }) => clearance),
      inTiles(/^Clearance/),
    ),
  ],
  ["Method mix", messages.methodTerm, ({ market }) => market.some(({ methodMix }) => methodMix.length > 0)],
  [
    "Vendor discount",
    messages.discountTerm,
    any(
      inMarket(({ vendorDiscount }) => vendorDiscount),
      inComparison(({ vendorDiscount }) => vendorDiscount),
    ),
  ],
  [
    "Sale-to-list",
    messages.saleToListTerm,
    any(
      inMarket(({ saleToList }) => saleToList),
      inComparison(({ saleToList }) => saleToList),
    ),
  ],
  [
    "Months of supply",
    messages.supplyTerm,
    any(
      // Its table has the number alone, and no n where that is unknown.
      inMarket(({ monthsOfSupply }) => (monthsOfSupply.value === null ? NOTHING : monthsOfSupply)),
      inTiles(/supply/),
    ),
  ],
  ["Growth", messages.growthTerm, inMarket(({ growth }) => ({ ...growth, n: null }))],
  ["Gross yield", messages.yieldTerm, inMarket(({ grossYield }) => ({ ...grossYield, n: null }))],
  ["Concentration", messages.concentrationTerm, ({ agencies }) => agencies.concentration.value !== null],
  [
    "Rank change",
    messages.rankChangeTerm,
    ({ agencies, agents, preparedFor, comparison }) =>
      preparedFor?.rankChange != null ||
      [...agencies.rows, ...agents.rows, ...(comparison?.columns ?? [])].some(
        ({ rankChange, isNew }) => isNew || rankChange !== null,
      ),
  ],
  ["Momentum", messages.momentumTerm, ({ agencies }) => agencies.rows.some(({ momentum }) => momentum.value !== null)],
  ["Gap", messages.gapTerm, ({ preparedFor }) => preparedFor?.gap != null],
  [
    "As supplied",
    messages.suppliedTerm,
    any(
      inMarket((of) => suppliedOf(of)),
      inTables((row) => suppliedOf(row)),
    ),
  ],
];

function selected({ summary, notes }: Selection): readonly string[] {
  return [...(summary === "" ? [] : [`${capitalised(summary)}.`]), ...notes];
}

/** Paid placements are advertising, and a reader must know that. */
function paidFor(paid: readonly PaidPlacement[]): readonly string[] {
  if (paid.length === 0) return [];
  const names = listWords(paid.map(({ name }) => name));
  return [messages.paidPlacements(names, paid.length === 1 ? "pays" : "pay", paid.length === 1 ? "is" : "are")];
}

/** Who is highlighted at the client's request, and who was requested but is not in the data. */
function highlighted({ featured, options }: ReportScope): readonly string[] {
  const names = [featured.agent?.name, featured.agency?.name].flatMap((name) => name ?? []);
  const unknown = (["agent", "agency"] as const).flatMap((what) => {
    const requested = options.featured?.[what] ?? null;
    return requested === null || featured[what] !== null ? [] : [messages.notFoundToHighlight(what, requested)];
  });
  if (names.length === 0) return unknown;
  return [...unknown, messages.highlighted(listWords(names))];
}

/** How far back the data goes, where that is not far enough to compare. */
function reach(scope: ReportScope): string {
  const { oldest, soldBefore } = scope;
  const before = soldBefore.length;
  if (scope.isAllComparable)
    return messages.tooFewMatch(before === 0 ? "No sales" : plural(before, "sale"), before === 1 ? "matches" : "match");
  if (isUneven(scope)) return messages.unevenSales;
  const from = oldest === null ? "" : messages.dataBegins(longDate(toIso(oldest)));
  const some = soldBefore.length > 0 ? ` (${plural(soldBefore.length, "sale")} on record)` : "";
  return messages.notCompared12Months(some, from);
}

function isUneven({ begins, period, sold }: ReportScope): boolean {
  return begins === null && !isCovered(period, sold, sold.length);
}

function isBeginSaid(scope: ReportScope): boolean {
  return !scope.comparable && scope.sold.length > 0 && !isUneven(scope) && !scope.isAllComparable;
}

/** How many listings were joined with another, as a sentence of Method. */
export function sameListings(joined: number, what: string): readonly string[] {
  if (joined === 0) return [];
  return [messages.sameListings(plural(joined, what), joined === 1 ? "is" : "are")];
}

/**
 * Agencies or agents of one name whose ids differ. Within a source the id is what identifies them: the offices of a
 * franchise may all have its name, and only the source knows which are one.
 */
export function severalOfOneName(
  rows: readonly { readonly name: string }[],
  what: "agencies" | "agents",
): readonly string[] {
  const shared = [...Map.groupBy(rows, ({ name }) => bareName(name) || name).values()].flatMap(([first, ...others]) =>
    first === undefined || others.length === 0 ? [] : [{ name: first.name, n: others.length + 1 }],
  );
  if (shared.length <= MOST_SHARED) return shared.map(({ name, n }) => messages.severalOfOneName(name, n, what));
  const some = shared.slice(0, MOST_SHARED).map(({ name }) => `“${name}”`);
  return [messages.manyOfOneName(String(shared.length), what, listWords(some))];
}

/** Of as many names each has its sentence. */
const MOST_SHARED = 3;

/** What was sold for less than a tenth of what is usual. */
function nominal(scope: ReportScope): readonly string[] {
  const { transfers, unpriced, placeholders } = scope.nominal;
  const less = messages.farBelowMedian;
  return [
    ...pricesNotUsed(scope),
    ...(transfers > 0
      ? [messages.transfersExcluded(plural(transfers, "transfer"), less, transfers === 1 ? "is" : "are")]
      : []),
    ...(placeholders > 0
      ? [messages.placeholderPrices(plural(placeholders, "sale"), placeholders === 1 ? "is" : "are")]
      : []),
    ...(unpriced > 0 ? [messages.unlikelyPrices(plural(unpriced, "sale"), less, unpriced === 1 ? "is" : "are")] : []),
  ];
}

/** Prices that cannot be in dollars: in the report's Method, and a warning of its job. */
export function pricesNotUsed({ nominal: { otherUnits } }: ReportScope): readonly string[] {
  return otherUnits.map(({ category, unit, median, deals }) =>
    messages.pricesNotUsed(plural(deals.length, SALE_WORDS[category]), roundMoney(median), unit, deals.length === 1),
  );
}

/** Rents of a source's own series that cannot be by the week: as above. */
export function rentsNotUsed(market: readonly Pick<MarketSegment, "category" | "rentNotUsed">[]): readonly string[] {
  return market.flatMap(({ category, rentNotUsed }) =>
    rentNotUsed === null
      ? []
      : messages.rentsNotUsed(CATEGORY_WORDS[category].many, count(rentNotUsed), periodOfRent(rentNotUsed)),
  );
}

const SALE_WORDS = { house: "house sale", unit: "unit sale", land: "land sale", other: "sale" } as const;

/** The quarters that charts leave out. */
function missing(holes: readonly Period[]): string {
  return messages.hardlyAnyRecords(spansOf(holes), holes.length === 1 ? "this quarter" : "these quarters");
}

/** "1 July 2023 to 30 June 2025": what follows on each other as one. */
function spansOf(periods: readonly Period[]): string {
  const spans: Period[] = [];
  for (const { from, to } of periods) {
    const last = spans.at(-1);
    if (last !== undefined && last.to + 1 === from) spans[spans.length - 1] = { from: last.from, to };
    else spans.push({ from, to });
  }
  return listWords(spans.map(({ from, to }) => `${longDate(toIso(from))} to ${longDate(toIso(to))}`));
}

/** Stretches of missing weeks in quarters that have records. */
function withoutRecords(gaps: readonly Period[]): string {
  return messages.noRecordsFrom(spansOf(gaps));
}

function coverage(scope: ReportScope, shown: Shown): readonly string[] {
  const { sold, results, period, dataSet } = scope;
  const { from, to } = isoPeriod(period);
  const lines = [
    isDated(dataSet) ? messages.figuresCover(longDate(from), longDate(to)) : messages.noDates(longDate(to)),
  ];
  if (sold.length > 0) {
    const priced = sold.filter(({ price }) => price !== null).length;
    const dated = sold.filter((deal) => daysOf(deal) !== null).length;
    const attributed = sold.filter(({ agencyIds }) => agencyIds.length > 0).length;
    lines.push(
      messages.salesCoverage(
        plural(sold.length, "sale"),
        count(priced),
        scope.nominal.otherUnits.length > 0 ? messages.usablePrice : messages.disclosedPrice,
        count(dated),
        count(attributed),
      ),
    );
    const all = allCounted(shown.market);
    if (all !== null) lines.push(messages.countedBySource(count(all), plural(sold.length, "sale")));
  } else {
    const areAgentsSupplied = shown.agents.rows.some(({ involved }) => involved.supplied);
    const isSupplied = shown.market.some((of) => of.sales12m.supplied) || countedInPart(scope, shown.market) > 0;
    const newest = scope.deals.findLast(({ outcome }) => outcome === "sold");
    const day = newest === undefined ? "" : longDate(toIso(newest.day));
    lines.push(isSupplied ? messages.noneListed : messages.noSalesInPeriod(day, areAgentsSupplied));
  }
  lines.push(...rentalsAlone(dataSet));
  const unsold = results.length - sold.length;
  if (unsold > 0) lines.push(messages.unsoldRecords(plural(unsold, "record")));
  const undated = (dataSet.sales ?? []).filter(({ sold_date }) => !sold_date).length;
  if (undated > 0) lines.push(messages.undatedRecords(plural(undated, "record"), undated === 1 ? "is" : "are"));
  // Of a source that lags these are named already.
  const { later, asOf, lagging } = scope;
  if (later > 0 && lagging.sales.length === 0)
    lines.push(messages.laterRecords(plural(later, "record"), longDate(toIso(asOf)), later === 1 ? "is" : "are"));
  const joined = sold.reduce((sum, { records }) => sum + records - 1, 0);
  if (joined > 0) lines.push(messages.joinedRecords(plural(joined, "record"), joined === 1 ? "is" : "are"));
  lines.push(...sameListings(scope.joinedListings, "current listing"));
  lines.push(...severalOfOneName(shown.agencies.rows, "agencies"), ...severalOfOneName(shown.agents.rows, "agents"));
  lines.push(...nominal(scope), ...rentsNotUsed(shown.market), ...lagNotes(scope.lagging.sales, scope.lagging.series));
  lines.push(...earlyNotes(scope, sold.length, "sale"));
  if (!scope.comparable && sold.length > 0) lines.push(reach(scope));
  if (scope.holes.length > 0) lines.push(missing(scope.holes));
  const drawn = scope.quarters.filter((quarter) => !scope.holes.includes(quarter));
  // The line on comparisons already reports when the data begins.
  const begins = isBeginSaid(scope) ? (scope.oldest ?? Number.NEGATIVE_INFINITY) : Number.NEGATIVE_INFINITY;
  const gaps = scope.gaps.filter((gap) => gap.to >= begins && withGap(drawn, [gap]).length > 0);
  if (gaps.length > 0) lines.push(withoutRecords(gaps));
  else if (scope.endsEarly !== null) lines.push(messages.noRecordsSince(spansOf([scope.endsEarly])));
  const hidden = (dataSet.agents ?? []).filter((agent) => agent.hidden === true).length;
  if (hidden > 0) lines.push(messages.hiddenAgents(plural(hidden, "agent"), hidden === 1 ? "is" : "are"));
  lines.push(...(dataSet.notes ?? []));
  return lines;
}

/** For Method and the job: why a report on sales is empty. */
export function rentalsAlone({ sales = [], rentals = [] }: DataSet): readonly string[] {
  return sales.length > 0 || rentals.length === 0
    ? []
    : [messages.onlyRentals(plural(rentals.length, "rental listing"))];
}

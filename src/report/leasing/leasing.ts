/*
 * The model of the agency report: rental listings of 12 months by agency, rents, days to lease.
 * Pure: the same data set and options give the same model.
 * Not here: sources, and how the report is drawn (render/leasing).
 */

import { Failure } from "../../failure.ts";
import type { Category, DataSet } from "../data-set.ts";
import { toIso } from "../figures/days.ts";
import { computed, isFew, isShown, percentOf } from "../figures/figure.ts";
import { headOf, sizeOf } from "../head.ts";
import { findAgency } from "../identity/named.ts";
import type { Method, Tile } from "../model.ts";
import type { ReportOptions } from "../options.ts";
import { locatorOf } from "../report.ts";
import { areaName, countedAreaName } from "../request/beside.ts";
import { filterDataSet } from "../request/filter.ts";
import { describeFilter } from "../request/requested.ts";
import { sameListings, severalOfOneName, shownSources } from "../sections/method.ts";
import { onTheYearBefore, provisional, unreliable } from "../sections/tiles.ts";
import { earlyNotes, lagNotes } from "../selection/as-of.ts";
import { isoPeriod, isReached, localityName } from "../selection/scope.ts";
import { besideNotes, recordsOf, silentIn, silentNotes, silentWarnings, unknownOf } from "../selection/selection.ts";
import type { GatheredDataSet } from "../selection/surroundings.ts";
import {
  allOf,
  CATEGORY_WORDS,
  capitalised,
  change,
  count,
  decimal,
  longDate,
  namesInTie,
  percent,
  plural,
  shareOf,
  tenths,
} from "../wording.ts";
import {
  categoriesOf,
  currentRows,
  leasedRows,
  lettingLeague,
  lettingStanding,
  rentQuarters,
  rentRows,
} from "./league.ts";
import { daysToLease, isLet, type LeasingScope, medianRent, readLettings } from "./lettings.ts";
import { messages } from "./messages.ts";
import type { LeasingModel, LettingAgency } from "./model.ts";
import { oddRents } from "./odd-rents.ts";
import { inWeeklyRents } from "./weekly-rents.ts";

/**
 * Computes the content of the agency report. Pure: the same data and options give the same model, in whatever order the
 * data set lists its rows.
 * @throws Failure "no_data" (permanent) without a rental listing in the 12 months, unless `orNothing` is set.
 */
export function buildLeasing(gathered: GatheredDataSet, options: ReportOptions, orNothing = false): LeasingModel {
  const { dataSet: records, notUsed } = inWeeklyRents(recordsOf(gathered, options), gathered);
  const whole = readLettings(records, options);
  const scope = selectLettings(records, whole);
  const { dataSet } = scope;
  const odd = oddRents(records, dataSet.rentals ?? []);
  const warnings = [...notUsed, ...odd];
  if (scope.listed.length === 0 && !orNothing) throw new Failure("no_data", messages.noData(localityName(options)));
  const requested = describeSelection(whole);
  const league = lettingLeague(scope);
  const rents = rentRows(scope);
  const preparedFor = lettingStanding(scope, league);
  const head = headOf(dataSet, options);
  const silent =
    (options.beside ?? null) === null
      ? []
      : silentIn(gathered, ({ rentals = [] }) => rentals, records.rentals ?? [], options);
  const area = countedAreaName(options, { beside: options.beside, silent, of: "rentals" });
  return {
    ...head,
    locality: { ...head.locality, ...sizeOf(dataSet) },
    period: isoPeriod(scope.period),
    asOf: toIso(scope.asOf),
    area,
    selected: requested === "" ? null : requested,
    locator: locatorOf(options),
    preparedFor,
    preparedForUnknown: preparedFor === null ? options.preparedFor?.trim() || null : null,
    tiles: tiles(scope, league),
    sentences: sentences(scope, {
      area,
      league,
      preparedFor,
      areRentsUsed: notUsed.length === 0,
      hasOddRents: odd.length > 0,
    }),
    begins: scope.oldest !== null && beginsLate(scope) ? toIso(scope.oldest) : null,
    isProvisional: scope.lagging.length > 0,
    total: scope.listed.length,
    unattributed: scope.listed.filter(({ agencyIds }) => agencyIds.length === 0).length,
    joint: scope.listed.filter(({ agencyIds }) => agencyIds.length > 1).length,
    league,
    rents,
    quarters: rentQuarters(scope),
    hasOddRents: odd.length > 0,
    current: currentRows(scope),
    leased: leasedRows(scope),
    method: method(scope, requested, silent, { league, rents, warnings }),
    warnings: [...warnings, ...silentWarnings(silent, "rentals")],
  };
}

/** The rental listings that pass the request's filter, if it has one. The period is that of all the data. */
function selectLettings(dataSet: DataSet, whole: LeasingScope): LeasingScope {
  const { options } = whole;
  const { filter = null } = options;
  if (filter === null) return whole;
  const filtered = { ...filterDataSet(dataSet, filter), period: isoPeriod(whole.period) };
  return readLettings(filtered, options, whole);
}

/** Which agency is highlighted at the client's request. */
function highlightNote({ options, agencies }: LeasingScope): readonly string[] {
  const requested = options.featured?.agency ?? null;
  if (requested === null) return [];
  const agency = findAgency(agencies, requested);
  if (agency === null) return [messages.notFoundToHighlight(requested)];
  return [messages.highlighted(agency.name)];
}

/** The requested selection in words, and what was left out; "" for the usual report. */
function describeSelection({ options, listed }: LeasingScope): string {
  const { filter = null, beside = null } = options;
  const around = beside === null ? [] : [areaName(options, beside)];
  const requested = [...describeFilter(filter), ...around].join(", ");
  const rows = listed.map(({ rental }) => rental);
  return [requested, ...(filter === null ? [] : unknownOf(rows, filter, "rental listing"))].join("; ");
}

function tiles(scope: LeasingScope, league: readonly LettingAgency[]): readonly Tile[] {
  const { listed, listedBefore, comparable, all, asOf } = scope;
  const before = comparable ? percentOf(listed.length - listedBefore.length, listedBefore.length) : null;
  const current = all.filter(({ isCurrent }) => isCurrent).length;
  const rent = (category: Category): Tile => {
    const figure = medianRent(listed.filter((each) => each.category === category));
    return {
      label: `Median rent, ${CATEGORY_WORDS[category].many}`,
      figure,
      unit: "rent",
      note: figure.n ? unreliable(messages.rentNote(count(figure.n)), figure) : messages.notInData,
    };
  };
  const days = daysToLease(listed, asOf);
  const offered: readonly Tile[] = [
    {
      label: "Rental listings, 12 months",
      figure: computed(listed.length, listed.length),
      unit: "count",
      note: provisional(
        before === null ? previousYear(scope) : onTheYearBefore(before, listedBefore.length),
        scope.lagging,
      ),
    },
    ...categoriesOf(listed).slice(0, TILES_OF_RENT).map(rent),
    {
      label: "Days to lease",
      figure: days,
      unit: "days",
      note: (days.n ?? 0) === 0 ? messages.notInData : unreliable(`median, n ${count(days.n ?? 0)} leased`, days),
    },
    {
      label: messages.onTheMarketNow,
      figure: computed(current > 0 ? current : null, current),
      unit: "count",
      note: `on ${longDate(toIso(asOf))}`,
    },
    {
      label: "Agencies",
      figure: computed(league.length > 0 ? league.length : null, league.length),
      unit: "count",
      note: messages.withRental,
    },
  ];
  return offered.filter(({ figure }) => isShown(figure));
}

/** Of the types that are let most. */
const TILES_OF_RENT = 2;

/** Why there is no comparison: of all the data there may be one, and none of what a filter selects. */
function previousYear(scope: LeasingScope): string {
  const before = scope.listedBefore.length;
  return scope.isAllComparable
    ? messages.inPreviousYear(before === 0 ? "none" : count(before))
    : messages.noPreviousYear(dataFrom(scope));
}

/** "; data from 1 May 2026" */
function dataFrom({ oldest }: LeasingScope): string {
  return oldest === null ? "" : `; data from ${longDate(toIso(oldest))}`;
}

/** Do the records begin within the 12 months? */
function beginsLate({ oldest, period }: LeasingScope): boolean {
  return oldest !== null && !isReached(period, oldest);
}

interface VerdictParts extends Pick<LeasingModel, "area" | "league" | "preparedFor"> {
  /** No rents were left out because they cannot be by the week. */
  readonly areRentsUsed: boolean;
  readonly hasOddRents: boolean;
}

function sentences(
  scope: LeasingScope,
  { area, league, preparedFor, areRentsUsed, hasOddRents }: VerdictParts,
): readonly string[] {
  const { listed, listedBefore, comparable, period, asOf } = scope;
  if (listed.length === 0) return [messages.noRentals(area)];
  const moved = comparable ? percentOf(listed.length - listedBefore.length, listedBefore.length) : null;
  const compared = moved === null ? "" : `, ${onTheYearBefore(moved, listedBefore.length)}`;
  const begins = beginsLate(scope) ? ` (${dataFrom(scope).slice(2)})` : "";
  const rents = rentRows(scope)
    .filter(({ bedrooms, medianRent: rent }) => bedrooms === null && rent.value !== null)
    .slice(0, 2)
    .map(({ category, medianRent: rent, rentChange }) => {
      const weakest = [rent, rentChange].filter(isFew).map(({ n }) => n ?? 0);
      const beside = [
        ...(rentChange.value === null ? [] : [messages.onYear(change(rentChange.value))]),
        ...(weakest.length > 0 ? [`only ${plural(Math.min(...weakest), "rent")}`] : []),
      ];
      return messages.weeklyRent(
        count(rent.value ?? 0),
        CATEGORY_WORDS[category].many,
        beside.length === 0 ? "" : ` (${beside.join("; ")})`,
      );
    });
  const days = daysToLease(listed, asOf);
  return [
    messages.rentalsOf(
      plural(listed.length, "property was", "properties were"),
      area,
      longDate(isoPeriod(period).to),
      begins,
      compared,
    ),
    rents.length > 0
      ? messages.medianRent(rents.join(" and "), hasOddRents ? messages.notAllWeekly : "")
      : areRentsUsed
        ? messages.tooFewForMedian
        : messages.noWeeklyRents,
    leaderSentence(listed, league),
    ...(preparedFor !== null
      ? [standingSentence(preparedFor, league)]
      : days.value === null
        ? []
        : [messages.halfTook(plural(days.n ?? 0, "letting"), plural(Math.round(days.value), "day"))]),
  ];
}

function leaderSentence(listed: LeasingScope["listed"], league: readonly LettingAgency[]): string {
  const total = listed.length;
  const unnamed = listed.filter(({ agencyIds }) => agencyIds.length === 0).length;
  // The leader among listings with a known agency may not lead all.
  const unattributed = unnamed * 10 < total ? "" : messages.noAgencyKnown(plural(unnamed, "listing"));
  const leaders = league.filter(({ rank }) => rank === 1);
  const [leader] = leaders;
  if (leader === undefined) return messages.noneRanked;
  const figures = messages.part(
    count(leader.listings.value ?? 0),
    plural(total, "listing"),
    percent(shareOf(leader.share.value ?? 0)),
  );
  if (leaders.length > 1) {
    return messages.sharedLead(namesInTie(leaders.map(({ name }) => name)), figures, unattributed);
  }
  // An agency that lets everything leads no one.
  if (league.length === 1 && unnamed === 0)
    return messages.onlyAgency(leader.name, capitalised(allOf(total, "listing")), total === 1);
  const next = league.filter(({ rank }) => rank === 2);
  const [second] = next;
  const ahead = second
    ? messages.aheadOf(namesInTie(next.map(({ name }) => name)), count(second.listings.value ?? 0), next.length > 1)
    : "";
  return messages.leads(leader.name, figures, ahead, unattributed);
}

function standingSentence(
  { agencyId, name, rank, share, shareChange, gap }: NonNullable<LeasingModel["preparedFor"]>,
  league: readonly LettingAgency[],
): string {
  const equals = league.filter((row) => row.rank === rank && row.id !== agencyId).map((row) => row.name);
  const needed = gap === null ? null : messages.listingsToPass(plural(gap.sales, "more listing"), gap.rank);
  if (rank === null) return messages.ownWithoutRentals(name, needed === null ? "" : `; ${needed}`);
  const level = equals.length > 0 ? messages.levelWith(namesInTie(equals)) : "";
  const ahead = needed ?? (level === "" ? messages.noneHigher : null);
  const moved =
    shareChange === null || tenths(shareChange) === 0
      ? ""
      : messages.pointsOnYear(shareChange < 0 ? "" : "+", decimal(shareChange));
  return messages.ownRank(name, rank, percent(shareOf(share.value ?? 0)), moved, level, ahead);
}

/** What a report shows, which determines what must be defined. */
type ShownOfRentals = Pick<LeasingModel, "league" | "rents" | "warnings">;

const isIn =
  (key: "share" | "medianRent" | "daysToLease") =>
  ({ league, rents }: ShownOfRentals) =>
    [...league, ...rents].some((row) => isShown(row[key]));

/** Each term, what it means, and whether a report uses it. */
const DEFINITIONS: readonly (readonly [term: string, text: string, uses: (shown: ShownOfRentals) => boolean])[] = [
  ["Rental listings, 12 months", messages.listingTerm, () => true],
  ["Share", messages.shareTerm, isIn("share")],
  ["Median asking rent", messages.rentTerm, isIn("medianRent")],
  ["Days to lease", messages.daysTerm, isIn("daysToLease")],
  [
    "Change",
    messages.changeTerm,
    ({ league, rents }) =>
      league.some(({ shareChange }) => shareChange !== null) ||
      rents.some(({ rentChange }) => rentChange.value !== null),
  ],
  ["Rank", messages.rankTerm, ({ league }) => league.length > 0],
];

function method(scope: LeasingScope, requested: string, silent: readonly string[], shown: ShownOfRentals): Method {
  const { options, dataSet, listed, undated, period, comparable } = scope;
  const { from, to } = isoPeriod(period);
  const rents = listed.filter(({ rent }) => rent !== null).length;
  const leased = listed.filter(isLet);
  const unknownDay = leased.filter((each) => each.leased === null).length;
  const attributed = listed.filter(({ agencyIds }) => agencyIds.length > 0).length;
  return {
    definitions: DEFINITIONS.flatMap(([term, text, uses]) => (uses(shown) ? [{ term, text }] : [])),
    coverage: [
      ...(requested === "" ? [] : [`${capitalised(requested)}.`]),
      ...besideNotes(options),
      ...silentNotes(silent, options, "rentals"),
      messages.figuresCover(longDate(from), longDate(to)),
      messages.rentalsCoverage(
        plural(listed.length, "rental listing"),
        count(rents),
        count(leased.length),
        count(attributed),
      ),
      ...shown.warnings,
      ...(unknownDay > 0
        ? [messages.leasedUndated(plural(unknownDay, "rental listing"), unknownDay === 1 ? "is" : "are")]
        : []),
      ...(undated > 0
        ? [messages.undatedRentals(plural(undated, "rental listing"), undated === 1 ? "is" : "are")]
        : []),
      ...sameListings(scope.joined, "rental listing"),
      ...severalOfOneName(shown.league, "agencies"),
      ...lagNotes(scope.lagging),
      ...earlyNotes(scope, listed.length, "rental listing"),
      ...(dataSet.notes ?? []),
      ...highlightNote(scope),
      ...(comparable ? [] : [scope.isAllComparable ? messages.tooFewMatch : messages.notComparedYears]),
    ],
    sources: shownSources(dataSet.sources ?? []),
    disclaimer: messages.disclaimer,
    correction: messages.correction,
  };
}

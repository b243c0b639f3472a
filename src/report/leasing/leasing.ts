import { Failure } from "../../failure.ts";
import { lagNotes } from "../as-of.ts";
import { areaName } from "../beside.ts";
import type { DataSet } from "../data-set.ts";
import { toIso } from "../figures/days.ts";
import { computed, isFew, percentOf } from "../figures/figure.ts";
import { filterDataSet } from "../filter.ts";
import { messages } from "../messages.ts";
import { sameListings, shownSources } from "../method.ts";
import type { Method, Tile } from "../model.ts";
import type { ReportOptions } from "../options.ts";
import { locatorOf } from "../report.ts";
import { describeFilter } from "../requested.ts";
import { findAgency, isoPeriod, isReached, placeName } from "../scope.ts";
import { besideNotes, recordsOf, unknownOf } from "../selection.ts";
import type { GatheredDataSet } from "../surroundings.ts";
import { onTheYearBefore, provisional, unreliable } from "../verdict.ts";
import {
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
import { daysToLease, type LeasingScope, medianRent, readLettings } from "./lettings.ts";
import type { LeasingModel, LettingAgency } from "./model.ts";

/**
 * Computes everything the agency report says. Pure: the same data and options give the same model, in whatever order the
 * data set lists its rows.
 * @throws Failure "no_data" (permanent) without a rental listing in the 12 months, unless `orNothing` is set.
 */
export function buildLeasing(gathered: GatheredDataSet, options: ReportOptions, orNothing = false): LeasingModel {
  const records = recordsOf(gathered, options);
  const whole = readLettings(records, options);
  const scope = selectLettings(records, whole);
  const { dataSet } = scope;
  if (scope.listed.length === 0 && !orNothing) throw new Failure("no_data", messages.noRentals(placeName(options)));
  const requested = describeSelection(whole);
  const league = lettingLeague(scope);
  const preparedFor = lettingStanding(scope, league);
  return {
    place: {
      suburb: options.suburb,
      state: options.state,
      postcode: options.postcode ?? dataSet.suburb?.postcode ?? null,
      dwellings: dataSet.suburb?.dwellings ?? null,
      population: dataSet.suburb?.population ?? null,
    },
    period: isoPeriod(scope.period),
    asOf: toIso(scope.asOf),
    area: areaName(options, options.beside ?? null),
    selected: requested === "" ? null : requested,
    sample: (dataSet.sources ?? []).some(({ synthetic }) => synthetic === true),
    branding: options.branding,
    locator: locatorOf(options),
    preparedFor,
    preparedForUnknown: preparedFor === null ? options.preparedFor?.trim() || null : null,
    tiles: tiles(scope, league),
    sentences: sentences(scope, league, preparedFor),
    isProvisional: scope.lagging.length > 0,
    total: scope.listed.length,
    joint: scope.listed.filter(({ agencyIds }) => agencyIds.length > 1).length,
    league,
    rents: rentRows(scope),
    quarters: rentQuarters(scope),
    current: currentRows(scope),
    leased: leasedRows(scope),
    method: method(scope, requested),
  };
}

/** The rental listings that pass the request's filter, if it has one. The period is that of all the data. */
function selectLettings(dataSet: DataSet, whole: LeasingScope): LeasingScope {
  const { options } = whole;
  const { filter = null } = options;
  if (filter === null) return whole;
  const filtered = { ...filterDataSet(dataSet, filter), as_of: toIso(whole.asOf), period: isoPeriod(whole.period) };
  return readLettings(filtered, options);
}

/** Which agency is highlighted because the request says so. */
function highlightNote({ options, agencies }: LeasingScope): readonly string[] {
  const wanted = options.featured?.agency ?? null;
  if (wanted === null) return [];
  const agency = findAgency(agencies, wanted);
  if (agency === null) return [`No agency called “${wanted}” was found to highlight.`];
  return [`Highlighted at the client's request: ${agency.name}. Highlighting changes no rank or figure.`];
}

/** What was asked for that is not all of the suburb, in words, and what was left out; "" for the usual report. */
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
  const [first, second] = categoriesOf(listed);
  const rent = (category: typeof first): Tile => {
    const figure = medianRent(category === undefined ? listed : listed.filter((each) => each.category === category));
    const label = category === undefined ? "Median rent, all" : `Median rent, ${CATEGORY_WORDS[category].many}`;
    return {
      label,
      figure,
      unit: "rent",
      note: figure.n ? unreliable(`a week, n ${count(figure.n)}`, figure) : "not in the data",
    };
  };
  const days = daysToLease(listed, asOf);
  return [
    {
      label: "Rental listings, 12 months",
      figure: computed(listed.length, listed.length),
      unit: "count",
      note: provisional(
        before === null
          ? `no previous year to compare${dataFrom(scope)}`
          : onTheYearBefore(before, listedBefore.length),
        scope.lagging,
      ),
    },
    rent(first),
    rent(second),
    {
      label: "Days to lease",
      figure: days,
      unit: "days",
      note: (days.n ?? 0) === 0 ? "not in the data" : unreliable(`median, n ${count(days.n ?? 0)} leased`, days),
    },
    {
      label: "On the market now",
      figure: computed(current > 0 ? current : null, current),
      unit: "count",
      note: `on ${longDate(toIso(asOf))}`,
    },
    {
      label: "Agencies",
      figure: computed(league.length > 0 ? league.length : null, league.length),
      unit: "count",
      note: "with a rental listing",
    },
  ];
}

/** "; data from 1 May 2026" */
function dataFrom({ all: [first] }: LeasingScope): string {
  return first === undefined ? "" : `; data from ${longDate(toIso(first.day))}`;
}

/** Do the records begin within the 12 months? */
function beginsLate({ all: [first], period }: LeasingScope): boolean {
  return first !== undefined && !isReached(period, first.day);
}

function sentences(
  scope: LeasingScope,
  league: readonly LettingAgency[],
  preparedFor: LeasingModel["preparedFor"],
): readonly string[] {
  const { listed, listedBefore, comparable, options, period, asOf } = scope;
  if (listed.length === 0)
    return [`The data has no rental listings in ${areaName(options, options.beside ?? null)} in the 12 months.`];
  const moved = comparable ? percentOf(listed.length - listedBefore.length, listedBefore.length) : null;
  const compared = moved === null ? "" : `, ${onTheYearBefore(moved, listedBefore.length)}`;
  const begins = beginsLate(scope) ? ` (${dataFrom(scope).slice(2)})` : "";
  const rents = rentRows(scope)
    .filter(({ bedrooms, medianRent: rent }) => bedrooms === null && rent.value !== null)
    .slice(0, 2)
    .map(({ category, medianRent: rent, rentChange }) => {
      const weakest = [rent, rentChange].filter(isFew).map(({ n }) => n ?? 0);
      const beside = [
        ...(rentChange.value === null ? [] : [`${change(rentChange.value)} on the year`]),
        ...(weakest.length > 0 ? [`only ${plural(Math.min(...weakest), "rent")}`] : []),
      ];
      return `$${count(rent.value ?? 0)} a week for ${CATEGORY_WORDS[category].many}${beside.length === 0 ? "" : ` (${beside.join("; ")})`}`;
    });
  const days = daysToLease(listed, asOf);
  return [
    `${plural(listed.length, "property was", "properties were")} listed for rent in ${areaName(options, options.beside ?? null)} in the 12 months to ${longDate(isoPeriod(period).to)}${begins}${compared}.`,
    rents.length === 0
      ? "There are too few asking rents for a median; at least 3 of one property type are needed."
      : `The median asking rent was ${rents.join(" and ")}.`,
    leaderSentence(listed.length, league),
    ...(preparedFor !== null
      ? [standingSentence(preparedFor, league.filter(({ rank }) => rank === 1).length > 1)]
      : days.value === null
        ? []
        : [
            `Half of the ${plural(days.n ?? 0, "letting")} with both dates took ${plural(Math.round(days.value), "day")} or less from listing.`,
          ]),
  ];
}

function leaderSentence(total: number, league: readonly LettingAgency[]): string {
  const leaders = league.filter(({ rank }) => rank === 1);
  const [leader] = leaders;
  if (leader === undefined) return "No agency can be ranked, because the data names no agency with a rental listing.";
  const figures = `${count(leader.listings.value ?? 0)} of ${plural(total, "listing")} (${percent(shareOf(leader.share.value ?? 0))})`;
  if (leaders.length > 1) {
    return `${namesInTie(leaders.map(({ name }) => name))} share the lead with ${figures} each.`;
  }
  const next = league.filter(({ rank }) => rank === 2);
  const [second] = next;
  const ahead = second
    ? `, ahead of ${namesInTie(next.map(({ name }) => name))} with ${count(second.listings.value ?? 0)}${next.length > 1 ? " each" : ""}`
    : "";
  return `${leader.name} leads with ${figures}${ahead}.`;
}

function standingSentence(
  { name, rank, share, shareChange, gap }: NonNullable<LeasingModel["preparedFor"]>,
  isTied: boolean,
): string {
  const needed =
    gap === null
      ? rank === 1 && isTied
        ? "level with others"
        : "no agency ranks higher"
      : `${plural(gap.sales, "more listing")} would put it past #${gap.rank}`;
  if (rank === null) return `${name} has no rental listings in the 12 months; ${needed}.`;
  const moved =
    shareChange === null ? "" : ` (${shareChange < 0 ? "" : "+"}${decimal(shareChange)} points on the year)`;
  return `${name} ranks #${rank} with ${percent(shareOf(share.value ?? 0))} of the listings${moved}; ${needed}.`;
}

const DEFINITIONS: readonly (readonly [string, string])[] = [
  [
    "Rental listings, 12 months",
    "Properties listed for rent in the 365 days up to the date of the data; if the listing date is unknown, the lease date counts. A property listed again after more than 30 days, or at another rent, counts again.",
  ],
  [
    "Share",
    "The agency's rental listings divided by all rental listings in the suburb. A listing with two agencies counts for each, so shares can add up to more than 100%.",
  ],
  ["Median asking rent", "The middle weekly asking rent, with the number of rents (n). At least 3 rents are needed."],
  [
    "Days to lease",
    "The median number of days from listing to lease, for properties leased by the date of the data. At least 3 are needed.",
  ],
  [
    "Change",
    "On the previous 12 months: for a share in percentage points, for a rent in per cent. Not shown if the data does not go back far enough.",
  ],
  [
    "Rank",
    "By rental listings in the 12 months; equal numbers share a rank. Properties under management are unknown and not ranked.",
  ],
];

function method(scope: LeasingScope, requested: string): Method {
  const { options, dataSet, listed, undated, period, asOf, comparable } = scope;
  const { from, to } = isoPeriod(period);
  const rents = listed.filter(({ rent }) => rent !== null).length;
  const leased = listed.filter((each) => each.leased !== null && each.leased <= asOf).length;
  const attributed = listed.filter(({ agencyIds }) => agencyIds.length > 0).length;
  return {
    definitions: DEFINITIONS.map(([term, text]) => ({ term, text })),
    coverage: [
      ...(requested === "" ? [] : [`${capitalised(requested)}.`]),
      ...besideNotes(options),
      `The figures cover ${longDate(from)} to ${longDate(to)}.`,
      `${plural(listed.length, "rental listing")}: ${count(rents)} with an asking rent, ${count(leased)} leased, ${count(attributed)} with an agency.`,
      ...(undated > 0
        ? [`${plural(undated, "rental listing")} without a date ${undated === 1 ? "is" : "are"} excluded.`]
        : []),
      ...sameListings(scope.joined, "rental listing"),
      ...lagNotes(scope.lagging),
      ...(dataSet.notes ?? []),
      ...highlightNote(scope),
      ...(comparable ? [] : ["The data does not go back far enough to compare with the previous 12 months."]),
    ],
    sources: shownSources(dataSet.sources ?? []),
    disclaimer:
      "Rents are asking rents, not agreed rents. Listing records are incomplete and lag the market; figures change as new records arrive. Nobody can pay for a rank.",
    correction:
      "To correct an entry, tell the sender of this report which listing or agency is wrong and what your source is. The correction will appear in the next report made from the corrected data.",
  };
}

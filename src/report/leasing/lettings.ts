import { compareText } from "../../text/text.ts";
import type { Agency, Category, DataSet, Rental } from "../data-set.ts";
import { areComparable, isEvenlyKnown } from "../figures/coverage.ts";
import { isWithin, type Period, periodBefore, toDay } from "../figures/days.ts";
import { computed, MIN_DAYS, MIN_PRICES, median, suppressBelow } from "../figures/figure.ts";
import { uniqueRentals } from "../identity/listings.ts";
import { findAgency } from "../identity/named.ts";
import type { Figure } from "../model.ts";
import type { ReportOptions } from "../options.ts";
import { isJudgedBy } from "../request/filter.ts";
import { isSpokenFor, type Lagging, laggingOf, type Spoken, spokenBy } from "../selection/as-of.ts";
import { periodOf } from "../selection/scope.ts";
import { datesOfRentals } from "../selection/tables.ts";

/** A rental listing, read once: days as numbers, its agencies found. All figures are computed from these. */
export interface Letting {
  readonly id: string;
  readonly rental: Rental;
  readonly category: Category;
  /** The day it counts by: listed, else leased, else, where it is on the market, the report's day. */
  readonly day: number;
  readonly listed: number | null;
  readonly leased: number | null;
  readonly isCurrent: boolean;
  /** Let by the report's day, though the day may be unknown. */
  readonly isLet: boolean;
  /** Asking rent a week; null where unknown, or no plausible rent. */
  readonly rent: number | null;
  readonly agencyIds: readonly string[];
}

/** What all parts of the agency report are computed from. */
export interface LeasingScope {
  readonly dataSet: DataSet;
  readonly options: ReportOptions;
  readonly asOf: number;
  readonly early: Spoken["early"];
  readonly period: Period;
  /** Of the 12 months, oldest first, and of the 12 before. */
  readonly listed: readonly Letting[];
  readonly listedBefore: readonly Letting[];
  readonly all: readonly Letting[];
  /** Those that show which quarters are covered: of all the data those that a filter can judge, not those that pass. */
  readonly recorded: readonly Letting[];
  /** The day that the records begin. A listing that has been on the market for very long is no evidence about its time. */
  readonly oldest: number | null;
  readonly comparable: boolean;
  /** The same of all the data, where a filter selects some of it. */
  readonly isAllComparable: boolean;
  /** Rental listings that state neither when they were listed nor that they are on the market. */
  readonly undated: number;
  /** Rental listings that were joined with another. */
  readonly joined: number;
  readonly lagging: Lagging;
  readonly agencies: ReadonlyMap<string, Agency>;
  readonly preparedFor: Agency | null;
}

/** The data must reach into the first quarter of the 12 months before; a shorter history would make changes up. */
const HISTORY_SLACK_DAYS = 91;

/**
 * Of a data set whose rents are read by `inWeeklyRents`. `as`: what the sources of all the data speak for, where this
 * is a part of it.
 */
export function readLettings(
  dataSet: DataSet,
  options: ReportOptions,
  as: Pick<LeasingScope, "asOf" | "early" | "oldest" | "comparable" | "all" | "listed" | "listedBefore"> | null = null,
): LeasingScope {
  const rentals = dataSet.rentals ?? [];
  const spoken = as ?? spokenBy(dataSet, datesOfRentals(rentals, options.date), options);
  const asOf = "asOf" in spoken ? spoken.asOf : (spoken.day ?? toDay(options.date));
  const { early } = spoken;
  const period = periodOf(dataSet, asOf);
  const before = periodBefore(period);
  const agencyOf = new Map((dataSet.agents ?? []).map(({ id, agency_id }) => [id, agency_id ?? null]));
  const endOf = (rental: Rental) => {
    const of = early.of(rental);
    return of?.lags ? of.end : asOf;
  };
  const known = rentals.filter((rental) => !rental.listed_date || toDay(rental.listed_date) <= endOf(rental));
  const unique = uniqueRentals(
    known.map((rental) => withAgencies(asKnownOn(rental, endOf(rental)), (id) => agencyOf.get(id) ?? null)),
    options.suburb,
  );
  const all = unique.rows.flatMap((rental) => readLetting(rental, asOf) ?? []);
  all.sort((a, b) => a.day - b.day || compareText(a.id, b.id));
  const listed = all.filter(({ day }) => isWithin(period, day));
  const first = all.find(({ isCurrent, day }) => !isCurrent || day >= period.from)?.day ?? null;
  const oldest = as === null ? first : as.oldest;
  const year = period.to - period.from + 1;
  const isComparable = ({ rental, day }: Letting) => isSpokenFor({ early }, rental, day + year);
  const listedBefore = all.filter((letting) => isWithin(before, letting.day) && isComparable(letting));
  const isJudgedRow = isJudgedBy(options.filter);
  const isJudged = ({ rental }: Letting) => isJudgedRow(rental);
  // In a year whose records have fewer details, fewer can match.
  const isAllComparable = as?.comparable === true && isEvenlyKnown(as.listed, as.listedBefore, isJudged);
  const agencies = new Map<string, Agency>((dataSet.agencies ?? []).map((agency) => [agency.id, agency]));
  for (const id of all.flatMap(({ agencyIds }) => agencyIds)) if (!agencies.has(id)) agencies.set(id, { id, name: id });
  return {
    dataSet,
    options,
    asOf,
    early,
    period,
    listed,
    listedBefore,
    all,
    recorded: as === null ? all : as.all.filter(isJudged),
    oldest,
    comparable:
      (as === null || (isAllComparable && listedBefore.length > 0)) &&
      areComparable(period, listed, listedBefore) &&
      (oldest ?? asOf) <= before.from + HISTORY_SLACK_DAYS,
    isAllComparable,
    undated: unique.rows.length - all.length,
    joined: unique.joined,
    lagging: laggingOf(dataSet.sources ?? [], new Set(rentals.map(({ source }) => source ?? null))),
    agencies: new Map([...agencies].sort(([, a], [, b]) => compareText(a.name, b.name) || compareText(a.id, b.id))),
    preparedFor: findAgency(agencies, options.preparedFor),
  };
}

/** With its agents' agencies where it names none. */
function withAgencies(rental: Rental, agencyOf: (agentId: string) => string | null): Rental {
  const named = rental.agency_ids ?? [];
  const agencies = named.length > 0 ? named : (rental.agent_ids ?? []).flatMap((id) => agencyOf(id) ?? []);
  return { ...rental, agency_ids: [...new Set(agencies)] };
}

function readLetting(rental: Rental, asOf: number): Letting | null {
  const listed = rental.listed_date ? toDay(rental.listed_date) : null;
  const leased = rental.leased_date ? toDay(rental.leased_date) : null;
  const status = rental.status ?? (leased === null ? null : "leased");
  const isCurrent = status === "current" && (listed ?? 0) <= asOf;
  const day = listed ?? leased ?? (isCurrent ? asOf : null);
  if (day === null) return null;
  return {
    ...{
      id: rental.id,
      rental,
      category: rental.category,
      day,
      listed,
      leased,
      isCurrent,
      isLet: status === "leased" || leased !== null,
    },
    rent: rental.weekly_rent ?? null,
    agencyIds: rental.agency_ids ?? [],
  };
}

/**
 * A rental as it was on the report's day: what was leased later was on the market. A lagging source does not know of the
 * lease yet, a complete one does, and both must make the same report.
 */
function asKnownOn(rental: Rental, asOf: number): Rental {
  const leased = rental.leased_date ? toDay(rental.leased_date) : null;
  return leased === null || leased <= asOf ? rental : { ...rental, leased_date: null, status: "current" };
}

/** Median asking rent a week, n how many rents are known; none below 3. */
export function medianRent(lettings: readonly Letting[]): Figure {
  const rents = lettings.flatMap(({ rent }) => rent ?? []);
  return suppressBelow(MIN_PRICES, computed(median(rents), rents.length));
}

/** Median days from listing to lease of those leased by the report's day; none below 3. */
export function daysToLease(lettings: readonly Letting[], asOf: number): Figure {
  const days = lettings.flatMap((letting) => daysOf(letting, asOf) ?? []);
  return suppressBelow(MIN_DAYS, computed(median(days), days.length));
}

/** Null where a day is unknown, or the lease was before the listing or is still to come. */
export function daysOf({ listed, leased }: Letting, asOf: number): number | null {
  return listed === null || leased === null || leased < listed || leased > asOf ? null : leased - listed;
}

export function isLet({ isLet: isIt }: Letting): boolean {
  return isIt;
}

export function isLeased({ leased }: Letting, { asOf, period }: LeasingScope): boolean {
  return leased !== null && leased <= asOf && isWithin(period, leased);
}

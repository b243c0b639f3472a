import { compareText } from "../../text/text.ts";
import type { Agency, Category } from "../data-set.ts";
import { gapsIn, uncovered, withGap } from "../figures/coverage.ts";
import { isWithin, monthsBefore, type Period, toIso } from "../figures/days.ts";
import { computed, percentOf } from "../figures/figure.ts";
import { growth } from "../figures/price.ts";
import { gapToNext, marketShare, rankChange, ranks } from "../figures/standing.ts";
import { findAgency } from "../identity/named.ts";
import { daysOf, daysToLease, isLeased, isLet, type LeasingScope, type Letting, medianRent } from "./lettings.ts";
import {
  BEDROOMS,
  type LeasingModel,
  type LettingAgency,
  type RentalRow,
  type RentQuarter,
  type RentRow,
} from "./model.ts";

const QUARTERS = 9;
const ROWS = 14;

/** The agencies by rental listings of the 12 months, then by those on the market, then by name. */
export function lettingLeague(scope: LeasingScope): readonly LettingAgency[] {
  const now = byAgency(scope.listed);
  const before = byAgency(scope.listedBefore);
  const rankNow = ranks(counts(now));
  const rankBefore = scope.comparable ? ranks(counts(before)) : new Map<string, number>();
  const onMarket = byAgency(scope.all.filter(({ isCurrent }) => isCurrent));
  const featured = findAgency(scope.agencies, scope.options.featured?.agency ?? null);
  const row = (agency: Agency): LettingAgency[] => {
    const listed = now.get(agency.id) ?? [];
    const rank = rankNow.get(agency.id);
    if (rank === undefined) return [];
    const share = marketShare(listed.length, scope.listed.length);
    const shareBefore = percentOf(before.get(agency.id)?.length ?? 0, scope.listedBefore.length);
    return [
      {
        id: agency.id,
        name: agency.name || agency.id,
        colour: agency.colour ?? null,
        logo: agency.logo ?? null,
        address: agency.address || null,
        phone: agency.phone || null,
        rank,
        rankChange: rankChange(rank, rankBefore.get(agency.id)),
        listings: computed(listed.length, listed.length),
        share,
        shareChange:
          scope.comparable && share.value !== null && shareBefore !== null ? share.value - shareBefore : null,
        medianRent: medianRent(listed),
        daysToLease: daysToLease(listed, scope.asOf),
        current: onMarket.get(agency.id)?.length ?? 0,
        leased: listed.filter(isLet).length,
        mix: categoriesOf(listed).map((category) => {
          const own = listed.filter((each) => each.category === category);
          return { category, listings: own.length, medianRent: medianRent(own) };
        }),
        bedrooms: BEDROOMS.map((group) => listed.filter((each) => bedroomsOf(each) === group).length),
        isPreparedFor: agency.id === scope.preparedFor?.id,
        isFeatured: agency.id === featured?.id,
      },
    ];
  };
  return [...scope.agencies.values()]
    .flatMap(row)
    .sort(
      (a, b) =>
        (b.listings.value ?? 0) - (a.listings.value ?? 0) ||
        b.current - a.current ||
        compareText(a.name, b.name) ||
        compareText(a.id, b.id),
    );
}

/** Where the requesting agency stands. */
export function lettingStanding(
  { preparedFor, listed, listedBefore, comparable }: LeasingScope,
  league: readonly LettingAgency[],
): LeasingModel["preparedFor"] {
  if (preparedFor === null) return null;
  const own = league.find(({ isPreparedFor }) => isPreparedFor);
  const share = own?.share ?? marketShare(0, listed.length);
  const before = byAgency(listedBefore).get(preparedFor.id)?.length ?? 0;
  const shareBefore = comparable ? percentOf(before, listedBefore.length) : null;
  const numbers = new Map(league.map(({ id, listings }) => [id, listings.value ?? 0]));
  return {
    agencyId: preparedFor.id,
    name: preparedFor.name || preparedFor.id,
    colour: preparedFor.colour ?? null,
    logo: preparedFor.logo ?? null,
    rank: own?.rank ?? null,
    rankChange: own?.rankChange ?? null,
    share,
    shareChange: share.value === null || shareBefore === null ? null : share.value - shareBefore,
    gap: gapToNext(own?.listings.value ?? 0, numbers),
  };
}

/** Listings, rents and time on the market by type and bedrooms; the type with most listings first. */
export function rentRows({ listed, listedBefore, comparable, asOf }: LeasingScope): readonly RentRow[] {
  return categoriesOf(listed).flatMap((category) => {
    const own = listed.filter((each) => each.category === category);
    const ownBefore = comparable ? listedBefore.filter((each) => each.category === category) : [];
    const row = (bedrooms: string | null): RentRow => {
      const of = (lettings: readonly Letting[]) =>
        bedrooms === null ? lettings : lettings.filter((each) => bedroomsOf(each) === bedrooms);
      const now = of(own);
      const rent = medianRent(now);
      return {
        category,
        bedrooms,
        listings: now.length,
        share: marketShare(now.length, listed.length),
        medianRent: rent,
        rentChange: growth(rent, medianRent(of(ownBefore))),
        daysToLease: daysToLease(now, asOf),
      };
    };
    const groups = [...BEDROOMS, UNKNOWN_BEDROOMS].filter((group) => own.some((each) => bedroomsOf(each) === group));
    return [row(null), ...groups.map(row)];
  });
}

const UNKNOWN_BEDROOMS = "not known";

/** By listing, by the type that is let most; of equal ones the first by name. */
export function categoriesOf(lettings: readonly Letting[]): readonly Category[] {
  const numbers = new Map<Category, number>();
  for (const { category } of lettings) numbers.set(category, (numbers.get(category) ?? 0) + 1);
  return [...numbers].sort(([a, n], [b, m]) => m - n || compareText(a, b)).map(([category]) => category);
}

function bedroomsOf({ rental }: Letting): string {
  const beds = rental.beds ?? null;
  if (beds === null) return UNKNOWN_BEDROOMS;
  return BEDROOMS[Math.min(beds, BEDROOMS.length - 1)] ?? UNKNOWN_BEDROOMS;
}

/** Listings and median rents by quarter, back from the report's day, of the quarters that the data covers whole. */
export function rentQuarters({ all, asOf, listed, recorded, oldest: first }: LeasingScope): readonly RentQuarter[] {
  const categories = categoriesOf(listed).slice(0, 2);
  const oldest = Math.max(first ?? asOf, recorded[0]?.day ?? asOf);
  const periods: Period[] = [];
  for (let back = 0; back < QUARTERS; back++) {
    const period = { from: monthsBefore(asOf, 3 * back + 3) + 1, to: monthsBefore(asOf, 3 * back) };
    if (period.from < oldest && back > 0) break;
    periods.unshift(period);
  }
  const holes = [...uncovered(periods, recorded), ...withGap(periods, gapsIn(periods, recorded))];
  return periods.map((period) => {
    const isHole = holes.includes(period);
    const within = isHole ? [] : all.filter(({ day }) => isWithin(period, day));
    return {
      periodEnd: toIso(period.to),
      listings: isHole ? null : within.length,
      medians: categories.map((category) => {
        const { value, n } = medianRent(within.filter((each) => each.category === category));
        return { category, value, n };
      }),
    };
  });
}

export function currentRows(scope: LeasingScope): LeasingModel["current"] {
  const current = scope.all.filter(({ isCurrent }) => isCurrent);
  const sorted = current.toSorted((a, b) => (b.listed ?? 0) - (a.listed ?? 0) || compareText(a.id, b.id));
  return { total: current.length, rows: sorted.slice(0, ROWS).map((each) => rowOf(scope, each, each.listed)) };
}

export function leasedRows(scope: LeasingScope): LeasingModel["leased"] {
  const leased = scope.all.filter((each) => isLeased(each, scope));
  const sorted = leased.toSorted((a, b) => (b.leased ?? 0) - (a.leased ?? 0) || compareText(a.id, b.id));
  const earlier = leased.filter(({ listed }) => listed !== null && !isWithin(scope.period, listed)).length;
  return { total: leased.length, earlier, rows: sorted.slice(0, ROWS).map((each) => rowOf(scope, each, each.leased)) };
}

function rowOf(scope: LeasingScope, letting: Letting, day: number | null): RentalRow {
  const { rental, agencyIds } = letting;
  const own = scope.preparedFor?.id;
  return {
    id: letting.id,
    address: rental.address,
    category: letting.category,
    beds: rental.beds ?? null,
    baths: rental.baths ?? null,
    cars: rental.cars ?? null,
    date: day === null ? null : toIso(day),
    weeklyRent: letting.rent,
    displayPrice: rental.display_price || null,
    daysToLease: daysOf(letting, scope.asOf),
    agencyNames: agencyIds
      .toSorted((a, b) => Number(b === own) - Number(a === own))
      .map((id) => scope.agencies.get(id)?.name || id),
    isPreparedFor: own !== undefined && agencyIds.includes(own),
  };
}

function byAgency(lettings: readonly Letting[]): ReadonlyMap<string, readonly Letting[]> {
  const groups = new Map<string, Letting[]>();
  for (const letting of lettings)
    for (const id of letting.agencyIds) {
      const group = groups.get(id);
      if (group) group.push(letting);
      else groups.set(id, [letting]);
    }
  return groups;
}

function counts(groups: ReadonlyMap<string, readonly unknown[]>): ReadonlyMap<string, number> {
  return new Map([...groups].map(([id, lettings]) => [id, lettings.length]));
}

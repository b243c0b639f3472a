import fc from "fast-check";
import type { DataSet, Rental } from "../../src/report/data-set.ts";

export const DAY = 86_400_000;
const AS_OF = Date.parse("2026-06-30");
export const iso = (daysBefore: number) => new Date(AS_OF - daysBefore * DAY).toISOString().slice(0, 10);

/** Rentals of two years and a half, of four agencies, with all that can be missing missing at times. */
export const rentals = fc
  .array(
    fc.record({
      category: fc.constantFrom("house" as const, "unit" as const),
      beds: fc.option(fc.nat(6)),
      listed: fc.option(fc.nat(900), { freq: 8 }),
      days: fc.option(fc.integer({ min: -3, max: 60 })),
      // Less than $20 a week is no rent, and counts as none. Rents of a week, of which no half is as much as a month's.
      weekly_rent: fc.option(fc.oneof(fc.constant(0), fc.integer({ min: 20, max: 1_500 }))),
      agencies: fc.uniqueArray(fc.constantFrom("a", "b", "c", "d"), { maxLength: 2 }),
    }),
    { maxLength: 60 },
  )
  .map((rows) =>
    rows.map(
      ({ listed, days, agencies, ...rest }, index): Rental => ({
        ...rest,
        id: `r${index}`,
        address: `${index} Tern Street`,
        listed_date: listed === null ? null : iso(listed),
        leased_date: days === null ? null : iso(Math.max(0, (listed ?? 30) - days)),
        status: days === null ? "current" : "leased",
        agency_ids: agencies,
      }),
    ),
  );

export function dataSet(rows: readonly Rental[]): DataSet {
  const agencies = ["a", "b", "c", "d"].map((id) => ({ id, name: `Agency ${id}`, address: `${id} Quay` }));
  return { as_of: "2026-06-30", agencies, rentals: [...rows] };
}

/** Counted from the rows, without anything of the report. */
export function countedBy(rows: readonly Rental[], from: string, to: string) {
  const within = rows.filter((row) => {
    const day = row.listed_date ?? row.leased_date ?? "2026-06-30";
    return day >= from && day <= to;
  });
  const by = (id: string) => within.filter(({ agency_ids }) => agency_ids?.includes(id));
  return { within, by };
}

export function middle(values: readonly number[]): number | null {
  const sorted = [...values].sort((a, b) => a - b);
  if (sorted.length < 3) return null;
  const half = (sorted.length - 1) / 2;
  return ((sorted[Math.floor(half)] ?? 0) + (sorted[Math.ceil(half)] ?? 0)) / 2;
}

/** Is any rent three times those of similar homes or more, or are an agency's about twice those of others? */
export function hasOddRents(rows: readonly Rental[]): boolean {
  const known = rows.filter(({ weekly_rent }) => weekly_rent);
  const rent = (row: Rental) => row.weekly_rent ?? 0;
  const similar = (row: Rental) => {
    const type = known.filter(({ category }) => category === row.category);
    const size = type.filter(({ beds }) => row.beds !== null && beds === row.beds);
    return size.length >= 6 ? size : type;
  };
  const compared = known.filter((row) => similar(row).length >= 6);
  if (compared.some((row) => rent(row) >= 3 * (middle(similar(row).map(rent)) ?? 0))) return true;
  const first = ({ agency_ids }: Rental) => agency_ids?.[0];
  return ["a", "b", "c", "d"].some((id) => {
    const times = compared.flatMap((row) => {
      const others = similar(row).filter((each) => first(each) !== id);
      return first(row) === id && others.length >= 6 ? [rent(row) / (middle(others.map(rent)) ?? 1)] : [];
    });
    const usual = middle(times) ?? 0;
    return times.length >= 6 && usual >= 1.75 && usual < 3;
  });
}

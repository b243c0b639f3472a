import { describe, expect, setDefaultTimeout, test } from "bun:test";
import fc from "fast-check";
import type { Rental } from "../../src/report/data-set.ts";
import { buildLeasing } from "../../src/report/leasing/leasing.ts";
import { filterOf } from "../../src/report/request/filter.ts";
import { options } from "./data.ts";
import { countedBy, DAY, dataSet, iso, middle, rentals } from "./rentals.ts";

/** The gazetteer is read with the first. */
setDefaultTimeout(30_000);

describe("the agency report", () => {
  test("has the listings, shares, changes and rents that the rows give, whatever is missing in them", () => {
    fc.assert(
      fc.property(rentals, (rows) => {
        const model = buildLeasing(dataSet(rows), options(), true);
        const now = countedBy(rows, "2025-07-01", "2026-06-30");
        const before = countedBy(rows, "2024-07-01", "2025-06-30");
        expect(model.total).toBe(now.within.length);
        const expected = ["a", "b", "c", "d"].filter((id) => now.by(id).length > 0);
        expect(model.league.map(({ id }) => id).sort()).toEqual(expected);
        for (const row of model.league) {
          const own = now.by(row.id);
          expect(row.listings.value).toBe(own.length);
          expect(row.share.value).toBeCloseTo((own.length / now.within.length) * 100, 9);
          expect(row.medianRent.value).toBe(middle(own.flatMap(({ weekly_rent }) => weekly_rent || [])));
          const days = own.flatMap(({ listed_date, leased_date }) =>
            listed_date && leased_date && leased_date >= listed_date
              ? [(Date.parse(leased_date) - Date.parse(listed_date)) / DAY]
              : [],
          );
          expect(row.daysToLease.value).toBe(middle(days));
          if (row.shareChange !== null) {
            const was = (before.by(row.id).length / before.within.length) * 100;
            expect(row.shareChange).toBeCloseTo((own.length / now.within.length) * 100 - was, 9);
          }
          expect(row.rank).toBe(1 + model.league.filter((other) => (other.listings.value ?? 0) > own.length).length);
        }
        const numbers = model.league.map(({ listings }) => listings.value ?? 0);
        expect(numbers).toEqual(numbers.toSorted((a, b) => b - a));
      }),
      { numRuns: 150 },
    );
  });

  test("says by type and bedrooms what adds up to all", () => {
    fc.assert(
      fc.property(rentals, (rows) => {
        const { rents, total } = buildLeasing(dataSet(rows), options(), true);
        const sum = (of: typeof rents) => of.reduce((all, { listings }) => all + listings, 0);
        expect(sum(rents.filter(({ bedrooms }) => bedrooms === null))).toBe(total);
        expect(sum(rents.filter(({ bedrooms }) => bedrooms !== null))).toBe(total);
      }),
      { numRuns: 100 },
    );
  });

  test("is the same in whatever order the rows come", () => {
    fc.assert(
      fc.property(rentals, fc.infiniteStream(fc.nat()), (rows, keys) => {
        const shuffled = rows.map((row) => [keys.next().value ?? 0, row] as const).sort(([a], [b]) => a - b);
        const again = dataSet(shuffled.map(([, row]) => row));
        expect(buildLeasing(again, options(), true)).toEqual(buildLeasing(dataSet(rows), options(), true));
      }),
      { numRuns: 60 },
    );
  });

  const row = (changes: Partial<Rental>): Rental => ({
    id: "r",
    address: "1 Tern Street",
    category: "unit",
    ...changes,
  });

  test("compares with the year before only where the data reaches back", () => {
    const year = Array.from({ length: 30 }, (_, n) =>
      row({ id: `n${n}`, listed_date: iso(n * 12), agency_ids: ["a"] }),
    );
    const earlier = Array.from({ length: 30 }, (_, n) =>
      row({ id: `b${n}`, listed_date: iso(370 + n * 11), agency_ids: ["b"] }),
    );
    expect(buildLeasing(dataSet(year), options()).league[0]).toMatchObject({ shareChange: null, rankChange: null });
    const [first] = buildLeasing(dataSet([...year, ...earlier]), options()).league;
    expect(first).toMatchObject({ id: "a", shareChange: 100 });
  });

  test("without a rental listing is a failure that says how to send some, or an empty model where that is requested", () => {
    expect(() => buildLeasing({}, options())).toThrow("PUT /api/catalogue/rentals");
    expect(buildLeasing({}, options(), true)).toMatchObject({ total: 0, league: [] });
    const old = dataSet([row({ listed_date: "2020-01-01", agency_ids: ["a"] })]);
    expect(() => buildLeasing({ ...old, as_of: "2026-06-30" }, options())).toThrow("no rental listings for Manly");
  });

  test("says how many of the leased were listed earlier, and how many of those listed are leased", () => {
    const rows = Array.from({ length: 6 }, (_, n) =>
      row({ id: `n${n}`, address: `${n} Gull Street`, listed_date: iso(n * 9), status: n < 2 ? "leased" : "current" }),
    );
    const leased = [400, 300, 200].map((listed, n) =>
      row({ id: `l${n}`, address: `${n} Tern Street`, listed_date: iso(listed), leased_date: iso(n * 5) }),
    );
    const model = buildLeasing(dataSet([...rows, ...leased]), options());
    expect(model.leased).toMatchObject({ total: 3, earlier: 1, rows: { length: 3 } });
    expect(model.method.coverage).toContain(
      "8 rental listings: 0 with an asking rent, 4 leased since, 0 with an agency.",
    );
    expect(model.method.coverage).toContain(
      "2 rental listings leased on an unknown day are not under Recently leased.",
    );
  });

  test("says what an agency lost that has no listing any more", () => {
    const year = (id: string, back: number) =>
      Array.from({ length: 60 }, (_, n) =>
        row({ id: `${id}${n}`, address: `${n} ${id} Street`, listed_date: iso(back + n * 6), agency_ids: [id] }),
      );
    const data = dataSet([...year("a", 1), ...year("a", 366), ...year("b", 366)]);
    const { preparedFor, sentences } = buildLeasing(data, options({ preparedFor: "b" }));
    expect(preparedFor).toMatchObject({ rank: null, share: { value: 0, n: 60 }, shareChange: -50 });
    expect(sentences.at(-1)).toBe(
      "Agency b has no rental listings in this report; 61 more listings would put it past #1.",
    );
  });

  test("says for how many no agency is known, and counts as let what is, whatever day", () => {
    const rows = Array.from({ length: 10 }, (_, n) =>
      row({
        id: `${n}`,
        address: `${n} Tern Street`,
        listed_date: iso(n * 9),
        agency_ids: n < 3 ? ["a"] : [],
        status: "leased",
      }),
    );
    const old = row({ id: "old", address: "99 Tern Street", listed_date: "2020-01-01", status: "current" });
    const model = buildLeasing(dataSet([...rows, old]), options({ preparedFor: "agency B" }));
    expect(model.sentences).toContain("Agency a leads with 3 of 10 listings (30%); no agency is known for 7 listings.");
    expect(model.method.coverage).toContain(
      "10 rental listings: 0 with an asking rent, 10 leased since, 3 with an agency.",
    );
    expect(model.league[0]?.leased).toBe(3);
    // What is still on the market since 2020 does not mean that the records begin there.
    expect(model.tiles[0]?.note).toBe("no previous year to compare; data from 10 April 2026");
    expect(model.quarters.every(({ listings }) => listings !== 0)).toBeTrue();
    const nobody = buildLeasing(
      dataSet(rows.map((each) => ({ ...each, agency_ids: [] }))),
      options({ preparedFor: "b" }),
    );
    expect(nobody.sentences.at(-1)).toBe("Agency b has no rental listings in this report.");
  });

  test("finds a listing's agency by its agents, names ties, and ranks the requesting one", () => {
    const rows = ["a", "b"].flatMap((id) =>
      [0, 1].map((n) => row({ id: `${id}${n}`, listed_date: iso(n), agency_ids: [id] })),
    );
    const more = [row({ id: "x", listed_date: iso(3), agent_ids: ["w"] })];
    const data = { ...dataSet([...rows, ...more]), agents: [{ id: "w", name: "Wim", agency_id: "c" }] };
    const model = buildLeasing(data, options({ preparedFor: "agency C" }));
    expect(model.league.map(({ id, rank }) => [id, rank])).toEqual([
      ["a", 1],
      ["b", 1],
      ["c", 3],
    ]);
    expect(model.sentences.join(" ")).toContain(
      "Agency a and Agency b share the lead with 2 of 5 listings (40%) each.",
    );
    expect(model.sentences.at(-1)).toContain(
      "Agency c ranks #3 with 20% of the listings; 2 more listings would put it past #1.",
    );
  });
});

test("a filter says how many rental listings it excluded for unknown values, and the requested agency is highlighted", () => {
  const rental = (id: string, beds: number | null) => ({
    ...{ id, address: `${id} Tern Street`, category: "unit" as const, beds, listed_date: "2026-05-01" },
    agency_ids: ["a"],
  });
  const data = {
    ...{ as_of: "2026-06-30", agencies: [{ id: "a", name: "Alder" }] },
    rentals: [rental("1", 2), rental("2", null), rental("3", 1), rental("4", null)],
  };
  const requested = options({ filter: filterOf({ min_bedrooms: 2 }), featured: { agent: null, agency: "ALDER" } });
  const model = buildLeasing(data, requested);
  expect([model.total, model.selected]).toEqual([
    1,
    "2 bedrooms or more; 2 rental listings excluded because their bedrooms are unknown",
  ]);
  expect(model.league.map(({ name, isFeatured }) => [name, isFeatured])).toEqual([["Alder", true]]);
  expect(model.method.coverage.join(" ")).toContain("Highlighted at the client's request: Alder.");
  const around = buildLeasing(data, options({ beside: { named: [], surroundings: true } }));
  expect(around.method.coverage.join(" ")).toContain("its neighbours Fairlight, Queenscliff");
});

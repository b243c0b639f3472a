import { describe, expect, test } from "bun:test";
import type { DataSet, Rental, Sale } from "../../src/report/data-set.ts";
import { weeklyRent } from "../../src/report/figures/rent.ts";
import { buildLeasing } from "../../src/report/leasing/leasing.ts";
import { buildReport } from "../../src/report/report.ts";
import { filterOf } from "../../src/report/request/filter.ts";
import { dataSet, options, sale } from "./data.ts";

describe("the rent of a week", () => {
  test.each<[number | null, string | null, number | null]>([
    [600, null, 600],
    [600, "$600 per week", 600],
    [600, "$600", 600],
    // A rent that the advertisement states as monthly is monthly.
    [2_600, "$2,600 pcm", 600],
    [2_600, "$2,600 per month", 600],
    [2_600, "$2600 p.c.m. furnished", 600],
    [2_600, "Rent $2,600 / calendar month", 600],
    [1_200, "$1,200 per fortnight", 600],
    [31_200, "$31,200 p.a.", 600],
    ...["p/m", "/mth", "per mo", "monthly", "pcm.", "p.c.m", "per cal. month", "/ mnth"].map(
      (words): [number, string, number] => [2_600, `$2,600 ${words}`, 600],
    ),
    ...["pf", "p/fn", "f/n", "fortnightly", "per f'night"].map((words): [number, string, number] => [
      ...([1_200, `$1,200 ${words}`, 600] as const),
    ]),
    // Two numbers: the week's is known.
    [600, "$2,600 pcm", 600],
    [null, "$2,600 per month", 600],
    [null, "$650pw", 650],
    [null, "$1,250 a week", 1_250],
    // Of no period, as an import and Domain have it: a week's, unless it is as much as a month's.
    [null, "$650", 650],
    [null, "$2,600", null],
    // An unknown rent.
    [null, "$600 - $650 per week", null],
    [null, "$180 per night", null],
    [null, "$180 daily", null],
    [null, "$1,300 bi-weekly", null],
    [null, "$1,400, due p/m", null],
    [null, "Contact agent", null],
  ])("of %p and %p is %p", (given, words, weekly) => expect(weeklyRent(given, words)).toBe(weekly));

  test("is what medians and rows of the agency report are made from", () => {
    const rentals = [2_600, 3_900, 5_200].map((weekly_rent, at) => ({
      ...{ id: `r${at}`, address: `${at} Elm Street`, category: "house" as const, beds: 3 },
      ...{ listed_date: "2026-05-04", weekly_rent, display_price: `$${weekly_rent} pcm`, agency_ids: ["a"] },
      status: "current" as const,
    }));
    const model = buildLeasing(dataSet({ rentals }), options());
    expect(model.league[0]?.medianRent).toMatchObject({ value: 900, n: 3 });
    expect(model.current.rows.map(({ weeklyRent: rent }) => rent).sort()).toEqual([1_200, 600, 900]);
  });

  test("makes one listing of two that say the same rent of different periods, and prints one rent", () => {
    const of = (id: string, weekly_rent: number, display_price: string): Rental => ({
      ...{ id, address: "4 Elm Street", category: "house", listed_date: "2026-05-04", status: "current" },
      ...{ weekly_rent, display_price, agency_ids: [id] },
    });
    const model = buildLeasing(
      dataSet({ rentals: [of("a", 600, "$600 pw"), of("b", 2_600, "$2,600 pcm")] }),
      options(),
    );
    expect([model.total, model.joint, model.current.rows.map(({ weeklyRent: rent }) => rent)]).toEqual([1, 1, [600]]);
  });
});

/** Nine listings of one type, whose rents have no period. */
function listed(rent: (at: number) => number, changes: Partial<Rental> = {}): Rental[] {
  return Array.from({ length: 9 }, (_, at) => ({
    ...{
      id: `${changes.category}${changes.source}${at}`,
      address: `${at} ${changes.source} Street`,
      category: "house",
    },
    ...{ listed_date: "2026-05-04", status: "current", weekly_rent: rent(at), display_price: null, agency_ids: ["a"] },
    ...changes,
  }));
}

const sold = (price: number): Sale[] =>
  [0, 1, 2, 3].map((at) => sale({ price, address: `${at} Gum Street`, sold_date: "2026-05-04" }));

describe("rents that cannot be by the week", () => {
  test.each<[string, DataSet, string | null]>([
    ["weeks", { rentals: listed((at) => 600 + 10 * at) }, null],
    ["a dear suburb's weeks", { rentals: listed((at) => 2_200 + 50 * at), sales: sold(7_000_000) }, null],
    ["a mining town's weeks", { rentals: listed(() => 1_550), sales: sold(680_000) }, null],
    ["months made of weeks", { rentals: listed((at) => Math.round(((450 + 10 * at) * 52) / 12)) }, "$2,123 a week"],
    ["round months beside prices", { rentals: listed(() => 2_600), sales: sold(850_000) }, "$2,600 a week"],
    ["a dear suburb's months", { rentals: listed(() => 6_500), sales: sold(5_000_000) }, "$6,500 a week"],
    ["round months of units", { rentals: listed(() => 2_400, { category: "unit" }) }, "$2,400 a week"],
    ["years", { rentals: listed(() => 31_200) }, "$31,200 a week"],
  ])("%s: no median, row or chart has them, and Method and a warning say so", (_, data, says) => {
    const model = buildLeasing(dataSet(data), options());
    expect(model.warnings.map((warning) => /\$[\d,]+ a week/.exec(warning)?.[0])).toEqual(says === null ? [] : [says]);
    for (const warning of model.warnings) expect(model.method.coverage).toContain(warning);
    const rents = [
      ...model.league.flatMap(({ medianRent, mix }) => [medianRent, ...mix.map((each) => each.medianRent)]),
      ...model.rents.map(({ medianRent }) => medianRent),
      ...model.quarters.flatMap(({ medians }) => medians.filter(({ n }) => n !== 0)),
    ].map(({ value }) => value);
    const known = [...rents, ...model.current.rows.map((row) => row.weeklyRent)].filter((value) => value !== null);
    expect(known.length > 0).toBe(says === null);
    expect(model.tiles.some(({ unit }) => unit === "rent")).toBe(says === null);
    expect(model.sentences[1]).toStartWith(
      says === null
        ? "The median asking rent was $"
        : "The asking rents are not used, because they do not seem to be weekly",
    );
    expect(model.total).toBe(9);
  });

  test("are those of one source, and what is printed in their place is not the number again", () => {
    const rentals = [
      ...listed(() => 2_600, { source: "roll", category: "unit", display_price: "$2,600" }),
      ...listed(() => 600, { source: "portal", category: "unit", display_price: "$600 per week" }),
    ];
    const model = buildLeasing(dataSet({ rentals }), options());
    expect(model.warnings).toEqual([
      "The rents of 9 rental listings of units are not used: their median would be $2,600 a week, so they seem to be by the month.",
    ]);
    expect(model.rents[0]?.medianRent).toMatchObject({ value: 600, n: 9 });
    const printed = model.current.rows.map(({ weeklyRent: rent, displayPrice }) => rent ?? displayPrice);
    expect(new Set(printed)).toEqual(new Set([600, null]));
  });

  test("make no chart and no yield where a source's own series has them", () => {
    const market = (median_weekly_rent: number) => [
      {
        category: "house" as const,
        series: ["2026-03-31", "2026-06-30"].map((period_end) => ({
          ...{ period_end, period_months: 3, number_sold: 12, median_sold_price: 850_000, median_weekly_rent },
        })),
      },
    ];
    const [weeks, months] = [700, 2_600].map((rent) => buildReport({ market: market(rent) }, options()));
    expect(weeks?.market[0]?.series.map(({ weeklyRent: rent }) => rent)).toEqual([700, 700]);
    expect(weeks?.warnings).toEqual([]);
    expect(months?.market[0]?.series.map(({ weeklyRent: rent }) => rent)).toEqual([null, null]);
    expect(months?.market[0]?.grossYield.value).toBeNull();
    expect(months?.warnings).toEqual([
      "The weekly rents of houses that a source supplied are not used: their median would be $2,600 a week, so they seem to be by the month.",
    ]);
    expect(months?.method.coverage).toContain(months?.warnings[0] ?? "");
  });
});

describe("rents unlike those of similar homes", () => {
  const some = (n: number, agency: string, rent: (at: number) => number, beds: number | null = 3): Rental[] =>
    Array.from({ length: n }, (_, at) => ({
      ...{ id: `${agency}${at}`, address: `${at + 1} ${agency} Street`, category: "house", beds },
      ...{ listed_date: "2026-05-04", weekly_rent: rent(at), agency_ids: [agency] },
    }));
  const warnings = (rentals: Rental[]) => {
    const model = buildLeasing(dataSet({ agencies: [{ id: "gull", name: "Gull Realty" }], rentals }), options());
    for (const warning of model.warnings) expect(model.method.coverage).toContain(warning);
    expect(model.hasOddRents).toBe(model.warnings.length > 0);
    if (model.hasOddRents) expect(model.sentences[1]).toEndWith("; some rents may not be weekly (see Method).");
    return model.warnings;
  };
  const others = some(8, "heron", (at) => 560 + 10 * at);
  const STATED = "The data states them as weekly, and they count as such; if they are by the";

  test("are named, the highest first, and count as they are stated", () => {
    expect(warnings([...others, ...some(1, "gull", () => 2_600)])).toEqual([
      `1 rental listing asks three times the median rent of similar homes or more, such as $2,600 a week at 1 gull Street. ${STATED} month, figures made from them are too high.`,
    ]);
    expect(warnings([...others, ...some(2, "gull", (at) => 2_600 + at * 40)])).toEqual([
      expect.stringMatching(/^2 rental listings ask three times .* such as \$2,640 a week at 2 gull Street\. /),
    ]);
  });

  test("are no matter of a report on other homes", () => {
    const rentals = [...others, ...some(1, "gull", () => 2_600), ...some(7, "tern", (at) => 400 + at, 1)];
    const of = (max_bedrooms: number) =>
      buildLeasing(dataSet({ rentals }), options({ filter: filterOf({ max_bedrooms }) })).warnings.length;
    expect([of(1), of(3)]).toEqual([0, 1]);
  });

  test("of an agency by the fortnight are named with the agency", () => {
    expect(warnings([...others, ...some(6, "gull", (at) => 1_150 + 20 * at)])).toEqual([
      `The rents of 6 rental listings of Gull Realty are about twice those of similar homes of other agencies. ${STATED} fortnight, figures made from them are too high.`,
    ]);
  });

  test.each<[string, Rental[]]>([
    ["larger homes", [...others, ...some(6, "gull", (at) => 1_150 + 20 * at, 6)]],
    ["dearer homes of an agency", [...others, ...some(6, "gull", (at) => 900 + 20 * at)]],
    ["too few to compare", [...others.slice(0, 3), ...some(1, "gull", () => 2_600)]],
    ["unknown sizes", [...others, ...some(3, "gull", (at) => 1_000 + at, null)]],
  ])("are not seen in %s", (_, rentals) => expect(warnings(rentals)).toEqual([]));
});

test("round months at rents that a week may have are recognised by what homes cost", () => {
  const model = (rent: number, price: number) =>
    buildLeasing(dataSet({ rentals: listed(() => rent), sales: sold(price) }), options());
  expect(model(1_400, 360_000).warnings[0]).toContain("so they seem to be by the month");
  expect(model(320, 150_000).warnings).toEqual([]);
  expect(model(1_400, 780_000).warnings).toEqual([]);
});

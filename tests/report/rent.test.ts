import { describe, expect, test } from "bun:test";
import { buildLeasing } from "../../src/report/leasing/leasing.ts";
import { weeklyRent } from "../../src/report/leasing/rent.ts";
import { dataSet, options } from "./data.ts";

describe("the rent of a week", () => {
  test.each<[number | null, string | null, number | null]>([
    [600, null, 600],
    [600, "$600 per week", 600],
    [600, "$600", 600],
    // What the advertisement says is of a month is of a month.
    [2_600, "$2,600 pcm", 600],
    [2_600, "$2,600 per month", 600],
    [2_600, "$2600 p.c.m. furnished", 600],
    [2_600, "Rent $2,600 / calendar month", 600],
    [1_200, "$1,200 per fortnight", 600],
    [31_200, "$31,200 p.a.", 600],
    // Two numbers: the week's is known.
    [600, "$2,600 pcm", 600],
    [null, "$2,600 per month", 600],
    [null, "$650pw", 650],
    [null, "$1,250 a week", 1_250],
    // Of an unknown period, or an unknown rent.
    [null, "$650", null],
    [null, "$600 - $650 per week", null],
    [null, "$180 per night", null],
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
});

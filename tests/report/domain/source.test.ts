import { describe, expect, test } from "bun:test";
import { checkDataSet } from "../../../src/report/sources/http.ts";
import { MANLY, openWorld, TODAY } from "./world.ts";

describe("the Domain source", () => {
  test("gives a valid data set of the suburb's sales, listings, people, series and profile", async () => {
    await using world = openWorld();
    const text = (await world.source.dataSet(MANLY)) ?? "";
    expect(world.domain.violations).toEqual([]);
    checkDataSet(text);
    const dataSet = JSON.parse(text);
    expect(dataSet).toMatchObject({ as_of: TODAY, suburb: { name: "Manly", postcode: "2095", population: 16_296 } });
    expect(dataSet.sales).toHaveLength(60);
    expect(dataSet.listings).toHaveLength(12);
    expect(dataSet.market.map(({ category }: { category: string }) => category)).toContain("unit");
    expect(dataSet.sources[0].disclaimer).toContain("Invented terms of the Valuer General & the State of NSW.");
  });
});

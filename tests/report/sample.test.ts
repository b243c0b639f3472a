import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { generateSample } from "../../data/sample/generate.ts";
import type { DataSet, State } from "../../src/report/data-set.ts";
import { buildReport } from "../../src/report/report.ts";
import { type Catalogue, openCatalogue } from "../../src/report/sources/catalogue.ts";
import { importSample } from "../../src/report/sources/sample.ts";
import { parseDataSet } from "../../src/report/validation.ts";
import { workOf } from "../work.ts";
import { options } from "./data.ts";

const SUBURBS = ["Manly", "Fairlight", "Balgowlah", "Freshwater", "Queenscliff", "Manly Vale"];

let folder: string;
let catalogue: Catalogue;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "agentlink-sample-"));
  catalogue = openCatalogue({ path: join(folder, "catalogue.db") });
  await importSample(catalogue);
});
afterAll(() => {
  catalogue.close();
  rmSync(folder, { recursive: true });
});

describe("the sample set", () => {
  test("is what its generator makes, byte for byte", async () => {
    for (const [file, text] of Object.entries(generateSample())) {
      const stored = await Bun.file(resolve(import.meta.dir, "../../data/sample", file)).text();
      expect(`${file} ${Bun.hash(stored)}`).toBe(`${file} ${Bun.hash(text)}`);
    }
  });

  test("has 60 agents of 15 agencies, with names of many scripts", () => {
    const files = generateSample();
    const agents = (files["agents.ndjson"] ?? "").trim().split("\n");
    const agencies = (files["agencies.csv"] ?? "").trim().split("\n").slice(1);
    expect([agents.length, agencies.length]).toEqual([60, 15]);
    for (const name of ["O'Brien", "Tāwhiri", "Nguyễn", "陳"]) expect(agents.join()).toContain(name);
  });

  test.each(SUBURBS)("has a full report for %s, labelled as a sample", (suburb) => {
    const data = read(suburb);
    expect(parseDataSet(data)).toBe(data);
    const model = buildReport(data, options({ suburb, postcode: data.suburb?.postcode ?? null }));
    expect(model).toMatchObject({ sample: true, asOf: "2026-06-30", period: { from: "2025-07-01", to: "2026-06-30" } });
    expect(model.market.map(({ category }) => category)).toEqual(["house", "unit"]);
    for (const segment of model.market) {
      expect(segment.series).toHaveLength(12);
      const figures = [segment.median, segment.growth, segment.daysOnMarket, segment.clearance, segment.grossYield];
      for (const { value } of [...figures, segment.monthsOfSupply, segment.saleToList]) expect(value).not.toBeNull();
    }
    expect(model.verdict.tiles.every(({ figure }) => figure.value !== null)).toBe(true);
    expect(model.agencies.rows.filter(({ rankChange }) => rankChange !== null).length).toBeGreaterThan(5);
    expect(model.cards).toHaveLength(12);
    expect(model.listings.total).toBeGreaterThan(10);
    expect(JSON.stringify(model)).not.toContain("Unlisted Person");
  });

  test("is of Manly's size: houses about four million, units about 1.6", () => {
    const model = buildReport(read("Manly"), options({ preparedFor: "Norfolk & Pine Property" }));
    const [house, unit] = model.market;
    expect(house?.median.value).toBeWithin(3_500_000, 4_500_000);
    expect(unit?.median.value).toBeWithin(1_400_000, 1_800_000);
    expect(model.agencies.jointSales).toBeGreaterThan(3);
    expect(model.agencies.rows[0]?.share.value).toBeWithin(10, 40);
    expect(model.preparedFor).toMatchObject({ rank: 2, gap: { rank: 1 } });
    expect(model.market.every(({ disclosureRate }) => (disclosureRate.value ?? 0) < 100)).toBe(true);
  });

  test("can be taken in again and is the same", async () => {
    const before = JSON.stringify(read("Manly"));
    await importSample(catalogue);
    expect(JSON.stringify(read("Manly"))).toBe(before);
  });

  test("a suburb's data set is read in a few times what a megabyte of JSON takes", () => {
    const work = workOf(() => read("Manly"), 10);
    expect(work).toBeLessThan(20);
  });
});

function read(suburb: string, state: State = "NSW"): DataSet {
  return JSON.parse(catalogue.dataSet({ suburb, state, postcode: null }) ?? "null") as DataSet;
}

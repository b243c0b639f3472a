import { expect, setDefaultTimeout } from "bun:test";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { sampleDataSet } from "../../bench/sample.ts";
import { DRAW } from "../../src/render/documents.ts";
import { joinPdfs } from "../../src/render/joined/complete.ts";
import type { DrawnKind } from "../../src/report/documents.ts";
import { withPrograms } from "../programs.ts";
import { PROPERTY_SEED } from "../property-seed.ts";
import { dataSet, OPTIONS } from "./data-sets.ts";
import { problemsIn, straysIn } from "./page-check.ts";
import { png } from "./pictures.ts";
import { randomLeasing, randomReports } from "./random-reports.ts";

setDefaultTimeout(120_000);
const test = withPrograms("pdftotext");
const folder = mkdtempSync(join(tmpdir(), "agentlink-pages-"));
const quiet = () => {};
/** Longer: `PAGES_RUNS=200 PROPERTY_SEED=2 bun run test tests/render/pages.test.ts`. */
const RUNS = Number(process.env.PAGES_RUNS ?? 8);

test("whatever a report is of, its pages are full, nothing is on another thing, and bookmarks and links lead to their words", async () => {
  await fc.assert(
    fc.asyncProperty(randomReports, async (report) => {
      expect(await problemsIn(report)).toEqual([]);
    }),
    { seed: PROPERTY_SEED, numRuns: RUNS },
  );
});

test("so it is with agency reports", async () => {
  await fc.assert(
    fc.asyncProperty(randomLeasing, async (report) => {
      expect(await problemsIn(report)).toEqual([]);
    }),
    { seed: PROPERTY_SEED, numRuns: RUNS },
  );
});

test("bookmarks and links of every document lead to their words, in a complete one, too", async () => {
  const [sales, rentals] = [await sampleDataSet(), await sampleDataSet(OPTIONS, "rentals")];
  const documents: readonly (readonly [DrawnKind, typeof sales, object])[] = [
    ["agents", sales, {}],
    // Without the cards, to which the names of the table lead.
    ["agents", sales, { sections: ["agents"] }],
    ["agents_brief", sales, {}],
    ["agency", rentals, {}],
    ["agency", rentals, { edition: "brief" }],
    ["commission", sales, { homeOwnerPricing: "$2m-$2.5m" }],
  ];
  const parts = documents.map((_, index) => ({ path: join(folder, `part${index}.pdf`), fixed: false }));
  for (const [index, [kind, data, options]] of documents.entries()) {
    const path = parts[index]?.path ?? "";
    await Bun.write(path, (await DRAW[kind](data, { ...OPTIONS, ...options }, quiet)).bytes);
    expect(await straysIn(path)).toEqual([]);
  }
  const whole = join(folder, "whole.pdf");
  await Bun.write(whole, (await joinPdfs(parts, OPTIONS, quiet)).bytes);
  expect(await straysIn(whole)).toEqual([]);
});

test("the agents report has the logos of agencies: on cards, and on the cover that of the agency it is for", async () => {
  const logo = png({ width: 60, height: 20 });
  const { agencies, ...data } = dataSet({ agents: 2, agencies: 1, sales: 20 });
  const path = join(folder, "logos.pdf");
  const pagesWithPictures = async (logos: boolean, options: object) => {
    const own = (agencies ?? []).map((agency) => (logos ? { ...agency, logo } : agency));
    await Bun.write(path, (await DRAW.agents({ ...data, agencies: own }, { ...OPTIONS, ...options }, quiet)).bytes);
    const listed = await Bun.$`pdfimages -list ${path}`.text();
    return [
      ...new Set(
        listed
          .split("\n")
          .slice(2)
          .map((line) => line.trim().split(/\s+/)[0]),
      ),
    ].filter(Boolean);
  };
  const branding = { name: "Smith & Co", colour: "#17494d" };
  const withBrand = await pagesWithPictures(true, { preparedFor: "y0", branding });
  expect(withBrand).toHaveLength(1);
  expect(withBrand).not.toContain("1");
  expect(await pagesWithPictures(true, { preparedFor: "y0" })).toEqual(["1", ...withBrand]);
  expect(await pagesWithPictures(false, { preparedFor: "y0" })).toEqual([]);
});

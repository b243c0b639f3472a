import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { importFiles } from "../../src/cli/import.ts";
import { createImporter } from "../../src/import/importer.ts";
import { type Catalogue, openCatalogue } from "../../src/report/sources/catalogue.ts";
import { importSample } from "../../src/report/sources/sample.ts";

const SAMPLE = resolve(import.meta.dir, "../../data/sample");
const HEAD = "Address,Suburb,State,Sold Date,Price,Agency,Agent";
const OWN = `${HEAD}\n1 Pine St,Manly,NSW,1/6/2026,2450000,Norfolk & Pine Property,Ann Lee\n`;

let dataDir: string;
let catalogue: Catalogue;
let said: string[];
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), "agentlink-own-"));
  catalogue = openCatalogue({ path: join(dataDir, "catalogue.db") });
  said = [];
});
afterEach(() => {
  catalogue.close();
  rmSync(dataDir, { recursive: true });
});

const say = (line: string) => void said.push(line);
const imported = async (name: string, content: string, { dryRun = false } = {}) => {
  await Bun.write(join(dataDir, name), content);
  return importFiles({ dataDir, files: [join(dataDir, name)], dryRun, out: say, err: say });
};
const manly = () => catalogue.dataSet({ suburb: "Manly", state: "NSW", postcode: null }) ?? "";
const task = {
  kind: null,
  format: null,
  map: null,
  sheet: null,
  locality: { suburb: null, state: null, postcode: null },
  only: null,
  dryRun: false,
  skipBad: false,
  actor: "inbox",
  today: "2026-11-26",
} as const;
async function* bytes(text: string) {
  yield new TextEncoder().encode(text);
}

test("own data replaces the sample, whole and in one step; this is reported, and an undo restores the sample", async () => {
  await importSample(catalogue);
  const before = { totals: catalogue.totals(), manly: manly() };
  expect(await imported("own.csv", OWN, { dryRun: true })).toBe(0);
  expect(said.join("\n")).toContain("the sample data would be removed");
  expect(catalogue.totals()).toEqual(before.totals);
  expect(await imported("own.csv", OWN)).toBe(0);
  expect(said.join("\n")).toMatch(/imported into.*removed/);
  expect(catalogue.totals()).toEqual({ sales: 1, listings: 0, rentals: 0, agents: 1, agencies: 1 });
  expect(catalogue.summary()).toMatchObject({ localities: 1, synthetic: false });
  // A name of the sample's is a name: its agency is not meant.
  expect(JSON.parse(manly())).toMatchObject({ agencies: [{ id: "agency-norfolk-pine-property" }] });
  expect(manly()).not.toContain("sample");
  const [{ id } = { id: 0 }] = catalogue.imports(1);
  await catalogue.undo(id);
  expect(catalogue.totals()).toEqual(before.totals);
  expect(manly()).toBe(before.manly);
});

test("so does what comes by the API and the inbox: a table, a feed, a data set", async () => {
  const feed = `<propertyList><residential modTime="2026-05-02-09:00:00" status="current"><agentID>ABCDEF</agentID><uniqueID>P-1</uniqueID><address><streetNumber>1</streetNumber><street>Pine St</street><suburb>Manly</suburb><state>NSW</state></address><category name="House"/></residential></propertyList>`;
  const set = JSON.stringify({ suburb: { name: "Manly", state: "NSW" }, agents: [{ id: "x", name: "Xanthe" }] });
  const importer = createImporter({ cataloguePath: join(dataDir, "catalogue.db") });
  try {
    for (const [name, text] of [
      ["own.csv", OWN],
      ["feed.xml", feed],
      ["set.json", set],
    ] as const) {
      await catalogue.clear(null);
      await importSample(catalogue);
      const done = await importer.import(bytes(text), { ...task, name });
      expect({ name, warnings: done.warnings }).toEqual({
        name,
        warnings: expect.arrayContaining([expect.stringContaining("the sample data was removed")]),
      });
      expect(catalogue.summary()).toMatchObject({ synthetic: false });
      expect(manly()).not.toContain("sample");
    }
  } finally {
    await importer.close();
  }
});

test("the sample does not come in beside own data, however it is sent", async () => {
  await imported("own.csv", OWN);
  const before = { totals: catalogue.totals(), manly: manly() };
  await expect(importSample(catalogue)).rejects.toMatchObject({ code: "sample_mixed" });
  const files = [...new Bun.Glob("*.{csv,ndjson}").scanSync(SAMPLE)].map((name) => join(SAMPLE, name));
  await expect(importFiles({ dataDir, files, out: say, err: say })).rejects.toMatchObject({ code: "sample_mixed" });
  expect({ totals: catalogue.totals(), manly: manly() }).toEqual(before);
});

test("the sample's own files do not remove it, whatever their order; rates alone leave it as it is", async () => {
  const files = ["agencies.csv", "agents.ndjson", "sources.ndjson", "sales.csv", "market.ndjson", "rentals.csv"];
  for (const name of files)
    expect(await importFiles({ dataDir, files: [join(SAMPLE, name)], out: say, err: say })).toBe(0);
  expect(await imported("area_kinds.csv", "postcode,suburb,state,kind\n2095,,NSW,inner_city\n")).toBe(0);
  expect(catalogue.totals()).toMatchObject({ agents: 60, agencies: 15 });
  expect(catalogue.summary()).toMatchObject({ synthetic: true });
});

test("the sample's files sent one by one are the sample, too: own data replaces all of them", async () => {
  for (const file of [
    "sources.ndjson",
    "agencies.csv",
    "agents.ndjson",
    "sales.csv",
    "listings.csv",
    "market.ndjson",
    "rentals.csv",
  ])
    expect(await importFiles({ dataDir, files: [join(SAMPLE, file)], out: say, err: say })).toBe(0);
  expect(catalogue.summary()).toMatchObject({ synthetic: true });
  expect(await imported("own.csv", OWN)).toBe(0);
  expect(said.join("\n")).toContain("the sample data was removed");
  expect(catalogue.totals()).toEqual({ sales: 1, listings: 0, rentals: 0, agents: 1, agencies: 1 });
});

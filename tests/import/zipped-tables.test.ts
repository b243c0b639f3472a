import { expect, test } from "bun:test";
import { join } from "node:path";
import { runImport } from "../../src/import/task.ts";
import { newImportWorld } from "./import-world.ts";
import { zip } from "./zip.ts";

const SALES = "Street Address,Suburb,State,Sale Date,Sale Price,Agency,Agent\n";
const AGENTS = "id,name,agency\nann,Ann Lee,Gull Realty\n";
const EXPORT = {
  "export/sales.csv": `${SALES}12 Pine St,Manly,NSW,14/06/2026,$2.45m,Gull Realty,Ann Lee\n`,
  "export/agents.csv": AGENTS,
  "__MACOSX/export/._sales.csv": "\0\u0005\u0016\u0007\0\u0002",
  "export/.DS_Store": "x",
  "export/licence.txt": "CC BY",
  "export/empty.csv": "",
  "older.zip": zip({
    "sales 2025.json": '[{"address":"3 Sea St","suburb":"Manly","state":"NSW","sold_date":"2025-06-14"}]',
  }),
};

const world = newImportWorld();

test("each table of a zip is imported, people before those who name them, and what is no table is skipped", async () => {
  expect(await world.add("export.zip", zip(EXPORT))).toBe(0);
  expect(world.out.join("\n")).toContain("export.zip/export/sales.csv: 1 sale");
  expect(world.out.join("\n")).toContain("export.zip/older.zip/sales 2025.json: 1 sale");
  expect(byDate(world.rows("sales")).map(({ address, agents }) => [address, agents])).toEqual([
    ["3 Sea St", undefined],
    ["12 Pine St", [{ id: "ann", role: "lead" }]],
  ]);
  expect(await world.add("export.zip", zip(EXPORT))).toBe(0);
  expect(world.out.at(-1)).toContain("0 new, 0 changed");
});

test("a table of a zip that cannot be read is named, and nothing of the zip is imported", async () => {
  const bad = `${SALES}1 Pine St,Atlantis,NSW,14/06/2026,$1m,,\n`;
  expect(await world.add("export.zip", zip({ ...EXPORT, "more/sold.csv": bad }))).toBe(1);
  expect(world.err.join("\n")).toContain("more/sold.csv");
  expect(world.err.join("\n")).toContain("Atlantis");
  expect(world.rows("sales")).toEqual([]);
  expect(await world.add("export.zip", zip({ "notes.csv": "a,b\n1,2\n" }))).toBe(1);
  expect(world.err.join("\n")).toContain("export.zip/notes.csv");
  expect(await world.add("export.zip", zip({ "photo.png": "x" }))).toBe(1);
  expect(world.err.join("\n")).toContain("add the export to the zip");
});

test("a zip of one table that is uploaded is reported as the table", async () => {
  const task = {
    name: "sold.zip",
    kind: null,
    format: null,
    map: null,
    sheet: null,
    only: null,
    dryRun: true,
  } as const;
  const done = await runImport(
    {
      ...task,
      cataloguePath: join(world.folder, "catalogue.db"),
      content: { bytes: new Uint8Array(zip({ "sold.csv": EXPORT["export/sales.csv"] })) },
      locality: { suburb: null, state: null, postcode: null },
      skipBad: false,
      actor: "test",
      today: "2026-11-26",
    },
    true,
  );
  expect(done.reading).toMatchObject({ kind: "sales", left_out: 0 });
  expect(done.rows).toEqual({ sales: 1, agencies: 1, agents: 1 });
});

function byDate(rows: readonly Record<string, unknown>[]): readonly Record<string, unknown>[] {
  return rows.toSorted((a, b) => String(a.sold_date).localeCompare(String(b.sold_date)));
}

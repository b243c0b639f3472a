import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ImportFilesOptions, importFiles } from "../../src/cli/import.ts";
import type { DataSet } from "../../src/report/data-set.ts";
import { openCatalogue } from "../../src/report/sources/catalogue.ts";

const SALES = "id,address,category,sold_date,agents,suburb,state\n";
const AGENTS = "id,name\nx,Xanthe\n";

let folder: string;
let out: string[];
let err: string[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "agentlink-import-"));
  [out, err] = [[], []];
});
afterEach(() => rmSync(folder, { recursive: true }));

describe("agentlink import", () => {
  test("takes the kind from each file's name and reports what each contains", async () => {
    const sales = await file("sales.csv", `${SALES}1,1 Tern Street,house,2026-06-01,x,Manly,NSW\n`);
    const agents = await file("Manly-Agents 2026.ndjson", '{"id":"x","name":"Xanthe"}\n{"id":"y","name":"Yusuf"}\n');
    expect(await run([sales, agents])).toBe(0);
    expect(out).toEqual([
      `${sales}: 1 sale`,
      `${agents}: 2 agents`,
      `imported into the catalogue of ${join(folder, "data")}: 3 new, 0 changed, 0 unchanged`,
    ]);
    expect(err).toEqual([]);
    expect(manly()).toMatchObject({ sales: [{ id: "1" }], agents: [{ id: "x" }] });
  });

  test.each([
    [
      "sales.xlsx",
      Buffer.from("504b030414000600", "hex"),
      /^the workbook cannot be read \(.+\): open it .+ "CSV UTF-8"$/,
    ],
    [
      "sales.xls",
      Buffer.from("d0cf11e0a1b11ae1", "hex"),
      /^the workbook cannot be read \(.+\): open it .+ "CSV UTF-8"$/,
    ],
    [
      "sales.csv",
      Buffer.from("%PDF-1.7\n"),
      /^the file is a PDF, not a table: ask the sender for the export as Excel or CSV/,
    ],
    ["sales.ndjson", Buffer.from("%PDF-1.7\n"), /^the file is a PDF, not a table in text/],
    [
      "sales.csv",
      Buffer.from("1f8b0800", "hex"),
      /^the file is a gzip file, not a table: unpack it, then import that file/,
    ],
    [
      "sales.xlsx",
      Buffer.from(Array.from({ length: 300 }, (_, at) => (at * 97 + 7) % 256)),
      /^the file is binary data, not a table: open it in the spreadsheet program and save it/,
    ],
    ["sales.csv", Buffer.from("SQLite format 3\0"), /^the file is an SQLite database, not a table: export its table/],
  ])("says what %s is that is no table, and what to do", async (name, bytes, what) => {
    const sales = join(folder, name);
    await Bun.write(sales, bytes);
    expect(await run([sales], { kind: "sales" })).toBe(1);
    expect(err[0]).toStartWith(`${sales}:1: `);
    expect(err[0]?.slice(`${sales}:1: `.length)).toMatch(what);
  });

  test("prints every bad row of every file and imports nothing of any", async () => {
    const agents = await file("agents.csv", AGENTS);
    const sales = await file(
      "sales.csv",
      `${SALES}1,1 Tern Street,house,2026-06-01,x,Manly,NSW\n2,"2\nTern Street",castle,2026-06-01,,Manly,NSW\n3,3 Tern Street,house,2026-06-01,,Manley,NSW\n`,
    );
    const listings = await file("listings.json", '[{"id":"l","category":"house"}]');
    expect(await run([agents, sales, listings])).toBe(1);
    expect(out).toEqual([`${agents}: 1 agent`]);
    expect(err).toEqual([
      expect.stringContaining(`${sales}:3: category must be one of`),
      expect.stringContaining(`${sales}:5: there is no suburb "Manley" in NSW`),
      `${listings}:row 1: address is required`,
      expect.stringContaining("nothing was imported"),
    ]);
    expect(manly()).toBeNull();
  });

  test("--json reports each file as one object, and bad files row by row", async () => {
    const agents = await file("agents.csv", "id,name,shoe_size\nx,Xanthe,44\n");
    const notified = async (...files: readonly string[]) => {
      out = [];
      return { code: await run(files, { json: true }), ...JSON.parse(out.join("\n")) };
    };
    const reading = expect.objectContaining({ kind: "agents", rules: [] });
    const taken = {
      file: agents,
      rows: { agents: 1 },
      error: null,
      bad_rows: [],
      left_out: [],
      reading,
      archive: null,
    };
    const warnings = ['the column "shoe_size" is unknown and was ignored'];
    expect(await notified(agents)).toEqual({
      code: 0,
      imported: true,
      dry_run: false,
      import_id: 1,
      changes: { agents: { new: 1, changed: 0, unchanged: 0, renamed: 0, removed: 0 } },
      sample_removed: false,
      failed_jobs: null,
      files: [{ ...taken, warnings }],
    });
    const listings = await file("listings.json", '[{"id":"l","category":"house"}]');
    const reason = "address is required";
    expect(await notified(agents, listings)).toEqual({
      code: 1,
      imported: false,
      dry_run: false,
      import_id: null,
      changes: null,
      sample_removed: false,
      failed_jobs: null,
      files: [
        { ...taken, warnings },
        {
          file: listings,
          rows: {},
          warnings: [],
          error: expect.any(String),
          bad_rows: [{ kind: "listings", line: null, row: 1, reason }],
          left_out: [],
          reading: null,
          archive: null,
        },
      ],
    });
  });

  test("reads standard input, its format from its first character", async () => {
    expect(
      await run(["-"], { kind: "agents", stdin: input(' \n[{"id":"x","name":"X","suburb":"Manly","state":"NSW"}]') }),
    ).toBe(0);
    expect(
      await run(["-"], { kind: "agents", stdin: input('{"id":"y","name":"Y","suburb":"Manly","state":"NSW"}\n') }),
    ).toBe(0);
    expect(await run(["-"], { kind: "agents", stdin: input("\uFEFFid,name,suburb,state\nz,Z,Manly,NSW\n") })).toBe(0);
    expect(manly()?.agents?.map(({ id }) => id)).toEqual(["x", "y", "z"]);
    expect(out.filter((line) => line.startsWith("-"))).toEqual(["-: 1 agent", "-: 1 agent", "-: 1 agent"]);
  });

  test("takes a whole data set by what it says", async () => {
    const document: DataSet = { suburb: { name: "Manly", state: "NSW" }, agents: [{ id: "x", name: "Xanthe" }] };
    const path = await file("manly.json", JSON.stringify(document, null, 2));
    expect(await run([path])).toBe(0);
    expect(out[0]).toBe(`${path}: 1 agent`);
    // Only agents: that they work in Manly is known only from the document.
    expect(manly()?.agents).toEqual([{ id: "x", name: "Xanthe" }]);
  });

  test("warns of columns it does not know", async () => {
    const path = await file("agents.csv", "id,name,shoe_size\nx,Xanthe,44\n");
    expect(await run([path])).toBe(0);
    expect(err).toEqual([`${path}: the column "shoe_size" is unknown and was ignored`]);
  });

  test("says what it needs to know where a name gives no hint", async () => {
    const path = await file("export.csv", AGENTS);
    await expect(run([path])).rejects.toMatchObject({ code: "usage", message: expect.stringContaining("--kind") });
    await expect(run([path], { kind: "people" })).rejects.toMatchObject({ code: "usage" });
    expect(await run([path], { kind: "agents" })).toBe(0);
  });

  test("refuses a sheet of what is no workbook, and reports a kind that a data set does not need", async () => {
    const table = await file("agents.csv", AGENTS);
    expect(await run([table], { sheet: "Sold" })).toBe(1);
    expect(err[0]).toBe(
      `${table}: the file is not a workbook, so it has no sheet "Sold": omit the sheet, or import the workbook separately`,
    );
    err = [];
    const dataSet = await file("all.json", JSON.stringify({ suburb: { name: "Manly", state: "NSW" }, agents: [] }));
    expect(await run([dataSet], { sheet: "Sold" })).toBe(1);
    expect(err[0]).toContain('so it has no sheet "Sold"');
    err = [];
    expect(await run([dataSet], { kind: "sales" })).toBe(0);
    expect(err).toEqual([`${dataSet}: the kind sales was ignored, because the file determines the kinds of its rows`]);
  });

  test("reports a missing file, and damaged UTF-8 with its line", async () => {
    const missing = join(folder, "agents.csv");
    expect(await run([missing])).toBe(1);
    expect(err[0]).toMatch(/agents\.csv: there is no file of this name: correct its path/);
    err = [];
    const damaged = [Buffer.from("id,name\n1,Zoë\n2,Jos"), Buffer.from([0xe9]), Buffer.from("\n")];
    await Bun.write(missing, Buffer.concat(damaged));
    expect(await run([missing])).toBe(1);
    expect(err[0]).toStartWith(`${missing}:3: line 3 is not UTF-8`);
  });
});

async function file(name: string, text: string): Promise<string> {
  const path = join(folder, name);
  await Bun.write(path, text);
  return path;
}

function run(files: readonly string[], more: Partial<ImportFilesOptions> = {}): Promise<number> {
  return importFiles({
    dataDir: join(folder, "data"),
    files,
    out: (line) => out.push(line),
    err: (line) => err.push(line),
    ...more,
  });
}

function manly(): DataSet | null {
  const catalogue = openCatalogue({ path: join(folder, "data/catalogue.db") });
  const text = catalogue.dataSet({ suburb: "Manly", state: "NSW", postcode: null });
  catalogue.close();
  return text === null ? null : (JSON.parse(text) as DataSet);
}

async function* input(text: string): AsyncGenerator<Uint8Array> {
  for (const byte of new TextEncoder().encode(text)) yield new Uint8Array([byte]);
}

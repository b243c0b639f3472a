import { Database } from "bun:sqlite";
import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  clear,
  listImports,
  listLocalities,
  removeLocality,
  removeRow,
  showLocality,
  showRows,
  undo,
} from "../../src/cli/catalogue.ts";
import { importFiles } from "../../src/cli/import.ts";
import { CATALOGUE_KINDS, openCatalogue } from "../../src/report/sources/catalogue.ts";

const NOW = new Date("2026-07-10T02:00:00Z");
const HEAD = "id,address,category,sold_date,price,agents,suburb,state\n";
const many = (suburb: string, n: number, price = 900_000) =>
  `${HEAD}${Array.from({ length: n }, (_, at) => `${suburb}-${at},${at + 1} Pine St,house,2026-06-${String(at + 1).padStart(2, "0")},${price},x,${suburb},NSW\n`).join("")}`;

let dataDir: string;
let out: string[];
const options = (json = false) => ({ dataDir, json, out: (line: string) => out.push(line), now: () => NOW });
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), "agentlink-catalogue-cli-"));
  out = [];
});
afterEach(() => rmSync(dataDir, { recursive: true }));

test("an empty catalogue says what to do; a list of suburbs says how complete their reports would be", async () => {
  await listLocalities(options());
  expect(out[0]).toStartWith("the catalogue is empty: import a CSV");
  await imported("sales.csv", many("Manly", 12));
  await imported("more-sales.csv", many("Fairlight", 2));
  await imported("agents.csv", "id,name,suburb,state\nx,Xanthe,Balgowlah,NSW\n");
  out = [];
  await listLocalities(options());
  const cells = out.map((line) => line.split(/ {2,}/));
  expect(cells).toEqual([
    ["SUBURB", "SALES", "LISTINGS", "AGENTS", "NEWEST", "AGE", "SOURCE", "REPORT"],
    ["Manly NSW 2095", "12", "0", "1", "2026-06-12", "28 days", "–", "full"],
    ["Fairlight NSW 2094", "2", "0", "1", "2026-06-02", "38 days", "–", "thin"],
    ["Balgowlah NSW 2093", "0", "0", "0", "–", "–", "–", "thin"],
  ]);
  out = [];
  await listLocalities({ ...options(true), q: "fair" });
  expect(JSON.parse(out[0] ?? "")).toMatchObject({
    total: 1,
    localities: [
      {
        suburb: "Fairlight",
        report: "thin",
        missing: [expect.stringContaining("2 in twelve months"), "current listings"],
      },
    ],
  });
  out = [];
  await showLocality({ ...options(), where: "manly New South Wales" });
  expect(out).toContain("report     full");
  await expect(showLocality({ ...options(), where: "2026 Bondi" })).rejects.toThrow(
    /nothing about Bondi NSW 2026: import/,
  );
});

test("an import is undone: what it brought goes, what it replaced is back, what came later stays", async () => {
  await imported("sales.csv", many("Manly", 3));
  await imported("sales.csv", `${many("Manly", 2, 1_000_000)}Manly-9,9 Pine St,house,2026-06-09,1,x,Manly,NSW\n`);
  await imported("fix-sales.csv", many("Manly", 1, 1_100_000));
  expect(prices()).toEqual({ "Manly-0": 1_100_000, "Manly-1": 1_000_000, "Manly-2": 900_000, "Manly-9": 1 });
  await listImports(options());
  expect(out.slice(-3).map((line) => line.replace(/^(\d).*UTC {2}(.*?) *$/, "$1 $2").split(/ {2,}/))).toEqual([
    ["3 operator", "fix-sales.csv", "1 changed sale"],
    ["2 operator", "sales.csv", "1 new, 2 changed sales"],
    ["1 operator", "sales.csv", "3 new sales"],
  ]);
  await undo({ ...options(), importId: 2 });
  expect(out.at(-1)).toBe(
    "import 2 undone: 1 row removed, 1 restored; 1 row was changed by a later import and remains",
  );
  expect(prices()).toEqual({ "Manly-0": 1_100_000, "Manly-1": 900_000, "Manly-2": 900_000 });
  await expect(undo({ ...options(), importId: 2 })).rejects.toThrow(/was already undone/);
  await expect(undo({ ...options(), importId: 77 })).rejects.toThrow(/no import 77/);
  // The latest that is not undone.
  await undo({ ...options(), importId: null });
  expect(out.at(-1)).toStartWith("import 3 undone");
  await undo({ ...options(), importId: null });
  expect(prices()).toEqual({});
});

test("the rows of a suburb are listed, newest first; what a removal would take is counted before", async () => {
  await imported("sales.csv", many("Manly", 3));
  out = [];
  await showRows({ ...options(), where: "Manly NSW", kind: "sales", limit: 2 });
  expect(out.map((line) => line.split(/ {2,}/))).toEqual([
    ["DAY", "ADDRESS", "KIND", "PRICE", "AGENTS", "AGENCIES", "ID"],
    ["2026-06-03", "3 Pine St", "house", "900000", "x", "–", "Manly-2"],
    ["2026-06-02", "2 Pine St", "house", "900000", "x", "–", "Manly-1"],
    ["1 more sales: --limit"],
  ]);
  const rows = { where: "Manly NSW", kind: "agents", limit: 2 };
  await expect(showRows({ ...options(), ...rows })).rejects.toThrow(
    /must be one of sales, listings, rentals, not "agents"/,
  );
  await removeRow({ ...options(), kind: "sales", id: "Manly-1", dryRun: true });
  await removeLocality({ ...options(), where: "Manly, NSW 2095", dryRun: true });
  await clear({ ...options(), kind: null, dryRun: true });
  expect(out.slice(-3)).toEqual([
    "1 row would be removed; nothing was changed (--dry-run)",
    "3 rows would be removed; nothing was changed (--dry-run)",
    "3 rows would be removed; nothing was changed (--dry-run)",
  ]);
  await clear({ ...options(), kind: null });
  expect(out.at(-1)).toBe("3 rows removed permanently");
});

test("rows and suburbs that were removed can be restored; what is cleared cannot", async () => {
  await imported("sales.csv", many("Manly", 3));
  await removeRow({ ...options(), kind: "sales", id: "Manly-1" });
  expect(out.at(-1)).toBe("1 row removed; to restore it: agentlink catalogue undo 2");
  await removeLocality({ ...options(), where: "Manly NSW" });
  expect(prices()).toEqual({});
  await undo({ ...options(), importId: null });
  await undo({ ...options(), importId: null });
  expect(Object.keys(prices())).toEqual(["Manly-0", "Manly-1", "Manly-2"]);
  await expect(removeRow({ ...options(), kind: "sales", id: "nope" })).rejects.toThrow(/no sales with the id "nope"/);
  await expect(removeRow({ ...options(), kind: "salez", id: "nope" })).rejects.toThrow(
    /the kind must be one of sources, agencies, .*, not "salez"/,
  );
  await clear({ ...options(), kind: null });
  expect(out.at(-1)).toBe("3 rows removed permanently");
  await expect(undo({ ...options(), importId: 1 })).rejects.toThrow(/cannot be undone/);
});

test("a view a kind has the fields as columns", async () => {
  await imported(
    "sales.csv",
    `${HEAD.replace("price", "price,first_ask_from")}s,1 Pine St,house,2026-06-01,900000,850000,x,Manly,NSW\n`,
  );
  const database = new Database(join(dataDir, "catalogue.db"), { readonly: true });
  expect(
    database.query("SELECT id, suburb, postcode, address, price, first_ask_from, import_id FROM sales_view").get(),
  ).toEqual({
    id: "s",
    suburb: "Manly",
    postcode: "2095",
    address: "1 Pine St",
    price: 900_000,
    first_ask_from: 850_000,
    import_id: 1,
  });
  for (const kind of CATALOGUE_KINDS)
    expect(database.query(`SELECT * FROM ${kind}_view`).all().length).toBe(kind === "sales" ? 1 : 0);
  database.close();
});

test("a view of an older version is created again, with the columns that were added since", async () => {
  await imported("sales.csv", many("Manly", 2));
  const old = new Database(join(dataDir, "catalogue.db"));
  old.run("DROP VIEW sales_view");
  old.run("CREATE VIEW sales_view AS SELECT id FROM sales");
  old.close();
  await imported("sales.csv", many("Manly", 2));
  const database = new Database(join(dataDir, "catalogue.db"), { readonly: true });
  expect(database.query("SELECT suburb, import_id FROM sales_view LIMIT 1").get()).toEqual({
    suburb: "Manly",
    import_id: 1,
  });
  database.close();
});

test("a catalogue of an older version is used as it is, and its imports are listed", async () => {
  await imported("sales.csv", many("Manly", 2));
  const old = new Database(join(dataDir, "catalogue.db"));
  for (const kind of CATALOGUE_KINDS) {
    old.run(`DROP VIEW ${kind}_view`);
    old.run(`ALTER TABLE ${kind} DROP COLUMN import_id`);
  }
  for (const table of ["replaced_rows", "maps"]) old.run(`DROP TABLE ${table}`);
  for (const column of ["files", "changes", "undone_at"]) old.run(`ALTER TABLE imports DROP COLUMN ${column}`);
  old.close();
  await imported("sales.csv", many("Manly", 3));
  expect(Object.keys(prices())).toHaveLength(3);
  await listImports(options(true));
  expect(JSON.parse(out[0] ?? "").imports).toMatchObject([
    { id: 2, changes: { sales: { new: 1, unchanged: 2 } } },
    { id: 1, rows: { sales: 2 }, changes: null },
  ]);
  await expect(undo({ ...options(), importId: 1 })).rejects.toThrow(/older version/);
});

async function imported(name: string, content: string): Promise<void> {
  const path = join(dataDir, name);
  await Bun.write(path, content);
  const err: string[] = [];
  const code = await importFiles({
    dataDir,
    files: [path],
    out: () => {},
    err: (line) => err.push(line),
    now: () => NOW,
  });
  expect([code, err]).toEqual([0, []]);
}

function prices(): Readonly<Record<string, number>> {
  const catalogue = openCatalogue({ path: join(dataDir, "catalogue.db") });
  const text = catalogue.dataSet({ suburb: "Manly", state: "NSW", postcode: null });
  catalogue.close();
  const { sales = [] } = JSON.parse(text ?? "{}") as { sales?: { id: string; price: number }[] };
  return Object.fromEntries(sales.map(({ id, price }) => [id, price] as const).sort(([a], [b]) => (a < b ? -1 : 1)));
}

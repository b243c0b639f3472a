import { afterEach, beforeEach, expect } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ImportFilesOptions, importFiles } from "../../src/cli/import.ts";
import type { DataSet } from "../../src/report/data-set.ts";
import { openCatalogue } from "../../src/report/sources/catalogue.ts";

const NOW = new Date("2026-11-26T02:00:00Z");

/** Sales as an agency's system exports them. */
export const HEADERS = [
  "Street Address",
  "Suburb",
  "State",
  "Postcode",
  "Property Type",
  "Bed",
  "Land Size (m²)",
  "Sale Date",
  "Sale Price",
  "Sale Type",
  "Agency",
  "Agent",
];
export const ROWS: readonly (readonly string[])[] = [
  [
    "12 Pine St",
    "MANLY",
    "NSW",
    "2095",
    "Townhouse",
    "3",
    "1,012 sqm",
    "14/06/2026",
    "$2,450,000",
    "Auction",
    "Gull & Søn Realty",
    "Zoë O'Brien",
  ],
  [
    "Unit 5, 14 Pine St",
    "Manly",
    "New South Wales",
    "2095",
    "Apartment",
    "Studio",
    "-",
    "3/06/2026",
    "Not Disclosed",
    "Private Treaty",
    "Gull & Søn Realty",
    "Zoë O'Brien & Bob Roe",
  ],
  [
    "9 Pine St",
    "Manly",
    "NSW",
    "2095",
    "House",
    "4",
    "450 m²",
    "01/06/2026",
    "$1.25m",
    "Prior to Auction",
    "Tern Property",
    "Ann Lee",
  ],
];
/** The same as a report has them. */
export const SALES = [
  { address: "12 Pine St", beds: 3, land_sqm: 1_012, sold_date: "2026-06-14", price: 2_450_000, method: "auction" },
  {
    address: "Unit 5, 14 Pine St",
    category: "unit",
    beds: 0,
    sold_date: "2026-06-03",
    price_disclosed: false,
    method: "private_treaty",
  },
  {
    address: "9 Pine St",
    category: "house",
    beds: 4,
    land_sqm: 450,
    sold_date: "2026-06-01",
    price: 1_250_000,
    method: "sold_prior",
  },
];

/** A table as text. */
export function csv(headers: readonly string[], rows: readonly (readonly string[])[], separator: string): string {
  const cell = (text: string) => (/[",;|\t\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  return `${[headers, ...rows].map((row) => row.map(cell).join(separator)).join("\n")}\n`;
}

/** A folder for each test of the file, and a catalogue in it that files are imported into. */
export function newImportWorld() {
  let folder: string;
  let out: string[];
  let err: string[];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "agentlink-tables-"));
    [out, err] = [[], []];
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  async function file(name: string, content: string | Uint8Array): Promise<string> {
    const path = join(folder, name);
    await Bun.write(path, content);
    return path;
  }

  /** Into a catalogue of its own. */
  async function imported(
    name: string,
    content: string | Uint8Array,
    more: Partial<ImportFilesOptions> = {},
  ): Promise<void> {
    rmSync(join(folder, "data"), { recursive: true, force: true });
    [out, err] = [[], []];
    const code = await run([await file(name, content)], more);
    expect([code, err.filter((line) => !line.includes("left out"))]).toEqual([0, []]);
  }

  function run(files: readonly string[], more: Partial<ImportFilesOptions> = {}): Promise<number> {
    return importFiles({
      dataDir: join(folder, "data"),
      files,
      now: () => NOW,
      out: (line) => out.push(line),
      err: (line) => err.push(line),
      ...more,
    });
  }

  function manly(dataDir = join(folder, "data")): DataSet | null {
    const catalogue = openCatalogue({ path: join(dataDir, "catalogue.db") });
    const text = catalogue.dataSet({ suburb: "Manly", state: "NSW", postcode: null });
    catalogue.close();
    return text === null ? null : (JSON.parse(text) as DataSet);
  }

  return {
    get folder() {
      return folder;
    },
    /** What was printed. */
    get out() {
      return out;
    },
    get err() {
      return err;
    },
    file,
    imported,
    run,
    manly,
  };
}

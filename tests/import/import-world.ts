import { Database } from "bun:sqlite";
import { afterEach, beforeEach, expect } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ImportFilesOptions, importFiles } from "../../src/cli/import.ts";
import type { DataSet, State } from "../../src/report/data-set.ts";
import { type CatalogueKind, type DataOf, openCatalogue } from "../../src/report/sources/catalogue.ts";

export const NOW = new Date("2026-11-26T02:00:00Z");

/** A folder for each test of the file, and a catalogue in it that files are imported into. */
export function newImportWorld() {
  let folder: string;
  let out: string[];
  let err: string[];
  const dataDir = () => join(folder, "data");
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "agentlink-import-"));
    [out, err] = [[], []];
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  async function file(name: string, content: string | Uint8Array): Promise<string> {
    const path = join(folder, name);
    await Bun.write(path, content);
    return path;
  }

  /** Imports these files; what it prints comes after what is there. Returns the exit code. */
  function run(files: readonly string[], more: Partial<ImportFilesOptions> = {}): Promise<number> {
    return importFiles({
      dataDir: dataDir(),
      files,
      now: () => NOW,
      out: (line) => out.push(line),
      err: (line) => err.push(line),
      ...more,
    });
  }

  /** Imports a file of this name beside what is there; what was printed before is dropped. Returns the exit code. */
  async function add(
    name: string,
    content: string | Uint8Array,
    more: Partial<ImportFilesOptions> = {},
  ): Promise<number> {
    [out, err] = [[], []];
    return run([await file(name, content)], more);
  }

  /** Imports a file, which must succeed, into a new catalogue. */
  async function imported(
    name: string,
    content: string | Uint8Array,
    more: Partial<ImportFilesOptions> = {},
  ): Promise<void> {
    forget();
    const code = await add(name, content, more);
    expect([code, err.filter((line) => !line.includes("left out"))]).toEqual([0, []]);
  }

  /** Removes the catalogue. */
  function forget(): void {
    rmSync(dataDir(), { recursive: true, force: true });
  }

  /** What a report on a suburb is made from; null where nothing is stored. */
  function dataSet(
    suburb: string,
    more: { readonly state?: State; readonly of?: DataOf; readonly dataDir?: string } = {},
  ): DataSet | null {
    const catalogue = openCatalogue({ path: join(more.dataDir ?? dataDir(), "catalogue.db") });
    try {
      const text = catalogue.dataSet({ suburb, state: more.state ?? "NSW", postcode: null }, more.of);
      return text === null ? null : (JSON.parse(text) as DataSet);
    } finally {
      catalogue.close();
    }
  }

  /** The rows of a kind as they are stored, in the order of their ids. */
  function rows(kind: CatalogueKind): Record<string, unknown>[] {
    const database = new Database(join(dataDir(), "catalogue.db"), { readonly: true });
    const all = database.query(`SELECT data FROM ${kind} ORDER BY id`).all() as { data: string }[];
    database.close();
    return all.map(({ data }) => JSON.parse(data));
  }

  return {
    get folder() {
      return folder;
    },
    get dataDir() {
      return dataDir();
    },
    /** What was printed. */
    get out() {
      return out;
    },
    get err() {
      return err;
    },
    file,
    run,
    add,
    imported,
    forget,
    dataSet,
    rows,
    manly: () => dataSet("Manly"),
  };
}

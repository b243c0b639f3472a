import { afterEach, beforeEach } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Failure } from "../../../src/failure.ts";
import type { DataSet } from "../../../src/report/data-set.ts";
import {
  type BadRow,
  type Catalogue,
  type CatalogueKind,
  type ImportFormat,
  openCatalogue,
} from "../../../src/report/sources/catalogue.ts";

export const MANLY = { suburb: "Manly", state: "NSW", postcode: "2095" } as const;
export const HEADER = "id,address,category,sold_date,price,agency_ids,agents,suburb,state,postcode\n";

/** A new catalogue for each test of the file. */
export function newCatalogueWorld() {
  let folder: string;
  let catalogue: Catalogue;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "agentlink-catalogue-"));
    catalogue = openCatalogue({ path: join(folder, "catalogue.db") });
  });
  afterEach(() => {
    catalogue.close();
    rmSync(folder, { recursive: true });
  });

  function put(kind: CatalogueKind, format: ImportFormat, text: string) {
    return catalogue.upsert(kind, format, bytes(text));
  }

  function read(): DataSet {
    const text = catalogue.dataSet(MANLY);
    if (text === null) throw new Error("the catalogue knows nothing of Manly");
    return JSON.parse(text) as DataSet;
  }

  async function badRows(
    kind: CatalogueKind,
    format: ImportFormat,
    text: string,
  ): Promise<readonly [Failure, BadRow[]]> {
    const rows: BadRow[] = [];
    const failure = await refusal(catalogue.upsert(kind, format, bytes(text), { onBadRow: (row) => rows.push(row) }));
    return [failure, rows];
  }

  return {
    get folder() {
      return folder;
    },
    get catalogue() {
      return catalogue;
    },
    /** Closes it and opens it again. */
    reopen() {
      catalogue.close();
      catalogue = openCatalogue({ path: join(folder, "catalogue.db") });
    },
    put,
    read,
    badRows,
  };
}

export async function* bytes(content: string | Uint8Array, size = 1_000_000): AsyncGenerator<Uint8Array> {
  const all = typeof content === "string" ? new TextEncoder().encode(content) : content;
  for (let at = 0; at < all.length; at += size) yield all.slice(at, at + size);
}

export async function refusal(promise: Promise<unknown>): Promise<Failure> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
  throw new Error("it was not refused");
}

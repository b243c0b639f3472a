import type { Database } from "bun:sqlite";
import type { DataSet, Decision } from "../data-set.ts";
import { findSuburb, type Locality } from "../localities/suburbs.ts";
import { preparePicture, withPictures } from "../pictures/picture.ts";
import type { AgencyName } from "../request/prepared-for.ts";
import { changeInParts } from "./catalogue/commit.ts";
import { type DataOf, hasBusiness, readBusiness, readDataSet } from "./catalogue/data-set.ts";
import { openCatalogueDatabase } from "./catalogue/database.ts";
import { readDecisions, writeDecision } from "./catalogue/decisions.ts";
import type { DrawPicture } from "./catalogue/drawn-pictures.ts";
import { type CatalogueImport, type ImportResult, startImport } from "./catalogue/import.ts";
import { explain, written } from "./catalogue/import-failures.ts";
import { type CatalogueImported, readImports } from "./catalogue/imports.ts";
import type { ImportFormat, ImportInput } from "./catalogue/input.ts";
import type { CatalogueKind, LocalityKind } from "./catalogue/kind-names.ts";
import { createKnown, type TerritoryPart } from "./catalogue/known.ts";
import {
  type CatalogueLocality,
  type CatalogueSummary,
  createLocalityList,
  type LocalityPage,
  type LocalityQuery,
} from "./catalogue/locality-list.ts";
import { createLocalityRows, type LocalityPerson, type LocalityRows } from "./catalogue/locality-rows.ts";
import { deleteMap, readMaps, type SavedMap, saveMap } from "./catalogue/maps.ts";
import type { ImportOptions } from "./catalogue/stage-rows.ts";
import { clearRows, countRows, type RowsToRemove, removeRows, type Undone, undoImport } from "./catalogue/undo.ts";
import type { DataSetSource, ReportLocality } from "./source.ts";

export type { DataOf } from "./catalogue/data-set.ts";
export type { CatalogueImport, ImportResult } from "./catalogue/import.ts";
export type { BadRow } from "./catalogue/import-failures.ts";
export type { CatalogueImported } from "./catalogue/imports.ts";
export type { ImportFormat, ImportInput } from "./catalogue/input.ts";
export { CATALOGUE_KINDS, type CatalogueKind, LOCALITY_KINDS, type LocalityKind } from "./catalogue/kind-names.ts";
export { KINDS, kindInWords, rowsInWords } from "./catalogue/kinds.ts";
export type { CatalogueLocality, CatalogueSummary, LocalityPage } from "./catalogue/locality-list.ts";
export type { LocalityPerson, LocalityRows } from "./catalogue/locality-rows.ts";
export type { CatalogueChanges } from "./catalogue/merge.ts";
export type { StoredRow } from "./catalogue/row.ts";
export type { ImportOptions } from "./catalogue/stage-rows.ts";
export type { RowsToRemove as Removal, Undone } from "./catalogue/undo.ts";

/**
 * The agents, agencies, sales and listings of all suburbs, in a database file of its own: an import of a million sales
 * delays no job. Reads never wait for a write.
 */
export interface Catalogue extends DataSetSource {
  /**
   * The DataSet of a suburb as JSON text, within the limits of DataSet: three years of sales, the newest first to be
   * stored; the agents and agencies that have a sale or listing there or call the suburb their own. Null where there is
   * nothing. Takes milliseconds: it runs on the main thread. `of`: "rentals" for a report on rental listings, which come
   * in place of the sales then.
   */
  dataSet(locality: ReportLocality, of?: DataOf): string | null;
  /**
   * The partners, commission rates and kinds of area of a suburb, as fields of a data set: the operator's own entries
   * about the business, whatever the source of the sales.
   */
  business(locality: ReportLocality): Pick<DataSet, "partners" | "commission_rates" | "area_kinds">;
  /**
   * Imports rows of one kind, each replacing the one with its id; all of them or none. Gives way to other work
   * in the meantime.
   * @throws Failure "bad_rows" (permanent; `details.rows`, the first 20), after the whole input was read, so that
   *   `options.onBadRow` got every bad row; "not_utf8", "too_large", "no_header", … (permanent) for input that
   *   cannot be read as rows; "catalogue_busy" (transient) while another import is written.
   */
  upsert(kind: CatalogueKind, format: ImportFormat, input: ImportInput, options?: ImportOptions): Promise<ImportResult>;
  /** Whether there is a row about a suburb. */
  hasData(locality: Locality): boolean;
  /** The agencies that a report on a suburb would know, by their names; null where there is nothing about it. */
  agencies(locality: ReportLocality): readonly AgencyName[] | null;
  /** The agents that a report on a suburb would know, hidden ones left out. */
  agents(locality: ReportLocality): readonly AgencyName[];
  /** The row of an agency, as it was imported; null where there is none. */
  agency(id: string): Readonly<Record<string, unknown>> | null;
  /** The suburbs in which an agency sold, those with the most of its sales before the others. */
  territory(id: string): Promise<readonly TerritoryPart[]>;
  /** All agencies there are rows of. */
  allAgencies(): readonly AgencyName[];
  /** What was imported recently, the latest first. */
  imports(limit: number): readonly CatalogueImported[];
  /** The catalogue's data, locality by locality. */
  localities(query: LocalityQuery): LocalityPage;
  /** The data of one locality; null if there is none. */
  locality(locality: Locality): CatalogueLocality | null;
  totals(): Readonly<Record<string, number>>;
  /** The totals, and whether the data is the sample. */
  summary(): CatalogueSummary;
  /** Rows of one locality, the newest first. */
  localityRows(
    locality: Locality,
    kind: LocalityKind,
    page: { readonly limit: number; readonly offset: number },
  ): LocalityRows;
  /** The agents and agencies of one locality, with what of theirs there is in it; 500 of each at most. */
  localityPeople(locality: Locality): {
    readonly agents: readonly LocalityPerson[];
    readonly agencies: readonly LocalityPerson[];
  };
  isEmpty(): boolean;
  /** @throws Failure "unknown_import", "import_undone", "import_not_undoable". */
  undo(importId: number): Promise<Undone>;
  /** Noted in the list of imports, and undone there. */
  remove(removal: RowsToRemove, actor: string): Promise<{ readonly id: number | null; readonly removed: number }>;
  /** How many rows a removal would take; with `{}` all. */
  count(removal: RowsToRemove): number;
  /** For good. */
  clear(kind: CatalogueKind | null): Promise<number>;
  maps(): readonly SavedMap[];
  saveMap(name: string, document: string): void;
  deleteMap(name: string): boolean;
  /** What a person decided of people, agencies and sales that are one, or are not. */
  decisions(): readonly Decision[];
  /** Stores such a decision, or with null removes it; returns whether that changed anything. */
  decide(kind: Decision["kind"], ids: readonly [string, string], decision: Decision["decision"] | null): boolean;
  /** An import of several inputs: read each, then commit all, or roll back. */
  startImport(): CatalogueImport;
  close(): void;
}

/**
 * Opens the catalogue, making it where there is none. @throws Failure "catalogue" where the file is none.
 * `drawPicture`: prepares the pictures of what is imported; in this thread by default. `background`: nothing but imports is
 * done in this thread, and they rest often, for others to have its processor.
 */
export function openCatalogue(options: {
  readonly path: string;
  readonly drawPicture?: DrawPicture;
  readonly background?: boolean;
}): Catalogue {
  const { path } = options;
  const database = openCatalogueDatabase(path);
  /** Written by `onEnd` and `start`. */
  const imports = new Set<CatalogueImport>();
  const start = () => {
    const session = startImport({
      path,
      drawPicture: options.drawPicture ?? drawHere,
      background: options.background ?? false,
      onEnd: () => imports.delete(session),
    });
    imports.add(session);
    return session;
  };
  /** Of a million rows, too, it delays no other program's commits. */
  const changed = <T>(change: (own: Database) => T) =>
    changeInParts({ path, background: options.background ?? false }, change).catch((error) => {
      throw explain(error);
    });
  return {
    dataSet: (locality, of) => readDataSet(database, locality, of),
    business(requested) {
      const locality = hasBusiness(database) ? findSuburb(requested) : null;
      if (locality === null) return {};
      const fields = Object.entries(readBusiness(database, locality)).filter(([, rows]) => rows.length > 0);
      return Object.fromEntries(
        fields.map(([kind, rows]) => [kind, rows.map(({ data }) => JSON.parse(data) as unknown)]),
      );
    },
    ...createKnown(database),
    ...createLocalityList(database),
    ...createLocalityRows(database),
    undo: (id) => changed((own) => undoImport(own, id)),
    remove: (removal, actor) => changed((own) => removeRows(own, removal, actor)),
    count: (removal) => countRows(database, removal),
    clear: (kind) => changed((own) => clearRows(own, kind)),
    maps: () => readMaps(database),
    saveMap: (name, document) => saveMap(database, name, document),
    deleteMap: (name) => deleteMap(database, name),
    imports: (limit) => readImports(database, limit),
    decisions: () => readDecisions(database),
    decide: (kind, ids, decision) => written(() => writeDecision(database, { kind, ids: [...ids], decision })),
    async upsert(kind, format, input, options) {
      const session = start();
      try {
        const result = await session.read(kind, format, input, options);
        await session.commit(options?.actor === undefined ? {} : { actor: options.actor });
        return result;
      } finally {
        session.rollback();
      }
    },
    startImport: start,
    close() {
      for (const session of [...imports]) session.rollback();
      database.close();
    },
  };
}

const drawHere: DrawPicture = (dataUri, use) => withPictures(() => preparePicture(dataUri, use));

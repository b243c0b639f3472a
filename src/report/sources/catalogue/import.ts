import type { Database } from "bun:sqlite";
import { rmSync } from "node:fs";
import { Failure } from "../../../failure.ts";
import { type PacedSync, paceSync } from "../../../host/files/paced-sync.ts";
import { messages } from "../messages.ts";
import { storeInParts } from "./commit.ts";
import { parseDocument } from "./document.ts";
import type { DrawPicture } from "./drawn-pictures.ts";
import { explain } from "./import-failures.ts";
import { type ImportFormat, type ImportInput, readJson, readRows, toChunks } from "./input.ts";
import type { InputRow } from "./input-row.ts";
import type { CatalogueKind } from "./kind-names.ts";
import { type CatalogueChanges, type ImportNote, mergeStaged } from "./merge.ts";
import { type PeopleByName, readPeople } from "./people.ts";
import { createSlices } from "./slices.ts";
import { type ImportOptions, type StageOptions, stageRows } from "./stage-rows.ts";
import { beginImmediate, markOf, openStaging, resetToMark, type StagingMark } from "./staging.ts";
import { FEED } from "./tables.ts";
import { undoImport } from "./undo.ts";

export interface ImportResult {
  /** Imported rows, by kind. */
  readonly rows: Partial<Readonly<Record<CatalogueKind, number>>>;
  /** What was ignored: columns and unknown fields. */
  readonly warnings: readonly string[];
}

/** Reads are staged in a file of their own and reach the catalogue in one transaction: all of them or none. */
export interface CatalogueImport {
  /**
   * Checks and stages rows of one kind. @throws Failure "bad_rows" as Catalogue.upsert, unless `skipBad`.
   */
  stage(
    kind: CatalogueKind,
    rows: AsyncIterable<InputRow> | Iterable<InputRow>,
    options?: StageOptions,
  ): Promise<{ readonly count: number; readonly warnings: readonly string[] }>;
  mark(): StagingMark;
  /** Drops what was staged since. */
  resetTo(mark: StagingMark): void;
  /** Agencies and agents, of the catalogue and staged. */
  people(): PeopleByName;
  /** Work to be done within the transaction, before what is staged is merged: it may stage more. */
  beforeMerge(work: () => Promise<void>): void;
  /** What feeds have reported of a listing, within `beforeMerge`; null where nothing. */
  feedListing(key: string): string | null;
  feedListingsOf(office: string): readonly (readonly [key: string, data: string])[];
  stageFeedListing(key: string, data: string): void;
  /** A removed row. */
  stageRemoval(kind: CatalogueKind, id: string): void;
  /** Rows of a kind that earlier imports of a file of this name brought and that are not staged go with the commit. */
  removeOthers(kind: CatalogueKind, file: string): void;
  /** The agencies of offices' codes. */
  offices(): ReadonlyMap<string, string>;
  /** Gives an office's code a name, when it is committed. */
  nameOffice(code: string, agency: string): void;
  /** What a commit would change, without one. @throws Failure "catalogue_busy". */
  preview(): Promise<CatalogueChanges>;
  /** @throws Failure as Catalogue.upsert; the other inputs are still as they were staged. */
  read(kind: CatalogueKind, format: ImportFormat, input: ImportInput, options?: ImportOptions): Promise<ImportResult>;
  /** Reads a whole DataSet document that names its suburb. @throws Failure "invalid_data_set" and as read. */
  readDocument(input: ImportInput, options?: ImportOptions): Promise<ImportResult>;
  /**
   * What is noted in the list of imports: who, and from which files.
   * @throws Failure "catalogue_busy" (transient) while another import is being written.
   */
  commit(note?: ImportNote): Promise<CatalogueChanges>;
  /** Forgets what was staged; nothing happens after a commit. */
  rollback(): void;
}

const WARNINGS_NAMED = 20;

interface StartOptions {
  readonly path: string;
  readonly drawPicture: DrawPicture;
  /** Nothing else is done in this thread: it rests often, for others to have its processor. */
  readonly background: boolean;
  readonly onEnd: () => void;
}

export function startImport({ drawPicture, ...options }: StartOptions): CatalogueImport {
  const staging = `${options.path}-import-${crypto.randomUUID()}`;
  const database = openStaging(options.path, staging);
  const staged = paceSync(staging, options);
  // An open file without a name goes away with the process, however that ends. Its journal stays open as long as it.
  if (process.platform !== "win32") for (const file of [staging, `${staging}-journal`]) rmSync(file, { force: true });
  const slice = createSlices({ background: options.background });
  const works: (() => Promise<void>)[] = [];
  let ended = false;
  const assertOpen = () => {
    if (ended) throw new Failure("catalogue_closed", messages.importEnded, { transient: true });
  };

  const stage = (
    kind: CatalogueKind,
    rows: AsyncIterable<InputRow> | Iterable<InputRow>,
    warn: (warning: string) => void,
    stageOptions: StageOptions,
  ) =>
    stageRows(
      { database, drawPicture, slice, pace: staged.pace, isOpen: () => !ended, assertOpen },
      kind,
      rows,
      warn,
      stageOptions,
    );

  /** Lets others have a turn where this one is over. */
  const turn = async () => {
    if (!slice.over()) return;
    await slice.next();
    assertOpen();
  };

  const rollback = () => {
    if (ended) return;
    ended = true;
    database.close();
    staged.close();
    rmSync(staging, { force: true });
    options.onEnd();
  };

  return {
    async read(kind, format, input, readOptions = {}) {
      assertOpen();
      const warnings = createWarnings();
      const rows = readRows(kind, format, input, warnings.add);
      const count = await stage(kind, rows, warnings.add, readOptions).catch((error) => {
        throw explain(error);
      });
      return { rows: { [kind]: count }, warnings: warnings.all() };
    },
    async readDocument(input, readOptions = {}) {
      assertOpen();
      const document = parseDocument(await readJson(toChunks(input)));
      const counts: Partial<Record<CatalogueKind, number>> = {};
      for (const { kind, rows } of document.parts) {
        const inputRows = rows.map((value) => ({ line: null, value }));
        counts[kind] = await stage(kind, inputRows, () => {}, { locality: document.locality, ...readOptions }).catch(
          (error) => {
            throw explain(error);
          },
        );
      }
      return { rows: counts, warnings: document.warnings };
    },
    async stage(kind, rows, stageOptions = {}) {
      assertOpen();
      const warnings = createWarnings();
      const count = await stage(kind, rows, warnings.add, stageOptions).catch((error) => {
        throw explain(error);
      });
      return { count, warnings: warnings.all() };
    },
    mark: () => {
      assertOpen();
      return markOf(database);
    },
    resetTo(mark) {
      assertOpen();
      resetToMark(database, mark);
    },
    people: () => {
      assertOpen();
      return readPeople(database);
    },
    beforeMerge: (work) => void works.push(work),
    feedListing(key) {
      const found = database.query(`SELECT data FROM main.${FEED} WHERE id = ?`).get(key) as { data: string } | null;
      return found?.data ?? null;
    },
    feedListingsOf: (office) =>
      (
        database
          .query(`SELECT id, data FROM main.${FEED} WHERE id LIKE ? ESCAPE '\\' ORDER BY id`)
          .all(`${office.replace(/[%_\\]/g, "\\$&")} %`) as {
          id: string;
          data: string;
        }[]
      ).map(({ id, data }) => [id, data] as const),
    stageFeedListing(key, data) {
      database.query(`INSERT INTO staging.${FEED} (id, data) VALUES (?, ?)`).run(key, data);
    },
    stageRemoval(kind, id) {
      database.query("INSERT INTO staging.removals (kind, id) VALUES (?, ?)").run(kind, id);
    },
    removeOthers: (kind, file) =>
      void works.push(async () => {
        database
          .query(
            `INSERT INTO staging.removals (kind, id)
             SELECT $kind, id FROM main.${kind}
              WHERE import_id IN (
                  SELECT imports.id FROM main.imports, json_each(imports.files) AS name
                   WHERE name.value = $file AND imports.undone_at IS NULL)
                AND id NOT IN (SELECT id FROM staging.${kind})`,
          )
          .run({ kind, file });
      }),
    offices: () =>
      new Map(
        (database.query("SELECT code, agency FROM main.offices").all() as { code: string; agency: string }[]).map(
          ({ code, agency }) => [code, agency] as const,
        ),
      ),
    nameOffice: (code, agency) =>
      void works.push(async () => {
        database.query("INSERT OR REPLACE INTO main.offices (code, agency) VALUES (?, ?)").run(code, agency);
      }),
    async preview() {
      assertOpen();
      try {
        await beginImmediate(database);
        for (const work of works) await work();
        return await mergeStaged(database, {}, () => turn());
      } catch (error) {
        throw explain(error);
      } finally {
        if (!ended && database.inTransaction) database.run("ROLLBACK");
      }
    },
    async commit(note = {}) {
      assertOpen();
      let log: PacedSync | null = null;
      let committed: CatalogueChanges | null = null;
      try {
        await beginImmediate(database);
        const wal = paceSync(`${options.path}-wal`, options);
        log = wal;
        for (const work of works) await work();
        const changes = await mergeStaged(database, note, async () => {
          await turn();
          await wal.pace();
          assertOpen();
        });
        database.run("COMMIT");
        committed = changes;
        await storeInParts(database, { ...options, log, isOpen: () => !ended });
        return changes;
      } catch (error) {
        if (!ended && database.inTransaction) database.run("ROLLBACK");
        if (!ended && committed !== null) rollBack(database, committed);
        throw explain(error);
      } finally {
        log?.close();
        rollback();
      }
    },
    rollback,
  };
}

/** Undoes what was committed and may not be on the disk; another import of the file finds the same rows. */
function rollBack(database: Database, { id }: CatalogueChanges): void {
  try {
    if (id !== null) undoImport(database, id);
  } catch {
    // The disk does not take that either.
  }
}

/** What concerns a million rows is reported once, and for no more than 20 things. */
function createWarnings() {
  const reported = new Set<string>();
  return {
    add(warning: string) {
      if (reported.size < WARNINGS_NAMED) reported.add(warning);
    },
    all: (): readonly string[] => [...reported],
  };
}

import type { Database } from "bun:sqlite";
import { rmSync } from "node:fs";
import { open } from "node:fs/promises";
import { asFailure, Failure } from "../../../failure.ts";
import { PATTERN } from "../../patterns.ts";
import type { PictureUse, PreparedPicture } from "../../picture.ts";
import { openCatalogueDatabase } from "./database.ts";
import { parseDocument } from "./document.ts";
import { type ImportFormat, type ImportInput, readJson, readRows, toChunks } from "./input.ts";
import type { InputRow } from "./input-row.ts";
import type { RowPlace } from "./kinds.ts";
import { CATALOGUE_KINDS, type CatalogueKind } from "./kinds.ts";
import { type Changes, type ImportNote, mergeStaged } from "./merge.ts";
import { type KnownPeople, readPeople } from "./people.ts";
import { createRowReader, type StoredRow } from "./row.ts";
import { COLUMNS, FEED, tableDefinition } from "./tables.ts";

/** A row that cannot be taken in. */
export interface BadRow {
  readonly kind: CatalogueKind;
  /** The line it begins on, from 1; null in a JSON document. */
  readonly line: number | null;
  /** Which row it is, from 1, not counting a header. */
  readonly row: number;
  readonly reason: string;
}

export interface ImportOptions {
  readonly onBadRow?: (row: BadRow) => void;
  /** The place of rows that name none. */
  readonly place?: RowPlace;
  readonly signal?: AbortSignal;
  /** Whom the list of imports names; "operator" unless told. */
  readonly actor?: string;
}

export interface ImportResult {
  /** Rows taken in, by kind. */
  readonly rows: Partial<Readonly<Record<CatalogueKind, number>>>;
  /** What was ignored: columns and fields nobody knows. */
  readonly warnings: readonly string[];
}

export interface StageOptions extends ImportOptions {
  /** Leaves bad rows out in the place of refusing all. */
  readonly skipBad?: boolean;
  /** Told of each row as it will be stored. */
  readonly onRow?: (row: StoredRow) => void;
}

/** How far the staging was. */
export type StagingMark = Readonly<Record<CatalogueKind, number>>;

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
  people(): KnownPeople;
  /** Work to be done within the transaction, before what is staged is merged: it may stage more. */
  beforeMerge(work: () => Promise<void>): void;
  /** What feeds have said of a listing, within `beforeMerge`; null where nothing. */
  feedListing(key: string): string | null;
  feedListingsOf(office: string): readonly (readonly [key: string, data: string])[];
  stageFeedListing(key: string, data: string): void;
  /** A row that is no more. */
  stageRemoval(kind: CatalogueKind, id: string): void;
  /** The agencies of offices' codes. */
  offices(): ReadonlyMap<string, string>;
  /** Gives an office's code a name, when it is committed. */
  nameOffice(code: string, agency: string): void;
  /** What a commit would change, without one. @throws Failure "catalogue_busy". */
  preview(): Promise<Changes>;
  /** @throws Failure as Catalogue.upsert; the other inputs are still as they were staged. */
  read(kind: CatalogueKind, format: ImportFormat, input: ImportInput, options?: ImportOptions): Promise<ImportResult>;
  /** Reads a whole DataSet document that names its suburb. @throws Failure "invalid_data_set" and as read. */
  readDocument(input: ImportInput, options?: ImportOptions): Promise<ImportResult>;
  /**
   * What is noted in the list of imports: who, and from which files.
   * @throws Failure "catalogue_busy" (transient) while another import is being written.
   */
  commit(note?: ImportNote): Promise<Changes>;
  /** Forgets what was staged; nothing happens after a commit. */
  rollback(): void;
}

/** Rows written to the catalogue between two looks at the event loop. */
const CHUNK_ROWS = 500;
const SLICE_MS = 8;
const BAD_ROWS_TOLD = 20;
const WARNINGS_TOLD = 20;
const BUSY_TRIES = 20;
const BUSY_WAIT_MS = 100;

const INSERT_STAGED = (kind: CatalogueKind) =>
  `INSERT INTO staging.${kind} VALUES (${COLUMNS.map(() => "?").join(", ")})`;

/** Prepares a picture, here or in a thread: it takes a tenth of a second and more. */
export type DrawPicture = (dataUri: string, use: PictureUse) => Promise<PreparedPicture>;

interface StartOptions {
  readonly path: string;
  readonly drawPicture: DrawPicture;
  readonly onEnd: () => void;
}

export function startImport({ drawPicture, ...options }: StartOptions): CatalogueImport {
  const staging = `${options.path}-import-${crypto.randomUUID()}`;
  const database = openStaging(options.path, staging);
  // An open file without a name goes away with the process, however that ends.
  if (process.platform !== "win32") rmSync(staging);
  const slice = createSlices();
  const works: (() => Promise<void>)[] = [];
  let ended = false;
  const assertOpen = () => {
    if (ended) throw new Failure("catalogue_closed", "the import was ended before it was done", { transient: true });
  };

  const stage = async (
    kind: CatalogueKind,
    rows: AsyncIterable<InputRow> | Iterable<InputRow>,
    warn: (warning: string) => void,
    { onBadRow, place, signal, skipBad = false, onRow }: StageOptions,
  ): Promise<number> => {
    const read = createRowReader(kind, place ?? null, warn);
    const insert = database.prepare(INSERT_STAGED(kind));
    const bad: BadRow[] = [];
    let badRows = 0;
    let count = 0;
    let waiting: StoredRow[] = [];
    const write = database.transaction((batch: readonly StoredRow[]) => {
      for (const row of batch) insert.run(...row);
    });
    try {
      for await (const { line, row: at, value, reason } of rows) {
        count++;
        const drawn = reason === undefined ? await withDrawnPictures(value, drawPicture) : { reason };
        const taken = "reason" in drawn ? drawn : read(drawn.value);
        if ("reason" in taken) {
          const row = { kind, line, row: at ?? count, reason: taken.reason };
          badRows++;
          if (skipBad) count--;
          if (bad.length < BAD_ROWS_TOLD) bad.push(row);
          onBadRow?.(row);
        } else if (badRows === 0 || skipBad) {
          for (const row of taken.rows) {
            onRow?.(row);
            waiting.push(row);
          }
        }
        if (waiting.length >= CHUNK_ROWS) {
          write(waiting);
          waiting = [];
        }
        if (slice.over()) {
          await slice.next();
          signal?.throwIfAborted();
          assertOpen();
        }
      }
      write(waiting);
    } finally {
      if (!ended) insert.finalize();
    }
    if (badRows > 0 && !skipBad) throw badRowsFailure(badRows, bad);
    return count;
  };

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
        counts[kind] = await stage(kind, inputRows, () => {}, { place: document.place, ...readOptions }).catch(
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
      for (const kind of CATALOGUE_KINDS) database.run(`DELETE FROM staging.${kind} WHERE rowid > ?`, [mark[kind]]);
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
      try {
        await beginImmediate(database);
        for (const work of works) await work();
        const changes = await mergeStaged(database, note, () => turn());
        // The commit waits for the disk; asked beforehand and off this thread, most of it is there by then.
        await syncFile(`${options.path}-wal`);
        assertOpen();
        database.run("COMMIT");
        return changes;
      } catch (error) {
        if (!ended && database.inTransaction) database.run("ROLLBACK");
        throw explain(error);
      } finally {
        rollback();
      }
    },
    rollback,
  };
}

function openStaging(path: string, staging: string): Database {
  const database = openCatalogueDatabase(path);
  database.run("PRAGMA busy_timeout = 0");
  database.run("PRAGMA cache_size = -32000");
  database.run(`ATTACH ${quote(staging)} AS staging`);
  database.run("PRAGMA staging.journal_mode = OFF");
  database.run("PRAGMA staging.synchronous = OFF");
  database.run("PRAGMA staging.locking_mode = EXCLUSIVE");
  for (const kind of [...CATALOGUE_KINDS, FEED]) database.run(`${tableDefinition(`staging.${kind}`)}) STRICT`);
  database.run("CREATE TABLE staging.removals (kind TEXT NOT NULL, id TEXT NOT NULL) STRICT");
  return database;
}

function markOf(database: Database): StagingMark {
  const last = (kind: CatalogueKind) =>
    (database.query(`SELECT max(rowid) AS last FROM staging.${kind}`).get() as { last: number | null }).last ?? 0;
  return Object.fromEntries(CATALOGUE_KINDS.map((kind) => [kind, last(kind)])) as StagingMark;
}

/** Waits a little for another import to end, without holding the thread meanwhile. */
async function beginImmediate(database: Database): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      database.run("BEGIN IMMEDIATE");
      return;
    } catch (error) {
      if (!isBusy(error)) throw error;
      if (attempt === BUSY_TRIES)
        throw new Failure("catalogue_busy", "another import is being written: try again when it is done", {
          transient: true,
          retryAfterMs: 5_000,
          cause: error,
        });
    }
    await Bun.sleep(BUSY_WAIT_MS);
  }
}

/** What is said about a million rows is said once, and not of more than 20 things. */
function createWarnings() {
  const said = new Set<string>();
  return {
    add(warning: string) {
      if (said.size < WARNINGS_TOLD) said.add(warning);
    },
    all: (): readonly string[] => [...said],
  };
}

interface Slices {
  /** True when this turn of the event loop has been used up. */
  over(): boolean;
  /** Lets everything else that waits have a turn. */
  next(): Promise<void>;
}

function createSlices(): Slices {
  let began = performance.now();
  return {
    over: () => performance.now() - began > SLICE_MS,
    async next() {
      await new Promise((resolve) => setImmediate(resolve));
      began = performance.now();
    },
  };
}

function badRowsFailure(count: number, rows: readonly BadRow[]): Failure {
  const [first] = rows;
  const where = first?.line ? `line ${first.line}` : `row ${first?.row}`;
  return new Failure(
    "bad_rows",
    `${count === 1 ? "one row" : `${count} rows`} cannot be taken in, so none was; the first: ${where}: ${first?.reason}`,
    { details: { count, rows: rows.map(({ line, row, reason }) => ({ line, row, reason })) } },
  );
}

/** What the database says, named: a full disk and a lock are worth another try. */
function explain(error: unknown): Failure {
  if (error instanceof Failure) return error;
  const { message } = asFailure(error);
  if (/disk is full|ENOSPC/i.test(message))
    return new Failure("disk_full", `the disk is full; nothing was imported: ${message}`, {
      transient: true,
      cause: error,
    });
  if (isBusy(error))
    return new Failure("catalogue_busy", "another import is being written: try again when it is done", {
      transient: true,
      cause: error,
    });
  return asFailure(error);
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && "code" in error && String(error.code).startsWith("SQLITE_BUSY");
}

async function syncFile(path: string): Promise<void> {
  const file = await open(path, "r+");
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** The row with its pictures as they are stored. What is no picture's data URI is left to the check of the row. */
async function withDrawnPictures(
  value: unknown,
  draw: DrawPicture,
): Promise<{ readonly value: unknown } | { readonly reason: string }> {
  if (typeof value !== "object" || value === null) return { value };
  const row = value as Readonly<Record<string, unknown>>;
  const drawn: Record<string, unknown> = {};
  for (const use of ["photo", "logo"] as const) {
    const given = row[use];
    if (typeof given !== "string" || !IS_PICTURE.test(given.trim())) continue;
    const picture = await draw(given.trim(), use);
    if ("problem" in picture) return { reason: `${use} ${picture.problem}` };
    drawn[use] = picture.picture;
  }
  return { value: Object.keys(drawn).length === 0 ? value : { ...row, ...drawn } };
}

const IS_PICTURE = new RegExp(PATTERN.picture);

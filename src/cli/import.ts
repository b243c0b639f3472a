import { createReadStream } from "node:fs";
import { basename, join, resolve } from "node:path";
import { asFailure, Failure } from "../failure.ts";
import { makePrivateFolder } from "../host/private-folder.ts";
import {
  type BadRow,
  CATALOGUE_KINDS,
  type CatalogueImport,
  type CatalogueKind,
  type ImportFormat,
  type ImportInput,
  type ImportResult,
  openCatalogue,
} from "../report/sources/catalogue.ts";

export interface ImportFilesOptions {
  readonly dataDir: string;
  /** Paths; "-" is standard input. */
  readonly files: readonly string[];
  /** The kind of rows; else taken from each file's name. */
  readonly kind?: string;
  /** One object with what is known of each file, in the place of the lines for people. */
  readonly json?: boolean;
  readonly out: (line: string) => void;
  readonly err: (line: string) => void;
  readonly stdin?: ImportInput;
}

/**
 * Fills the catalogue: all files or none. Prints what each holds and every bad row as `FILE:LINE: reason`. Answers the
 * exit code: 0 done, 1 something is wrong with the files and nothing was imported.
 * @throws Failure "usage" when it cannot know what a file holds.
 */
export async function importFiles(options: ImportFilesOptions): Promise<number> {
  const { dataDir, files, out, err, json = false } = options;
  const told: unknown[] = [];
  const end = (imported: boolean) => {
    if (json) out(JSON.stringify({ imported, files: told }));
    return imported ? 0 : 1;
  };
  const plans = files.map((file) => plan(file, options.kind));
  await makePrivateFolder(dataDir);
  const catalogue = openCatalogue({ path: join(dataDir, "catalogue.db") });
  const session = catalogue.startImport();
  try {
    let failed = false;
    for (const each of plans) {
      const badRows: BadRow[] = [];
      try {
        const result = await readFile(session, each, options, badRows);
        told.push({ file: each.file, rows: result.rows, warnings: result.warnings, error: null, bad_rows: [] });
        if (!json) out(`${each.file}: ${describe(result)}`);
        for (const warning of result.warnings) err(`${each.file}: ${warning}`);
      } catch (error) {
        failed = true;
        const failure = asFailure(error);
        told.push({ file: each.file, rows: {}, warnings: [], error: failure.message, bad_rows: badRows });
        // Bad rows have been printed one by one.
        if (failure.code !== "bad_rows") err(`${each.file}:${lineOf(failure)} ${failure.message}`);
      }
    }
    if (failed) {
      err("nothing was imported: correct what is named above and import again");
      return end(false);
    }
    await session.commit();
    if (!json) out(`imported into the catalogue of ${resolve(dataDir)}`);
    return end(true);
  } finally {
    session.rollback();
    catalogue.close();
  }
}

interface Plan {
  readonly file: string;
  /** Null for a whole data set, which says itself what it holds. */
  readonly kind: CatalogueKind | null;
  /** Null where neither name nor call says it: the first character does. */
  readonly format: ImportFormat | null;
}

function plan(file: string, kind: string | undefined): Plan {
  const name = file === "-" ? "" : basename(file).toLowerCase();
  const extension = /\.(csv|ndjson|jsonl|json)$/.exec(name)?.[1];
  const format = extension === "jsonl" ? "ndjson" : ((extension as ImportFormat | undefined) ?? null);
  if (kind !== undefined && !isKind(kind))
    throw new Failure("usage", `--kind ${kind} is unknown: give one of ${CATALOGUE_KINDS.join(", ")}`);
  const words = `_${name.replace(/[^a-z]+/g, "_")}_`;
  const named = CATALOGUE_KINDS.find((each) => words.includes(`_${each}_`));
  if (kind !== undefined || named !== undefined) return { file, kind: kind ?? named ?? null, format };
  if (format === "json" || file === "-") return { file, kind: null, format };
  throw new Failure(
    "usage",
    `what does ${file} hold? Name it after its rows, such as sales.csv, or give --kind with one of ${CATALOGUE_KINDS.join(", ")}`,
  );
}

async function readFile(
  session: CatalogueImport,
  { file, kind, format }: Plan,
  options: ImportFilesOptions,
  badRows: BadRow[],
): Promise<ImportResult> {
  const { input, first } = await peek(open(file, options));
  const actual = format ?? (kind === null && first === "{" ? "json" : guess(first));
  if (kind === null && actual !== "json")
    throw new Failure("usage", `what does ${file} hold? Give --kind with one of ${CATALOGUE_KINDS.join(", ")}`);
  const onBadRow = (bad: BadRow) => {
    badRows.push(bad);
    options.err(`${file}:${bad.line ?? `row ${bad.row}`}: ${bad.reason}`);
  };
  // A document that begins as an object is a whole data set, whatever its name.
  if (kind === null || (actual === "json" && first === "{")) return session.readDocument(input, { onBadRow });
  return session.read(kind, actual, input, { onBadRow });
}

function open(file: string, { stdin }: ImportFilesOptions): AsyncIterable<Uint8Array> {
  if (file !== "-") return readable(file);
  return stdin === undefined ? Bun.stdin.stream() : (stdin as AsyncIterable<Uint8Array>);
}

async function* readable(file: string): AsyncGenerator<Uint8Array> {
  try {
    yield* createReadStream(file, { highWaterMark: 262_144 });
  } catch (error) {
    const { message } = asFailure(error);
    throw new Failure("unreadable", `the file cannot be read: ${message}`, { cause: error });
  }
}

/** The input with its first character that says something. */
async function peek(
  input: AsyncIterable<Uint8Array>,
): Promise<{ readonly input: ImportInput; readonly first: string }> {
  const iterator = input[Symbol.asyncIterator]();
  const head: Uint8Array[] = [];
  let first = "";
  while (first === "") {
    const { done, value } = await iterator.next();
    if (done) break;
    head.push(value);
    first = new TextDecoder().decode(value).trimStart().charAt(0);
  }
  async function* whole(): AsyncGenerator<Uint8Array> {
    yield* head;
    for (let next = await iterator.next(); !next.done; next = await iterator.next()) yield next.value;
  }
  return { input: whole(), first };
}

/** "[" begins a JSON list, "{" a row of NDJSON or a JSON document; anything else is CSV. */
function guess(first: string): ImportFormat {
  if (first === "[") return "json";
  return first === "{" ? "ndjson" : "csv";
}

function describe({ rows }: ImportResult): string {
  const parts = Object.entries(rows).flatMap(([kind, n]) => (n > 0 ? [`${n} ${kind}`] : []));
  return parts.length > 0 ? parts.join(", ") : "no rows";
}

function lineOf({ options }: Failure): string {
  const line = options.details?.line;
  return typeof line === "number" ? `${line}:` : "";
}

function isKind(kind: string): kind is CatalogueKind {
  return (CATALOGUE_KINDS as readonly string[]).includes(kind);
}

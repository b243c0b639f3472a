import { Database, SQLiteError } from "bun:sqlite";
import { existsSync } from "node:fs";
import { Failure } from "../failure.ts";
import { csvNumber, csvText } from "../text/csv.ts";
import { messages } from "./messages.ts";
import { table } from "./table.ts";

export interface SqlOptions {
  /** The database's file. */
  readonly path: string;
  /** One statement or several. */
  readonly sql: string;
  /** Else nothing can be changed. */
  readonly write: boolean;
  readonly format: "table" | "json" | "csv";
  readonly out: (line: string) => void;
  readonly err: (line: string) => void;
}

type SqlValue = string | number | bigint | Uint8Array | null;

/** How long another program's transaction is waited for. */
const BUSY_MS = 5_000;

/**
 * Runs statements on a database of the data folder with this program's SQLite, which is new enough to write beside the
 * service (3.7.0 to 3.51.2 are not), and prints their results.
 * @throws Failure "no_database", "read_only" or "sql".
 */
export function runSql({ path, sql, write, format, out, err }: SqlOptions): void {
  if (!existsSync(path)) throw new Failure("no_database", messages.noDatabase(path));
  const db = new Database(path, { readonly: !write, readwrite: write, create: false, safeIntegers: true });
  try {
    db.run(`PRAGMA busy_timeout = ${BUSY_MS}`);
    // As in the service: the triggers that allow only legal changes are written for these.
    db.run("PRAGMA foreign_keys = ON");
    db.run("PRAGMA recursive_triggers = OFF");
    for (let rest = trimmed(sql); rest !== ""; ) rest = trimmed(rest.slice(runNext(db, rest, { format, out, err })));
  } catch (error) {
    throw explain(error);
  } finally {
    db.close();
  }
}

/** Runs the first statement; returns its length. */
function runNext(db: Database, sql: string, { format, out, err }: Pick<SqlOptions, "format" | "out" | "err">): number {
  const statement = db.prepare<unknown, []>(sql);
  try {
    if (statement.paramsCount > 0) throw new Failure("sql", messages.sqlParameter);
    // SQLite records the text it has read, which is how a statement's end is found without reading SQL here.
    const { length } = statement.toString();
    if (statement.columnNames.length > 0) {
      printRows(statement.columnNames, statement.values() as SqlValue[][], format, out);
    } else {
      const { changes } = statement.run();
      if (/^\s*(insert|update|delete|replace|with)\b/i.test(sql))
        err(`${changes} ${changes === 1 ? "row" : "rows"} changed`);
    }
    return length;
  } finally {
    statement.finalize();
  }
}

function printRows(
  names: readonly string[],
  rows: readonly (readonly SqlValue[])[],
  format: SqlOptions["format"],
  out: SqlOptions["out"],
): void {
  switch (format) {
    case "json":
      out(
        JSON.stringify(
          rows.map((row) => Object.fromEntries(names.map((name, at) => [name, asJson(row[at] ?? null)]))),
          null,
          2,
        ),
      );
      return;
    case "csv":
      for (const row of [names, ...rows]) out(row.map(asCell).join(","));
      return;
    default:
      for (const line of table(
        names,
        rows.map((row) => row.map((value) => asText(value).replaceAll(/\s+/g, " "))),
      ))
        out(line);
  }
}

function asText(value: SqlValue): string {
  if (value === null) return "";
  return value instanceof Uint8Array ? `x'${Buffer.from(value).toString("hex")}'` : String(value);
}

/** What a number of JSON cannot represent is text. */
function asJson(value: SqlValue): string | number | null {
  if (typeof value === "bigint") {
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : String(value);
  }
  return value instanceof Uint8Array ? asText(value) : value;
}

function asCell(value: SqlValue): string {
  return typeof value === "number" || typeof value === "bigint" ? csvNumber(value) : csvText(asText(value));
}

/** Without the space, comments and semicolons before the first statement. */
function trimmed(sql: string): string {
  return sql.replace(/^(\s|;|--[^\n]*(\n|$)|\/\*[\s\S]*?(\*\/|$))+/, "");
}

function explain(error: unknown): unknown {
  if (!(error instanceof SQLiteError)) return error;
  const code = error.code ?? "";
  if (code.startsWith("SQLITE_READONLY"))
    return new Failure("read_only", messages.sqlReadOnly, {
      cause: error,
    });
  if (code.startsWith("SQLITE_BUSY"))
    return new Failure("sql", messages.sqlLocked, {
      cause: error,
    });
  return new Failure("sql", error.message, { cause: error });
}

import { Database } from "bun:sqlite";
import { existsSync, statSync } from "node:fs";
import { asFailure } from "../../failure.ts";
import { fileIdentityOf } from "../../host/files/file-identity.ts";
import { messages } from "../messages.ts";
import { copySign } from "./copied.ts";
import { isMade } from "./database.ts";
import { databaseFailure } from "./failures.ts";
import { type Holder, holdersOf } from "./holders.ts";
import { APPLICATION_ID, SCHEMA_VERSION } from "./migrations.ts";
import { missingFrom } from "./schema.ts";

/** What a check of the jobs' database found; nothing was changed. */
export interface Examination {
  readonly bytes: number;
  /** Of the write-ahead log beside it. */
  readonly walBytes: number;
  readonly ours: boolean;
  readonly schema: number;
  /** The one this binary writes. */
  readonly knownSchema: number;
  /** What is wrong with it, at most a few things; empty when it is sound. */
  readonly damage: readonly string[];
  /** Who else has it open; null where the system does not report it. */
  readonly holders: readonly Holder[] | null;
  /** The youngest time written in it. */
  readonly newest: string | null;
  /** The time of the oldest job. */
  readonly oldest: string | null;
  readonly jobs: Readonly<Record<string, number>>;
  /** Room in the file that nothing is in. */
  readonly freeBytes: number;
  /** Whether the service gives that back by itself. */
  readonly givesBack: boolean;
  /** Why it may be a copy, whose jobs another service works on; null if it is the one that was worked on. */
  readonly copied: string | null;
}

/**
 * Examines the jobs' database, whether a service works on it or not. `deep` checks every index entry as well, which
 * takes a while. Null when there is none yet.
 */
export function examineDatabase(path: string, { deep = false } = {}): Examination | null {
  if (!isMade(path)) return null;
  const about = {
    bytes: statSync(path).size,
    walBytes: existsSync(`${path}-wal`) ? statSync(`${path}-wal`).size : 0,
    knownSchema: SCHEMA_VERSION,
    holders: holdersOf(path),
  };
  const unknown = {
    ours: true,
    schema: 0,
    newest: null,
    oldest: null,
    jobs: {},
    freeBytes: 0,
    givesBack: true,
    copied: null,
  };
  let db: Database | undefined;
  try {
    db = new Database(path, { readonly: true });
    db.run("PRAGMA busy_timeout = 5000");
    const pragma = (name: string) => Object.values(db?.query(`PRAGMA ${name}`).get() as Record<string, number>)[0] ?? 0;
    const ours = pragma("application_id") === APPLICATION_ID;
    const schema = pragma("user_version");
    if (!ours || schema > SCHEMA_VERSION) return { ...about, ...unknown, ours, schema, damage: [] };
    const found = db.query(`PRAGMA ${deep ? "integrity_check" : "quick_check"}(5)`).values() as [string][];
    const damage = found.map(([text]) => text.replaceAll(/\s+/g, " ")).filter((text) => text !== "ok");
    const missing = missingFrom(db, schema);
    if (missing !== null) damage.push(messages.partMissing(missing));
    const { newest, oldest } = db
      .query("SELECT max(created_at) AS newest, min(created_at) AS oldest FROM jobs")
      .get() as { newest: string | null; oldest: string | null };
    const counts = db.query("SELECT status, count(*) FROM jobs GROUP BY status").values() as [string, number][];
    const room = { freeBytes: pragma("freelist_count") * pragma("page_size"), givesBack: pragma("auto_vacuum") === 2 };
    const copied = missing === null ? copySign(db, fileIdentityOf(path)) : null;
    return { ...about, ...room, copied, ours, schema, damage, newest, oldest, jobs: Object.fromEntries(counts) };
  } catch (error) {
    return { ...about, ...unknown, damage: [asFailure(databaseFailure(error)).message] };
  } finally {
    db?.close();
  }
}

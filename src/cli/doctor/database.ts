import { Database } from "bun:sqlite";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { rowsInWords } from "../../report/sources/catalogue.ts";
import type { Config } from "../../settings/config.ts";
import { type Finding, fail, ok, warn } from "./finding.ts";
import { messages } from "./messages.ts";

/** What the doctor reports about the jobs' database. */
export interface DatabaseFacts {
  readonly bytes: number;
  readonly walBytes: number;
  readonly ours: boolean;
  readonly schema: number;
  readonly knownSchema: number;
  readonly damage: readonly string[];
  readonly holders: readonly { readonly pid: number; readonly name: string }[] | null;
  readonly newest: string | null;
  readonly oldest: string | null;
  readonly jobs: Readonly<Record<string, number>>;
  /** Room in the file that nothing is in, and whether the service gives that back by itself. */
  readonly freeBytes: number;
  readonly givesBack: boolean;
  /** Why it may be a copy; null if it is the database that was worked on. */
  readonly copied: string | null;
}

/** The service empties its log when nothing happens, and limits it to 16 MB while something does. */
const MUCH_FREE_BYTES = 100_000_000;
const LARGE_LOG_BYTES = 200_000_000;

/** Whether the database is intact, has this binary's schema, and is open in no unexpected process. `service`: its pid. */
export function checkDatabase(facts: DatabaseFacts | null, service: number | null): readonly Finding[] {
  if (facts === null) return [ok("database", messages.databaseMissing)];
  const { ours, schema, knownSchema, damage, bytes, walBytes, jobs } = facts;
  if (!ours) return [fail("database", messages.foreignDatabase, messages.ownDataFolder)];
  if (schema > knownSchema) return [fail("database", messages.newerSchema(schema, knownSchema), messages.useNewer)];
  const findings: Finding[] = [];
  if (damage.length > 0) findings.push(fail("database", damage.join("; "), messages.restoreDatabase));
  else {
    if (facts.copied !== null) {
      const found = messages.mayBeCopy(facts.copied);
      findings.push(fail("data folder", found, messages.stopOther));
    }
    const counted = Object.entries(jobs).map(([status, n]) => `${n} ${status}`);
    const jobCounts = counted.length === 0 ? "no jobs yet" : counted.join(", ");
    findings.push(ok("database", `sound, ${(bytes / 1e6).toFixed(1)} MB: ${jobCounts}`));
    if (!facts.givesBack && facts.freeBytes > Math.max(MUCH_FREE_BYTES, bytes / 4))
      findings.push(
        warn(
          "free pages",
          messages.unusedSpace(Math.round(facts.freeBytes / 1e6)),
          "stop the service, then run: agentlink sql --write 'PRAGMA auto_vacuum = INCREMENTAL; VACUUM'",
        ),
      );
    findings.push(
      schema === knownSchema
        ? ok("schema", `version ${schema}`)
        : warn("schema", messages.olderSchema(schema, knownSchema), messages.backupFirst),
    );
  }
  findings.push(checkHolders(facts, service));
  if (walBytes > LARGE_LOG_BYTES)
    findings.push(warn("database log", messages.walLarge(Math.round(walBytes / 1e6)), messages.endReaders));
  return findings;
}

/**
 * Whether a program of this name is a service: a downloaded one is called agentlink-linux-x64, of which Linux shows 15
 * characters.
 */
export function isService(name: string): boolean {
  return name.startsWith("agentlink");
}

function checkHolders({ holders }: DatabaseFacts, service: number | null): Finding {
  if (holders === null) return ok("held open by", messages.openFilesUnknown);
  const others = holders.filter(({ pid, name }) => pid !== service && !isService(name));
  const shown = holders.map(({ pid, name }) => `${name} (${pid})`).join(", ");
  if (others.length > 0) return warn("held open by", shown, messages.shellReads);
  return ok("held open by", shown === "" ? messages.noProgramSeen : shown);
}

const COUNTS = ["sales", "listings", "agents"] as const;

/** Whether there is any data for a report. Reads only. */
export function checkData(config: Config): readonly Finding[] {
  const { dataDir, sourceUrl, domainKey, domainClientId } = config;
  const path = join(dataDir, "catalogue.db");
  const counts = existsSync(path) ? countsOf(path) : [];
  const shown = counts.filter(({ rows }) => rows > 0).map(({ kind, rows }) => rowsInWords(rows, kind));
  if (shown.length > 0) return [ok("data", shown.join(", "))];
  if (sourceUrl !== null || domainKey !== "" || domainClientId !== "") return [ok("data", messages.catalogueUnused)];
  return [warn("data", messages.noData, messages.addData)];
}

function countsOf(path: string): readonly { readonly kind: string; readonly rows: number }[] {
  const database = new Database(path, { readonly: true });
  try {
    return COUNTS.map((kind) => ({
      kind,
      rows: (database.query(`SELECT count(*) AS rows FROM ${kind}`).get() as { rows: number }).rows,
    }));
  } finally {
    database.close();
  }
}

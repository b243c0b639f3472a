import { type Finding, fail, ok, warn } from "./finding.ts";

/** What the doctor is told of the jobs' database. */
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
  /** What tells that it may be a copy; null where it is the one that was worked on. */
  readonly copied: string | null;
}

/** The service empties its log when nothing happens, and keeps it to 16 MB while something does. */
const MUCH_FREE_BYTES = 100_000_000;
const LARGE_LOG_BYTES = 200_000_000;

/** Whether the database is sound, of this binary's schema, and held by nobody who should not. `service`: the pid of it. */
export function checkDatabase(facts: DatabaseFacts | null, service: number | null): readonly Finding[] {
  if (facts === null) return [ok("database", "does not exist yet; the service creates it")];
  const { ours, schema, knownSchema, damage, bytes, walBytes, jobs } = facts;
  if (!ours)
    return [
      fail(
        "database",
        "agentlink.db belongs to another program",
        "give agentlink a data folder of its own: AGENTLINK_DATA_DIR",
      ),
    ];
  if (schema > knownSchema)
    return [
      fail(
        "database",
        `was written by a newer agentlink (schema ${schema}, this one knows ${knownSchema})`,
        "use the newer version: docs/upgrade.md",
      ),
    ];
  const findings: Finding[] = [];
  if (damage.length > 0)
    findings.push(
      fail(
        "database",
        damage.join("; "),
        "stop the service, keep the damaged files, and restore a backup: docs/operate.md",
      ),
    );
  else {
    if (facts.copied !== null) {
      const found = `may be a copy, so another service could deliver the same jobs: ${facts.copied}`;
      findings.push(
        fail("data folder", found, "stop the other service permanently, then run `agentlink queue resume` here"),
      );
    }
    const counted = Object.entries(jobs).map(([status, n]) => `${n} ${status}`);
    const kept = counted.length === 0 ? "no jobs yet" : counted.join(", ");
    findings.push(ok("database", `sound, ${(bytes / 1e6).toFixed(1)} MB: ${kept}`));
    if (!facts.givesBack && facts.freeBytes > Math.max(MUCH_FREE_BYTES, bytes / 4))
      findings.push(
        warn(
          "free pages",
          `${Math.round(facts.freeBytes / 1e6)} MB of agentlink.db are unused, and a database of this age does not shrink by itself`,
          "stop the service, then run: agentlink sql --write 'PRAGMA auto_vacuum = INCREMENTAL; VACUUM'",
        ),
      );
    findings.push(
      schema === knownSchema
        ? ok("schema", `version ${schema}`)
        : warn(
            "schema",
            `version ${schema}; the service brings it to ${knownSchema} at its next start`,
            "take a backup before: `agentlink backup FILE`",
          ),
    );
  }
  findings.push(checkHolders(facts, service));
  if (walBytes > LARGE_LOG_BYTES)
    findings.push(
      warn(
        "database log",
        `${Math.round(walBytes / 1e6)} MB: a program has had a read transaction open for too long`,
        "end the programs named above that are not the service",
      ),
    );
  return findings;
}

/** Whether a program of this name is a service: a downloaded one is called agentlink-linux-x64, of which Linux shows 15 characters. */
export function isService(name: string): boolean {
  return name.startsWith("agentlink");
}

function checkHolders({ holders }: DatabaseFacts, service: number | null): Finding {
  if (holders === null)
    return ok("held open by", "this system does not report open files open files open files open files open files");
  const others = holders.filter(({ pid, name }) => pid !== service && !isService(name));
  const shown = holders.map(({ pid, name }) => `${name} (${pid})`).join(", ");
  if (others.length > 0)
    return warn(
      "held open by",
      shown,
      "a shell with an open transaction prevents the service from truncating the log: close it. SQLite before 3.51.3 must not write while the service runs; `agentlink sql --write` can",
    );
  return ok("held open by", shown === "" ? "no program that this user can see" : shown);
}

import { Database } from "bun:sqlite";
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Config } from "../../settings/config.ts";
import { type Finding, ok, warn } from "./finding.ts";
import { messages } from "./messages.ts";

const DAY_MS = 86_400_000;
/** Older than that a backup is worth a warning. */
const OLD_BACKUP_MS = 7 * DAY_MS;
const EVERY_NIGHT = messages.backupNightly;

/** When the last backup was taken, and where to; null where none is on record. */
export interface LastBackup {
  readonly at: string;
  readonly to: string | null;
}

/** Whether what is stored here was copied recently; nothing is expected of a service that has no jobs older than a day. */
export function checkBackup(last: LastBackup | null, oldestJob: string | null, now: Date = new Date()): Finding {
  if (last === null) {
    const old = oldestJob !== null && now.getTime() - Date.parse(oldestJob) > DAY_MS;
    const none = messages.noBackup;
    return old ? warn("backup", none, EVERY_NIGHT) : ok("backup", `${none}: ${EVERY_NIGHT}`);
  }
  const days = Math.floor((now.getTime() - Date.parse(last.at)) / DAY_MS);
  const age = days < 1 ? "within a day" : days === 1 ? "1 day ago" : `${days} days ago`;
  const found = `the last ${age}, at ${last.at}${last.to === null ? "" : `, to ${last.to}`}`;
  return now.getTime() - Date.parse(last.at) > OLD_BACKUP_MS ? warn("backup", found, EVERY_NIGHT) : ok("backup", found);
}

/** The last one that `agentlink backup` took, of this host or of all. @throws Failure where Redis cannot be reached. */
export async function lastBackup({ dataDir, redisUrl, redisPrefix }: Config): Promise<LastBackup | null> {
  if (redisUrl !== null) {
    const { pageShared } = await import("../../storage/audit/command.ts");
    const filter = { actor: null, actions: ["backUp"], since: null, until: null, limit: 1, cursor: null };
    const [entry] = (await pageShared(redisUrl, redisPrefix, filter)).entries;
    return entry === undefined ? null : { at: entry.at, to: entry.detail };
  }
  const path = join(dataDir, "office.db");
  // Opening would make it.
  if (!existsSync(path)) return null;
  const db = new Database(path, { readonly: true });
  try {
    const isThere = db.query("SELECT 1 FROM sqlite_schema WHERE name = 'audit'").get() !== null;
    const found = isThere
      ? db.query("SELECT at, detail FROM audit WHERE action = 'backUp' ORDER BY id DESC LIMIT 1").get()
      : null;
    const { at, detail } = (found ?? {}) as { at?: string; detail?: string | null };
    return at === undefined ? null : { at, to: detail ?? null };
  } finally {
    db.close();
  }
}

import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Logger } from "pino";
import type { KeyRing } from "../access/keys/key.ts";
import { openKeys } from "../access/keys/keys.ts";
import { openSessionStore } from "../access/sessions/store.ts";
import { ownCallbackSecret } from "../delivery/callbacks/secret.ts";
import { Failure } from "../failure.ts";
import { fileIdentityOf } from "../host/files/file-identity.ts";
import { takeProcessName } from "../host/process-name.ts";
import { calendarOf, timeZoneOf } from "../host/time-zone.ts";
import { openSqliteQueue, type SqliteQueue } from "../queue/sqlite/queue.ts";
import type { BlockedLog } from "../queue/sqlite/upkeep.ts";
import type { Config } from "../settings/config.ts";
import { dayZone } from "../settings/settings.ts";
import { openLocalAudit } from "./audit/local.ts";
import { refuseHalfRestored } from "./backup/manifest.ts";
import { lostLog } from "./lost-keys.ts";
import { messages } from "./messages.ts";
import { openLocalRecords } from "./records/local.ts";
import { openReports } from "./reports/open.ts";
import type { Backend, OnRecovered } from "./storage.ts";

/** There is no other. */
const OWN_CLOCK = { persistence: async () => null, now: () => new Date(), clockAheadMs: () => 0 };

/** All in the data folder, for this process alone. @throws Failure that states what is wrong with it; nothing stays open. */
export async function openLocal(config: Config, log: Logger, onRecovered: OnRecovered): Promise<Backend> {
  refuseHalfRestored(config.dataDir);
  const path = join(config.dataDir, "agentlink.db");
  noticeLostJobs(config.dataDir, path, log);
  const zone = dayZone(config);
  let ring: KeyRing | null = null;
  const queue = openSqliteQueue({
    path,
    fileIdentity: () => fileIdentityOf(path),
    queueLimit: config.queueLimit,
    timeZone: timeZoneOf(zone),
    calendar: calendarOf(zone),
    clients: () => ring?.clients() ?? 0,
    onRecovered,
    onLogBlocked: blockedLog(log, path),
  });
  try {
    const giveNameBack = await refuseCopies(queue, log);
    const keys = openKeys({ path: join(config.dataDir, "keys.db"), onLost: lostLog(config, log) });
    ring = keys;
    const records = openLocalRecords({ path: join(config.dataDir, "office.db") });
    const audit = openLocalAudit({ path: join(config.dataDir, "office.db") });
    const sessions = openSessionStore({ path: join(config.dataDir, "sessions.db") });
    const close = async () => {
      giveNameBack();
      await queue.close();
      records.close();
      audit.close();
      sessions.close();
      keys.close();
    };
    const callbackSecretOf = async (client: string) => keys.callbackSecrets().get(client) ?? null;
    const callbackSecret = config.callbackSecret ?? (await localSecret(config, log));
    return {
      queue,
      keys,
      keyStore: keys,
      sessions,
      records,
      audit,
      reports: openReports(config),
      callbackSecret,
      callbackSecretOf,
      ...OWN_CLOCK,
      close,
    };
  } catch (error) {
    await queue.close();
    throw error;
  }
}

/**
 * Finds out whether a process of this machine works on a copy of the database, wherever that is: the one that comes later
 * is paused. Reports the pause. Returns what is to be done when the database is closed.
 */
async function refuseCopies({ copies }: Pick<SqliteQueue, "copies">, log: Logger): Promise<() => void> {
  // A paused service claims nothing: the other one may start again, and continues.
  const taken = copies.pause() === null ? await takeProcessName(`agentlink ${copies.databaseId}`) : () => {};
  if (taken === null) copies.pauseFor(messages.otherService);
  const pause = copies.pause();
  if (pause !== null) log.error({ paused: "data_folder_copied" }, pause.reason);
  return taken ?? (() => {});
}

async function localSecret(config: Config, log: Logger): Promise<string> {
  const path = join(config.dataDir, "callback.secret");
  const { secret, made } = await ownCallbackSecret(path);
  if (made) log.info({ path }, messages.secretCreated);
  return secret;
}

function blockedLog(log: Logger, path: string) {
  return ({ bytes, holders }: BlockedLog) => {
    const who = holders?.map(({ name, pid }) => `${name} (${pid})`).join(", ") || messages.hiddenProcess;
    const size = `${Math.ceil(bytes / 1e6)} MB`;
    log.warn({ bytes, holders }, messages.walGrown(path, size, who));
  };
}

/**
 * Notices a data folder that has lost its jobs. An empty file, which a crashed disk leaves of a database, would be taken
 * for a first start that did not end; but where PDFs of jobs are stored it is none.
 * @throws Failure "database_damaged" for an empty file. A missing one may have been deleted on purpose: it is logged.
 */
function noticeLostJobs(dataDir: string, path: string, log: Logger): void {
  const isThere = existsSync(path);
  if ((isThere && statSync(path).size > 0) || !hasReports(dataDir)) return;
  if (isThere) throw new Failure("database_damaged", messages.databaseEmptied(path));
  log.error({ path }, messages.databaseGone(path));
}

function hasReports(dataDir: string): boolean {
  const reports = join(dataDir, "reports");
  if (!existsSync(reports)) return false;
  return readdirSync(reports, { recursive: true }).some((name) => String(name).endsWith(".pdf"));
}

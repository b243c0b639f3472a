/*
 * Checks what an operator would check: machine, folders, database, Redis, keys, targets, backups, the running service.
 * Each check returns findings: what was found, and what to do about it.
 * Not here: repairs: the doctor names the remedy and leaves it to the operator.
 */

import { join } from "node:path";
import type { ApiOverview } from "../../client/client.ts";
import { asFailure } from "../../failure.ts";
import { plural } from "../../report/wording.ts";
import type { Config } from "../../settings/config.ts";
import { readConfig, settings } from "../../settings/settings.ts";
import { clockOf } from "../clock.ts";
import type { DataFolderNotes } from "../data-folder.ts";
import { EXIT } from "../exit.ts";
import type { Flags } from "../flags.ts";
import { serviceUrl } from "../service-url.ts";
import { checkCallbackSecret, checkKeys } from "./access.ts";
import { checkBackup, lastBackup } from "./backup.ts";
import { checkDataFolder } from "./data-folder.ts";
import { checkData, checkDatabase, type DatabaseFacts, isService } from "./database.ts";
import { type Finding, fail, ok } from "./finding.ts";
import { checkClock, checkDescriptors, checkMemory } from "./machine.ts";
import { messages } from "./messages.ts";
import { checkOldClient } from "./old-client.ts";
import { checkDeliveries, checkDomain, checkNotify, checkService, checkSource } from "./reach.ts";
import { checkWork, workFindings } from "./work.ts";

export interface DoctorOptions {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly flags: Flags;
  readonly version: string;
  /** Check every entry of the database's indexes, too. */
  readonly deep: boolean;
  /** Send no request outside this machine. */
  readonly offline: boolean;
  /** A file with requests of the old service's clients: what they would give is all that is examined. */
  readonly oldClient?: string;
  /** How the work of the service goes, where the service itself would check. */
  readonly overview?: ApiOverview;
  readonly json: boolean;
  readonly examine: (database: string, options: { readonly deep: boolean }) => Promise<DatabaseFacts | null>;
  readonly inUse: DataFolderNotes["inUse"];
  readonly out: (line: string) => void;
}

/** Checks everything an operator would, and names the remedies. Returns the exit code: 1 where something fails. */
export async function doctor(options: DoctorOptions): Promise<number> {
  const findings: Finding[] = [];
  for await (const finding of examineAll(options)) {
    findings.push(finding);
    if (!options.json) for (const line of describe(finding)) options.out(line);
  }
  const count = (state: Finding["state"]) => findings.filter((finding) => finding.state === state).length;
  const [warnings, failures] = [count("warn"), count("fail")];
  if (options.json) options.out(JSON.stringify({ ok: failures === 0, warnings, failures, findings }, null, 2));
  else options.out(summary(warnings, failures));
  return failures === 0 ? EXIT.done : EXIT.failed;
}

async function* examineAll({
  environment,
  flags,
  version,
  deep,
  offline,
  oldClient,
  overview,
  examine,
  inUse,
}: DoctorOptions): AsyncGenerator<Finding> {
  const read = readSettings(environment, flags);
  yield* read.findings;
  const { config } = read;
  if (config === null) return;
  if (oldClient !== undefined) return yield* checkOldClient(oldClient, config.dataDir);
  yield* await checked("data folder", () => checkDataFolder(config.dataDir));
  yield* config.redisUrl === null ? examineLocal(config, { deep, examine }) : examineShared(config, config.redisUrl);
  yield* await checked("data", () => checkData(config));
  yield* await checked("notify", () => checkNotify(config));
  yield* await checked("memory", () => checkMemory(config));
  const [service, ...folder] = await checked("service", () => checkService(config, version, inUse));
  yield* folder;
  if (service === undefined) return;
  yield service;
  if (overview !== undefined) yield* workFindings(overview, clockOf(config));
  else yield* await checked("work", () => checkWork(serviceUrl(config), config.key, clockOf(config)));
  if (offline) return;
  yield* await checked("delivery", () => checkDeliveries(config));
  yield* await checked("source", () => checkSource(config));
  yield* await checked("domain", () => checkDomain(config));
}

/** What the data folder stores for this host alone. */
async function* examineLocal(config: Config, { deep, examine }: Pick<DoctorOptions, "deep" | "examine">) {
  let facts: DatabaseFacts | null = null;
  yield* await checked("database", async () => {
    facts = await examine(join(config.dataDir, "agentlink.db"), { deep });
    return checkDatabase(facts, null);
  });
  const { holders = null, newest = null, oldest = null } = (facts as DatabaseFacts | null) ?? {};
  const service = holders?.find(({ name }) => isService(name))?.pid ?? null;
  yield* await checked("backup", async () => checkBackup(await lastBackup(config), oldest));
  yield* await checked("clock", () => checkClock(newest));
  yield* await checked("open files", () => checkDescriptors(service));
  yield* await checked("keys", () => checkKeys(config));
  yield* await checked("callback secret", () => checkCallbackSecret(config));
}

/** Jobs, keys and secret are in Redis, for all hosts. */
async function* examineShared(config: Config, url: string) {
  const { checkRedis } = await import("./redis.ts");
  yield* await checked("redis", () => checkRedis(url, config.redisDurable));
  yield* await checked("clock", () => checkClock(null));
  yield* await checked("open files", () => checkDescriptors(null));
}

function readSettings(
  environment: DoctorOptions["environment"],
  flags: Flags,
): { readonly config: Config | null; readonly findings: readonly Finding[] } {
  try {
    const config = readConfig(environment, flags);
    const set = settings.filter(({ key, variable }) => flags[key] !== undefined || environment[variable] !== undefined);
    return {
      config,
      findings: [ok("settings", messages.settingsSet(set.length, settings.length))],
    };
  } catch (error) {
    const findings = asFailure(error)
      .message.split("\n")
      .map((line) => fail("settings", line, messages.correctSetting));
    return { config: null, findings };
  }
}

/** What a check finds, or that it could not be taken. */
async function checked(
  what: string,
  check: () => Finding | readonly Finding[] | Promise<Finding | readonly Finding[]>,
): Promise<readonly Finding[]> {
  try {
    return [await check()].flat();
  } catch (error) {
    return [fail(what, asFailure(error).message, messages.fixAndRerun)];
  }
}

function describe({ state, what, found, advice }: Finding): readonly string[] {
  const first = `${state.padEnd(6)}${what.padEnd(20)}${found}`;
  return advice === undefined ? [first] : [first, `${" ".repeat(26)}→ ${advice}`];
}

function summary(warnings: number, failures: number): string {
  if (failures > 0) return `${plural(failures, "failure")}, ${plural(warnings, "warning")}`;
  return warnings > 0 ? `${plural(warnings, "warning")}, no check failed` : "all checks passed";
}

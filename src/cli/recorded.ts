import { chownSync, existsSync, readFileSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import type { Command } from "commander";
import { asFailure } from "../failure.ts";
import type { Config } from "../settings/config.ts";
import type { Act } from "../storage/audit/audit.ts";
import { configure, DELIVERS_NOTHING, type Flags } from "./flags.ts";
import { messages } from "./messages.ts";

type Options = Readonly<Record<string, unknown>>;

interface RecordedCommand {
  readonly action: string;
  /** What it was done to; null where the command did nothing. */
  readonly subject: (words: readonly string[], options: Options) => string | null;
  readonly detail?: (words: readonly string[], options: Options) => string | null;
}

const words = (given: readonly string[]) => given.flat().join(" ");
const unlessDry = (given: readonly string[], { dryRun }: Options) => (dryRun === true ? null : words(given));

/** The commands that change something without a service, by their words; the others call it, and it records them. */
const COMMANDS: Readonly<Record<string, RecordedCommand>> = {
  "keys create": {
    action: "createKey",
    subject: (_, { name }) => String(name),
    detail: (_, { scope, rate, quota }) => [scope, rate, quota].filter((each) => each !== undefined).join(", "),
  },
  "keys quota": { action: "changeKey", subject: ([key = ""]) => key, detail: ([, quota = ""]) => quota },
  "keys revoke": { action: "revokeKey", subject: words },
  "keys callback-secret": {
    action: "rotateCallbackSecret",
    subject: (given, { rotate }) => (rotate === true ? words(given) : null),
  },
  backup: { action: "backUp", subject: () => "data folder", detail: words },
  restore: { action: "restore", subject: () => "data folder", detail: (given) => `from ${words(given)}` },
  migrate: { action: "migrate", subject: (_, { to }) => `to ${to}` },
  import: {
    action: "importFile",
    subject: (given, options) =>
      unlessDry(
        given.map((file) => basename(file)),
        options,
      ),
  },
  "people merge": { action: "decidePeople", subject: words, detail: () => "now one entry" },
  "people split": { action: "decidePeople", subject: words, detail: () => "now two entries" },
  "people forget": { action: "decidePeople", subject: words, detail: () => messages.rulesDecide },
  "catalogue undo": { action: "undoCatalogueImport", subject: (given) => words(given) || "the latest import" },
  "catalogue remove": { action: "removeCatalogueRow", subject: unlessDry },
  "catalogue clear": {
    action: "clearCatalogue",
    subject: (_, { dryRun, kind }) => (dryRun === true ? null : String(kind ?? "all")),
  },
  "catalogue office": { action: "nameOffice", subject: words },
  "catalogue map": { action: "saveCatalogueMap", subject: (given) => given[0] ?? "" },
  sql: {
    action: "writeDatabase",
    subject: (_, { write, database }) => (write === true ? String(database) : null),
    detail: words,
  },
};

/**
 * Has a command that has just been done in the audit list, of this host or of all. Where the list cannot be written, the
 * command is done all the same, and `err` prints that.
 */
export async function recordCommand(command: Command, err: (line: string) => void): Promise<void> {
  const recorded = COMMANDS[nameOf(command)];
  if (recorded === undefined || process.exitCode === 1) return;
  const options = command.opts() as Options;
  const given = command.processedArgs.flat().filter((each) => typeof each === "string");
  const subject = recorded.subject(given, options);
  if (subject === null) return;
  const act: Act = {
    actor: `${userName()} (command line)`,
    keyId: null,
    action: recorded.action,
    subject,
    detail: recorded.detail?.(given, options) ?? null,
  };
  try {
    const { dataDir, redisUrl, redisPrefix }: Flags = options;
    const flags = Object.fromEntries(
      Object.entries({ dataDir, redisUrl, redisPrefix }).filter(([, value]) => value !== undefined),
    );
    await record(configure({ ...DELIVERS_NOTHING, ...flags }), act);
  } catch (error) {
    err(messages.notAudited(asFailure(error).message));
  }
}

/**
 * Whose process this is. `userInfo` takes the name from the environment, which a service and a timer need not have, and
 * throws where there is no home, as in the image.
 */
function userName(): string {
  const uid = process.getuid?.();
  if (uid === undefined) return process.env.USERNAME ?? "operator";
  try {
    const lines = readFileSync("/etc/passwd", "utf8").split("\n");
    return lines.map((line) => line.split(":")).find(([, , id]) => Number(id) === uid)?.[0] ?? `user ${uid}`;
  } catch {
    return `user ${uid}`;
  }
}

function nameOf(command: Command): string {
  const names: string[] = [];
  for (let each: Command | null = command; each?.parent; each = each.parent) names.unshift(each.name());
  return names.join(" ");
}

async function record({ dataDir, redisUrl, redisPrefix }: Config, act: Act): Promise<void> {
  if (redisUrl !== null) {
    // Loaded when it is called for: it brings with it all that speaks to Redis.
    const { recordShared } = await import("../storage/audit/command.ts");
    return recordShared(redisUrl, redisPrefix, act);
  }
  if (!existsSync(dataDir)) return;
  process.umask(0o077);
  const { openLocalAudit } = await import("../storage/audit/local.ts");
  const path = join(dataDir, "office.db");
  const isNew = !existsSync(path);
  const audit = openLocalAudit({ path });
  try {
    await audit.record(act);
    const { uid, gid } = statSync(dataDir);
    // A file made by root would lock out the service, whose folder it is.
    if (isNew && process.getuid?.() === 0 && uid !== 0)
      for (const file of [path, `${path}-wal`, `${path}-shm`]) if (existsSync(file)) chownSync(file, uid, gid);
  } finally {
    audit.close();
  }
}

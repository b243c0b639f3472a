import { Failure } from "../failure.ts";
import { describeAddress, type RedisAddress } from "./address.ts";
import { messages } from "./messages.ts";
import type { RedisClient } from "./redis.ts";

/** How a post is known to be on the disk before its response: by WAITAOF, or because Redis responds only afterwards. */
export type Durability = "waitaof" | "always" | "none";

export interface ServerCheck {
  readonly durability: Durability;
  /** What an operator should know: nothing is refused for it. */
  readonly warnings: readonly string[];
}

/** Scripts with flags came with 7.0; WAITAOF with Redis 7.2, and with Valkey's first. */
const OLDEST = [7, 0] as const;
const WAITAOF_SINCE = [7, 2] as const;

/**
 * Checks whether this server can store jobs.
 * @throws Failure "redis" that states what to change: a version that is too old, one that may evict jobs, or, where
 *   `durable`, one that may lose what it confirmed.
 */
export async function checkServer(
  client: RedisClient,
  address: RedisAddress,
  { durable }: { readonly durable: boolean },
): Promise<ServerCheck> {
  const info = parseInfo(await client.info());
  const where = describeAddress(address);
  const refuse = (reason: string) => new Failure("redis", `${where} ${reason}`);
  const version = versionOf(info);
  if (!isAtLeast(version, OLDEST)) throw refuse(messages.oldVersion(version, OLDEST.join(".")));
  const policy = info.get("maxmemory_policy") ?? "noeviction";
  if (policy !== "noeviction") throw refuse(messages.evicts(policy));
  const appends = info.get("aof_enabled") === "1";
  const always = appends && (await syncsAlways(client));
  const usesWaitaof = appends && isAtLeast(version, WAITAOF_SINCE);
  if (!durable) {
    const warnings = appends ? [] : [messages.snapshotsOnly(where)];
    return { durability: "none", warnings };
  }
  if (!appends) throw refuse(messages.notAppendOnly);
  if (always) return { durability: "always", warnings: [] };
  if (usesWaitaof) return { durability: "waitaof", warnings: [] };
  throw refuse(messages.noWaitaof(version));
}

/** How a server writes its data to disk. */
export interface Persistence {
  /** Each change goes into an append-only file. */
  readonly appendOnly: boolean;
  /** Of the last snapshot, in ISO 8601; of the server's start where it has made none since. */
  readonly savedAt: string;
}

/** null where the server does not state it: some services allow no INFO. */
export async function readPersistence(client: Pick<RedisClient, "info">): Promise<Persistence | null> {
  const info = parseInfo(await client.info("persistence").catch(() => ""));
  const savedS = Number(info.get("rdb_last_save_time"));
  if (!info.has("aof_enabled") || !(savedS > 0)) return null;
  return { appendOnly: info.get("aof_enabled") === "1", savedAt: new Date(savedS * 1_000).toISOString() };
}

/** With these the response to a write goes out after its fsync. */
async function syncsAlways(client: RedisClient): Promise<boolean> {
  try {
    const [, sync] = (await client.config("GET", "appendfsync")) as readonly string[];
    const [, skips] = (await client.config("GET", "no-appendfsync-on-rewrite")) as readonly string[];
    return sync === "always" && skips === "no";
  } catch {
    // Some services allow no CONFIG: then it is not known.
    return false;
  }
}

function parseInfo(text: string): ReadonlyMap<string, string> {
  const lines = text.split("\r\n").map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 1)]);
  return new Map(lines as [string, string][]);
}

/** Valkey states in `redis_version` which Redis it is like. */
function versionOf(info: ReadonlyMap<string, string>): string {
  return info.get("valkey_version") ?? info.get("redis_version") ?? "0";
}

function isAtLeast(version: string, [major, minor]: readonly [number, number]): boolean {
  const [hasMajor = 0, hasMinor = 0] = version.split(".").map(Number);
  return hasMajor > major || (hasMajor === major && hasMinor >= minor);
}

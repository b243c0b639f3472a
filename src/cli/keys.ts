import { join, resolve } from "node:path";
import type { Key, KeyStore, RequestedKey } from "../access/keys/key.ts";
import { openKeys } from "../access/keys/keys.ts";
import { SCOPES } from "../access/keys/scope.ts";
import { formatQuota } from "../access/quota.ts";
import { formatRate } from "../access/rate.ts";
import { newCallbackSecret, rotatedSecret, signingSecrets } from "../delivery/callbacks/secret.ts";
import { Failure } from "../failure.ts";
import { makePrivateFolder } from "../host/files/private-folder.ts";
import { clockOf, type TimePrinter } from "./clock.ts";
import { messages } from "./messages.ts";
import { table } from "./table.ts";

export interface KeysCommandOptions {
  readonly dataDir: string;
  /** Where all hosts have their keys, when they have them in common. */
  readonly redisUrl?: string | null;
  readonly redisPrefix?: string;
  /** What prints times; only the list does. */
  readonly clock?: TimePrinter;
  /** Print JSON. */
  readonly json?: boolean;
  readonly out: (line: string) => void;
  readonly err: (line: string) => void;
}

/** Creates a key; only the key goes to the output, so that a script can read it. @throws Failure "usage". */
export async function createKey(
  requested: Omit<RequestedKey, "scope"> & { readonly scope: string },
  { out, err, json = false, ...options }: KeysCommandOptions,
): Promise<void> {
  const scope = SCOPES.find((each) => each === requested.scope);
  if (scope === undefined) throw new Failure("usage", messages.scopeUnknown(requested.scope, SCOPES.join(", ")));
  await withKeys(options, async (keys) => {
    const { key, secret } = await keys.create({ ...requested, scope });
    if (json) return out(JSON.stringify({ ...view(key), key: secret }));
    const where = options.redisUrl ? "Redis" : resolve(options.dataDir);
    err(messages.keyCreated(key.id, key.name, key.scope, where));
    out(secret);
  });
}

/** Prints the keys, a line each, without their secrets. */
export function listKeys({
  out,
  err,
  json = false,
  clock = clockOf({ timeZone: null }),
  ...options
}: KeysCommandOptions): Promise<void> {
  return withKeys(options, async (keys) => {
    const found = await keys.list();
    if (json) return out(JSON.stringify(found.map(view), null, 2));
    if (found.length === 0) return err(messages.noKeys);
    for (const line of table(
      ["ID", "NAME", "SCOPE", "RATE", "PRIORITY", "QUOTA", "CREATED", "USED", "REVOKED"],
      rows(found, clock),
    ))
      out(line);
  });
}

/** Sets the quota of a key by its id, or of all of a name; null removes it. @throws Failure "no_such_key". */
export function setQuota(
  idOrName: string,
  quota: Key["quota"],
  { out, err, json = false, ...options }: KeysCommandOptions,
): Promise<void> {
  return withKeys(options, async (keys) => {
    const changed = await keys.setQuota(idOrName, quota);
    if (changed.length === 0) throw new Failure("no_such_key", messages.noActiveKey(idOrName));
    if (json) return out(JSON.stringify(changed.map(view), null, 2));
    const words = quota === null ? "no quota" : `a quota of ${formatQuota(quota)}`;
    for (const { id, name } of changed) err(`key ${id} of ${name} has ${words}`);
  });
}

/** Revokes a key by its id, or all of a name. @throws Failure "no_such_key". */
export function revokeKey(idOrName: string, { out, err, json = false, ...options }: KeysCommandOptions): Promise<void> {
  return withKeys(options, async (keys) => {
    const revoked = await keys.revoke(idOrName);
    if (revoked.length === 0) throw new Failure("no_such_key", messages.noActiveKey(idOrName));
    if (json) return out(JSON.stringify(revoked.map(view), null, 2));
    for (const { id, name } of revoked) err(`revoked key ${id} of ${name}`);
  });
}

/**
 * Prints the secret that signs the callbacks of one client's jobs, to addresses the client named; makes one where there
 * is none, or with `rotate` another one, beside which the one before signs for a day more. @throws Failure "no_such_key".
 */
export function callbackSecret(
  client: string,
  { rotate, out, err, json = false, ...options }: KeysCommandOptions & { readonly rotate: boolean },
): Promise<void> {
  return withKeys(options, async (keys) => {
    const there = (await keys.callbackSecrets()).get(client);
    if (there === undefined && !(await keys.list()).some(({ name }) => name === client))
      throw new Failure("no_such_key", messages.noKeyOf(client));
    const made = there === undefined || rotate;
    const now = new Date();
    const stored = there === undefined ? newCallbackSecret() : rotate ? rotatedSecret(there, now) : there;
    if (made) await keys.storeCallbackSecret(client, stored);
    const [secret = ""] = signingSecrets(stored, now);
    if (json) return out(JSON.stringify({ client, secret, made }));
    if (made) err(messages.secretCreated(client));
    if (made && there !== undefined) err(messages.previousSecret);
    out(secret);
  });
}

async function withKeys(
  { dataDir, redisUrl = null, redisPrefix = "agentlink" }: Omit<KeysCommandOptions, "out" | "err" | "json" | "clock">,
  work: (keys: KeyStore) => Promise<void>,
): Promise<void> {
  if (redisUrl !== null) {
    const { withRedisKeys } = await import("../access/keys/redis.ts");
    return withRedisKeys(redisUrl, redisPrefix, work);
  }
  await makePrivateFolder(dataDir);
  const keys = openKeys({ path: join(dataDir, "keys.db") });
  try {
    await work(keys);
  } finally {
    keys.close();
  }
}

function view({ id, name, scope, rate, maxPriority, quota, createdAt, revokedAt, lastUsedAt }: Key) {
  const limits = {
    rate: rate && formatRate(rate),
    max_priority: maxPriority,
    quota: quota && formatQuota(quota),
  };
  return { id, name, scope, ...limits, created_at: createdAt, revoked_at: revokedAt, last_used_at: lastUsedAt };
}

function rows(keys: readonly Key[], clock: TimePrinter): readonly (readonly string[])[] {
  return keys.map(({ id, name, scope, rate, maxPriority, quota, createdAt, revokedAt, lastUsedAt }) => [
    id,
    name,
    scope,
    rate === null ? "-" : formatRate(rate),
    `0-${maxPriority}`,
    quota === null ? "-" : formatQuota(quota),
    ...[createdAt, lastUsedAt, revokedAt].map((at) => (at === null ? "-" : clock(at))),
  ]);
}

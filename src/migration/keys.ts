import { existsSync } from "node:fs";
import type { StoredKey } from "../access/keys/key.ts";
import { openKeys } from "../access/keys/keys.ts";
import { withRedisKeys } from "../access/keys/redis.ts";

/** Copies the keys that are not there yet, from the file into Redis or back: clients go on with those they have. */
export async function copyKeys(path: string, redisUrl: string, prefix: string, to: "redis" | "sqlite"): Promise<void> {
  if (to === "redis" && !existsSync(path)) return;
  const local = openKeys({ path });
  try {
    await withRedisKeys(redisUrl, prefix, async (shared) => {
      const [from, into] = to === "redis" ? [local, shared] : [shared, local];
      const there = new Set((await into.kept()).map(({ id }) => id));
      const missing: readonly StoredKey[] = (await from.kept()).filter(({ id }) => !there.has(id));
      if (missing.length > 0) await into.keep(missing);
      for (const [client, secret] of await from.callbackSecrets()) await into.keepCallbackSecret(client, secret);
    });
  } finally {
    local.close();
  }
}

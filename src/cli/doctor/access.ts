import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { openKeys } from "../../access/keys/keys.ts";
import { keysWereMade } from "../../access/keys/marker.ts";
import { SCOPES } from "../../access/keys/scope.ts";
import { isCallbackSecret } from "../../delivery/callbacks/secret.ts";
import type { Config } from "../../settings/config.ts";
import { type Finding, fail, ok, warn } from "./finding.ts";
import { messages } from "./messages.ts";

/** Who may call. */
export function checkKeys({ dataDir, host, publicUrl }: Pick<Config, "dataDir" | "host" | "publicUrl">): Finding {
  const all = readKeys(join(dataDir, "keys.db"));
  const active = all.filter(({ revokedAt }) => revokedAt === null);
  const make = messages.createAdminKey;
  if (all.length === 0 && keysWereMade(dataDir)) return fail("keys", messages.keysLost, messages.restoreKeys(make));
  if (all.length === 0) {
    const found = messages.noKeyYet;
    const meant = publicUrl !== null || !/^(127\.|localhost$|::1$|\[::1\]$)/.test(host);
    return meant ? fail("keys", messages.keylessReachable(found), make) : ok("keys", found);
  }
  if (active.length === 0) return fail("keys", messages.keysRevoked, make);
  const counted = SCOPES.flatMap((scope) => {
    const n = active.filter((key) => key.scope === scope).length;
    return n === 0 ? [] : [`${n} ${scope}`];
  });
  const found = counted.join(", ");
  if (!active.some(({ scope }) => scope === "admin")) return warn("keys", messages.noAdminKey(found), make);
  return ok("keys", found);
}

function readKeys(path: string) {
  // Opening would make it.
  if (!existsSync(path)) return [];
  const keys = openKeys({ path });
  try {
    return keys.list();
  } finally {
    keys.close();
  }
}

/** Whether callbacks can be signed, and by no other party. */
export function checkCallbackSecret({ dataDir, callbackSecret }: Pick<Config, "dataDir" | "callbackSecret">): Finding {
  if (callbackSecret !== null) return ok("callback secret", "set by AGENTLINK_CALLBACK_SECRET");
  const path = join(dataDir, "callback.secret");
  if (!existsSync(path)) return ok("callback secret", messages.createdAtStart);
  if (!isCallbackSecret(readFileSync(path, "utf8").trim()))
    return fail("callback secret", `${path} contains no secret`, messages.deleteSecret);
  const mode = statSync(path).mode & 0o777;
  if ((mode & 0o077) !== 0)
    return warn("callback secret", messages.readableByOthers(path, mode.toString(8)), `chmod 600 ${path}`);
  return ok("callback secret", path);
}

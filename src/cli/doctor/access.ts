import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { openKeys } from "../../access/keys/keys.ts";
import { keysWereMade } from "../../access/keys/marker.ts";
import { SCOPES } from "../../access/keys/scope.ts";
import { isCallbackSecret } from "../../delivery/callbacks/secret.ts";
import type { Config } from "../../settings/config.ts";
import { type Finding, fail, ok, warn } from "./finding.ts";

/** Who may call. */
export function checkKeys({ dataDir, host, publicUrl }: Pick<Config, "dataDir" | "host" | "publicUrl">): Finding {
  const all = readKeys(join(dataDir, "keys.db"));
  const active = all.filter(({ revokedAt }) => revokedAt === null);
  const make = "agentlink keys create --name ops --scope admin";
  if (all.length === 0 && keysWereMade(dataDir))
    return fail(
      "keys",
      "the keys are lost, so every request is refused",
      `restore keys.db from a copy, or run ${make}`,
    );
  if (all.length === 0) {
    const found = "there are none: the service accepts only requests of its own user on this machine";
    const meant = publicUrl !== null || !/^(127\.|localhost$|::1$|\[::1\]$)/.test(host);
    return meant
      ? fail("keys", `${found}, although the settings make it reachable from elsewhere`, make)
      : ok("keys", found);
  }
  if (active.length === 0) return fail("keys", "all keys are revoked, so every request is refused", make);
  const counted = SCOPES.flatMap((scope) => {
    const n = active.filter((key) => key.scope === scope).length;
    return n === 0 ? [] : [`${n} ${scope}`];
  });
  const found = counted.join(", ");
  if (!active.some(({ scope }) => scope === "admin"))
    return warn(
      "keys",
      `${found}; there is no admin key, which is needed to fill the catalogue and to create keys`,
      make,
    );
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

/** Whether callbacks can be signed, and by nobody else. */
export function checkCallbackSecret({ dataDir, callbackSecret }: Pick<Config, "dataDir" | "callbackSecret">): Finding {
  if (callbackSecret !== null) return ok("callback secret", "set by AGENTLINK_CALLBACK_SECRET");
  const path = join(dataDir, "callback.secret");
  if (!existsSync(path)) return ok("callback secret", "is created at the first start");
  if (!isCallbackSecret(readFileSync(path, "utf8").trim()))
    return fail(
      "callback secret",
      `${path} contains no secret`,
      "delete the file: the next start creates a new secret",
    );
  const mode = statSync(path).mode & 0o777;
  if ((mode & 0o077) !== 0)
    return warn("callback secret", `${path} can be read by others (${mode.toString(8)})`, `chmod 600 ${path}`);
  return ok("callback secret", path);
}

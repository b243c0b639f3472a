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
      "they are gone, though keys were made: nobody is served",
      `put the copy of keys.db back, or ${make}`,
    );
  if (all.length === 0) {
    const found = "there are none: only programs of the service's own user on this machine are served";
    const meant = publicUrl !== null || !/^(127\.|localhost$|::1$|\[::1\]$)/.test(host);
    return meant ? fail("keys", `${found}, though it is meant to be reached from elsewhere`, make) : ok("keys", found);
  }
  if (active.length === 0) return fail("keys", "all are revoked: nobody is served", make);
  const counted = SCOPES.flatMap((scope) => {
    const n = active.filter((key) => key.scope === scope).length;
    return n === 0 ? [] : [`${n} ${scope}`];
  });
  const found = counted.join(", ");
  if (!active.some(({ scope }) => scope === "admin"))
    return warn("keys", `${found}; none is an admin's, so none may fill the catalogue or make other keys`, make);
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
  if (!existsSync(path)) return ok("callback secret", "is made at the first start");
  if (!isCallbackSecret(readFileSync(path, "utf8").trim()))
    return fail("callback secret", `${path} holds none`, "remove it: a new one is made at the next start");
  const mode = statSync(path).mode & 0o777;
  if ((mode & 0o077) !== 0)
    return warn("callback secret", `${path} can be read by others (${mode.toString(8)})`, `chmod 600 ${path}`);
  return ok("callback secret", path);
}

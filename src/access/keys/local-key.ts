import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { writeWholeFile } from "../../host/files/whole-file.ts";
import { sameSecret } from "../../host/hash.ts";
import { HIGHEST_PRIORITY, type Key, type KeyRing } from "./key.ts";
import { keysWereMade } from "./marker.ts";

const NAME = "local.key";
const BEGINNING = "al_local_";

/** The caller that the person at the machine is, while there is no key. */
export const LOCAL_KEY: Key = {
  id: "local",
  name: "local",
  scope: "admin",
  rate: null,
  maxPriority: HIGHEST_PRIORITY,
  quota: null,
  createdAt: "1970-01-01T00:00:00.000Z",
  revokedAt: null,
  lastUsedAt: null,
};

/**
 * Makes the key that a program shows which can read the data folder: the proof that it is the user's own, where the
 * system does not reveal whose program calls. It is another one after each start, and is good for nothing once there are
 * keys.
 */
export function makeLocalKey(dataDir: string): void {
  const secret = BEGINNING + Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString("base64url");
  writeWholeFile(join(dataDir, NAME), `${secret}\n`);
}

/** Removes a key that is no longer valid. */
export function removeLocalKey(dataDir: string): void {
  rmSync(join(dataDir, NAME), { force: true });
}

/**
 * The key as it is now; null where there is none, this user may not read it, or keys were made since, which makes it
 * invalid.
 */
export function readLocalKey(dataDir: string): string | null {
  if (keysWereMade(dataDir)) return null;
  try {
    return readFileSync(join(dataDir, NAME), "utf8").trim() || null;
  } catch {
    return null;
  }
}

/** The keys with the local one among them, as long as no other was ever made. */
export function withLocalKey(ring: KeyRing, dataDir: string): KeyRing {
  return {
    configured: () => ring.configured(),
    find: (secret) => {
      if (!secret.startsWith(BEGINNING) || ring.configured()) return ring.find(secret);
      // Read each time: instances that share a data folder share it, too.
      const current = readLocalKey(dataDir);
      return current !== null && sameSecret(secret, current) ? LOCAL_KEY : null;
    },
    clients: () => ring.clients(),
    used: (id) => ring.used(id),
    active: (id) => (id === LOCAL_KEY.id ? (ring.configured() ? null : LOCAL_KEY) : ring.active(id)),
  };
}

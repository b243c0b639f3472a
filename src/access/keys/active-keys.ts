import { countClients, fingerprint, type Key, SECRET, type StoredKey, withoutHash } from "./key.ts";

/** The keys that grant access, as they were last read. */
export interface ActiveKeys {
  /**
   * Replaces them by the stored keys that are not revoked. Called after each read of the store; nothing else changes
   * them.
   */
  replace(stored: readonly StoredKey[]): void;
  /** The key with this secret; null if there is none. */
  find(secret: string): Key | null;
  byId(id: string): Key | null;
  /** How many clients they are of. */
  clients(): number;
  readonly size: number;
}

export function createActiveKeys(): ActiveKeys {
  /** Written by `replace`. */
  let byHash = new Map<string, Key>();
  /** Written by `replace`. */
  let byId = new Map<string, Key>();
  return {
    replace(stored) {
      const keys = stored.flatMap((key) => (key.revokedAt === null ? [[key.sha256, withoutHash(key)] as const] : []));
      byHash = new Map(keys);
      byId = new Map(keys.map(([, key]) => [key.id, key]));
    },
    find: (secret) => (SECRET.test(secret) ? (byHash.get(fingerprint(secret)) ?? null) : null),
    byId: (id) => byId.get(id) ?? null,
    clients: () => countClients(byId.values()),
    get size() {
      return byHash.size;
    },
  };
}

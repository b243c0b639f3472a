import { countClients, fingerprint, type Key, SECRET } from "./key.ts";

/** The keys that let somebody in, as they were last read. */
export interface ActiveKeys {
  /** Written by whoever has read the store; nobody else changes them. */
  replace(keys: readonly (readonly [sha256: string, key: Key])[]): void;
  /** The key of a secret; null where it is none. */
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
    replace(keys) {
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

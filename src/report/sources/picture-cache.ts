import { type CacheKind, TTL_MS } from "./domain/cache-file.ts";
import type { PicturesOptions } from "./domain/pictures.ts";

/** Some hundred pictures, as they are drawn. */
const MOST_CHARACTERS = 16_000_000;

/** The result of the addresses of pictures, in memory: the last used, each for as long as Domain's. */
export function createPictureCache(now: () => number = Date.now): PicturesOptions["cache"] {
  /** In the order of their use. Written by `get`, `remove` and `put`. */
  const entries = new Map<string, { readonly value: string; readonly until: number }>();
  /** Written by `remove` and `put`. */
  let characters = 0;

  function remove(key: string): void {
    characters -= entries.get(key)?.value.length ?? 0;
    entries.delete(key);
  }

  return {
    get(key) {
      const entry = entries.get(key);
      if (entry === undefined) return null;
      if (entry.until <= now()) {
        remove(key);
        return null;
      }
      entries.delete(key);
      entries.set(key, entry);
      return entry.value;
    },
    put(kind: CacheKind, key, value) {
      remove(key);
      entries.set(key, { value, until: now() + TTL_MS[kind] });
      characters += value.length;
      for (const oldest of entries.keys()) {
        if (characters <= MOST_CHARACTERS) break;
        remove(oldest);
      }
    },
  };
}

// The responses of the operator's own service by address, including that it had nothing.

/** Of all cached responses together. */
const CACHE_BYTES = 32_000_000;
/**
 * How long, during an outage of the service, an earlier "no data" for a locality remains valid: the catalogue then
 * serves it.
 */
const NOTHING_LASTS_MS = 24 * 3_600_000;
/** More responses than there are suburbs. */
const NOTHING_FOR = 20_000;

export interface CachedResponse {
  /** The data set, checked. */
  readonly text: string;
  /** Headers that request it only if it has changed. */
  readonly condition: Readonly<Record<string, string>>;
  readonly freshUntil: number;
}

export interface ResponseCache {
  get(address: string): CachedResponse | undefined;
  /** Stores a response, or notes that it was used. */
  remember(address: string, cached: CachedResponse): void;
  /** The service has nothing at this address. */
  noteNothing(address: string): void;
  /** It has something again. */
  noteSomething(address: string): void;
  /** Whether it recently had nothing there. */
  hadNothing(address: string): boolean;
}

/** `nowMs`: the time, in milliseconds. */
export function createResponseCache(nowMs: () => number): ResponseCache {
  /** In the order of use, the longest unused first. Written by `remember` and `forget`, as is their size. */
  const cache = new Map<string, CachedResponse>();
  let cachedBytes = 0;
  /** Addresses it had nothing for: when it responded so. Written by `noteNothing` and `noteSomething`. */
  const nothingAt = new Map<string, number>();

  function forget(address: string): void {
    cachedBytes -= cache.get(address)?.text.length ?? 0;
    cache.delete(address);
  }

  return {
    get: (address) => cache.get(address),
    remember(address, cached) {
      forget(address);
      cache.set(address, cached);
      cachedBytes += cached.text.length;
      for (const oldest of cache.keys()) {
        if (cachedBytes <= CACHE_BYTES) break;
        forget(oldest);
      }
    },
    noteNothing(address) {
      forget(address);
      nothingAt.delete(address);
      nothingAt.set(address, nowMs());
      for (const oldest of nothingAt.keys()) {
        if (nothingAt.size <= NOTHING_FOR) break;
        nothingAt.delete(oldest);
      }
    },
    noteSomething(address) {
      nothingAt.delete(address);
    },
    hadNothing(address) {
      const at = nothingAt.get(address);
      return at !== undefined && nowMs() - at < NOTHING_LASTS_MS;
    },
  };
}

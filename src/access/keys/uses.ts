/** When keys were last used, noted in memory and stored together. */
export interface Uses {
  readonly note: (id: string) => void;
  /** Stores what was noted. Never throws: what cannot be stored now is, the next time. */
  flush(): void | Promise<void>;
  /** Stores it, and notes nothing more. */
  close(): void | Promise<void>;
}

/** One write for all the requests of this long: a reader of a key needs the day, not the second. */
const STORE_EVERY_MS = 10_000;

/** `store` is given the time by the key's id. */
export function createUses(store: (noted: ReadonlyMap<string, string>) => unknown): Uses {
  /** Written by `again`, `flush` and `note`. */
  let noted = new Map<string, string>();
  /** Written by `flush` and `note`. */
  let timer: Timer | null = null;

  const again = (failed: ReadonlyMap<string, string>) => {
    noted = new Map([...failed, ...noted]);
  };

  function flush(): void | Promise<void> {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    if (noted.size === 0) return;
    const storing = noted;
    noted = new Map();
    try {
      const stored = store(storing);
      if (stored instanceof Promise)
        return stored.then(
          () => undefined,
          () => again(storing),
        );
    } catch {
      again(storing);
    }
  }

  return {
    note(id) {
      noted.set(id, new Date().toISOString());
      timer ??= startTimer();
    },
    flush,
    close: flush,
  };

  function startTimer(): Timer {
    const started = setTimeout(flush, STORE_EVERY_MS);
    started.unref();
    return started;
  }
}

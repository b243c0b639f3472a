import type { JobChange, Queue } from "../queue/queue.ts";

/** Those who hold a request open until a job changes: one subscription to the queue, however many there are. */
export interface Waiters {
  /**
   * Begins to watch a job. Watch first and read the job then, so that no change falls between the two.
   */
  watch(id: string): Watch;
  /** Requests held open now. */
  readonly size: number;
  /** Lets all go at once, and every later one. */
  close(): void;
}

export interface Watch {
  /**
   * Resolves when a change is what was waited for, the time is up, the client is gone or may not be answered any more, or
   * the service stops. Ends the watch.
   */
  until(isIt: (change: JobChange) => boolean, options: Waiting): Promise<void>;
  /** Ends a watch nobody waits on. */
  end(): void;
}

export interface Waiting {
  readonly timeoutMs: number;
  readonly gone: AbortSignal;
  /** Whether who waits may still know: asked for every second. */
  readonly allowed: () => Promise<boolean>;
}

/** Whose key is revoked, or session ended, waits no longer than this. */
const LOOK_EVERY_MS = 1_000;

interface Watcher {
  latest: JobChange | null;
  isIt: ((change: JobChange) => boolean) | null;
  allowed: (() => Promise<boolean>) | null;
  wake: () => void;
}

export function createWaiters(queue: Pick<Queue, "subscribe">): Waiters {
  const watchers = new Map<string, Set<Watcher>>();
  let size = 0;
  let closed = false;

  let looking: Timer | null = null;

  function look(): void {
    // What cannot be told now is asked for again.
    for (const watching of watchers.values())
      for (const watcher of watching)
        void watcher.allowed?.().then(
          (allowed) => allowed || watcher.wake(),
          () => undefined,
        );
  }

  const unsubscribe = queue.subscribe((change) => {
    const watching = watchers.get(change.id);
    if (watching === undefined) return;
    for (const watcher of watching) {
      watcher.latest = change;
      if (watcher.isIt?.(change)) watcher.wake();
    }
  });

  const forget = (id: string, watcher: Watcher) => {
    const watching = watchers.get(id);
    if (!watching?.delete(watcher)) return;
    size--;
    if (watching.size === 0) watchers.delete(id);
    if (size > 0 || looking === null) return;
    clearInterval(looking);
    looking = null;
  };

  return {
    watch(id) {
      const watcher: Watcher = { latest: null, isIt: null, allowed: null, wake: () => undefined };
      const watching = watchers.get(id);
      if (watching === undefined) watchers.set(id, new Set([watcher]));
      else watching.add(watcher);
      size++;
      looking ??= setInterval(look, LOOK_EVERY_MS);
      return {
        async until(isIt, { timeoutMs, gone, allowed }) {
          const missed = watcher.latest;
          if (!closed && !gone.aborted && timeoutMs > 0 && !(missed !== null && isIt(missed))) {
            await new Promise<void>((resolve) => {
              const timer = setTimeout(() => watcher.wake(), timeoutMs);
              watcher.wake = () => {
                clearTimeout(timer);
                gone.removeEventListener("abort", watcher.wake);
                resolve();
              };
              gone.addEventListener("abort", watcher.wake);
              watcher.isIt = isIt;
              watcher.allowed = allowed;
            });
          }
          forget(id, watcher);
        },
        end: () => forget(id, watcher),
      };
    },
    get size() {
      return size;
    },
    close() {
      closed = true;
      unsubscribe();
      for (const watching of [...watchers.values()]) for (const watcher of [...watching]) watcher.wake();
    },
  };
}

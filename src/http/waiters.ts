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
  /** Resolves when a change is what was waited for, the time is up, the client is gone or the service stops. Ends the watch. */
  until(isIt: (change: JobChange) => boolean, timeoutMs: number, gone: AbortSignal): Promise<void>;
  /** Ends a watch nobody waits on. */
  end(): void;
}

interface Watcher {
  latest: JobChange | null;
  isIt: ((change: JobChange) => boolean) | null;
  wake: () => void;
}

export function createWaiters(queue: Pick<Queue, "subscribe">): Waiters {
  const watchers = new Map<string, Set<Watcher>>();
  let size = 0;
  let closed = false;

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
  };

  return {
    watch(id) {
      const watcher: Watcher = { latest: null, isIt: null, wake: () => undefined };
      const watching = watchers.get(id);
      if (watching === undefined) watchers.set(id, new Set([watcher]));
      else watching.add(watcher);
      size++;
      return {
        async until(isIt, timeoutMs, gone) {
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

import type { Failure } from "../../failure.ts";
import type { JobChange, Queue } from "../../queue/queue.ts";
import { errors } from "../errors.ts";

/** Long polls that wait until a job changes: one subscription to the queue, however many there are. */
export interface Waiters {
  /**
   * Begins to watch a job. Watch first and read the job then, so that no change falls between the two.
   * @throws Failure "too_many_waits" (transient): this owner, or all together, already have as many long polls as allowed.
   */
  watch(id: string, owner: string): Watch;
  /** Whether this owner may have one more long poll. */
  room(owner: string): boolean;
  /** Long polls now open. */
  readonly size: number;
  /** Ends all at once, and every later one. */
  close(): void;
}

export interface Watch {
  /**
   * Resolves when a change is what was waited for, the time is up, the client has disconnected or lost its access, or
   * the service stops. Ends the watch.
   */
  until(isIt: (change: JobChange) => boolean, options: WaitingRequest): Promise<void>;
  /** Ends a watch that has no waiter. */
  end(): void;
}

export interface WaitingRequest {
  readonly timeoutMs: number;
  readonly disconnected: AbortSignal;
  /** Whether the caller may still know: checked every second. */
  readonly allowed: () => Promise<boolean>;
}

/** Long polls open at once: of one client, and in total. */
const MAX_LONG_POLLS = { ofClient: 1_000, together: 5_000 } as const;
/** If a thousand wait for one job, so many get their response in each turn of the event loop. */
const WAKE_AT_ONCE = 20;
/** A client whose key is revoked, or session ended, waits no longer than this. */
const POLL_EVERY_MS = 1_000;

interface Watcher {
  latest: JobChange | null;
  isIt: ((change: JobChange) => boolean) | null;
  allowed: (() => Promise<boolean>) | null;
  wake: () => void;
}

export function createWaiters(queue: Pick<Queue, "subscribe">): Waiters {
  /** By job; how many there are in all, and of each client. These three are written by `watch` and `forget`. */
  const watchers = new Map<string, Set<Watcher>>();
  let size = 0;
  const owners = new Map<string, number>();
  /** Written by `close`. */
  let closed = false;
  /** Whose change has come. Written by `wakeSoon`; `wakeSome` takes them. */
  const due: Watcher[] = [];
  /** Written by `watch`; `forget` ends it with the last watcher. */
  let polling: Timer | null = null;

  function poll(): void {
    // What cannot be read now is retried.
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
      if (watcher.isIt?.(change)) wakeSoon(watcher);
    }
  });

  function wakeSoon(watcher: Watcher): void {
    if (due.push(watcher) === 1) setImmediate(wakeSome);
  }

  function wakeSome(): void {
    for (const watcher of due.splice(0, WAKE_AT_ONCE)) watcher.wake();
    if (due.length > 0) setImmediate(wakeSome);
  }

  const forget = (id: string, owner: string, watcher: Watcher) => {
    const watching = watchers.get(id);
    if (!watching?.delete(watcher)) return;
    size--;
    const left = (owners.get(owner) ?? 1) - 1;
    if (left > 0) owners.set(owner, left);
    else owners.delete(owner);
    if (watching.size === 0) watchers.delete(id);
    if (size > 0 || polling === null) return;
    clearInterval(polling);
    polling = null;
  };

  const room = (owner: string) => (owners.get(owner) ?? 0) < MAX_LONG_POLLS.ofClient && size < MAX_LONG_POLLS.together;

  return {
    room,
    watch(id, owner) {
      const own = owners.get(owner) ?? 0;
      if (!room(owner)) throw tooManyWaits(own);
      owners.set(owner, own + 1);
      const watcher: Watcher = { latest: null, isIt: null, allowed: null, wake: () => undefined };
      const watching = watchers.get(id);
      if (watching === undefined) watchers.set(id, new Set([watcher]));
      else watching.add(watcher);
      size++;
      polling ??= setInterval(poll, POLL_EVERY_MS);
      return {
        async until(isIt, { timeoutMs, disconnected, allowed }) {
          const missed = watcher.latest;
          if (!closed && !disconnected.aborted && timeoutMs > 0 && !(missed !== null && isIt(missed))) {
            await new Promise<void>((resolve) => {
              const timer = setTimeout(() => watcher.wake(), timeoutMs);
              watcher.wake = () => {
                clearTimeout(timer);
                disconnected.removeEventListener("abort", watcher.wake);
                resolve();
              };
              disconnected.addEventListener("abort", watcher.wake);
              watcher.isIt = isIt;
              watcher.allowed = allowed;
            });
          }
          forget(id, owner, watcher);
        },
        end: () => forget(id, owner, watcher),
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

function tooManyWaits(own: number): Failure {
  return own >= MAX_LONG_POLLS.ofClient ? errors.ownLongPolls(own) : errors.longPolls();
}

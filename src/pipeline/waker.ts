// Jobs that wait for a dependency continue when it works again, not only at an estimated time.
import type { CircuitBreaker } from "../outbound/circuit-breaker.ts";
import type { Queue } from "../queue/queue.ts";

/** In one transaction; between two of them others have their turn, and a job that finds the circuit open again stops it. */
const AT_ONCE = 200;
const BETWEEN_MS = 50;
/** How often, and how many times after the last success, jobs are sought that wait although the circuit is closed. */
const POLL_EVERY_MS = 1_000;
const POLLS = 5;
const LATE_AT_ONCE = 50;

/** Something outside that jobs wait for: the data source, a delivery target. */
export interface Dependency {
  /** The name in the failures of its circuit breaker. */
  readonly name: string;
  readonly breaker: Pick<CircuitBreaker, "open" | "successes" | "probeNow">;
}

export interface WakerOptions {
  readonly queue: Pick<Queue, "wake" | "subscribe">;
  readonly dependencies: readonly Dependency[];
  /** Called with the number of jobs that are due since a circuit closed. */
  readonly onWoken: (dependency: string, jobs: number) => void;
}

export interface Waker {
  /** Its circuit has closed: all that wait for it are due. */
  closed(dependency: string): void;
  /** Stops waking. */
  close(): void;
}

/**
 * Makes jobs due that wait for a dependency as soon as its circuit closes, in parts. Each host has circuits of its own:
 * work that was completed here is evidence for the jobs that another host has deferred, too, and one of another host has
 * an open circuit of this one probed. At the start one job is due for each dependency: the cause of an earlier process's
 * refusal may have been fixed since.
 */
export function createWaker({ queue, dependencies, onWoken }: WakerOptions): Waker {
  const all = dependencies.map((dependency) => ({ ...dependency, seen: 0, looksLeft: 0, waking: false }));
  type WakeState = (typeof all)[number];
  /** Written by `close`. */
  let stopped = false;

  const isClosed = ({ breaker }: WakeState) => !stopped && breaker.open() === null;

  async function wakeAll(state: WakeState): Promise<void> {
    if (state.waking) return;
    state.waking = true;
    // A job that was refused just before the circuit closed may be deferred only after this.
    state.looksLeft = POLLS;
    let jobs = 0;
    while (isClosed(state)) {
      const woken = await queue.wake(state.name, AT_ONCE).catch(() => null);
      jobs += woken ?? 0;
      if (woken !== null && woken < AT_ONCE) break;
      // Where the queue could not store it, it is checked again.
      await Bun.sleep(woken === null ? POLL_EVERY_MS : BETWEEN_MS);
    }
    state.waking = false;
    if (jobs > 0) onWoken(state.name, jobs);
  }

  async function check(state: WakeState): Promise<void> {
    if (!isClosed(state) || state.waking) return;
    const successes = state.breaker.successes();
    if (successes > state.seen) {
      // The first one since the start is as good as a circuit that closes.
      if (state.seen === 0) void wakeAll(state);
      else state.looksLeft = POLLS;
      state.seen = successes;
    }
    if (state.waking || state.looksLeft === 0) return;
    state.looksLeft -= 1;
    await queue.wake(state.name, LATE_AT_ONCE).catch(() => {});
  }

  // What one host reached another can reach, in most cases.
  const unsubscribe = queue.subscribe(({ reached, elsewhere }) => {
    if (!elsewhere) return;
    const breaker = all.find(({ name }) => name === reached)?.breaker;
    if (breaker && breaker.open() !== null) breaker.probeNow();
  });
  for (const { name } of all) queue.wake(name, 1).catch(() => {});
  const polling = setInterval(() => {
    for (const state of all) void check(state);
  }, POLL_EVERY_MS);
  polling.unref();

  return {
    closed(dependency) {
      const state = all.find(({ name }) => name === dependency);
      if (state) void wakeAll(state);
    },
    close() {
      stopped = true;
      clearInterval(polling);
      unsubscribe();
    },
  };
}

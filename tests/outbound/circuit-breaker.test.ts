import { beforeEach, describe, expect, test } from "bun:test";
import type { Failure } from "../../src/failure.ts";
import {
  type CircuitBreaker,
  type CircuitBreakerOptions,
  createCircuitBreaker,
} from "../../src/outbound/circuit-breaker.ts";
import type { OpenCircuit } from "../../src/outbound/open-circuit.ts";
import { hurryingClock } from "../fakes/clock.ts";
import { until } from "../until.ts";

const MINUTE = 60_000;

let clock: ReturnType<typeof hurryingClock>;
let changes: (string | null)[];

beforeEach(() => {
  clock = hurryingClock();
  changes = [];
});

function create(options: CircuitBreakerOptions = {}): CircuitBreaker {
  const onChange = (open: OpenCircuit | null) => void changes.push(open?.reason ?? null);
  return createCircuitBreaker({ clock, onChange, random: () => 0, ...options });
}

function admission(breaker: CircuitBreaker): Failure | null {
  try {
    breaker.admit();
    return null;
  } catch (error) {
    return error as Failure;
  }
}

const failOf = (breaker: CircuitBreaker, key = "a") => breaker.recordFailure(key, "unreachable", "no response");

describe("an outage", () => {
  test("costs no job an attempt, however long it is, and one probe at a time goes to see", () => {
    const breaker = create({ failuresToOpen: 3 });
    for (const key of ["a", "b", "c"]) expect(failOf(breaker, key).options.uncounted).toBe(true);
    expect(breaker.open()).toMatchObject({ reason: "outage", message: "no response" });
    let probes = 0;
    for (let second = 0; second < 3_600; second += 1) {
      const admitted = [1, 2, 3].filter(() => admission(breaker) === null);
      expect(admitted.length).toBeLessThanOrEqual(1);
      for (const _ of admitted) {
        probes += 1;
        expect(failOf(breaker, `job ${second}`).options.uncounted).toBe(true);
      }
      clock.advance(1_000);
    }
    expect(probes).toBeWithin(12, 25);
    expect(changes).toEqual(["outage"]);
  });

  test("is what refused work waits for, by name; the first failures and short pauses are not", () => {
    const breaker = create({ name: "s3" });
    expect(failOf(breaker, "a").options.waitsFor).toBeUndefined();
    expect(failOf(breaker, "b").options.waitsFor).toEqual(["s3"]);
    expect(admission(breaker)?.options.waitsFor).toEqual(["s3"]);
    breaker.recordSuccess("a");
    expect(breaker.recordThrottle(1_000, "busy", "busy").options.waitsFor).toBeUndefined();
    expect(breaker.recordThrottle(60_000, "busy", "busy").options.waitsFor).toEqual(["s3"]);
  });

  test("is reported since its beginning, however often a probe fails", async () => {
    const breaker = create();
    for (const key of ["a", "b"]) failOf(breaker, key);
    const since = breaker.open()?.since ?? new Date(0);
    await until(() => Date.now() > since.getTime());
    clock.advance(10 * MINUTE);
    expect(admission(breaker)).toBeNull();
    failOf(breaker, "c");
    expect(breaker.open()?.since).toEqual(since);
    clock.advance(10 * MINUTE);
    breaker.recordRefusal("settings", "denied", "it may not be written");
    expect(breaker.open()).toMatchObject({ reason: "settings", since });
  });

  test("ends with the first success, for all", () => {
    const breaker = create();
    failOf(breaker);
    failOf(breaker);
    expect(admission(breaker)).toMatchObject({ code: "unreachable", options: { uncounted: true } });
    clock.advance(5_000);
    expect(admission(breaker)).toBeNull();
    expect(admission(breaker)).not.toBeNull();
    breaker.recordSuccess("a");
    expect(breaker.open()).toBeNull();
    for (let jobs = 0; jobs < 4; jobs += 1) expect(admission(breaker)).toBeNull();
    expect(changes).toEqual(["outage", null]);
  });

  test("that was none: a job that fails while others get through pays for it", () => {
    const breaker = create();
    const failures: boolean[] = [];
    for (let attempt = 0; attempt < 6; attempt += 1) {
      failures.push(failOf(breaker, "bad").options.uncounted ?? false);
      breaker.recordSuccess(`good ${attempt}`);
    }
    expect(failures).toEqual([true, true, false, false, false, false]);
    expect(changes).toEqual([]);
  });

  test("a failure at the edge of an outage is not taken for a job's own", () => {
    const breaker = create();
    failOf(breaker, "early");
    breaker.recordSuccess("the last that got through");
    for (let attempt = 0; attempt < 9; attempt += 1) expect(failOf(breaker, "early").options.uncounted).toBe(true);
  });

  test("other work in progress beside the probe makes it no longer", () => {
    const breaker = create();
    for (let job = 0; job < 20; job += 1) failOf(breaker, `job ${job}`);
    clock.advance(5_000);
    expect(breaker.blocked()).toBe(false);
  });
});

describe("a request to wait", () => {
  test("for a little while is waited for within the attempt", async () => {
    const breaker = create();
    breaker.recordThrottle(15_000, "busy", "slow down");
    expect([breaker.open(), breaker.blocked(), admission(breaker)]).toEqual([null, false, null]);
    await breaker.pass(new AbortController().signal);
    expect(clock.slept).toBe(15_000);
  });

  test("for long gives the slot to others; a year is probed after five minutes, again and again", () => {
    const breaker = create();
    const signal = new AbortController().signal;
    for (let requested = 0; requested < 3; requested += 1) {
      const failure = breaker.recordThrottle(365 * 24 * 60 * MINUTE, "busy", "slow down");
      const afterOthers = requested === 0 ? 0 : 2_000;
      expect(failure.options).toMatchObject({ uncounted: true, retryAfterMs: 5 * MINUTE + afterOthers });
      expect(breaker.pass(signal)).rejects.toMatchObject({ code: "busy" });
      expect(admission(breaker)).not.toBeNull();
      clock.advance(5 * MINUTE - 1);
      expect(admission(breaker)).not.toBeNull();
      clock.advance(1);
      expect([admission(breaker), admission(breaker)?.code]).toEqual([null, "busy"]);
    }
    breaker.recordSuccess("a");
    expect(changes).toEqual(["rate limit", null]);
  });

  test("is not ended by what had begun before it", () => {
    const breaker = create();
    breaker.recordThrottle(2 * MINUTE, "busy", "slow down");
    breaker.recordSuccess("begun before");
    expect(breaker.blocked()).toBe(true);
  });

  test("without a time grows from five seconds until a request succeeds", async () => {
    const breaker = create();
    const signal = new AbortController().signal;
    const pauses: number[] = [];
    for (let requests = 0; requests < 3; requests += 1) {
      breaker.recordThrottle(undefined, "busy", "slow down");
      const before = clock.slept;
      await breaker.pass(signal);
      pauses.push(clock.slept - before);
    }
    expect(pauses).toEqual([5_000, 10_000, 20_000]);
    breaker.recordSuccess("a");
    breaker.recordThrottle(undefined, "busy", "slow down");
    await breaker.pass(signal);
    expect(clock.slept).toBe(40_000);
  });

  test("that is repeated again and again for short pauses gives the slot to others, too", async () => {
    const breaker = create();
    const signal = new AbortController().signal;
    let waits = 0;
    for (; breaker.open() === null; waits += 1) {
      await breaker.pass(signal);
      breaker.recordThrottle(10_000, "busy", "slow down");
    }
    expect(waits).toBeWithin(6, 10);
    expect(breaker.pass(signal)).rejects.toMatchObject({ options: { uncounted: true } });
  });

  test("that is repeated to every probe is one less and less often, however short it is", () => {
    const breaker = create({ waitInAttemptMs: 0 });
    const pauses: number[] = [];
    for (let sent = 0; sent < 8; sent += 1) {
      breaker.recordThrottle(0, "busy", "in a moment");
      const pauseMs = admission(breaker)?.options.retryAfterMs ?? 0;
      pauses.push(pauseMs);
      clock.advance(pauseMs);
      breaker.admit();
    }
    expect(pauses).toEqual([250, 10_000, 20_000, 40_000, 80_000, 160_000, 300_000, 300_000]);
  });

  test("of no time at all is no loop without a pause", async () => {
    const breaker = create();
    breaker.recordThrottle(0, "busy", "slow down");
    await breaker.pass(new AbortController().signal);
    expect(clock.slept).toBe(250);
  });
});

describe("a setting that is refused", () => {
  test("refuses all, says so once with what to do, and is probed less and less often, every five minutes at last", () => {
    const breaker = create();
    const probes: number[] = [];
    const began = clock.now();
    breaker.recordRefusal("credentials", "delivery_credentials", "correct the key");
    while (clock.now() - began < 30 * MINUTE) {
      clock.advance(1_000);
      if (admission(breaker) !== null) continue;
      probes.push((clock.now() - began) / 1_000);
      breaker.recordRefusal("credentials", "delivery_credentials", "correct the key");
    }
    expect(probes.slice(0, 4)).toEqual([15, 45, 105, 225]);
    expect((probes.at(-1) ?? 0) - (probes.at(-2) ?? 0)).toBe(300);
    expect(breaker.open()).toMatchObject({ reason: "credentials", message: "correct the key" });
    expect(changes).toEqual(["credentials"]);
  });

  test("that a person requests manually is attempted at once, by one", () => {
    const breaker = create();
    breaker.recordRefusal("settings", "s3_region", "correct the region");
    expect(admission(breaker)).not.toBeNull();
    breaker.probeNow();
    expect([breaker.blocked(), admission(breaker), admission(breaker)?.code]).toEqual([false, null, "s3_region"]);
    breaker.recordSuccess("a");
    expect(breaker.open()).toBeNull();
  });
});

test("a probe that is not needed any more leaves the next one free, and ends no pause", () => {
  const breaker = create();
  breaker.recordThrottle(2 * MINUTE, "busy", "slow down");
  breaker.abandonProbe();
  expect(breaker.blocked()).toBe(true);
  clock.advance(2 * MINUTE);
  expect([breaker.admit(), breaker.blocked()]).toEqual([true, true]);
  breaker.abandonProbe();
  expect([breaker.blocked(), breaker.admit()]).toEqual([false, true]);
});

test("a request that is refused while a probe is running comes back soon, then less and less often", () => {
  const breaker = create({ random: () => 0.5 });
  failOf(breaker);
  failOf(breaker);
  clock.advance(5_000);
  breaker.admit();
  const waits: number[] = [];
  for (let wanted = 0; wanted < 4; wanted += 1) {
    const waitMs = admission(breaker)?.options.retryAfterMs ?? 0;
    waits.push(waitMs);
    clock.advance(waitMs);
  }
  expect(waits).toEqual([1_000, 1_000, 2_000, 4_000]);
});

test("work that fails as the probe is not the next one: what it delayed has its turn first", () => {
  const breaker = create({ random: Math.random });
  const dueAt = new Map<string, number>();
  /** A request of this work; "own" is redirected where nothing may go. */
  const attempt = (work: string) => {
    const refusal =
      admission(breaker) ??
      (work === "own" ? breaker.recordRefusal("settings", "address_refused", "a private address") : null);
    if (refusal === null) breaker.recordSuccess(work);
    else dueAt.set(work, clock.now() + (refusal.options.retryAfterMs ?? 0));
    return refusal === null;
  };
  attempt("own");
  for (const work of ["b", "c"]) attempt(work);
  let reached: string | null = null;
  for (let turn = 0; turn < 6 && reached === null; turn += 1) {
    const [[work, at]] = [...dueAt].sort(([, one], [, other]) => one - other) as [[string, number]];
    clock.advance(Math.max(0, at - clock.now()));
    if (attempt(work)) reached = work;
  }
  expect(reached).not.toBeNull();
});

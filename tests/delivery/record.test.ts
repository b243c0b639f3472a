import { expect, test } from "bun:test";
import type { DeliveryTarget } from "../../src/delivery/delivery.ts";
import { NOTHING_DELIVERED, recordedDelivery } from "../../src/delivery/record.ts";
import { Failure } from "../../src/failure.ts";
import { createCircuitBreaker } from "../../src/outbound/circuit-breaker.ts";
import type { TargetRecord, TargetRecords } from "../../src/queue/target-records.ts";
import { stoppedClock } from "../queue/builders.ts";
import { aJob } from "./builders.ts";

/** As both backends store them (tests/queue/contract/targets.ts), of one target. */
function aStore(): TargetRecords & { stored: TargetRecord | null; isAway: boolean } {
  const store = {
    stored: null as TargetRecord | null,
    isAway: false,
    async of() {
      if (store.isAway) throw new Error("away");
      return store.stored;
    },
    async succeeded(_: string, at: string) {
      if (store.isAway) throw new Error("away");
      store.stored = { ...(store.stored ?? NOTHING_DELIVERED), lastSuccessAt: at, ...NO_FAILURE };
    },
    async failed(_: string, at: string, lastError: string) {
      if (store.isAway) throw new Error("away");
      const before = store.stored ?? NOTHING_DELIVERED;
      const failingSince = before.failingSince ?? at;
      store.stored = { ...before, lastFailureAt: at, failingSince, failures: before.failures + 1, lastError };
    },
  };
  return store;
}
const NO_FAILURE = { failingSince: null, failures: 0, lastError: null };

const REPORT = { path: "a.pdf", sha256: "ab".repeat(32), bytes: 1, pages: 1 };

/** A target that does what the test requires, under a stopped clock. */
function targetThat(
  outcome: () => Promise<{ to: string; url: null }>,
  {
    records = aStore(),
    clock = stoppedClock(),
  }: { records?: TargetRecords; clock?: ReturnType<typeof stoppedClock> } = {},
) {
  const delivery: DeliveryTarget = {
    target: "s3",
    pathFor: () => "a.pdf",
    deliver: outcome,
    find: async () => null,
    arrivesWithinMs: 0,
    breaker: createCircuitBreaker(),
    check: async () => {},
    problem: async () => null,
  };
  const recorded = recordedDelivery(delivery, { records, now: clock.now });
  const deliver = (signal = new AbortController().signal) => recorded.deliver(aJob(), REPORT, "a.pdf", signal);
  return { clock, recorded, deliver };
}

test("a target is known by what came of its deliveries: last success, last failure, failing since", async () => {
  let failing: string | null = null;
  const { clock, recorded, deliver } = targetThat(async () => {
    if (failing !== null) throw new Failure("s3", failing, { transient: true });
    return { to: "s3://reports/a.pdf", url: null };
  });
  expect(await recorded.record()).toEqual({
    lastSuccessAt: null,
    lastFailureAt: null,
    failingSince: null,
    failures: 0,
    lastError: null,
  });
  await deliver();
  expect(await recorded.record()).toMatchObject({ lastSuccessAt: "2026-07-01T09:00:00.000Z", failingSince: null });
  for (const reason of ["it responded with 500", "it responded with 503"]) {
    clock.advance(60_000);
    failing = reason;
    expect(deliver()).rejects.toThrow(reason);
    await Bun.sleep(0);
  }
  expect(await recorded.record()).toEqual({
    lastSuccessAt: "2026-07-01T09:00:00.000Z",
    lastFailureAt: "2026-07-01T09:02:00.000Z",
    failingSince: "2026-07-01T09:01:00.000Z",
    failures: 2,
    lastError: "it responded with 503",
  });
  failing = null;
  clock.advance(60_000);
  await deliver();
  expect(await recorded.record()).toEqual({
    lastSuccessAt: "2026-07-01T09:03:00.000Z",
    lastFailureAt: "2026-07-01T09:02:00.000Z",
    failingSince: null,
    failures: 0,
    lastError: null,
  });
});

test("a delivery that was called off says nothing of its target", async () => {
  const stop = new AbortController();
  const { recorded, deliver } = targetThat(async () => {
    stop.abort(new Failure("cancelled", "the job was cancelled"));
    throw stop.signal.reason;
  });
  await expect(deliver(stop.signal)).rejects.toThrow("cancelled");
  expect(await recorded.record()).toMatchObject({ failures: 0, failingSince: null, lastFailureAt: null });
});

test("what is known of a target outlives the process, and the outcome that came last says how it is", async () => {
  const [records, clock] = [aStore(), stoppedClock()];
  const fails = async () => {
    throw new Failure("s3", "it responded with 500", { transient: true });
  };
  const first = targetThat(fails, { records, clock });
  for (let n = 0; n < 2; n++) await expect(first.deliver()).rejects.toThrow("500");
  clock.advance(60_000);
  const second = targetThat(fails, { records, clock });
  const failingSince = "2026-07-01T09:00:00.000Z";
  expect(await second.recorded.record()).toMatchObject({
    failingSince,
    failures: 2,
    lastError: "it responded with 500",
  });
  await expect(second.deliver()).rejects.toThrow("500");
  expect(await second.recorded.record()).toMatchObject({
    ...{ failingSince, failures: 3, lastFailureAt: "2026-07-01T09:01:00.000Z" },
  });
  clock.advance(60_000);
  const third = targetThat(async () => ({ to: "s3://reports/a.pdf", url: null }), { records, clock });
  await third.deliver();
  const works = { ...NO_FAILURE, lastSuccessAt: "2026-07-01T09:02:00.000Z", lastFailureAt: "2026-07-01T09:01:00.000Z" };
  // As the host that delivered knows it, and as the other two read it.
  for (const { recorded } of [third, second, first]) expect(await recorded.record()).toEqual(works);
});

test("one success right after another is known, and stored but once a second", async () => {
  const records = aStore();
  const { clock, recorded, deliver } = targetThat(async () => ({ to: "s3://reports/a.pdf", url: null }), { records });
  await deliver();
  clock.advance(999);
  await deliver();
  expect(records.stored?.lastSuccessAt).toBe("2026-07-01T09:00:00.000Z");
  expect((await recorded.record()).lastSuccessAt).toBe("2026-07-01T09:00:00.999Z");
  clock.advance(1);
  await deliver();
  expect(records.stored?.lastSuccessAt).toBe("2026-07-01T09:00:01.000Z");
});

test("a store that is away fails no delivery, and what this process saw is known all the same", async () => {
  const records = aStore();
  records.isAway = true;
  let works = false;
  const { recorded, deliver } = targetThat(
    async () => {
      if (!works) throw new Failure("s3", "it responded with 500", { transient: true });
      return { to: "s3://reports/a.pdf", url: null };
    },
    { records },
  );
  await expect(deliver()).rejects.toThrow("500");
  expect(await recorded.record()).toMatchObject({ failures: 1, lastError: "it responded with 500" });
  works = true;
  await deliver();
  expect(await recorded.record()).toMatchObject({ ...NO_FAILURE, lastSuccessAt: "2026-07-01T09:00:00.000Z" });
  // And is stored as soon as it can be.
  records.isAway = false;
  await deliver();
  expect(records.stored).toMatchObject({ lastSuccessAt: "2026-07-01T09:00:00.000Z" });
});

import { expect, test } from "bun:test";
import type { Delivery } from "../../src/delivery/delivery.ts";
import { recordedDelivery } from "../../src/delivery/record.ts";
import { Failure } from "../../src/failure.ts";
import { createCircuitBreaker } from "../../src/outbound/circuit-breaker.ts";
import { stoppedClock } from "../queue/builders.ts";
import { aJob } from "./builders.ts";

const REPORT = { path: "a.pdf", sha256: "ab".repeat(32), bytes: 1, pages: 1 };

/** A target that does what it is told to, under a clock that stands still. */
function targetThat(outcome: () => Promise<{ to: string; url: null }>) {
  const clock = stoppedClock();
  const delivery: Delivery = {
    target: "s3",
    pathFor: () => "a.pdf",
    deliver: outcome,
    find: async () => null,
    arrivesWithinMs: 0,
    breaker: createCircuitBreaker(),
    check: async () => {},
    trouble: async () => null,
  };
  const recorded = recordedDelivery(delivery, clock.now);
  const deliver = (signal = new AbortController().signal) => recorded.deliver(aJob(), REPORT, "a.pdf", signal);
  return { clock, recorded, deliver };
}

test("a target is known by what came of its deliveries: last success, last failure, failing since", async () => {
  let failing: string | null = null;
  const { clock, recorded, deliver } = targetThat(async () => {
    if (failing !== null) throw new Failure("s3", failing, { transient: true });
    return { to: "s3://reports/a.pdf", url: null };
  });
  expect(recorded.record()).toEqual({
    lastSuccessAt: null,
    lastFailureAt: null,
    failingSince: null,
    failures: 0,
    lastError: null,
  });
  await deliver();
  expect(recorded.record()).toMatchObject({ lastSuccessAt: "2026-07-01T09:00:00.000Z", failingSince: null });
  for (const reason of ["it answered 500", "it answered 503"]) {
    clock.advance(60_000);
    failing = reason;
    expect(deliver()).rejects.toThrow(reason);
    await Bun.sleep(0);
  }
  expect(recorded.record()).toEqual({
    lastSuccessAt: "2026-07-01T09:00:00.000Z",
    lastFailureAt: "2026-07-01T09:02:00.000Z",
    failingSince: "2026-07-01T09:01:00.000Z",
    failures: 2,
    lastError: "it answered 503",
  });
  failing = null;
  clock.advance(60_000);
  await deliver();
  expect(recorded.record()).toEqual({
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
  expect(recorded.record()).toMatchObject({ failures: 0, failingSince: null, lastFailureAt: null });
});

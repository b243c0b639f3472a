import { expect, test } from "bun:test";
import fc from "fast-check";
import { nextAttempt } from "../../../src/delivery/callbacks/backoff.ts";

const since = "2026-07-01T09:00:00.000Z";
const began = Date.parse(since);
const DAY = 24 * 3_600_000;

test("whatever the dice and the receiver say, attempts come at growing intervals, never too early, and end after a day", () => {
  const requested = fc.array(
    fc.record({ random: fc.double({ min: 0, max: 1, noNaN: true }), retryAfterMs: fc.nat(2 * DAY) }),
    {
      minLength: 60,
      maxLength: 60,
    },
  );
  fc.assert(
    fc.property(requested, fc.boolean(), (responses, patient) => {
      let time = began;
      let attempts = 1;
      for (const { random, retryAfterMs } of responses) {
        const wait = patient ? retryAfterMs : 0;
        const next = nextAttempt({ since }, wait, { now: new Date(time), random: () => random });
        if (next === null) break;
        expect(next.getTime()).toBeGreaterThanOrEqual(Math.min(time + Math.max(wait, 2_500), began + DAY));
        expect(next.getTime()).toBeLessThanOrEqual(time + Math.max(wait, 4 * 3_600_000) + 1);
        time = next.getTime();
        attempts += 1;
      }
      expect(time).toBe(began + DAY);
      expect(attempts).toBeLessThan(40);
      if (!patient) expect(attempts).toBeGreaterThan(10);
    }),
  );
});

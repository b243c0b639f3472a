import { expect, test } from "bun:test";
import fc from "fast-check";
import { createAttempt } from "../../src/pipeline/attempt.ts";
import { createSlots, type Slots } from "../../src/pipeline/slots.ts";
import type { Job } from "../../src/queue/job.ts";

let jobs = 0;

function attemptOf(client: string, priority = 5) {
  jobs += 1;
  const job = {
    id: String(jobs).padStart(9, "0"),
    client,
    priority,
    createdAt: "2026-07-01T09:00:00.000Z",
    stage: "rendering",
  };
  return createAttempt({ token: jobs, job: job as Job });
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

test("the clients that wait take turns, whatever their jobs' priority, and whenever they came", async () => {
  const steps = fc.array(
    fc.oneof(
      fc.record({ client: fc.constantFrom("a", "b", "c", "d"), priority: fc.constantFrom(0, 5, 9) }),
      fc.record({ leave: fc.nat(3) }),
    ),
    { minLength: 5, maxLength: 80 },
  );
  await fc.assert(
    fc.asyncProperty(steps, fc.integer({ min: 1, max: 3 }), async (steps, count) => {
      const slots = createSlots({ limit: () => count, called: "slot" });
      const line: { readonly client: string; readonly priority: number; readonly id: string }[] = [];
      const inside: (() => void)[] = [];
      /** How many others began, by client, since each waits. */
      const passed = new Map<string, Map<string, number>>();
      const began = (client: string, id: string) => {
        const own = line.filter((each) => each.client === client).toSorted((a, b) => b.priority - a.priority);
        expect(own[0]?.id).toBe(id);
        line.splice(
          line.findIndex((each) => each.id === id),
          1,
        );
        passed.delete(client);
        for (const other of new Set(line.map((each) => each.client))) {
          if (other === client) continue;
          const times = passed.get(other) ?? new Map<string, number>();
          times.set(client, (times.get(client) ?? 0) + 1);
          expect(times.get(client)).toBeLessThanOrEqual(1);
          passed.set(other, times);
        }
        for (const other of [...passed.keys()]) if (!line.some((each) => each.client === other)) passed.delete(other);
      };
      for (const step of steps) {
        if ("leave" in step) inside.splice(step.leave % Math.max(1, inside.length), 1)[0]?.();
        else {
          const attempt = attemptOf(step.client, step.priority);
          const { id } = attempt.claim.job;
          line.push({ ...step, id });
          void slots.enter(attempt).then((leave) => {
            began(step.client, id);
            inside.push(leave);
          });
        }
        await settled();
        expect(slots.busy()).toBe(Math.min(count, inside.length));
        expect(slots.waiting()).toBe(line.length);
      }
    }),
    { numRuns: 200 },
  );
});

test("one that needs all slots waits for those that began, and has no neighbour", async () => {
  const slots = createSlots({ limit: () => 2, called: "slot" });
  const leave = await slots.enter(attemptOf("a"));
  const order: string[] = [];
  const whole = slots.enter(attemptOf("b"), { all: true }).then((done) => {
    order.push("all");
    return done;
  });
  const later = slots.enter(attemptOf("c")).then((done) => {
    order.push("later");
    return done;
  });
  await settled();
  expect(order).toEqual([]);
  leave();
  const leaveAll = await whole;
  await settled();
  expect([order, slots.busy()]).toEqual([["all"], 2]);
  leaveAll();
  (await later)();
  expect(slots.busy()).toBe(0);
});

test("a waiter that gives up leaves the queue, and blocks no other", async () => {
  const slots: Slots = createSlots({ limit: () => 1, called: "slot" });
  const leave = await slots.enter(attemptOf("a"));
  const given = attemptOf("b");
  const waiting = slots.enter(given).catch((error) => error.code);
  const next = slots.enter(attemptOf("c"));
  const { Failure } = await import("../../src/failure.ts");
  given.abort(new Failure("cancelled", "the job was cancelled"));
  expect(await waiting).toBe("cancelled");
  leave();
  (await next)();
  expect([slots.busy(), slots.waiting()]).toEqual([0, 0]);
});

test("a waiter that waits no longer than a moment gets a slot that becomes free in it, or none and leaves the queue", async () => {
  const slots = createSlots({ limit: () => 1, called: "slot" });
  const leave = await slots.enter(attemptOf("a"));
  const patient = slots.enterWithin(attemptOf("b"), 60_000);
  expect(await slots.enterWithin(attemptOf("c"), 1)).toBeNull();
  expect(slots.waiting()).toBe(1);
  leave();
  (await patient)?.();
  expect([slots.busy(), slots.waiting()]).toEqual([0, 0]);
});

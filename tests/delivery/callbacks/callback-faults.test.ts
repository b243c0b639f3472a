import { expect, test } from "bun:test";
import { createCallbackSender } from "../../../src/delivery/callbacks/sender.ts";
import { Failure } from "../../../src/failure.ts";
import type { Outbound } from "../../../src/outbound/outbound.ts";
import type { Queue } from "../../../src/queue/queue.ts";
import { EVERYTHING, newJob, stoppedClock } from "../../queue/builders.ts";
import { sqliteStorage } from "../../queue/sqlite-storage.ts";

const JOBS = 2_000;
const HOSTS = 40;
const ROUNDS = 12;
const HOUR = 3_600_000;

/** A network of receivers with random faults, for a process that may be dead: what it did is in `received`. */
function network(random: () => number, received: { readonly id: string; readonly job: string }[]) {
  const unreachable = () => new Failure("unreachable", "reset", { transient: true });
  let alive = true;
  let calm = false;
  let left = Number.POSITIVE_INFINITY;
  let died = () => {};
  const request: Outbound["request"] = async (_, { headers, body = "" }) => {
    await new Promise(setImmediate);
    if (alive && left-- <= 0) {
      alive = false;
      died();
    }
    if (!alive) return new Promise(() => {});
    const dice = calm ? 1 : random();
    if (dice < 0.15) throw unreachable();
    if (dice < 0.3) return { status: 500, headers: new Headers(), body: "" };
    if (dice < 0.35) return { status: 429, headers: new Headers({ "Retry-After": "600" }), body: "" };
    received.push({ id: headers["webhook-id"] ?? "", job: body });
    // Accepted, but the response is lost on its way.
    if (dice < 0.5) throw unreachable();
    return { status: 204, headers: new Headers(), body: "" };
  };
  return {
    request,
    calm() {
      calm = true;
    },
    /** Resolves when the process has died in the middle of its so many-th request from now. */
    dieAfter(requests: number): Promise<void> {
      left = requests;
      return new Promise((resolve) => {
        died = resolve;
      });
    },
  };
}

test.each([1, 2, 3])(
  "through faults, lost responses and kills each of thousands of callbacks comes at least once, under one id (seed %d)",
  async (seed) => {
    const random = dice(seed);
    const clock = stoppedClock();
    const storage = await sqliteStorage();
    const received: { readonly id: string; readonly job: string }[] = [];
    const open = () => storage.open({ queueLimit: 2 * JOBS, now: clock.now });
    const senderOver = (queue: Queue, outbound: Pick<Outbound, "request">) =>
      createCallbackSender({
        callbacks: queue.callbacks,
        outbound,
        secret: `whsec_${Buffer.alloc(24, 1).toString("base64")}`,
        describe: ({ id }) => id,
        onAttempt: () => {},
        onProblem: () => {},
        now: clock.now,
        random,
      });

    let queue = await open();
    const callbackUrl = () => `https://host-${Math.floor(random() * HOSTS)}.example.com/`;
    await queue.submit(Array.from({ length: JOBS }, () => newJob({ callbackUrl: callbackUrl() })));
    const ids: string[] = [];
    for (let ended = 0; ended < JOBS; ) {
      const claims = await queue.claim(EVERYTHING);
      await Promise.all(claims.map((claim) => queue.fail(claim, { code: "x", message: "x" }, null)));
      ids.push(...claims.map(({ job }) => job.id));
      ended += claims.length;
    }
    for (let round = 0; round < ROUNDS; round++) {
      const air = network(random, received);
      const death = air.dieAfter(Math.floor(random() * 600));
      const sender = senderOver(queue, air);
      await Promise.race([death, sender.sendDue()]);
      await storage.kill(queue);
      clock.advance(Math.floor(random() * HOUR));
      queue = await open();
    }
    const air = network(random, received);
    air.calm();
    const last = senderOver(queue, air);
    for (let more = true; more; ) {
      await last.sendDue();
      const next = await queue.callbacks.nextDue();
      more = next !== null;
      if (next !== null) clock.advance(Date.parse(next) - clock.now().getTime());
    }

    const idsOf = new Map<string, Set<string>>();
    for (const { id, job } of received) idsOf.set(job, (idsOf.get(job) ?? new Set()).add(id));
    expect(idsOf.size).toBe(JOBS);
    expect([...idsOf.values()].every((each) => each.size === 1)).toBe(true);
    expect(received.length).toBeGreaterThan(JOBS);
    for (const id of ids) {
      const [callback] = await queue.callbacks.of(id);
      expect(callback?.status).toBe("delivered");
    }
    await queue.close();
    await storage.remove();
  },
  60_000,
);

/** The same numbers for the same seed (mulberry32). */
function dice(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

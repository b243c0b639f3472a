import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { type Claim, STAGES, type Stage, type Status } from "../../src/queue/job.ts";
import type { Queue, Room } from "../../src/queue/queue.ts";
import { aReport, newJob, stoppedClock } from "./builders.ts";
import type { QueuePlace } from "./contract.ts";
import { sqlitePlace } from "./place.ts";

/** What a job must be, as the contract says, written again without a database. */
interface Expected {
  status: Status;
  stage: Stage;
  readonly priority: number;
  attempts: number;
  crashes: number;
  alone: boolean;
  cancelRequested: boolean;
  runAt: number;
  claim: Claim | null;
}

type Step =
  | {
      readonly do: "submit";
      readonly client: number;
      readonly priority: number;
      readonly withData: boolean;
      readonly count: number;
    }
  | { readonly do: "claim"; readonly room: Room }
  | { readonly do: "advance" | "release" | "stale" | "cancel" | "retry" | "acknowledge"; readonly which: number }
  | { readonly do: "fail"; readonly which: number; readonly retryInMs: number | null; readonly crashed: boolean }
  | { readonly do: "wait"; readonly ms: number }
  | { readonly do: "kill" | "restart" };

const which = fc.nat(1_000);
const places = fc.nat(3);
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({
        do: fc.constant("submit" as const),
        client: fc.nat(2),
        priority: fc.constantFrom(0, 5, 5, 9),
        withData: fc.boolean(),
        count: fc.integer({ min: 1, max: 4 }),
      }),
    },
    {
      weight: 5,
      arbitrary: fc.record({
        do: fc.constant("claim" as const),
        room: fc.record({ gathering: places, rendering: places, delivering: places }),
      }),
    },
    { weight: 6, arbitrary: fc.record({ do: fc.constant("advance" as const), which }) },
    {
      weight: 5,
      arbitrary: fc.record({
        do: fc.constantFrom(
          "release" as const,
          "stale" as const,
          "cancel" as const,
          "retry" as const,
          "acknowledge" as const,
        ),
        which,
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        do: fc.constant("fail" as const),
        which,
        retryInMs: fc.constantFrom(null, 0, 10),
        crashed: fc.boolean(),
      }),
    },
    { weight: 1, arbitrary: fc.record({ do: fc.constant("wait" as const), ms: fc.constantFrom(1, 10) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constantFrom("kill" as const, "restart" as const) }) },
  ),
  { minLength: 5, maxLength: 60 },
);

class World {
  readonly jobs = new Map<string, Expected>();
  readonly stale: Claim[] = [];
  readonly tokens = new Set<number>();
  readonly #place: QueuePlace;
  readonly #clock: ReturnType<typeof stoppedClock>;
  queue: Queue;

  private constructor(place: QueuePlace, clock: ReturnType<typeof stoppedClock>, queue: Queue) {
    this.#place = place;
    this.#clock = clock;
    this.queue = queue;
  }

  static async create(): Promise<World> {
    const place = await sqlitePlace();
    const clock = stoppedClock();
    return new World(place, clock, await place.open({ queueLimit: 10_000, now: clock.now }));
  }

  async remove(): Promise<void> {
    await this.queue.close();
    await this.#place.remove();
  }

  #having(...statuses: readonly Status[]): (readonly [string, Expected])[] {
    return [...this.jobs].filter(([, { status }]) => statuses.includes(status));
  }

  #pick(which: number, ...statuses: readonly Status[]) {
    const some = this.#having(...statuses);
    return some[which % Math.max(1, some.length)] ?? null;
  }

  #letGo(job: Expected): void {
    if (job.claim) this.stale.push(job.claim);
    job.claim = null;
  }

  /** What is due may be queued at any moment: here it is now. */
  async #queueDue(): Promise<void> {
    expect(await this.queue.claim({})).toEqual([]);
    const now = this.#clock.now().getTime();
    for (const [, job] of this.#having("waiting")) if (job.runAt <= now) job.status = "queued";
  }

  async take(step: Step): Promise<void> {
    await this.#queueDue();
    switch (step.do) {
      case "submit":
        return this.#submit(step.client, step.priority, step.withData, step.count);
      case "claim":
        return this.#claim(step.room);
      case "advance":
        return this.#advance(step.which);
      case "fail":
        return this.#fail(step.which, step.retryInMs, step.crashed);
      case "release":
        return this.#release(step.which);
      case "acknowledge":
        return this.#acknowledge(step.which);
      case "stale":
        return this.#useStale(step.which);
      case "cancel":
        return this.#cancel(step.which);
      case "retry":
        return this.#retry(step.which);
      case "wait":
        this.#clock.advance(step.ms);
        return;
      case "kill":
      case "restart":
        return this.#end(step.do);
    }
  }

  async #submit(client: number, priority: number, withData: boolean, count: number): Promise<void> {
    const job = newJob({ client: `client ${client}`, priority, dataSet: withData ? "{}" : null });
    for (const submitted of await this.queue.submit(Array.from({ length: count }, () => job)))
      this.jobs.set(submitted.job.id, {
        status: "queued",
        stage: withData ? "rendering" : "gathering",
        priority,
        attempts: 0,
        crashes: 0,
        alone: false,
        cancelRequested: false,
        runAt: 0,
        claim: null,
      });
  }

  async #claim(room: Room): Promise<void> {
    const running = this.#having("running");
    const first = this.#having("queued").find(([, job]) => job.alone);
    const claims = await this.queue.claim(room);

    if (running.some(([, job]) => job.alone) || (first !== undefined && running.length > 0)) expect(claims).toEqual([]);
    else if (first !== undefined)
      expect(claims.map(({ job }) => job.id)).toEqual((room[first[1].stage] ?? 0) > 0 ? [first[0]] : []);
    else
      for (const stage of STAGES) {
        const line = this.#having("queued").filter(([, job]) => job.stage === stage);
        const given = claims.filter(({ job }) => job.stage === stage).map(({ job }) => job.priority);
        const byPriority = line.map(([, { priority }]) => priority).sort((a, b) => b - a);
        expect(given).toEqual(byPriority.slice(0, room[stage] ?? 0));
      }
    for (const claim of claims) {
      const job = this.jobs.get(claim.job.id);
      expect(job?.status).toBe("queued");
      expect(this.tokens.has(claim.token)).toBe(false);
      this.tokens.add(claim.token);
      if (job) Object.assign(job, { status: "running", attempts: job.attempts + 1, claim });
    }
  }

  async #advance(which: number): Promise<void> {
    const [id, job] = this.#pick(which, "running") ?? [];
    if (!id || !job?.claim) return;
    if (job.stage === "delivering") {
      expect(await this.queue.complete(job.claim, { to: "/x", url: null })).toBe(true);
      Object.assign(job, { status: "completed", cancelRequested: false });
      this.#letGo(job);
      return;
    }
    const kept =
      job.stage === "gathering" ? this.queue.gathered(job.claim, "{}") : this.queue.rendered(job.claim, aReport(id));
    expect(await kept).toBe(!job.cancelRequested);
    if (!job.cancelRequested) job.stage = job.stage === "gathering" ? "rendering" : "delivering";
  }

  async #fail(which: number, retryInMs: number | null, crashed: boolean): Promise<void> {
    const [, job] = this.#pick(which, "running") ?? [];
    if (!job?.claim) return;
    expect(await this.queue.fail(job.claim, { code: "x", message: "x" }, retryInMs, { crashed })).toBe(true);
    this.#letGo(job);
    if (retryInMs === null || (crashed && job.crashes + 1 >= 3)) job.status = "failed";
    else if (job.cancelRequested) Object.assign(job, { status: "cancelled", cancelRequested: false });
    else {
      const runAt = this.#clock.now().getTime() + retryInMs;
      Object.assign(job, { status: "waiting", runAt, alone: crashed, crashes: job.crashes + (crashed ? 1 : 0) });
    }
  }

  async #release(which: number): Promise<void> {
    const [, job] = this.#pick(which, "running") ?? [];
    if (!job?.claim) return;
    expect(await this.queue.release(job.claim, "stopping")).toBe(true);
    this.#letGo(job);
    if (job.cancelRequested) Object.assign(job, { status: "cancelled", cancelRequested: false });
    else Object.assign(job, { status: "queued", attempts: job.attempts - 1 });
  }

  async #acknowledge(which: number): Promise<void> {
    const [, job] = this.#pick(which, "running") ?? [];
    if (!job?.claim) return;
    expect(await this.queue.cancelled(job.claim)).toBe(job.cancelRequested);
    if (!job.cancelRequested) return;
    this.#letGo(job);
    Object.assign(job, { status: "cancelled", cancelRequested: false });
  }

  async #useStale(which: number): Promise<void> {
    const claim = this.stale[which % Math.max(1, this.stale.length)];
    if (!claim) return;
    const answers = [
      await this.queue.gathered(claim, "stale"),
      await this.queue.rendered(claim, aReport("stale")),
      await this.queue.delivering(claim, "folder", "stale"),
      await this.queue.delivered(claim, "folder", { to: "stale", url: null }),
      await this.queue.complete(claim, { to: "stale", url: null }),
      await this.queue.fail(claim, { code: "stale", message: "stale" }, 0),
      await this.queue.cancelled(claim),
      await this.queue.release(claim, "stopping"),
    ];
    expect(answers).not.toContain(true);
  }

  async #cancel(which: number): Promise<void> {
    const [id, job] = this.#pick(which, "queued", "waiting", "running", "completed") ?? [];
    if (!id || !job) return;
    await this.queue.cancel(id);
    if (job.status === "running") job.cancelRequested = true;
    else if (job.status !== "completed") job.status = "cancelled";
  }

  async #retry(which: number): Promise<void> {
    const [id, job] = this.#pick(which, "failed", "cancelled", "completed") ?? [];
    if (!id || !job) return;
    await this.queue.retry(id);
    if (job.status !== "completed")
      Object.assign(job, { status: "queued", attempts: 0, crashes: 0, cancelRequested: false });
  }

  async #end(how: "kill" | "restart"): Promise<void> {
    if (how === "kill") await this.#place.kill(this.queue);
    else await this.queue.close();
    this.queue = await this.#place.open({ queueLimit: 10_000, now: this.#clock.now });
    for (const [, job] of this.#having("running")) {
      this.#letGo(job);
      if (how === "restart") {
        if (job.cancelRequested) Object.assign(job, { status: "cancelled", cancelRequested: false });
        else Object.assign(job, { status: "queued", attempts: job.attempts - 1 });
        continue;
      }
      // A render that ran alone had a process of its own: it is not to blame for the death of this one.
      const blamed = job.alone && job.stage === "rendering" ? 0 : 1;
      if (job.crashes + blamed >= 3) job.status = "failed";
      else if (job.cancelRequested) job.status = "cancelled";
      else
        Object.assign(job, {
          status: "queued",
          attempts: job.attempts - 1 + blamed,
          crashes: job.crashes + blamed,
          alone: true,
        });
      job.cancelRequested = false;
    }
  }

  /** Every job is there and as it must be. */
  async check(): Promise<void> {
    await this.#queueDue();
    const counts = { queued: 0, running: 0, waiting: 0, completed: 0, failed: 0, cancelled: 0 };
    for (const [id, { status, stage, attempts, alone, cancelRequested, claim }] of this.jobs) {
      counts[status] += 1;
      const job = await this.queue.get(id);
      expect(job).toMatchObject({ status, stage, attempts, cancelRequested });
      if (status === "queued" || status === "running") expect(job?.alone).toBe(alone);
      const live = (await this.queue.attempts(id)).filter(({ outcome }) => outcome === null);
      expect(live).toHaveLength(claim === null ? 0 : 1);
    }
    expect(await this.queue.counts()).toEqual(counts);
  }
}

describe("whatever happens to the queue", () => {
  test("no job is lost, none is claimed twice at once, none runs out of turn, and nothing stale has a say", async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (steps) => {
        const world = await World.create();
        try {
          for (const step of steps) await world.take(step);
          await world.check();
        } finally {
          await world.remove();
        }
      }),
      { numRuns: 100 },
    );
  }, 60_000);

  test("while two clients both wait, neither gets ahead of the other by more than two", async () => {
    const posts = fc.array(
      fc.oneof(
        fc.record({ client: fc.constantFrom("a", "b", "c"), count: fc.integer({ min: 1, max: 20 }) }),
        fc.record({ claims: fc.integer({ min: 1, max: 10 }) }),
      ),
      { minLength: 3, maxLength: 25 },
    );
    await fc.assert(
      fc.asyncProperty(posts, async (posts) => {
        const place = await sqlitePlace();
        const queue = await place.open({ queueLimit: 10_000, now: stoppedClock().now });
        const waiting: Record<string, number> = { a: 0, b: 0, c: 0 };
        const pairs = [
          ["a", "b"],
          ["a", "c"],
          ["b", "c"],
        ] as const;
        // For each pair how far the one is before the other, least and most, since both have waited together.
        let lead = pairs.map(() => ({ now: 0, least: 0, most: 0 }));
        try {
          for (const post of posts) {
            if ("client" in post) {
              await queue.submit(Array.from({ length: post.count }, () => newJob({ client: post.client })));
              waiting[post.client] = (waiting[post.client] ?? 0) + post.count;
              continue;
            }
            for (let i = 0; i < post.claims; i += 1) {
              const together = pairs.map(([one, other]) => (waiting[one] ?? 0) > 0 && (waiting[other] ?? 0) > 0);
              const [claim] = await queue.claim({ gathering: 1 });
              if (claim === undefined) break;
              const { client } = claim.job;
              waiting[client] = (waiting[client] ?? 0) - 1;
              lead = pairs.map(([one, other], index) => {
                const before = lead[index];
                if (!together[index] || before === undefined) return { now: 0, least: 0, most: 0 };
                const now = before.now + (client === one ? 1 : client === other ? -1 : 0);
                return { now, least: Math.min(before.least, now), most: Math.max(before.most, now) };
              });
              for (const { least, most } of lead) expect(most - least).toBeLessThanOrEqual(2);
            }
          }
        } finally {
          await queue.close();
          await place.remove();
        }
      }),
      { numRuns: 25 },
    );
  }, 60_000);
});

import { Database } from "bun:sqlite";
import { expect } from "bun:test";
import { type Claim, LANES, type Lane, type Stage, type Status } from "../../src/queue/job.ts";
import type { Queue, Room } from "../../src/queue/queue.ts";
import { until } from "../until.ts";
import { aReport, newJob, stoppedClock } from "./builders.ts";
import type { QueueStorage } from "./contract.ts";
import type { sqliteStorage } from "./sqlite-storage.ts";

/** What the contract requires of a job, written again without a database. */
export interface Expected {
  status: Status;
  stage: Stage;
  readonly client: string;
  /** It is really being rendered. */
  rendering: boolean;
  readonly priority: number;
  attempts: number;
  crashes: number;
  isolated: boolean;
  cancelRequested: boolean;
  runAt: number;
  claim: Claim | null;
}

export type Step =
  | {
      readonly do: "submit";
      readonly client: number;
      readonly priority: number;
      readonly withData: boolean;
      readonly count: number;
    }
  | { readonly do: "claim"; readonly room: Room }
  | {
      readonly do: "advance" | "begin" | "release" | "stale" | "cancel" | "retry" | "acknowledge";
      readonly which: number;
    }
  | { readonly do: "fail"; readonly which: number; readonly retryInMs: number | null; readonly crashed: boolean }
  | { readonly do: "wait"; readonly ms: number }
  | { readonly do: "kill" | "restart" | "retryAll" | "queueByHand" };

/** A job's position in the queue, while it is queued. */
export const laneOf = ({ stage, isolated }: Expected): Lane => (isolated ? "isolated" : stage);

export class World {
  /** In the order of their age. */
  readonly jobs = new Map<string, Expected>();
  readonly stale: Claim[] = [];
  readonly tokens = new Set<number>();
  /** For each lane and each client that waits there: how many each client was given since it waits, or was served itself. */
  readonly #passed = new Map<string, Map<string, number>>();
  readonly #storage: QueueStorage;
  readonly #clock: ReturnType<typeof stoppedClock>;
  queue: Queue;

  private constructor(storage: QueueStorage, clock: ReturnType<typeof stoppedClock>, queue: Queue) {
    this.#storage = storage;
    this.#clock = clock;
    this.queue = queue;
  }

  static async create(storage: QueueStorage): Promise<World> {
    const clock = stoppedClock();
    return new World(storage, clock, await storage.open({ queueLimit: 10_000, now: clock.now }));
  }

  async remove(): Promise<void> {
    await this.queue.close();
    await this.#storage.remove();
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
    job.rendering = false;
  }

  /** What is due may be queued at any moment: here it is now. */
  async #queueDue(): Promise<void> {
    expect(await this.queue.claim({})).toEqual([]);
    const now = this.#clock.now().getTime();
    for (const [, job] of this.#having("waiting")) if (job.runAt <= now) job.status = "queued";
  }

  async take(step: Step): Promise<void> {
    await this.#queueDue();
    this.#noteEmptyLines();
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
      case "begin":
        return this.#begin(step.which);
      case "retryAll":
        return this.#retryAll();
      case "queueByHand":
        return this.#queueByHand();
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
        client: job.client,
        rendering: false,
        priority,
        attempts: 0,
        crashes: 0,
        isolated: false,
        cancelRequested: false,
        runAt: 0,
        claim: null,
      });
  }

  async #claim(room: Room): Promise<void> {
    const claims = await this.queue.claim(room);
    const given = claims.map(({ job }) => this.jobs.get(job.id)).filter((job) => job !== undefined);
    for (const lane of LANES) {
      const line = this.#having("queued").filter(([, job]) => laneOf(job) === lane);
      const count = given.filter((job) => laneOf(job) === lane).length;
      expect(count).toBe(Math.min(line.length, room[lane] ?? 0));
    }
    for (const { job } of claims) this.#checkTurn(job.id);
    for (const claim of claims) {
      const job = this.jobs.get(claim.job.id);
      expect(this.tokens.has(claim.token)).toBe(false);
      this.tokens.add(claim.token);
      if (job) Object.assign(job, { status: "running", attempts: job.attempts + 1, claim });
    }
  }

  /**
   * The clients take turns in each lane: while one waits, no other is given two. A client's own jobs go by priority, then
   * by age.
   */
  #checkTurn(id: string): void {
    const job = this.jobs.get(id);
    if (job === undefined) throw new Error("it claimed a job that nobody posted");
    expect(job.status).toBe("queued");
    const line = this.#having("queued").filter(([, other]) => laneOf(other) === laneOf(job));
    const own = line
      .filter(([, { client }]) => client === job.client)
      .toSorted(([, a], [, b]) => b.priority - a.priority);
    expect(own[0]?.[0]).toBe(id);
    job.status = "running";
    const name = (client: string) => `${laneOf(job)} ${client}`;
    this.#passed.delete(name(job.client));
    const waiting = new Set(line.map(([, { client }]) => client));
    waiting.delete(job.client);
    for (const client of ["client 0", "client 1", "client 2", "client 3", "client 4"]) {
      if (!waiting.has(client)) {
        if (client !== job.client) this.#passed.delete(name(client));
        continue;
      }
      const passed = this.#passed.get(name(client)) ?? new Map<string, number>();
      const times = (passed.get(job.client) ?? 0) + 1;
      expect(times).toBeLessThanOrEqual(1);
      this.#passed.set(name(client), passed.set(job.client, times));
    }
  }

  /** A client that left a line and came back has not waited all the time. */
  #noteEmptyLines(): void {
    for (const name of [...this.#passed.keys()]) {
      const waits = this.#having("queued").some(([, job]) => `${laneOf(job)} ${job.client}` === name);
      if (!waits) this.#passed.delete(name);
    }
  }

  async #begin(which: number): Promise<void> {
    const [, job] = this.#pick(which, "running") ?? [];
    if (!job?.claim) return;
    const begins = job.stage === "rendering" && !job.cancelRequested;
    expect(await this.queue.rendering(job.claim)).toBe(begins);
    if (begins) job.rendering = true;
  }

  async #retryAll(): Promise<void> {
    const retried = this.#having("failed", "cancelled");
    expect(await this.queue.retryAll({ status: ["failed", "cancelled"] })).toBe(retried.length);
    for (const [, job] of retried)
      Object.assign(job, { status: "queued", attempts: 0, crashes: 0, cancelRequested: false });
  }

  /** In the operator's shell, where there is one. */
  async #queueByHand(): Promise<void> {
    if (!("path" in this.#storage)) return this.#retryAll();
    const shell = new Database((this.#storage as Awaited<ReturnType<typeof sqliteStorage>>).path());
    shell.run("UPDATE jobs SET status = 'queued' WHERE status IN ('failed', 'cancelled', 'waiting')");
    shell.close();
    for (const [, job] of this.#having("failed", "cancelled", "waiting"))
      Object.assign(job, { status: "queued", attempts: 0, crashes: 0, cancelRequested: false });
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
    const stored =
      job.stage === "gathering" ? this.queue.gathered(job.claim, "{}") : this.queue.rendered(job.claim, aReport(id));
    expect(await stored).toBe(!job.cancelRequested);
    if (job.cancelRequested) return;
    if (job.stage === "rendering") Object.assign(job, { isolated: false, rendering: false });
    job.stage = job.stage === "gathering" ? "rendering" : "delivering";
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
      const isolated = crashed && job.stage === "rendering";
      Object.assign(job, { status: "waiting", runAt, isolated, crashes: job.crashes + (crashed ? 1 : 0) });
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
    const responses = [
      await this.queue.gathered(claim, "stale"),
      await this.queue.rendering(claim),
      await this.queue.rendered(claim, aReport("stale")),
      await this.queue.delivering(claim, "folder", "stale"),
      await this.queue.delivered(claim, "folder", { to: "stale", url: null }),
      await this.queue.complete(claim, { to: "stale", url: null }),
      await this.queue.fail(claim, { code: "stale", message: "stale" }, 0),
      await this.queue.cancelled(claim),
      await this.queue.release(claim, "stopping"),
    ];
    expect(responses).not.toContain(true);
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
    if (how === "kill") await this.#storage.kill(this.queue);
    else await this.queue.close();
    this.queue = await this.#storage.open({ queueLimit: 10_000, now: this.#clock.now });
    for (const [, job] of this.#having("running")) {
      // Only of what this process rendered itself it can have died.
      const blamed = how === "kill" && job.rendering && !job.isolated;
      this.#letGo(job);
      if (blamed) job.crashes += 1;
      if (blamed && job.crashes >= 3) job.status = "failed";
      else if (job.cancelRequested) job.status = "cancelled";
      else if (blamed) Object.assign(job, { status: "queued", isolated: true });
      else Object.assign(job, { status: "queued", attempts: job.attempts - 1 });
      job.cancelRequested = false;
    }
  }

  /** Every job is there and as it must be. */
  async check(): Promise<void> {
    await this.#queueDue();
    const counts = { queued: 0, running: 0, waiting: 0, completed: 0, failed: 0, cancelled: 0 };
    for (const [id, { status, stage, attempts, isolated, cancelRequested, claim }] of this.jobs) {
      counts[status] += 1;
      const job = await this.queue.get(id);
      expect(job).toMatchObject({ status, stage, attempts, cancelRequested });
      if (status === "queued" || status === "running") expect(job?.isolated).toBe(isolated);
      const live = (await this.queue.attempts(id)).filter(({ outcome }) => outcome === null);
      expect(live).toHaveLength(claim === null ? 0 : 1);
    }
    // What an operator wrote is counted when it is noticed.
    await until(async () => Bun.deepEquals(await this.queue.counts(), counts));
  }
}

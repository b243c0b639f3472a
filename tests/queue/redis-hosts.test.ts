import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, setDefaultTimeout, test } from "bun:test";
import type { JobChange, Queue } from "../../src/queue/queue.ts";
import type { RecoveredJob } from "../../src/queue/recovery.ts";
import { openRedisQueue, type RedisQueueOptions } from "../../src/queue/redis/queue.ts";
import { type CuttableLine, startProxy } from "../fakes/proxy.ts";
import { groupWithPrograms } from "../programs.ts";
import { until, within } from "../until.ts";
import { aReport, claimOne, finish, post, postFor, the } from "./builders.ts";
import { type RedisServer, startRedis } from "./redis-server.ts";

const LEASE_MS = 1_500;

setDefaultTimeout(120_000);

groupWithPrograms("redis-server")("several hosts on one Redis", () => {
  let server: RedisServer;
  let prefix: string;
  let open: Queue[];
  let proxies: CuttableLine[];

  beforeAll(async () => {
    server = await startRedis();
  });
  afterAll(() => server.remove());
  beforeEach(() => {
    prefix = `hosts-${Bun.randomUUIDv7()}`;
    open = [];
    proxies = [];
  });
  afterEach(async () => {
    for (const proxy of proxies) proxy.heal();
    await Promise.all(open.map((queue) => queue.close()));
    for (const proxy of proxies) proxy.stop();
  });

  async function host(holder: string, options: Partial<RedisQueueOptions> = {}): Promise<Queue> {
    const url = server.url;
    const queue = await openRedisQueue({ url, prefix, holder, queueLimit: 1_000, leaseMs: LEASE_MS, ...options });
    open.push(queue);
    return queue;
  }

  /** A host whose line to Redis can be cut. */
  async function hostBehindProxy(holder: string, options: Partial<RedisQueueOptions> = {}) {
    const proxy = startProxy(server.port);
    proxies.push(proxy);
    return { proxy, queue: await host(holder, { url: `redis://127.0.0.1:${proxy.port}`, ...options }) };
  }

  const claimSoon = (queue: Queue) =>
    until(async () => (await queue.claim({ gathering: 1, rendering: 1, delivering: 1 }).catch(() => []))[0]);

  test("each job is given to one of them", async () => {
    const [a, b] = [await host("a"), await host("b")];
    await postFor(a, ...Array.from({ length: 40 }, () => "client"));
    const claims = await Promise.all(Array.from({ length: 20 }, (_, i) => (i % 2 ? a : b).claim({ gathering: 2 })));
    expect(new Set(claims.flat().map(({ job }) => job.id)).size).toBe(40);
  });

  test("what one does the others are notified of: a post, a stage, a cancel, an end", async () => {
    const [a, b] = [await host("a"), await host("b")];
    const received: JobChange[] = [];
    b.subscribe((change) => received.push(change));
    const id = await post(a);
    const claim = await claimOne(a);
    await a.gathered(claim, "{}");
    await a.cancel(id);
    await a.cancelled(claim);
    await until(async () => received.length >= 5);
    expect(received.every(({ elsewhere }) => elsewhere === true)).toBe(true);
    expect(received.map(({ status, stage, cancelRequested }) => [status, stage, cancelRequested])).toEqual([
      ["queued", "gathering", false],
      ["running", "gathering", false],
      ["running", "rendering", false],
      ["running", "rendering", true],
      ["cancelled", "rendering", false],
    ]);
  });

  test("late news of a job, from before a host took it, is not passed on there; what comes after it is", async () => {
    const [a, b] = [await host("a"), await host("b")];
    const [taken, late, after] = [new Set<string>(), new Set<string>(), new Set<string>()];
    b.subscribe(({ id, status }) => {
      if (taken.has(id)) (status === "queued" ? late : after).add(id);
    });
    // A host reads the news every 20 ms: what is posted and taken in between is reported after it was taken.
    for (let number = 0; number < 60; number += 1) {
      await post(a);
      taken.add((await claimOne(b)).job.id);
    }
    for (const id of taken) await a.cancel(id);
    await until(() => after.size === taken.size, 30_000, "the news that all were cancelled");
    expect([...late]).toEqual([]);
  });

  test("what a host wakes reaches the others with the dependency that is back", async () => {
    const [a, b] = [await host("a"), await host("b")];
    const reached: (string | undefined)[] = [];
    b.subscribe((change) => change.status === "queued" && reached.push(change.reached));
    const ids = await postFor(a, "one", "two", "three");
    for (const claim of await b.claim({ gathering: 3 }))
      await b.fail(claim, { code: "away", message: "away" }, 60_000, { uncounted: true, waitsFor: ["source"] });
    await until(() => reached.length === ids.length);
    expect(await a.wake("source", 100)).toBe(3);
    await until(() => reached.length === 2 * ids.length);
    expect(reached.slice(ids.length)).toEqual(["source", undefined, undefined]);
  });

  test("a Redis that was emptied is reported once, and the host continues", async () => {
    const warnings: string[] = [];
    const queue = await host("a", { onWarning: (warning) => warnings.push(warning) });
    await post(queue);
    await claimOne(queue);
    const before = warnings.length;
    await server.cli("flushall");
    await until(() => warnings.length > before, 30_000, "the warning");
    expect(warnings.slice(before)).toEqual([expect.stringContaining("Redis was emptied while this host was running")]);
    await post(queue);
    expect(await finish(queue, await claimOne(queue))).toBe(true);
    await Bun.sleep(LEASE_MS);
    expect(warnings).toHaveLength(before + 1);
  });

  test("a job that one of them runs is cancelled by another", async () => {
    const [a, b] = [await host("a"), await host("b")];
    const id = await post(a);
    const claim = await claimOne(b);
    const requested = new Promise<void>((resolve) => b.subscribe((change) => change.cancelRequested && resolve()));
    await a.cancel(id);
    await requested;
    expect(await b.cancelled(claim)).toBe(true);
  });

  test("a host that dies in the middle of a job: another takes it up after the lease, from its checkpoint, once", async () => {
    const { proxy, queue: dies } = await hostBehindProxy("dies");
    const other = await host("other");
    const id = await post(other, { dataSet: "{}" });
    const stale = await claimOne(dies);
    await dies.rendered(stale, aReport(id));
    proxy.cut();
    const claim = await claimSoon(other);
    expect(claim.job).toMatchObject({ id, stage: "delivering", report: aReport(id), attempts: 1 });
    expect(await finish(other, claim)).toBe(true);
    proxy.heal();
    expect(
      await until(() =>
        dies.complete(stale, { to: "/late", url: null }).then(
          (done) => [done],
          () => null,
        ),
      ),
    ).toEqual([false]);
    expect((await other.get(id))?.delivered?.to).not.toBe("/late");
  });

  test("a live host retains its job, however long it takes", async () => {
    const [a, b] = [await host("a"), await host("b")];
    const id = await post(a);
    const claim = await claimOne(a);
    const end = Date.now() + 3 * LEASE_MS;
    while (Date.now() < end) {
      expect(await b.claim({ gathering: 1 })).toEqual([]);
      await Bun.sleep(100);
    }
    expect(await finish(a, claim)).toBe(true);
    expect(the(await a.attempts(id)).outcome).toBe("completed");
  });

  test("a host that is cut off knows that its job is lost before another can have it", async () => {
    const { proxy, queue: cutOff } = await hostBehindProxy("cut-off");
    const other = await host("other");
    const id = await post(other);
    await claimOne(cutOff);
    let lostAt = 0;
    cutOff.subscribe((change) => {
      if (change.id === id && change.status === "queued") lostAt ||= performance.now();
    });
    proxy.silence();
    await claimSoon(other);
    expect(lostAt).toBeGreaterThan(0);
    expect(lostAt).toBeLessThan(performance.now());
  });

  test("an outage that all of them live through costs no job an attempt", async () => {
    const { proxy, queue } = await hostBehindProxy("alone");
    const id = await post(queue);
    const claim = await claimOne(queue);
    const lost = new Promise<void>((resolve) =>
      queue.subscribe((change) => change.id === id && change.status === "queued" && resolve()),
    );
    proxy.cut();
    await lost;
    proxy.heal();
    const again = await claimSoon(queue);
    expect(again.job).toMatchObject({ id, attempts: 1, isolated: false });
    expect(await queue.complete(claim, { to: "/late", url: null })).toBe(false);
    expect((await queue.attempts(id)).map(({ outcome }) => outcome)).toEqual(["released", null]);
  });

  test("a host that is back from an outage gives the others the time to come back, too, before it takes their jobs", async () => {
    const leaseMs = 4_000;
    const [waiting, looks] = await Promise.all([
      hostBehindProxy("holder", { leaseMs }),
      hostBehindProxy("back-first", { leaseMs }),
    ]);
    const id = await post(waiting.queue);
    await claimOne(waiting.queue);
    const lost = new Promise<void>((resolve) =>
      waiting.queue.subscribe((change) => change.id === id && change.status === "queued" && resolve()),
    );
    for (const { proxy } of [waiting, looks]) proxy.cut();
    await within(lost, "the holder to know that its lease is lost");
    const looked = () => server.cli("--scan", "--pattern", `*${prefix}*:stalled-check`);
    await until(async () => (await looked()) === "", 30_000, "the last look for stalled jobs to be forgotten");
    looks.proxy.heal();
    await until(() => looks.queue.get(id).catch(() => null));
    // It searches for stalled jobs three times in a lease: it has by now, were it allowed to, and a check leaves its mark.
    for (const end = performance.now() + leaseMs / 2; performance.now() < end; await Bun.sleep(50))
      expect(await looked()).toBe("");
    expect((await looks.queue.attempts(id)).map(({ outcome }) => outcome)).toEqual([null]);
    waiting.proxy.heal();
    const again = await claimSoon(waiting.queue);
    expect(again.job).toMatchObject({ id, attempts: 1, isolated: false });
    // Put back by its holder, or, where that took longer than a lease to come back, by the other.
    expect((await looks.queue.attempts(id)).map(({ outcome }) => outcome)).toEqual([
      expect.stringMatching(/^(released|crashed)$/),
      null,
    ]);
  });

  test("jobs given in a response that never came are put back", async () => {
    const { proxy, queue } = await hostBehindProxy("deaf");
    const other = await host("other");
    const id = await post(other);
    proxy.delay(300);
    const requested = queue.claim({ gathering: 1 }).catch((error) => error);
    await until(async () => (await other.get(id))?.status === "running");
    proxy.cut();
    expect(await requested).toMatchObject({ code: "redis_unavailable" });
    proxy.heal();
    const claim = await claimSoon(other);
    expect(claim.job).toMatchObject({ id, attempts: 1 });
  });

  describe("a name that two hosts have, because one's data folder is a copy of the other's", () => {
    const here = { id: "machine 1, file 1", label: "a:/var/lib/agentlink" };
    const copy = { id: "machine 2, file 1", label: "b:/var/lib/agentlink" };

    test("is refused to the second while the first lives, and the jobs that it runs stay its own", async () => {
      const a = await host("same", { location: here });
      const id = await post(a);
      const claim = await claimOne(a);
      const clone = host("same", { location: copy });
      expect(await clone.catch((error) => error)).toMatchObject({
        code: "identity_taken",
        message: expect.stringContaining("the process at a:/var/lib/agentlink uses this host's name in Redis"),
      });
      expect(await finish(a, claim)).toBe(true);
      expect((await a.attempts(id)).map(({ outcome }) => outcome)).toEqual(["completed"]);
    });

    test("goes at once to a host that starts again in the same folder, and to another after a clean stop", async () => {
      const leaseMs = 3_600_000;
      const { proxy, queue: dies } = await hostBehindProxy("same", { location: here, leaseMs });
      await post(dies);
      const { id } = (await claimOne(dies)).job;
      proxy.cut();
      const again = await host("same", { location: here, leaseMs });
      expect((await claimOne(again)).job).toMatchObject({ id, attempts: 1 });
      await again.close();
      await (await host("same", { location: copy, leaseMs })).close();
    });

    test("goes at once to a host whose earlier process stored its location under the former name", async () => {
      const leaseMs = 3_600_000;
      const { proxy } = await hostBehindProxy("same", { location: here, leaseMs });
      proxy.cut();
      const identity = `{${prefix}}:host:same`;
      expect(await server.cli("hget", identity, "location")).toBe(here.id);
      await server.cli("hset", identity, "place", here.id);
      await server.cli("hdel", identity, "location");
      await (await host("same", { location: here, leaseMs })).close();
    });

    test("goes to the second when the first is silent for a lease; that one then stops, and says so", async () => {
      const { proxy, queue: sleeps } = await hostBehindProxy("same", { location: here });
      await post(sleeps);
      await claimOne(sleeps);
      const lost = Promise.withResolvers<JobChange>();
      proxy.cut();
      const second = await host("same", { location: copy });
      sleeps.subscribe((change) => change.status === "queued" && lost.resolve(change));
      const mine = await claimOne(second);
      proxy.heal();
      // Whole: no word of Redis's about its script is in it.
      const message =
        "the process at b:/var/lib/agentlink uses this host's name in Redis, because one data folder is a copy of the other. " +
        "This host starts no jobs. Restart it, so that it takes a new name";
      const refused = { code: "identity_taken", message };
      await until(async () => (await sleeps.open().catch(({ code }) => code)) === "identity_taken", 30_000, "its end");
      expect(await sleeps.claim({ gathering: 1, rendering: 1 }).catch((error) => error)).toMatchObject(refused);
      expect((await lost.promise).id).toBe(mine.job.id);
      // It may still take posts: all hosts share them.
      expect(await sleeps.get(await post(sleeps))).toMatchObject({ status: "queued" });
      await Bun.sleep(LEASE_MS);
      expect(await finish(second, mine)).toBe(true);
    });
  });

  test("a suspected job blocks no host, and each host isolates what it has room for", async () => {
    const [a, b] = [await host("a"), await host("b")];
    const large = await post(a, { dataSet: "{}" });
    await a.fail(await claimOne(a), { code: "memory", message: "too large" }, 0, { crashed: true });
    await postFor(a, "x", "y");
    expect(await a.claim({ gathering: 1, rendering: 5, isolated: 0 })).toHaveLength(1);
    expect((await b.claim({ gathering: 1, isolated: 1 })).map(({ job }) => job.isolated)).toEqual([false, true]);
    expect((await a.get(large))?.status).toBe("running");
  });

  test("what a host that died rendered is isolated, what it ran otherwise is not, and another is notified", async () => {
    const recovered: RecoveredJob[] = [];
    const { proxy, queue: dies } = await hostBehindProxy("dies");
    const other = await host("other", { onRecovered: (jobs) => void recovered.push(...jobs) });
    const rendered = await post(other, { dataSet: "{}" });
    const waits = await post(other, { dataSet: "{}" });
    const gathered = await post(other);
    await dies.rendering(await claimOne(dies));
    await dies.claim({ gathering: 1, rendering: 1 });
    proxy.cut();
    await until(async () => recovered.length === 3);
    for (const [id, blamed] of [
      [rendered, true],
      [waits, false],
      [gathered, false],
    ] as const) {
      expect(recovered.find(({ job }) => job.id === id)).toMatchObject({ blamed, rendering: blamed });
      expect(await other.get(id)).toMatchObject({ status: "queued", isolated: blamed, attempts: blamed ? 1 : 0 });
    }
  });

  test("one of them reports a job's end; a callback that it was given and did not send comes to another in the end", async () => {
    let minutes = 0;
    const now = () => new Date(Date.now() + minutes * 60_000);
    const [a, b] = [await host("a", { now }), await host("b", { now })];
    await post(a, { callbackUrl: "https://hooks.example.com/" });
    await finish(a, await claimOne(a));
    const given = the(await a.callbacks.due(10));
    expect(await b.callbacks.due(10)).toEqual([]);
    expect(Date.parse((await b.callbacks.nextDue()) ?? "")).toBeGreaterThan(Date.now());
    minutes = 6;
    expect(the(await b.callbacks.due(10)).id).toBe(given.id);
    expect(await a.callbacks.due(10)).toEqual([]);
  });
});

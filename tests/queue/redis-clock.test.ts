import { afterAll, afterEach, beforeAll, beforeEach, expect, setDefaultTimeout, test } from "bun:test";
import type { JobChange } from "../../src/queue/queue.ts";
import { openRedisQueue, type RedisQueue, type RedisQueueOptions } from "../../src/queue/redis/queue.ts";
import { groupWithPrograms } from "../programs.ts";
import { until } from "../until.ts";
import { claimOne, finish, post, postFor, the } from "./builders.ts";
import { type RedisServer, startRedis } from "./redis-server.ts";

/** As long as a host on a busy machine may take to renew it. */
const LEASE_MS = 3_000;
/** Longer than until each host has examined the clock once more. */
const WAIT_MS = 3 * LEASE_MS;
const HOUR_MS = 3_600_000;
setDefaultTimeout(240_000);

groupWithPrograms("redis-server")("the clock of all hosts", () => {
  let server: RedisServer;
  /** Of the clock that is set while they work, from the real one. */
  let offMs: number;
  let prefix: string;
  let open: RedisQueue[];

  beforeAll(async () => {
    server = await startRedis();
  });
  afterAll(() => server.remove());
  beforeEach(() => {
    offMs = 0;
    prefix = `clock-${Bun.randomUUIDv7()}`;
    open = [];
  });
  afterEach(async () => {
    await Promise.all(open.map((queue) => queue.close()));
  });

  /** The scripts go by the settable clock in place of Redis's: redis-server does not start under libfaketime. */
  async function host(holder: string, options: Partial<RedisQueueOptions> = {}): Promise<RedisQueue> {
    const now = () => new Date(Date.now() + offMs);
    const { url } = server;
    const queue = await openRedisQueue({ url, prefix, holder, now, queueLimit: 100, leaseMs: LEASE_MS, ...options });
    open.push(queue);
    return queue;
  }

  const keysOf = async (pattern: string) =>
    (await server.cli("keys", `{${prefix}}:${pattern}`)).split("\n").filter((key) => key !== "");

  /** Until each host has examined the clock once more. */
  const looked = () => Bun.sleep(LEASE_MS);

  test("times are written as ISO 8601 has them, over leap days and ends of years", async () => {
    const given = ["2026-12-31T23:59:59.999Z", "2027-01-01T00:00:00.000Z", "2028-02-29T12:34:56.007Z"];
    for (const time of [...given, "2000-02-29T00:00:00.000Z", "2100-03-01T00:00:00.001Z", "1999-12-31T23:59:59.000Z"]) {
      const queue = await host(time, { now: () => new Date(time) });
      expect((await queue.get(await post(queue)))?.createdAt).toBe(time);
    }
  });

  test("when Redis's clock is set back by an hour, a job and a callback wait as long as they were to", async () => {
    const queue = await host("a");
    const queued = new Set<string>();
    queue.subscribe(({ id, status }: JobChange) => void (status === "queued" && queued.add(id)));
    const notified = await post(queue, { callbackUrl: "https://hooks.example.com/" });
    await finish(queue, await claimOne(queue));
    const callback = the(await queue.callbacks.due(10));
    const attempt = { startedAt: "", durationMs: 1, httpStatus: 503, response: null, error: "busy" };
    await queue.callbacks.recordAttempt(callback.id, attempt, { againAt: new Date(queue.now().getTime() + WAIT_MS) });
    const id = await post(queue);
    await queue.fail(await claimOne(queue), { code: "x", message: "x" }, WAIT_MS);
    queued.clear();
    await looked();
    offMs = -HOUR_MS;
    await until(() => queued.has(id), 30_000, "the job to be queued again");
    expect((await claimOne(queue)).job).toMatchObject({ id, attempts: 2, runAt: null });
    await until(
      async () => (await queue.callbacks.due(10)).length > 0,
      30_000,
      `the callback of ${notified} to be due`,
    );
  });

  test("when Redis's clock is set forward, no living host loses a job, and what waited is attempted at once", async () => {
    const [a, b] = [await host("a"), await host("b")];
    for (const name of ["c", "d"]) {
      await Bun.sleep(LEASE_MS / 12);
      await host(name);
    }
    const lost: JobChange[] = [];
    a.subscribe((change) => void (change.status !== "running" && lost.push(change)));
    const [running, waiting] = await postFor(a, "x", "y");
    const claim = await claimOne(a);
    await b.fail(await claimOne(b), { code: "x", message: "x" }, HOUR_MS);
    await looked();
    lost.length = 0;
    // A real step lets every expiry come at once, also of what prevents the hosts from polling one after the other.
    await server.cli("del", ...(await keysOf("*:lock")));
    offMs = 2 * HOUR_MS;
    await until(() => lost.some(({ id }) => id === waiting), 30_000, "the waiting job to be queued");
    for (const end = performance.now() + LEASE_MS / 2; performance.now() < end; )
      await server.cli("del", ...(await keysOf("*:stalled-check")));
    await Bun.sleep(2 * LEASE_MS);
    expect(lost.filter(({ id }) => id === running)).toEqual([]);
    expect(await finish(a, claim)).toBe(true);
  });

  test("when Redis's clock is set back, the jobs of a dead host are recovered after its lease, and not an hour later", async () => {
    const dies = await host("dies");
    const id = await post(dies);
    await claimOne(dies);
    const lives = await host("lives");
    await looked();
    await server.cli("client", "kill", "type", "normal");
    void dies.close();
    // What was to expire in a second would do so an hour later.
    for (const lock of await keysOf("*:lock")) await server.cli("pexpire", lock, String(HOUR_MS));
    offMs = -HOUR_MS;
    const claim = await until(
      async () => (await lives.claim({ gathering: 1 }).catch(() => []))[0],
      30_000,
      "another host to have the job",
    );
    expect(claim.job.id).toBe(id);
  });
});

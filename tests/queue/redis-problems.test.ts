import { afterAll, afterEach, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import type { Queue } from "../../src/queue/queue.ts";
import { openRedisQueue, type RedisQueueOptions } from "../../src/queue/redis/queue.ts";
import { groupWithPrograms } from "../programs.ts";
import { until } from "../until.ts";
import { claimOne, finish, post, postFor } from "./builders.ts";
import { type RedisServer, startRedis } from "./redis-server.ts";

const LEASE_MS = 1_500;
setDefaultTimeout(120_000);

groupWithPrograms("redis-server")("Redis with problems", () => {
  let server: RedisServer;
  let queue: Queue;
  const opened = (options: Partial<RedisQueueOptions> = {}) =>
    openRedisQueue({
      url: server.url,
      prefix: "trouble",
      holder: "host",
      queueLimit: 1_000,
      leaseMs: LEASE_MS,
      ...options,
    });
  const refusal = () =>
    post(queue).then(
      () => null,
      (error) => error,
    );

  afterEach(async () => {
    await queue?.close();
    await server.remove();
  });

  test("while it is away posts are refused with a time to come back; then all resumes, and nothing is lost", async () => {
    server = await startRedis({ appendfsync: "always" });
    queue = await opened();
    const ids = await postFor(queue, "a", "b");
    await server.kill();
    const failure = await until(refusal);
    expect(failure).toMatchObject({ code: "redis_unavailable", transient: true });
    expect(failure.options.retryAfterMs).toBeGreaterThan(0);
    await server.start();
    const later = await until(() => post(queue).catch(() => null));
    const claims = await until(async () => {
      const given = await queue.claim({ gathering: 5 });
      return given.length > 0 && given;
    });
    expect(claims.map(({ job }) => job.id)).toEqual([...ids, later]);
  });

  test("full, it refuses posts, and lets what runs end", async () => {
    server = await startRedis({ args: ["--maxmemory-policy", "noeviction"] });
    queue = await opened();
    const id = await post(queue);
    const claim = await claimOne(queue);
    await server.cli("config", "set", "maxmemory", "1mb");
    expect(await refusal()).toMatchObject({ code: "redis_full", transient: true });
    expect(await finish(queue, claim)).toBe(true);
    expect((await queue.get(id))?.status).toBe("completed");
    await server.cli("config", "set", "maxmemory", "0");
    expect(await refusal()).toBeNull();
  });

  test("one that may throw jobs away is refused at the start", async () => {
    server = await startRedis({ args: ["--maxmemory-policy", "allkeys-lru", "--maxmemory", "100mb"] });
    await expect(opened()).rejects.toMatchObject({ code: "redis", message: expect.stringContaining("noeviction") });
  });

  test("one that persists nothing is warned of, and refused where durability was requested", async () => {
    server = await startRedis({ appendfsync: "no" });
    const warnings: string[] = [];
    queue = await opened({ onWarning: (warning) => warnings.push(warning) });
    expect(warnings.join()).toContain("appendonly yes");
    await expect(opened({ durable: true, holder: "other" })).rejects.toMatchObject({ code: "redis" });
  });

  test("a response is durable only where each write is synced, or where Redis has WAITAOF", async () => {
    server = await startRedis({ appendfsync: "everysec" });
    const [major = 0, minor = 0] = (/redis_version:(\S+)/.exec(await server.cli("info", "server"))?.[1] ?? "")
      .split(".")
      .map(Number);
    const requests = major > 7 || (major === 7 && minor >= 2);
    if (!requests)
      await expect(opened({ durable: true })).rejects.toMatchObject({ message: expect.stringContaining("WAITAOF") });
    await server.cli("config", "set", "appendfsync", "always");
    queue = await opened({ durable: true });
    const id = await post(queue);
    await server.kill();
    await server.start();
    expect((await until(() => queue.get(id).catch(() => null)))?.status).toBe("queued");
  });

  test("a post that the replicas do not confirm is not acknowledged", async () => {
    server = await startRedis();
    queue = await opened({ replicas: 1 });
    expect(await refusal()).toMatchObject({ code: "redis_unavailable", message: expect.stringContaining("0 of 1") });
    const replica = await startRedis({ args: ["--replicaof", "127.0.0.1", String(server.port)] });
    try {
      expect(await until(() => post(queue).catch(() => null))).toBeString();
    } finally {
      await replica.remove();
    }
  });

  test("no Redis at all is reported in one line that names no password", async () => {
    server = await startRedis();
    await server.kill();
    const error = await openRedisQueue({
      url: `redis://user:hunter2@127.0.0.1:${server.port}`,
      prefix: "p",
      holder: "h",
      queueLimit: 1,
    }).catch((failure) => failure);
    expect(error.code).toBe("redis");
    expect(error.message).toContain("cannot be reached");
    expect(error.message).not.toMatch(/hunter2|\n/);
  });
});

groupWithPrograms("redis-server")("two versions side by side", () => {
  let server: RedisServer;
  beforeAll(async () => {
    server = await startRedis();
  });
  afterAll(() => server.remove());
  const version = (prefix: string, holder: string, format: number, compatible: number) =>
    openRedisQueue({ url: server.url, prefix, holder, queueLimit: 100, format, compatible });

  test("they work on the same jobs, as long as the newer allows it", async () => {
    const old = await version("side", "old", 1, 1);
    const young = await version("side", "young", 2, 1);
    const ids = [await post(old), await post(young)];
    expect(await finish(young, await claimOne(young))).toBe(true);
    expect(await finish(old, await claimOne(old))).toBe(true);
    for (const id of ids) expect((await old.get(id))?.status).toBe("completed");
    await Promise.all([old.close(), young.close()]);
  });

  test("fields that an older one does not know survive what it does", async () => {
    const old = await version("fields", "old", 1, 1);
    const id = await post(old);
    await server.cli("hset", `{fields}:job:${id}`, "of_tomorrow", "stored");
    await finish(old, await claimOne(old));
    expect(await server.cli("hget", `{fields}:job:${id}`, "of_tomorrow")).toBe("stored");
    await old.close();
  });

  test("one that would do damage stops, says so, and does not start again", async () => {
    const old = await version("damage", "old", 1, 1);
    const id = await post(old);
    const claim = await claimOne(old);
    const young = await version("damage", "young", 3, 2);
    await expect(post(old)).rejects.toMatchObject({ code: "store_newer", transient: true });
    await expect(old.complete(claim, { to: "/x", url: null })).rejects.toMatchObject({ code: "store_newer" });
    await expect(old.open()).rejects.toMatchObject({ code: "store_newer" });
    expect(await young.open()).toBe(1);
    expect((await young.get(id))?.status).toBe("running");
    await old.close();
    await expect(version("damage", "old", 1, 1)).rejects.toMatchObject({ code: "store_newer" });
    await young.close();
  });
});

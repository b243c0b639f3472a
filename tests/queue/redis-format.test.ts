import { afterAll, beforeAll, expect, test } from "bun:test";
import { openRedisSource } from "../../src/migration/from-redis.ts";
import type { Queue } from "../../src/queue/queue.ts";
import { keysBelow } from "../../src/queue/redis/keys.ts";
import { openRedisQueue } from "../../src/queue/redis/queue.ts";
import { createScripts } from "../../src/queue/redis/script.ts";
import { parseRedisAddress } from "../../src/redis/address.ts";
import { connect, createClient, type RedisClient } from "../../src/redis/redis.ts";
import { groupWithPrograms } from "../programs.ts";
import { newJob, post, the } from "./builders.ts";
import { type RedisServer, startRedis } from "./redis-server.ts";

/** More than one script renames. */
const MANY = 620;
const OLD_NAMES = /\}:(told|tries|alone|came|came-number):|[:}](quarantine)(:|$)|\}:callbacks:hosts$/;
/** Fields of hashes. */
const OLD_FIELDS = /(^|\.)attempts_ever$|:under_way_since$/;

groupWithPrograms("redis-server")("what earlier formats stored in Redis", () => {
  let server: RedisServer;
  let client: RedisClient;
  beforeAll(async () => {
    server = await startRedis({ appendfsync: "no" });
    client = createClient(parseRedisAddress(server.url));
    await connect(client, parseRedisAddress(server.url));
  });
  afterAll(async () => {
    client.disconnect();
    await server.remove();
  });

  const open = (prefix: string, holder = "host") =>
    openRedisQueue({ url: server.url, prefix, holder, queueLimit: 10_000 });
  const program = (prefix: string, format: number) =>
    createScripts({ client, keys: keysBelow(prefix), holder: "old", origin: "old", format, onChanges: () => {} });

  /** Jobs of each kind that has an old name: callbacks with attempts, and isolated ones that wait, run and are queued. */
  async function fill(queue: Queue) {
    const callbackUrl = "https://receiver.example/hook";
    const many = await queue.submit(Array.from({ length: MANY }, () => newJob({ callbackUrl })));
    const ids = many.map(({ job }) => job.id);
    for (const id of ids) await queue.cancel(id);
    const due = await queue.callbacks.due(MANY);
    const attempt = {
      startedAt: "2026-11-01T09:00:00.000Z",
      durationMs: 12,
      httpStatus: 503,
      response: "busy",
      error: "503",
    };
    for (const { id } of [due[0], due.at(-1)].flatMap((each) => each ?? []))
      await queue.callbacks.recordAttempt(id, attempt, { againAt: new Date(Date.now() + 3_600_000) });
    await queue.callbacks.recordAttempt(the(due.slice(1, 2)).id, { ...attempt, response: null }, "failed");
    const isolated: string[] = [];
    for (const retryMs of [3_600_000, 0, 0]) {
      isolated.push(await post(queue, { client: "poisonous" }));
      const claim = the(await queue.claim({ gathering: 1 }));
      await queue.gathered(claim, "{}");
      await queue.rendering(claim);
      await queue.fail(claim, { code: "crashed", message: "the renderer crashed" }, retryMs, { crashed: true });
    }
    const running = the(await queue.claim({ isolated: 1 }));
    await queue.delivering(running, "folder", "NSW/Manly/report.pdf");
    return { ids: [...ids, ...isolated], waiting: isolated[0] ?? "", running };
  }

  const rename = async (from: string, to: string) =>
    void ((await client.exists(from)) && (await client.rename(from, to)));
  async function renameField(key: string, from: string, to: string): Promise<void> {
    const value = await client.hget(key, from);
    if (value === null) return;
    await client.hset(key, to, value);
    await client.hdel(key, from);
  }

  /** Restores the names that format 6 had. */
  async function asFormatSix(prefix: string): Promise<void> {
    const keys = keysBelow(prefix);
    await rename(keys.callbackAddresses, `${keys.base}:callbacks:hosts`);
    for (const lane of ["gathering", "rendering", "delivering", "isolated"]) {
      await rename(`${keys.base}:arrivals:${lane}`, `${keys.base}:came:${lane}`);
      await rename(`${keys.base}:last-arrival:${lane}`, `${keys.base}:came-number:${lane}`);
    }
    for (const id of await client.zrange(keys.jobs, "0", "-1")) {
      await renameField(keys.job(id), "total_attempts", "attempts_ever");
      for (const callback of await client.lrange(keys.callbacksOf(id), 0, -1))
        await renameField(keys.callback(callback), "job.total_attempts", "job.attempts_ever");
      for (const field of (await client.hkeys(keys.deliveries(id))).filter((name) => name.endsWith("in_flight_since")))
        await renameField(keys.deliveries(id), field, field.replace("in_flight_since", "under_way_since"));
    }
    for (const name of await client.keys(`${keys.base}:callback-attempts:*`))
      for (const [index, text] of (await client.lrange(name, 0, -1)).entries())
        await client.lset(name, index, text.replace("durationMs", "tookMs"));
    await client.hset(keys.format, "renamed", "6", "newest", "6", "compatible", "6");
  }

  /** Restores the names that format 5 had. */
  async function asFormatFive(prefix: string): Promise<void> {
    await asFormatSix(prefix);
    const keys = keysBelow(prefix);
    for (const name of await client.keys(`${keys.base}:*`)) {
      const old = name
        .replace("}:job-callbacks:", "}:told:")
        .replace("}:callback-attempts:", "}:tries:")
        .replace(/\}:((?:lane|served|came|came-number):)?isolated(?=:|$)/, "}:$1quarantine");
      if (old !== name) await client.rename(name, old);
      if (old.includes("}:tries:"))
        for (const [index, text] of (await client.lrange(old, 0, -1)).entries()) {
          const { response, ...attempt } = JSON.parse(text) as { readonly response: string | null };
          await client.lset(old, index, JSON.stringify({ ...attempt, response }));
        }
    }
    for (const id of await client.zrange(keys.jobs, "0", "-1"))
      if ((await client.hget(keys.job(id), "queue")) === "isolated")
        await client.hset(keys.job(id), "queue", "quarantine");
    await client.hdel(keys.format, "renamed");
    await client.hset(keys.format, "newest", "5", "compatible", "4");
  }

  const dump = (queue: Queue, ids: readonly string[]) =>
    Promise.all(
      ids.map(async (id) => ({
        job: await queue.get(id),
        attempts: await queue.attempts(id),
        history: await queue.history(id),
        callbacks: await queue.callbacks.of(id),
        deliveries: await queue.deliveries(id),
      })),
    );

  test.each([5, 6])(
    "format %i: is renamed in place by the first host, whole after an interruption, and older programs are refused",
    async (format) => {
      const prefix = `format-${format}`;
      const before = await open(prefix, "earlier");
      const { ids, waiting, running } = await fill(before);
      const stored = await dump(before, ids);
      const counts = [await before.counts(), await before.callbacks.counts()] as const;
      await (format === 5 ? asFormatFive(prefix) : asFormatSix(prefix));

      // One batch, as by a host that was killed then: older programs are refused from here on.
      expect(await program(prefix, 7).run("upgrade", ["0", 7])).toBe("500");
      await expect(program(prefix, format).run("open_jobs", [])).rejects.toMatchObject({ code: "store_newer" });
      const [one, other] = await Promise.all([open(prefix, "one"), open(prefix, "other")]);
      const names = await client.keys(`${keysBelow(prefix).base}:*`);
      expect(names.filter((name) => OLD_NAMES.test(name))).toEqual([]);
      for (const name of names)
        if ((await client.type(name)) === "hash")
          expect((await client.hkeys(name)).filter((field) => OLD_FIELDS.test(field))).toEqual([]);
      expect(await dump(one, ids)).toEqual(stored);
      expect([await other.counts(), await other.callbacks.counts()]).toEqual([...counts]);

      // The lane has its jobs: the queued one, the running one once it is released, the waiting one once it is retried.
      const queued = ids.slice(-2).filter((id) => id !== running.job.id);
      expect((await other.claim({ isolated: 5 })).map(({ job }) => job.id)).toEqual(queued);
      expect(await before.release(running, "stopping")).toBe(true);
      expect((await one.claim({ isolated: 5 })).map(({ job }) => job.id)).toEqual([running.job.id]);
      await one.retry(waiting, "admin");
      expect((await one.claim({ isolated: 5 })).map(({ job }) => job.id)).toEqual([waiting]);
      await before.close();
      await Promise.all([one.close(), other.close()]);
    },
    240_000,
  );

  test("is renamed before it is moved to a data folder, too", async () => {
    const prefix = "moved";
    const queue = await open(prefix);
    const id = await post(queue, { callbackUrl: "https://receiver.example/hook" });
    await queue.cancel(id);
    await queue.close();
    await asFormatFive(prefix);
    const source = await openRedisSource(server.url, prefix);
    const [moved] = await Array.fromAsync(source.jobs());
    await source.close();
    expect(moved).toMatchObject({ job: { id }, callbacks: [{ status: "pending" }] });
  });
});

import { Database } from "bun:sqlite";
import { afterAll, beforeAll, expect, test } from "bun:test";
import { migrate } from "../../src/queue/sqlite/migrations.ts";
import { groupWithPrograms } from "../programs.ts";
import { claimOne, EVERYTHING, newJob, post, stoppedClock } from "./builders.ts";
import { type RedisServer, startRedis } from "./redis-server.ts";
import { redisStorage } from "./redis-storage.ts";
import { sqliteStorage } from "./sqlite-storage.ts";

/** Before clients took turns in lanes. */
const BEFORE_LANES = 6;

test("jobs that an earlier version queued in SQLite are taken in turn, and only renders stay under suspicion", async () => {
  const storage = await sqliteStorage();
  const db = new Database(storage.path(), { create: true });
  migrate(db, BEFORE_LANES);
  const insert = db.prepare(
    "INSERT INTO jobs (id, stage, priority, client, suburb, state, created_at, turn, alone, revision, request) VALUES (?, ?, 5, ?, 'Manly', 'NSW', '2026', ?, ?, 1, '{}')",
  );
  insert.run("a1", "gathering", "a", 0, 0);
  insert.run("a2", "gathering", "a", 1, 0);
  insert.run("b1", "gathering", "b", 9, 0);
  insert.run("hung", "delivering", "c", 0, 1);
  insert.run("large", "rendering", "c", 0, 1);
  db.close();

  const queue = await storage.open({ queueLimit: 8, now: stoppedClock().now, clients: () => 3 });
  expect(await queue.position("b1")).toBe(1);
  const claims = await queue.claim(EVERYTHING);
  expect(claims.map(({ job }) => [job.id, job.isolated])).toEqual([
    ["a1", false],
    ["b1", false],
    ["a2", false],
    ["hung", false],
    ["large", true],
  ]);
  // Five are open, and a share is one: what they have is counted.
  await queue.submit([newJob({ client: "b" })]);
  await expect(
    queue.submit([newJob({ client: "a" }), newJob({ client: "a" }), newJob({ client: "a" })]),
  ).rejects.toMatchObject({
    code: "queue_full",
  });
  await queue.close();
  await storage.remove();
});

groupWithPrograms("redis-server")("in Redis", () => {
  let server: RedisServer;
  beforeAll(async () => {
    server = await startRedis();
  });
  afterAll(() => server.remove());

  test("jobs that an earlier version queued are taken in turn, and only renders stay under suspicion", async () => {
    const storage = await redisStorage(server)();
    const options = { queueLimit: 8, now: stoppedClock().now, clients: () => 3 };
    const before = await storage.open(options);
    const ids = [
      await post(before, { client: "a" }),
      await post(before, { client: "a" }),
      await post(before, { client: "b" }),
      await post(before, { client: "c" }),
    ];
    const running = await claimOne(before);
    await before.release(running, "stopping");
    await before.close();
    // As it was: only in BullMQ's queues, and one that waited for its delivery was isolated.
    const keys = (await server.cli("keys", "*")).split("\n");
    for (const key of keys) if (/\}:(lane|lanes|served|arrivals|open)(:|$)/.test(key)) await server.cli("del", key);
    const record = keys.find((key) => key.endsWith(`:job:${ids[3]}`)) ?? "";
    // Before format 4 two fields had other names, and until format 6 nothing was renamed.
    for (const field of ["isolated", "lease_token"]) await server.cli("hdel", record, field);
    await server.cli("hset", record, "alone", "1");
    await server.cli("hdel", keys.find((key) => key.endsWith("}:format")) ?? "", "renamed");

    const queue = await storage.open(options);
    expect(await queue.position(ids[2] ?? "")).toBe(1);
    expect((await queue.claim(EVERYTHING)).map(({ job }) => [job.id, job.isolated])).toEqual([
      [ids[0], false],
      [ids[2], false],
      [ids[3], false],
      [ids[1], false],
    ] as never);
    await queue.submit([newJob({ client: "b" })]);
    await expect(queue.submit(Array.from({ length: 4 }, () => newJob({ client: "a" })))).rejects.toMatchObject({
      code: "queue_full",
    });
    await queue.close();
  });
});

import { Database } from "bun:sqlite";
import { describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileIdentityOf } from "../../src/host/files/file-identity.ts";
import { openRedisQueue } from "../../src/queue/redis/queue.ts";
import { migrate } from "../../src/queue/sqlite/migrations.ts";
import { openSqliteQueue } from "../../src/queue/sqlite/queue.ts";
import { parseRedisAddress } from "../../src/redis/address.ts";
import { connect, createClient } from "../../src/redis/redis.ts";
import { withPrograms } from "../programs.ts";
import { newJob, post } from "./builders.ts";
import { startRedis } from "./redis-server.ts";

const metadata = { deal: [7, null], note: "Søren" };
/** As versions stored it that also persisted unknown fields. */
const LARGE = JSON.stringify({ suburb: "Manly", metadata, padding: "x".repeat(4_900_000) });
const LIGHT = JSON.stringify({ metadata });

describe("what earlier versions stored", () => {
  test("a data folder that was recorded under earlier names is known, and a copy of it found", async () => {
    const folder = mkdtempSync(join(tmpdir(), "agentlink-queue-"));
    const path = join(folder, "agentlink.db");
    const open = () => openSqliteQueue({ path, queueLimit: 10, fileIdentity: () => fileIdentityOf(path) });
    await open().close();
    const recorded = (change: (identity: Record<string, unknown>) => object) => {
      const db = new Database(path);
      const identity = "SELECT file_identity AS identity FROM data_folder";
      const row = db.query<{ identity: string }, []>(identity).get() ?? { identity: "{}" };
      const { bootId, createdNs, ...rest } = JSON.parse(row.identity);
      db.query("UPDATE data_folder SET file_identity = ?").run(
        JSON.stringify(change({ ...rest, boot: bootId, born: createdNs })),
      );
      db.close();
    };
    recorded((identity) => identity);
    const known = open();
    expect(await known.paused()).toBeNull();
    await known.close();
    recorded((identity) => ({
      ...identity,
      boot: null,
      machine: null,
      adapters: [],
      inode: "1",
      born: "2",
      device: "3",
    }));
    const copied = open();
    expect(await copied.paused()).toMatchObject({ by: "agentlink" });
    await copied.close();
    rmSync(folder, { recursive: true });
  });

  test("a database's large requests are not read to show a job, and its clients' changes are found", async () => {
    const folder = mkdtempSync(join(tmpdir(), "agentlink-queue-"));
    const path = join(folder, "agentlink.db");
    const db = new Database(path, { create: true, readwrite: true, strict: true });
    db.run("PRAGMA journal_mode = WAL");
    migrate(db, 4);
    const insert = db.prepare(
      "INSERT INTO jobs (id, client, stage, priority, suburb, state, created_at, request, revision, turn) VALUES (?, ?, 'gathering', 5, 'Manly', 'NSW', '2026-01-01T00:00:00.000Z', ?, 1, 0)",
    );
    insert.run("large", "a", LARGE);
    insert.run("plain", "b", '{"suburb":"Manly"}');
    insert.run("nothing", "b", '{"metadata":null}');
    insert.run("spoilt", "b", "no JSON");
    db.close();
    const queue = openSqliteQueue({ path, queueLimit: 1_000 });
    expect((await queue.get("large"))?.request).toBe(LIGHT);
    expect(await queue.request("large")).toBe(LARGE);
    for (const id of ["plain", "nothing", "spoilt"]) expect((await queue.get(id))?.request).toBe('{"metadata":null}');
    expect((await queue.list({ limit: 10, client: "a" })).jobs[0]?.request).toBe(LIGHT);
    expect((await queue.changesOf("a", 0, 10)).map(({ jobId }) => jobId)).toEqual(["large"]);
    expect((await queue.changesOf("b", 0, 10)).map(({ jobId }) => jobId)).toEqual(["plain", "nothing", "spoilt"]);
    await queue.close();
    rmSync(folder, { recursive: true });
  });

  withPrograms("redis-server")(
    "a record in Redis is given its metadata when it is first shown, and changes of before are found",
    async () => {
      const server = await startRedis();
      const url = `redis://127.0.0.1:${server.port}`;
      const options = { url, prefix: "earlier", holder: "host", queueLimit: 1_000 };
      const client = createClient(parseRedisAddress(url));
      await connect(client, parseRedisAddress(url));
      let queue = await openRedisQueue(options);
      const request = LARGE;
      const [old, other] = [await post(queue, { client: "a", request }), await post(queue, { client: "b" })];
      await queue.close();
      // Without what this version has added to a record and beside it.
      await client.hdel(`{earlier}:job:${old}`, "callback_request");
      await client.del("{earlier}:client-changes:a", "{earlier}:client-changes:b", "{earlier}:client-changes-since");
      queue = await openRedisQueue(options);
      expect((await queue.get(old))?.request).toBe(LIGHT);
      expect(await client.hget(`{earlier}:job:${old}`, "callback_request")).toBe(LIGHT);
      expect((await queue.get(old))?.request).toBe(LIGHT);
      expect(await queue.request(old)).toBe(LARGE);
      const later = (await queue.submit([newJob({ client: "a" })]))[0]?.job.id;
      const mine = await queue.changesOf("a", 0, 10);
      expect(mine.map(({ jobId }) => jobId)).toEqual([old]);
      expect((await queue.changesOf("a", mine[0]?.id ?? 0, 10)).map(({ jobId }) => jobId)).toEqual([later ?? ""]);
      expect((await queue.changesOf("b", 0, 10)).map(({ jobId }) => jobId)).toEqual([other]);
      await queue.close();
      client.disconnect();
      await server.remove();
    },
  );
});

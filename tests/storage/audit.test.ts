import { Database } from "bun:sqlite";
import { afterAll, describe, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseRedisAddress } from "../../src/redis/address.ts";
import { connect, createClient } from "../../src/redis/redis.ts";
import { type Act, type AuditFilter, type AuditLog, MOST_OF_TIER } from "../../src/storage/audit/audit.ts";
import { openLocalAudit } from "../../src/storage/audit/local.ts";
import { openSharedAudit } from "../../src/storage/audit/shared.ts";
import { withPrograms } from "../programs.ts";
import { type RedisServer, startRedis } from "../queue/redis-server.ts";

const ALL: AuditFilter = { actor: null, actions: [], since: null, until: null, limit: 50, cursor: null };

function act(more: Partial<Act> = {}): Act {
  return { actor: "ops", keyId: "k1", action: "createKey", subject: "make", detail: null, ...more };
}

let redis: RedisServer | null = null;
afterAll(async () => void (await redis?.remove()));

describe.each(["SQLite", "Redis"])("the audit list in %s", (backend) => {
  const run = backend === "Redis" ? withPrograms("redis-server") : test;
  const withAudit = (name: string, work: (audit: AuditLog) => Promise<void>) =>
    run(name, async () => {
      if (backend === "SQLite") {
        const folder = await mkdtemp(join(tmpdir(), "agentlink-audit-"));
        const audit = openLocalAudit({ path: join(folder, "office.db") });
        await work(audit);
        audit.close();
        return rm(folder, { recursive: true });
      }
      redis ??= await startRedis();
      const address = parseRedisAddress(redis.url);
      const client = createClient(address);
      await connect(client, address);
      await work(openSharedAudit({ client, base: `{${Bun.randomUUIDv7()}}` }));
      client.disconnect();
    });

  withAudit("has all that was done, the latest first, page by page, whatever was done at once", async (audit) => {
    const subjects = Array.from({ length: 45 }, (_, i) => String(i));
    for (const subject of subjects)
      await audit.record(act({ subject, action: Number(subject) % 3 === 0 ? "cancelJob" : "createKey" }));
    const seen: (string | null)[] = [];
    let cursor: string | null = null;
    do {
      const page: Awaited<ReturnType<AuditLog["page"]>> = await audit.page({ ...ALL, limit: 7, cursor });
      expect(page.entries.length).toBeLessThanOrEqual(7);
      seen.push(...page.entries.map(({ subject }) => subject));
      cursor = page.nextCursor;
    } while (cursor !== null);
    expect(seen).toEqual(subjects.toReversed());
    await Promise.all(subjects.map((subject) => audit.record(act({ subject: `together ${subject}` }))));
    expect((await audit.page({ ...ALL, limit: 200 })).entries).toHaveLength(90);
  });

  withAudit("is found in by who, what and when, and together", async (audit) => {
    await audit.record(act({ actor: "Ann (dashboard)", action: "pauseQueue", subject: null }));
    await audit.record(act({ actor: "make", action: "retryJob", subject: "j1" }));
    await audit.record(act({ actor: "ann (command line)", action: "createKey", detail: "submit" }));
    const found = async (filter: Partial<AuditFilter>) =>
      (await audit.page({ ...ALL, ...filter })).entries.map(({ action }) => action);
    expect(await found({ actor: "ANN" })).toEqual(["createKey", "pauseQueue"]);
    expect(await found({ actions: ["retryJob", "pauseQueue"] })).toEqual(["retryJob", "pauseQueue"]);
    expect(await found({ actor: "ann", actions: ["retryJob"] })).toEqual([]);
    const [last] = (await audit.page(ALL)).entries;
    expect(last).toMatchObject({ actor: "ann (command line)", keyId: "k1", subject: "make", detail: "submit" });
    const now = new Date(Date.parse(last?.at ?? "") + 1).toISOString();
    expect(await found({ since: now })).toEqual([]);
    expect(await found({ until: now })).toHaveLength(3);
    expect(await found({ since: "2026-01-01T00:00:00.000Z" })).toHaveLength(3);
  });

  withAudit("a cursor that is none of it is refused", async (audit) => {
    for (const cursor of ["x", "1.2", "'; --", "0"])
      expect(audit.page({ ...ALL, cursor })).rejects.toMatchObject({ code: "bad_cursor" });
  });

  withAudit("what clients do never pushes out what admins did, and each is bounded", async (audit) => {
    await audit.record(act({ subject: "the first" }));
    const many = MOST_OF_TIER + 300;
    for (let at = 0; at < many; at += 1_000)
      await Promise.all(
        Array.from({ length: Math.min(1_000, many - at) }, () => audit.record(act({ action: "cancelJob" }))),
      );
    let count = 0;
    let cursor: string | null = null;
    do {
      const page: Awaited<ReturnType<AuditLog["page"]>> = await audit.page({
        ...ALL,
        actions: ["cancelJob"],
        limit: 5_000,
        cursor,
      });
      count += page.entries.length;
      cursor = page.nextCursor;
    } while (cursor !== null);
    // Redis trims whole nodes of its stream.
    expect(count).toBeGreaterThanOrEqual(MOST_OF_TIER);
    expect(count).toBeLessThan(many);
    expect((await audit.page({ ...ALL, actions: ["createKey"] })).entries).toMatchObject([{ subject: "the first" }]);
  });
});

test("at a shell an entry of the file is neither changed nor removed", async () => {
  const folder = await mkdtemp(join(tmpdir(), "agentlink-audit-"));
  const path = join(folder, "office.db");
  const audit = openLocalAudit({ path });
  await audit.record(act());
  const shell = new Database(path);
  expect(() => shell.run("UPDATE audit SET actor = 'somebody else'")).toThrow("not changed");
  expect(() => shell.run("DELETE FROM audit")).toThrow("not removed");
  shell.close();
  expect((await audit.page(ALL)).entries).toMatchObject([{ actor: "ops" }]);
  audit.close();
  await rm(folder, { recursive: true });
});

import { afterAll, describe, expect, test } from "bun:test";
import { parseRedisAddress } from "../../src/redis/address.ts";
import { connect, createClient } from "../../src/redis/redis.ts";
import { openLocalRecords } from "../../src/storage/records/local.ts";
import type { Records } from "../../src/storage/records/records.ts";
import { openSharedRecords } from "../../src/storage/records/shared.ts";
import { withPrograms } from "../programs.ts";
import { claimOne } from "../queue/builders.ts";
import { startRedis } from "../queue/redis-server.ts";
import { openApi } from "./api.ts";
import { withKey } from "./operations.ts";

const closing: (() => unknown)[] = [];
afterAll(async () => {
  for (const close of closing.reverse()) await close();
});

async function openRecords(backend: string): Promise<Records> {
  if (backend === "SQLite") return openLocalRecords({ path: ":memory:" });
  const redis = await startRedis();
  closing.push(() => redis.remove());
  const address = parseRedisAddress(redis.url);
  const client = createClient(address);
  await connect(client, address);
  closing.push(() => client.disconnect());
  return openSharedRecords({ client, base: `{${Bun.randomUUIDv7()}}` });
}

/** The dismissed causes that are stored for a client, and for all who see everything. */
const MOST = 500;

describe.each(["SQLite", "Redis"])("%s", (backend) => {
  const run = backend === "Redis" ? withPrograms("redis-server") : test;

  run(
    "causes that one client dismisses push out its own, and no other client's",
    async () => {
      const records = await openRecords(backend);
      await using api = await openApi({ records });
      // "anna" begins the name of "anna.b", and comes before "zed".
      const secrets = ["anna", "anna.b", "zed"].map((name) => api.keys.create({ name, scope: "submit", rate: null }));
      const cause = { error_code: "no_data", stage: "gathering" };
      const dismiss = (secret: string) =>
        api.post("/api/failures/dismiss", cause, { Authorization: `Bearer ${secret}` });
      const dismissed = async (secret: string) =>
        ((await (await api.request("/api/failures", withKey(secret))).json()) as { groups: unknown[] }).groups
          .length === 0;
      for (const { secret } of secrets) {
        await api.accept({}, { Authorization: `Bearer ${secret}` });
        await api.queue.fail(await claimOne(api.queue), { code: "no_data", message: "no data" }, null);
        expect((await dismiss(secret)).status).toBe(200);
      }
      const value = JSON.stringify({
        at: "2026-01-01T00:00:00.000Z",
        by: "zed",
        last_seen: "2026-01-01T00:00:00.000Z",
      });
      const own = async (name: string) =>
        (await records.last("dismissed", 10_000)).filter((each) => each.name.startsWith(`${name} `)).length;
      for (let i = 0; i < MOST + 20; i += 1) await records.put("dismissed", `zed cause-${i} gathering`, value);
      expect((await dismiss(secrets[2]?.secret ?? "")).status).toBe(200);
      expect(await own("zed")).toBe(MOST);
      for (const { secret } of secrets) expect(await dismissed(secret)).toBe(true);
      // The same where the names before one's own are another's.
      for (let i = 0; i < MOST + 20; i += 1) await records.put("dismissed", `anna cause-${i} gathering`, value);
      expect((await dismiss(secrets[0]?.secret ?? "")).status).toBe(200);
      expect([await own("anna"), await own("anna.b"), await own("zed")]).toEqual([MOST, 1, MOST]);
    },
    60_000,
  );
});

import { expect, test } from "bun:test";
import { join } from "node:path";
import { openRedisSessionStore } from "../../src/access/sessions/redis-store.ts";
import { openSessionStore, SESSIONS_OF_A_KEY, type SessionStore } from "../../src/access/sessions/store.ts";
import { parseRedisAddress } from "../../src/redis/address.ts";
import { createClient } from "../../src/redis/redis.ts";
import { temporaryFolder } from "../e2e/binary.ts";
import { withPrograms } from "../programs.ts";
import { startRedis } from "../queue/redis-server.ts";
import { until } from "../until.ts";

test("a session is over when its time is up", async () => {
  const store = openSessionStore({ path: join(temporaryFolder(), "sessions.db") });
  await store.put("open", { keyId: "k", endsAt: Date.now() + 60_000 });
  // The last one: the next to be stored would tidy it away.
  await store.put("over", { keyId: "k", endsAt: Date.now() - 1 });
  expect(store.find("over")).toBeNull();
  expect(store.find("open")?.keyId).toBe("k");
  store.close();
});

async function boundsEachKey(store: SessionStore, another: SessionStore): Promise<void> {
  const endsAt = Date.now() + 60_000;
  const found = async (hash: string) => {
    await another.refresh?.(hash);
    return another.find(hash)?.keyId;
  };
  await store.put("boss-1", { keyId: "boss", endsAt });
  const most = 3 * SESSIONS_OF_A_KEY;
  for (let n = 0; n < most; n += 1) await store.put(`reader-${n}`, { keyId: "reader", endsAt: endsAt + n });
  expect(await found("boss-1")).toBe("boss");
  const open = [];
  for (let n = 0; n < most; n += 1) if ((await found(`reader-${n}`)) === "reader") open.push(n);
  expect(open).toEqual(Array.from({ length: SESSIONS_OF_A_KEY }, (_, n) => most - SESSIONS_OF_A_KEY + n));
}

test("a key has so many sessions at once; the oldest of its own go, and no other's", async () => {
  const path = join(temporaryFolder(), "sessions.db");
  const [store, another] = [openSessionStore({ path }), openSessionStore({ path })];
  await boundsEachKey(store, another);
  store.close();
  another.close();
});

withPrograms("redis-server")(
  "the same on several hosts",
  async () => {
    const server = await startRedis({ appendfsync: "no" });
    const client = createClient(parseRedisAddress(server.url));
    await client.connect();
    const options = { client, base: "{s}" };
    await boundsEachKey(openRedisSessionStore(options), openRedisSessionStore(options));
    expect((await client.keys("{s}:session:*")).length).toBe(SESSIONS_OF_A_KEY + 1);
    expect(await client.zcard("{s}:sessions-of:reader")).toBe(SESSIONS_OF_A_KEY);
    client.disconnect();
    await server.remove();
  },
  60_000,
);

withPrograms("redis-server")(
  "what one host ends, or time does, is over on the others, too",
  async () => {
    const server = await startRedis({ appendfsync: "no" });
    const client = createClient(parseRedisAddress(server.url));
    await client.connect();
    const open = () => openRedisSessionStore({ client, base: "{s}" });
    const [here, there] = [open(), open()];
    await here.put("signed-out", { keyId: "k", endsAt: Date.now() + 60_000 });
    await here.put("short", { keyId: "k", endsAt: Date.now() + 300 });
    expect([here.find("short")?.keyId, here.find("signed-out")?.keyId]).toEqual(["k", "k"]);
    await until(() => here.find("short") === null);
    await there.forget("signed-out");
    await until(async () => {
      await here.refresh?.("signed-out");
      return here.find("signed-out") === null;
    });
    client.disconnect();
    await server.remove();
  },
  60_000,
);

test("a damaged file of sessions is created again: browsers sign in again", async () => {
  const path = join(temporaryFolder(), "sessions.db");
  await Bun.write(path, "x".repeat(8_192));
  const store = openSessionStore({ path });
  await store.put("open", { keyId: "k", endsAt: Date.now() + 60_000 });
  expect(store.find("open")?.keyId).toBe("k");
  store.close();
});

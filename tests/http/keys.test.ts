import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openKeys } from "../../src/access/keys/keys.ts";
import { openRedisKeyStore } from "../../src/access/keys/redis.ts";
import { openRedisKeyRing } from "../../src/access/keys/redis-ring.ts";
import { SCOPES, type Scope } from "../../src/access/keys/scope.ts";
import { parseRedisAddress } from "../../src/redis/address.ts";
import { connect, createClient } from "../../src/redis/redis.ts";
import { withPrograms } from "../programs.ts";
import { startRedis } from "../queue/redis-server.ts";
import { until } from "../until.ts";
import { type Api, bearer, openApi } from "./api.ts";

const testWithRedis = withPrograms("redis-server");
const REPORT = { suburb: "Manly", state: "NSW" };

interface Made {
  readonly key: { readonly id: string; readonly name: string; readonly last_used_at: string | null };
  readonly secret: string;
}

async function make(api: Api, wish: Record<string, unknown>, as = ""): Promise<Made> {
  const made = await api.post("/api/keys", wish, as === "" ? {} : bearer(as));
  expect(made.status).toBe(201);
  return (await made.json()) as Made;
}

const listed = async (api: Api, as: string) =>
  ((await (await api.request("/api/keys", { headers: bearer(as) })).json()) as { keys: Made["key"][] }).keys;
const revoke = (api: Api, id: string, as: string) =>
  api.request(`/api/keys/${id}`, { method: "DELETE", headers: bearer(as) });
const codeOf = async (response: Response) => ((await response.json()) as { code: string }).code;

test("an admin makes, lists and revokes keys; a secret is shown once and works at once", async () => {
  await using api = await openApi();
  const boss = await make(api, { name: "boss", scope: "admin" });
  const { key, secret } = await make(
    api,
    { name: "make", scope: "submit", rate: "60/min", max_priority: 3 },
    boss.secret,
  );
  expect(secret).toMatch(/^al_[\w-]{43}$/);
  expect(key).toMatchObject({ name: "make", scope: "submit", rate: "60/min", max_priority: 3, revoked_at: null });
  expect((await api.post("/api/generate-agents-report", REPORT, bearer(secret))).status).toBe(200);

  const all = await listed(api, boss.secret);
  expect(all.map(({ name }) => name)).toEqual(["boss", "make"]);
  expect(JSON.stringify(all)).not.toContain(secret.slice(3));
  expect(JSON.stringify(api.logged)).not.toContain(secret.slice(3));
  for (const { last_used_at } of all)
    expect(Date.parse(last_used_at ?? "")).toBeWithin(Date.now() - 600_000, Date.now() + 1);

  for (const _ of ["revoked", "revoked before"]) {
    const gone = await revoke(api, key.id, boss.secret);
    expect([gone.status, typeof ((await gone.json()) as { revoked_at: unknown }).revoked_at]).toEqual([200, "string"]);
  }
  expect((await api.request("/api/jobs", { headers: bearer(secret) })).status).toBe(401);
  expect(await codeOf(await revoke(api, "00000000", boss.secret))).toBe("unknown_key");
  // A name is no id here: it would revoke several.
  expect(await codeOf(await revoke(api, "boss", boss.secret))).toBe("unknown_key");
});

test("only an admin sees, makes or revokes keys, or sees the settings and the checks", async () => {
  await using api = await openApi();
  const boss = await make(api, { name: "boss", scope: "admin" });
  for (const scope of SCOPES.filter((each) => each !== "admin")) {
    const { key, secret } = await make(api, { name: scope, scope }, boss.secret);
    const calls = [
      api.request("/api/keys", { headers: bearer(secret) }),
      api.post("/api/keys", { name: "x", scope: "admin" }, bearer(secret)),
      revoke(api, boss.key.id, secret),
      revoke(api, key.id, secret),
      ...["/api/settings", "/api/doctor"].map((path) => api.request(path, { headers: bearer(secret) })),
      api.post("/api/doctor", {}, bearer(secret)),
    ];
    for (const response of await Promise.all(calls))
      expect([scope, response.status, await codeOf(response)]).toEqual([scope, 403, "scope_needed"]);
  }
  expect(await listed(api, boss.secret)).toHaveLength(SCOPES.length);
});

test("the first key has to be an admin's, and the last admin key stays, also where two are revoked at once", async () => {
  await using api = await openApi();
  const refused = await api.post("/api/keys", { name: "make", scope: "submit" });
  expect([refused.status, await codeOf(refused)]).toEqual([409, "first_key_not_admin"]);
  expect((await api.request("/api/jobs")).status).toBe(200);
  const one = await make(api, { name: "boss", scope: "admin" });
  expect(await codeOf(await revoke(api, one.key.id, one.secret))).toBe("last_admin_key");
  const two = await make(api, { name: "second", scope: "admin" }, one.secret);
  const statuses = await Promise.all([revoke(api, one.key.id, one.secret), revoke(api, two.key.id, two.secret)]);
  expect(statuses.map(({ status }) => status).sort()).toEqual([200, 409]);
});

test("what is invalid in a request is named, and makes no key", async () => {
  await using api = await openApi();
  const boss = await make(api, { name: "boss", scope: "admin" });
  const wrong: readonly (readonly [unknown, string])[] = [
    [{}, "name"],
    [[], ""],
    [{ name: "a b", scope: "read" }, "name"],
    [{ name: "a", scope: "root" }, "scope"],
    [{ name: "a", scope: ["admin"] }, "scope"],
    [{ name: "a", scope: "read", rate: "many" }, "rate"],
    [{ name: "a", scope: "read", rate: 5 }, "rate"],
    [{ name: "a", scope: "read", max_priority: 10 }, "max_priority"],
    [{ name: "a", scope: "read", max_priority: "9" }, "max_priority"],
    [{ name: "a", scope: "read", secret: "al_mine" }, "secret"],
    [{ name: "__proto__", scope: "read" }, "name"],
  ];
  for (const [wish, field] of wrong) {
    const refused = await api.post("/api/keys", wish, bearer(boss.secret));
    expect([JSON.stringify(wish), refused.status]).toEqual([JSON.stringify(wish), 422]);
    expect(JSON.stringify(await refused.json())).toContain(field);
  }
  expect(await listed(api, boss.secret)).toHaveLength(1);
});

/** What each scope may do: the call, and the status by scope. */
const MAY: readonly (readonly [string, RequestInit, Readonly<Record<Scope, number>>])[] = [
  ["/metrics", {}, { metrics: 200, read: 403, viewer: 200, submit: 403, admin: 200 }],
  ["/api/jobs", {}, { metrics: 403, read: 200, viewer: 200, submit: 200, admin: 200 }],
  ["/api/jobs/ID", {}, { metrics: 403, read: 404, viewer: 200, submit: 404, admin: 200 }],
  ["/api/job-status/ID", {}, { metrics: 403, read: 404, viewer: 200, submit: 404, admin: 200 }],
  ["/api/jobs/ID/callbacks", {}, { metrics: 403, read: 404, viewer: 200, submit: 404, admin: 200 }],
  ["/api/overview", {}, { metrics: 403, read: 403, viewer: 200, submit: 403, admin: 200 }],
  ["/api/statistics", {}, { metrics: 403, read: 403, viewer: 200, submit: 403, admin: 200 }],
  ["/openapi.json", {}, { metrics: 403, read: 200, viewer: 200, submit: 200, admin: 200 }],
  ["/api/jobs/ID/cancel", { method: "POST" }, { metrics: 403, read: 403, viewer: 403, submit: 404, admin: 200 }],
  [
    "/api/jobs/retry",
    { method: "POST", body: "{}" },
    { metrics: 403, read: 403, viewer: 403, submit: 200, admin: 200 },
  ],
  ["/api/queue/pause", { method: "POST" }, { metrics: 403, read: 403, viewer: 403, submit: 403, admin: 200 }],
  ["/api/catalogue/all", { method: "DELETE" }, { metrics: 403, read: 403, viewer: 403, submit: 403, admin: 200 }],
];

test("a viewer sees everything of all clients and changes nothing; a metrics key reads /metrics, and nothing else", async () => {
  await using api = await openApi();
  const boss = await make(api, { name: "boss", scope: "admin" });
  for (const scope of SCOPES) {
    const { secret } = await make(api, { name: `a-${scope}`, scope }, boss.secret);
    const id = await api.accept({}, bearer(boss.secret));
    for (const [path, init, statuses] of MAY) {
      const headers = { ...bearer(secret), ...(init.body === undefined ? {} : { "Content-Type": "application/json" }) };
      const { status } = await api.request(path.replace("ID", id), { ...init, headers });
      expect([scope, path, status]).toEqual([scope, path, statuses[scope]]);
    }
    await api.queue.resume();
    const body = new URLSearchParams({ key: secret });
    const { status } = await api.request("/sign-in", { method: "POST", body, redirect: "manual" });
    expect([scope, status]).toEqual([scope, scope === "metrics" ? 403 : 303]);
  }
}, 60_000);

test("keys of before have the new scopes after the service was brought up to date, and are what they were", async () => {
  const folder = await mkdtemp(join(tmpdir(), "agentlink-keys-"));
  const path = join(folder, "keys.db");
  const first = openKeys({ path });
  const { secret } = first.create({ name: "boss", scope: "admin", rate: { requests: 5, windowS: 60 }, maxPriority: 4 });
  first.close();
  const old = new Database(path);
  old.run(
    "CREATE TABLE before (id TEXT PRIMARY KEY NOT NULL, name TEXT NOT NULL, scope TEXT NOT NULL CHECK (scope IN ('read', 'submit', 'admin')), sha256 TEXT NOT NULL UNIQUE, rate_requests INTEGER, rate_window_s INTEGER, created_at TEXT NOT NULL, revoked_at TEXT, max_priority INTEGER NOT NULL DEFAULT 9) STRICT",
  );
  old.run(
    "INSERT INTO before SELECT id, name, scope, sha256, rate_requests, rate_window_s, created_at, revoked_at, max_priority FROM keys",
  );
  old.run("DROP TABLE keys");
  old.run("ALTER TABLE before RENAME TO keys");
  old.run("PRAGMA user_version = 3");
  old.close();
  const keys = openKeys({ path });
  expect(keys.find(secret)).toMatchObject({
    name: "boss",
    rate: { requests: 5, windowS: 60 },
    maxPriority: 4,
    lastUsedAt: null,
  });
  for (const scope of SCOPES) keys.create({ name: "new", scope, rate: null });
  keys.close();
  await rm(folder, { recursive: true });
});

testWithRedis("the keys of several hosts are made, used and revoked in the same way", async () => {
  const server = await startRedis();
  const address = parseRedisAddress(server.url);
  const client = createClient(address);
  await connect(client, address);
  const base = `{${Bun.randomUUIDv7()}}`;
  const folder = await mkdtemp(join(tmpdir(), "agentlink-keys-"));
  const ring = await openRedisKeyRing({ client, base, dataDir: folder });
  const store = openRedisKeyStore({ client, base });
  {
    await using api = await openApi({ keys: ring, keyStore: store });
    const boss = await make(api, { name: "boss", scope: "admin" });
    await until(async () => (await api.request("/api/keys", { headers: bearer(boss.secret) })).status === 200);
    const viewer = await make(api, { name: "eyes", scope: "viewer" }, boss.secret);
    await until(async () => (await api.request("/api/overview", { headers: bearer(viewer.secret) })).status === 200);
    await ring.flush();
    const used = (await listed(api, boss.secret)).find(({ name }) => name === "eyes");
    expect(Date.parse(used?.last_used_at ?? "")).toBeWithin(Date.now() - 600_000, Date.now() + 1);
    expect((await revoke(api, viewer.key.id, boss.secret)).status).toBe(200);
    expect(await codeOf(await revoke(api, boss.key.id, boss.secret))).toBe("last_admin_key");
    await until(async () => (await api.request("/api/overview", { headers: bearer(viewer.secret) })).status === 401);

    // Two hosts that revoke the last two admins at once: one of them is left.
    const second = await make(api, { name: "second", scope: "admin" }, boss.secret);
    const otherStore = openRedisKeyStore({ client, base });
    const outcomes = await Promise.allSettled([
      store.revoke(boss.key.id, { unlessLastAdmin: true }),
      otherStore.revoke(second.key.id, { unlessLastAdmin: true }),
    ]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    const admins = (await store.list()).filter(({ scope, revokedAt }) => scope === "admin" && revokedAt === null);
    expect(admins).toHaveLength(1);
    const [changed] = await store.setQuota(admins[0]?.id ?? "", { perDay: 4, perMonth: null });
    expect(changed?.quota).toEqual({ perDay: 4, perMonth: null });
    await until(() => ring.active(changed?.id ?? "")?.quota?.perDay === 4);
  }
  await ring.close();
  client.disconnect();
  await server.remove();
  await rm(folder, { recursive: true });
});

test("a key's quota refuses what is past it with 429, and is changed without a new key", async () => {
  await using api = await openApi();
  const boss = await make(api, { name: "boss", scope: "admin" });
  const made = await make(api, { name: "agency", scope: "submit", quota: "2/day, 40/month" }, boss.secret);
  expect((await listed(api, boss.secret)).find(({ name }) => name === "agency")).toMatchObject({
    quota: "2/day 40/month",
  });
  const request = (secret: string, headers: Record<string, string> = {}) =>
    api.post("/api/generate-agents-report", { suburb: "Manly", state: "NSW" }, { ...bearer(secret), ...headers });
  const once = { "Idempotency-Key": "again" };
  expect((await request(made.secret, once)).status).toBe(200);
  const reports = [
    { suburb: "Manly", state: "NSW" },
    { suburb: "Manly", state: "NSW" },
  ];
  const batch = await api.post("/api/generate-agents-reports", { reports }, bearer(made.secret));
  expect([batch.status, await codeOf(batch.clone())]).toEqual([429, "quota_reached"]);
  expect(((await batch.json()) as { detail: string }).detail).toContain("Request at most 1");
  expect((await request(made.secret)).status).toBe(200);
  const refused = await request(made.secret);
  expect(refused.status).toBe(429);
  expect(Number(refused.headers.get("retry-after"))).toBeWithin(1, 24 * 3_600 + 1);
  // What was accepted before is returned again; another key of the client has its own quota, and the same count.
  expect((await request(made.secret, once)).status).toBe(200);
  const free = await make(api, { name: "agency", scope: "submit" }, boss.secret);
  expect((await request(free.secret)).status).toBe(200);

  const change = (body: unknown, secret = boss.secret, id = made.key.id) =>
    api.request(`/api/keys/${id}`, {
      method: "PATCH",
      headers: { ...bearer(secret), "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
  expect(await (await change({ quota: "4/day" })).json()).toMatchObject({ quota: "4/day" });
  expect((await request(made.secret)).status).toBe(200);
  expect((await request(made.secret)).status).toBe(429);
  expect(await (await change({ quota: null })).json()).toMatchObject({ quota: null });
  expect((await request(made.secret)).status).toBe(200);
  for (const body of [
    { quota: "0/day" },
    { quota: "4/week" },
    { quota: "1/day 2/day" },
    { quota: 4 },
    { rate: "5/s" },
    {},
    [],
  ])
    expect([body, (await change(body)).status]).toEqual([body, 422]);
  expect((await change({ quota: "4/day" }, made.secret)).status).toBe(403);
  expect((await change({ quota: "4/day" }, boss.secret, "nobody")).status).toBe(404);
});

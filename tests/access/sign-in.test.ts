import { expect, test } from "bun:test";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openKeys } from "../../src/access/keys/keys.ts";
import { openRedisSessionStore } from "../../src/access/sessions/redis-store.ts";
import { openSessionStore } from "../../src/access/sessions/store.ts";
import { parseRedisAddress } from "../../src/redis/address.ts";
import { createClient } from "../../src/redis/redis.ts";
import { type Api, bearer, openApi } from "../http/api.ts";
import { listen } from "../http/event-stream.ts";
import { post } from "../queue/builders.ts";
import { startRedis } from "../queue/redis-server.ts";
import { until, within } from "../until.ts";
import { codeOf, FORWARDED, HTML, make, REPORT, REPORTS, signIn, testWithRedis } from "./callers.ts";

test("a person signs in with a key; the cookie is out of reach of scripts and of other sites", async () => {
  await using api = await openApi({ publicUrl: "https://reports.example.com" });
  const { secret } = api.keys.create({ name: "boss", scope: "admin", rate: null });
  const sent = await api.request("/", { headers: { ...FORWARDED, ...HTML }, redirect: "manual" });
  expect([sent.status, sent.headers.get("location")]).toEqual([303, "sign-in"]);
  const form = await api.request("/sign-in");
  expect(form.headers.get("content-security-policy")).toContain("form-action 'self'");
  expect(form.headers.get("content-security-policy")).not.toContain("unsafe");
  expect(await form.text()).toContain('type="password"');

  const wrong = await signIn(api, "al_<b>wrong");
  expect([wrong.status, wrong.headers.get("set-cookie")]).toEqual([401, null]);
  expect(await wrong.text()).not.toContain("wrong");
  expect((await signIn(api, secret, { "Sec-Fetch-Site": "cross-site" })).status).toBe(403);
  expect((await signIn(api, "x".repeat(5_000))).status).toBe(413);

  const response = await signIn(api, secret);
  expect([response.status, response.headers.get("location")]).toEqual([303, "./"]);
  const line = response.headers.get("set-cookie") ?? "";
  for (const attribute of ["HttpOnly", "SameSite=Lax", "Secure", "Path=/"]) expect(line).toContain(attribute);
  expect(line).toStartWith("__Host-agentlink_session=");
  expect(line.toLowerCase()).not.toContain("domain=");
  // A neighbour under the same domain can set the plain name, and only that.
  const plain = { Cookie: line.split(";", 1)[0]?.replace("__Host-", "") ?? "", ...FORWARDED };
  expect((await api.request("/api/jobs", { headers: plain })).status).toBe(401);
  expect(line).not.toContain(secret);
  const cookie = { Cookie: `other=1; ${line.split(";", 1)[0]}`, ...FORWARDED };
  expect(await (await api.request("/", { headers: { ...HTML, ...cookie } })).text()).toContain(
    "&quot;signedIn&quot;:true",
  );

  const post = (headers: Record<string, string>) => api.post(REPORTS, REPORT, { ...cookie, ...headers });
  expect((await post({ Origin: "https://reports.example.com", "Sec-Fetch-Site": "same-origin" })).status).toBe(200);
  for (const headers of [{ Origin: "https://evil.example" }, { "Sec-Fetch-Site": "same-site" }] as const)
    expect((await post(headers as Record<string, string>)).status).toBe(403);

  // Another site's page may not sign the person out either.
  for (const headers of [{ Origin: "https://evil.example" }, { "Sec-Fetch-Site": "cross-site" }] as const) {
    const refused = await api.request("/sign-out", { method: "POST", headers: { ...cookie, ...headers } });
    expect([refused.status, refused.headers.get("set-cookie")]).toEqual([403, null]);
  }
  expect((await api.request("/api/jobs", { headers: cookie })).status).toBe(200);

  const out = await api.request("/sign-out", { method: "POST", headers: cookie, redirect: "manual" });
  expect(out.headers.get("set-cookie")).toContain("Max-Age=0");
  expect((await api.request("/api/jobs", { headers: cookie })).status).toBe(401);
}, 60_000);

test("a session outlives a restart of the service, until one signs out; the file has no token", async () => {
  const folder = await mkdtemp(join(tmpdir(), "agentlink-sessions-"));
  const path = join(folder, "sessions.db");
  const keys = openKeys({ path: join(folder, "keys.db") });
  const { secret } = keys.create({ name: "boss", scope: "admin", rate: null });
  const served = async (work: (api: Api) => Promise<unknown>) => {
    const sessionStore = openSessionStore({ path });
    await using api = await openApi({ keys, sessionStore });
    await work(api);
    sessionStore.close();
  };
  let cookie = {};
  let token = "";
  const status = async (api: Api) => (await api.request("/api/jobs", { headers: cookie })).status;
  await served(async (api) => {
    [token = ""] = (await signIn(api, secret)).headers.get("set-cookie")?.split(";", 1) ?? [];
    cookie = { Cookie: token };
  });
  for (const name of await readdir(folder))
    expect(await readFile(join(folder, name), "latin1")).not.toContain(token.split("=")[1] ?? "no token");
  await served(async (api) => {
    expect(await status(api)).toBe(200);
    await api.request("/sign-out", { method: "POST", headers: cookie, redirect: "manual" });
  });
  await served(async (api) => expect(await status(api)).toBe(401));
  // Whatever becomes of the file, one can sign in.
  await writeFile(path, "no database at all, and longer than a header of one would be".repeat(20));
  await served(async (api) => expect((await signIn(api, secret)).status).toBe(303));
  keys.close();
  await rm(folder, { recursive: true });
}, 60_000);

test("a session ends with its key", async () => {
  await using api = await openApi();
  const { secret, key } = api.keys.create({ name: "boss", scope: "admin", rate: null });
  const cookie = { Cookie: (await signIn(api, secret)).headers.get("set-cookie")?.split(";", 1)[0] ?? "" };
  expect((await api.request("/api/jobs", { headers: cookie })).status).toBe(200);
  api.keys.revoke(key.id);
  expect((await api.request("/api/jobs", { headers: cookie })).status).toBe(401);
}, 60_000);

test("a link in a mail opens for a signed-in user, and another site still changes nothing", async () => {
  await using api = await openApi({ publicUrl: "https://reports.example.com" });
  const { secret } = api.keys.create({ name: "boss", scope: "admin", rate: null });
  const cookie = { Cookie: (await signIn(api, secret)).headers.get("set-cookie")?.split(";", 1)[0] ?? "" };
  const followed = { "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document" };
  const page = await api.request("/jobs", { headers: { ...HTML, ...cookie, ...followed }, redirect: "manual" });
  expect(page.status).toBe(200);
  for (const origin of [
    "https://evil.example",
    "null",
    "http://reports.example.com:8443",
    "https://sub.reports.example.com",
  ])
    expect((await api.post(REPORTS, REPORT, { ...cookie, ...followed, Origin: origin })).status).toBe(403);
}, 60_000);

test("one key's sign-ins sign no other key out, and are counted", async () => {
  await using api = await openApi();
  const boss = api.keys.create({ name: "boss", scope: "admin", rate: null }).secret;
  const reader = api.keys.create({ name: "office", scope: "read", rate: null });
  const cookieOf = (reply: Response) => ({ Cookie: reply.headers.get("set-cookie")?.split(";", 1)[0] ?? "" });
  const signedIn = cookieOf(await signIn(api, boss));
  const cookies = [];
  for (let n = 0; n < 10; n += 1) cookies.push(cookieOf(await signIn(api, reader.secret)));
  const refused = await signIn(api, reader.secret);
  expect([refused.status, refused.headers.get("set-cookie")]).toEqual([429, null]);
  expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
  expect(await refused.text()).toContain("Too many sign-ins");
  for (const cookie of [signedIn, ...cookies])
    expect((await api.request("/api/jobs", { headers: cookie })).status).toBe(200);
  expect((await signIn(api, boss)).status).toBe(303);
  const wrong = [];
  for (let n = 0; n < 320; n += 1) wrong.push((await signIn(api, `al_${"w".repeat(43)}`)).status);
  expect(new Set(wrong)).toEqual(new Set([401, 429]));
  expect((await signIn(api, boss)).status).toBe(303);
}, 60_000);

/** Servers that share their sessions, as several hosts do. */
async function openApis(sessionStore?: ReturnType<typeof openRedisSessionStore>) {
  const keys = openKeys({ path: join(await mkdtemp(join(tmpdir(), "agentlink-keys-")), "keys.db") });
  const open = () => openApi({ keys, ...(sessionStore && { sessionStore }) });
  return { keys, a: await open(), b: await open() };
}

async function endsWithSession(a: Api, b: Api, cookie: Record<string, string>, end: () => Promise<unknown>) {
  const queued = await post(a.queue, { client: "boss" });
  const own = { headers: cookie };
  const streams = [
    await listen(`${a.url}/api/events`, cookie),
    await listen(`${a.url}/api/jobs/${queued}/events`, cookie),
  ];
  const polls = [
    a.request(`/api/job-status/${queued}?wait=120`, own),
    a.post(REPORTS, REPORT, { ...cookie, Prefer: "wait=120" }),
  ];
  await until(() => a.server.longPolls() === 2 && a.server.listening() === 2);
  await end();
  const [poll, posted] = await within(Promise.all(polls), "the polls of who is signed out");
  expect([poll?.status, poll && (await codeOf(poll))]).toEqual([401, "key_unknown"]);
  // It was accepted and must not be sent again; its state is not shown.
  expect([posted?.status, await posted?.json()]).toEqual([200, expect.objectContaining({ status: "processing" })]);
  await until(() => streams.every(({ ended }) => ended));
  expect((await b.request("/api/jobs", own)).status).toBe(401);
}

test("streams and long polls end with their session and with their key", async () => {
  const { a, keys } = await openApis();
  const { secret, key } = keys.create({ name: "boss", scope: "admin", rate: null });
  const signedIn = async () => ({
    Cookie: (await signIn(a, secret)).headers.get("set-cookie")?.split(";", 1)[0] ?? "",
  });
  const first = await signedIn();
  const out = (cookie: Record<string, string>) =>
    a.request("/sign-out", { method: "POST", headers: cookie, redirect: "manual" });
  const stays = await listen(`${a.url}/api/events`, { Authorization: `Bearer ${secret}` });
  await until(() => a.server.listening() === 1);
  stays.leave();
  await until(() => a.server.listening() === 0);
  await endsWithSession(a, a, first, () => out(first));
  await endsWithSession(a, a, await signedIn(), async () => keys.revoke(key.id));
}, 60_000);

testWithRedis(
  "they end with a session that is ended on another host",
  async () => {
    const server = await startRedis({ appendfsync: "no" });
    const client = createClient(parseRedisAddress(server.url));
    await client.connect();
    const { a, b, keys } = await openApis(openRedisSessionStore({ client, base: "{shared}" }));
    const { secret } = keys.create({ name: "boss", scope: "admin", rate: null });
    const cookie = { Cookie: (await signIn(a, secret)).headers.get("set-cookie")?.split(";", 1)[0] ?? "" };
    await endsWithSession(a, b, cookie, () =>
      b.request("/sign-out", { method: "POST", headers: cookie, redirect: "manual" }),
    );
    client.disconnect();
    await server.remove();
  },
  60_000,
);

testWithRedis(
  "while sign-ins cannot be read, a request with a session is asked to come back, and one with a key is served",
  async () => {
    const server = await startRedis({ appendfsync: "no" });
    const client = createClient(parseRedisAddress(server.url));
    await client.connect();
    await using api = await openApi({ sessionStore: openRedisSessionStore({ client, base: "{away}" }) });
    const secret = make(api, "make");
    const cookie = { Cookie: (await signIn(api, secret)).headers.get("set-cookie")?.split(";", 1)[0] ?? "" };
    expect((await api.request("/api/jobs", { headers: cookie })).status).toBe(200);
    await server.remove();
    await until(async () => (await api.request("/api/jobs", { headers: cookie })).status === 503);
    const result = await api.request("/api/jobs", { headers: cookie });
    expect(Number(result.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(await result.json()).toMatchObject({ code: "sessions_unavailable" });
    expect((await signIn(api, secret)).status).toBe(503);
    expect((await api.request("/api/jobs", { headers: bearer(secret) })).status).toBe(200);
    client.disconnect();
  },
  60_000,
);

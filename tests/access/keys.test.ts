import { expect, test } from "bun:test";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { openKeys } from "../../src/access/keys/keys.ts";
import type { Scope } from "../../src/access/keys/scope.ts";
import { createMeter } from "../../src/access/rate.ts";
import { openRedisSessionStore } from "../../src/access/sessions/redis-store.ts";
import { openSessionStore } from "../../src/access/sessions/store.ts";
import { parseRedisAddress } from "../../src/redis/address.ts";
import { createClient } from "../../src/redis/redis.ts";
import { type Door, openDoor } from "../http/door.ts";
import { listen } from "../http/event-stream.ts";
import { withPrograms } from "../programs.ts";
import { post } from "../queue/builders.ts";
import { startRedis } from "../queue/redis-server.ts";
import { until, within } from "../until.ts";

const testWithRedis = withPrograms("redis-server");
const REPORT = { suburb: "Manly", state: "NSW" };
const REPORTS = "/api/generate-agents-report";
const FORWARDED = { "X-Forwarded-For": "203.0.113.9", Host: "reports.example.com" };
const HTML = { accept: "text/html,*/*" };

const bearer = (secret: string) => ({ Authorization: `Bearer ${secret}` });
const make = (door: Door, name: string, scope: Scope = "submit") =>
  door.keys.create({ name, scope, rate: null }).secret;
const codeOf = async (answer: Response) => ((await answer.json()) as { code: string }).code;

async function accept(door: Door, secret: string, headers: Record<string, string> = {}): Promise<string> {
  const answer = await door.post(REPORTS, REPORT, { ...bearer(secret), ...headers });
  expect(answer.status).toBe(200);
  return ((await answer.json()) as { job_id: string }).job_id;
}

function signIn(door: Door, secret: string, headers: Record<string, string> = {}): Promise<Response> {
  const body = new URLSearchParams({ key: secret });
  return door.ask("/sign-in", { method: "POST", body, headers, redirect: "manual" });
}

test("a request with a key is served though a proxy passed it on, with either header, under the proxy's name", async () => {
  await using door = await openDoor();
  const secret = make(door, "make");
  for (const headers of [bearer(secret), { authorization: `bearer  ${secret} ` }, { "X-API-Key": secret }])
    expect((await door.ask("/api/jobs", { headers: { ...FORWARDED, ...headers } })).status).toBe(200);
  const basic = { Authorization: "Basic eDp5", "X-API-Key": secret };
  expect((await door.ask("/api/jobs", { headers: basic })).status).toBe(200);
  await accept(door, secret, FORWARDED);
});

test("from the first key on this machine needs one, too, and goes on needing one when all are revoked", async () => {
  await using door = await openDoor();
  expect((await door.ask("/api/jobs")).status).toBe(200);
  make(door, "make");
  for (const round of ["there is a key", "it is revoked"]) {
    const refused = await door.ask("/api/jobs");
    expect([round, refused.status]).toEqual([round, 401]);
    expect(refused.headers.get("www-authenticate")).toBe('Bearer realm="agentlink"');
    expect(await codeOf(refused)).toBe("key_required");
    for (const path of ["/livez", "/readyz"]) expect((await door.ask(path)).status).toBe(200);
    door.keys.revoke("make");
  }
});

test("a key that another process makes or revokes counts in the running service soon", async () => {
  await using door = await openDoor();
  await door.ask("/api/jobs");
  const commandLine = openKeys({ path: join(door.dataDir, "keys.db") });
  const { secret, key } = commandLine.create({ name: "make", scope: "read", rate: null });
  const status = async () => (await door.ask("/api/jobs", { headers: bearer(secret) })).status;
  await until(async () => (await status()) === 200);
  expect(commandLine.revoke(key.id)).toHaveLength(1);
  await until(async () => (await status()) === 401);
  commandLine.close();
});

test("no key is admitted but those that were made and are not revoked, in whatever shape it comes", async () => {
  await using door = await openDoor();
  const good = make(door, "make");
  const revoked = make(door, "old");
  door.keys.revoke("old");
  const changed = fc
    .tuple(fc.nat(good.length - 1), fc.constantFrom(..."abcXYZ019-_ ="))
    .map(([at, letter]) => good.slice(0, at) + letter + good.slice(at + 1));
  const wrong = fc.oneof(
    fc.string(),
    fc.string({ unit: fc.constantFrom(..."abcXYZ019-_"), minLength: 43, maxLength: 43 }).map((text) => `al_${text}`),
    changed,
    fc.nat(good.length - 1).map((length) => good.slice(0, length)),
    fc.constantFrom(revoked, `${good}${good}`, `${good}=`, good.slice(3), good.toUpperCase(), `${good}\n`, `${good}\0`),
  );
  fc.assert(
    fc.property(wrong, (secret) => {
      expect(door.keys.find(secret) === null).toBe(secret !== good);
    }),
    { numRuns: 2_000 },
  );
  for (const secret of [revoked, "", good.slice(0, -1), "undefined", "al_"]) {
    for (const headers of [bearer(secret), { "X-API-Key": secret }]) {
      const refused = await door.ask("/api/jobs", { headers });
      expect(refused.status).toBe(401);
      expect(refused.headers.get("www-authenticate")).toContain("invalid_token");
      expect(await codeOf(refused)).toBe("key_unknown");
    }
  }
});

test("a wrong key is refused even where none is needed", async () => {
  await using door = await openDoor();
  expect((await door.ask("/api/jobs", { headers: bearer("al_wrong") })).status).toBe(401);
});

test("a client sees its own jobs alone, an admin all, and another's looks as one that never was", async () => {
  await using door = await openDoor();
  const [mine, other, admin] = [make(door, "mine"), make(door, "other"), make(door, "boss", "admin")];
  const id = await accept(door, mine);
  const calls = [
    ["GET", `/api/job-status/${id}`],
    ["GET", `/api/job-status/${id}?wait=1`],
    ["GET", `/api/jobs/${id}`],
    ["GET", `/api/jobs/${id}/report.pdf`],
    ["GET", `/api/jobs/${id}/callbacks`],
    ["POST", `/api/jobs/${id}/callback`],
    ["POST", `/api/jobs/${id}/retry`],
    ["POST", `/api/jobs/${id}/cancel`],
  ] as const;
  for (const [method, path] of calls) {
    const refused = await door.ask(path, { method, headers: bearer(other) });
    expect([path, refused.status, await codeOf(refused)]).toEqual([path, 404, "unknown_job"]);
  }
  expect(await door.queue.get(id)).toMatchObject({ client: "mine", status: "queued" });

  const listed = async (secret: string) =>
    ((await (await door.ask("/api/jobs", { headers: bearer(secret) })).json()) as { jobs: unknown[] }).jobs.length;
  expect([await listed(mine), await listed(other), await listed(admin)]).toEqual([1, 0, 1]);

  // A second key of the name takes the first one's place, its jobs included.
  const next = make(door, "mine");
  for (const secret of [mine, next, admin])
    expect((await door.ask(`/api/jobs/${id}`, { headers: bearer(secret) })).status).toBe(200);
  expect((await door.ask(`/api/jobs/${id}/cancel`, { method: "POST", headers: bearer(admin) })).status).toBe(200);
});

test("an idempotency key is the client's own", async () => {
  await using door = await openDoor();
  const [mine, other] = [make(door, "mine"), make(door, "other")];
  const once = { "Idempotency-Key": "once" };
  const first = await accept(door, mine, once);
  expect(await accept(door, mine, once)).toBe(first);
  expect(await accept(door, other, once)).not.toBe(first);
});

test("a key does what its scope covers; the refusal names the scope needed, before anything is read", async () => {
  await using door = await openDoor();
  const secrets = { read: make(door, "a", "read"), submit: make(door, "a"), admin: make(door, "a", "admin") };
  const put = { method: "PUT", headers: { "Content-Type": "text/csv" }, body: "id,name\nx,Xanthe\n" };
  const post = { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(REPORT) };
  const allowed = { read: [200, 403, 403], submit: [200, 200, 403], admin: [200, 200, 200] };
  for (const scope of ["read", "submit", "admin"] as const) {
    const calls = [
      ["/api/jobs", {}],
      [REPORTS, post],
      ["/api/catalogue/agents", put],
    ] as const;
    for (const [at, [path, init]] of calls.entries()) {
      const headers = { ...("headers" in init ? init.headers : {}), ...bearer(secrets[scope]) };
      const answer = await door.ask(path, { ...init, headers });
      expect([scope, path, answer.status]).toEqual([scope, path, allowed[scope][at] ?? 0]);
      if (answer.status !== 403) continue;
      const needed = path === REPORTS ? "submit" : "admin";
      expect(await answer.json()).toMatchObject({ code: "scope_needed", details: { needed, has: scope } });
    }
  }
});

test("a key has a rate of its own, told in each answer, and past it 429 says when to come back", async () => {
  await using door = await openDoor();
  const limited = door.keys.create({ name: "a", scope: "read", rate: { requests: 3, windowS: 3_600 } }).secret;
  const free = make(door, "a", "read");
  const ask = (secret: string) => door.ask("/api/jobs", { headers: bearer(secret) });
  for (const left of [2, 1, 0]) {
    const answer = await ask(limited);
    expect(answer.status).toBe(200);
    expect(answer.headers.get("ratelimit-policy")).toBe('"key";q=3;w=3600');
    expect(answer.headers.get("ratelimit")).toStartWith(`"key";r=${left};t=`);
  }
  const refused = await ask(limited);
  expect([refused.status, await codeOf(refused)]).toEqual([429, "rate_limited"]);
  expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(1_000);
  expect(refused.headers.get("ratelimit")).toStartWith('"key";r=0;t=');
  const other = await ask(free);
  expect([other.status, other.headers.get("ratelimit")]).toEqual([200, null]);
});

test("a key without a rate of its own has that of all such keys", async () => {
  await using door = await openDoor({ keyRate: { requests: 3, windowS: 3_600 } });
  const plain = make(door, "plain");
  const own = door.keys.create({ name: "own", scope: "read", rate: { requests: 5, windowS: 3_600 } }).secret;
  const statuses = async (secret: string, times: number) => {
    const answers = [];
    for (let n = 0; n < times; n += 1) answers.push(await door.ask("/api/jobs", { headers: bearer(secret) }));
    return answers;
  };
  const answers = await statuses(plain, 4);
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 429]);
  expect(answers[0]?.headers.get("ratelimit-policy")).toBe('"key";q=3;w=3600');
  expect(Number(answers[3]?.headers.get("retry-after"))).toBeGreaterThan(0);
  expect((await statuses(own, 6)).map(({ status }) => status)).toEqual([200, 200, 200, 200, 200, 429]);
}, 60_000);

test("however requests are spread, no stretch of time lets through more than the rate and what had been saved", () => {
  const gaps = fc.array(fc.integer({ min: 0, max: 4_000 }), { minLength: 1, maxLength: 200 });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 20 }), gaps, (requests, waits) => {
      let now = 0;
      let admitted = 0;
      const meter = createMeter(() => now);
      for (const wait of waits) {
        now += wait;
        const { admitted: ok, nextInMs } = meter.take("k", { requests, windowS: 10 });
        if (ok) admitted++;
        else expect(nextInMs).toBeGreaterThan(0);
      }
      expect(admitted).toBeLessThanOrEqual(requests + (now / 10_000) * requests + 1e-6);
    }),
  );
});

test("a person signs in with a key; the cookie is out of reach of scripts and of other sites", async () => {
  await using door = await openDoor({ publicUrl: "https://reports.example.com" });
  const { secret } = door.keys.create({ name: "boss", scope: "admin", rate: null });
  const sent = await door.ask("/", { headers: { ...FORWARDED, ...HTML }, redirect: "manual" });
  expect([sent.status, sent.headers.get("location")]).toEqual([303, "sign-in"]);
  const form = await door.ask("/sign-in");
  expect(form.headers.get("content-security-policy")).toContain("form-action 'self'");
  expect(form.headers.get("content-security-policy")).not.toContain("unsafe");
  expect(await form.text()).toContain('type="password"');

  const wrong = await signIn(door, "al_<b>wrong");
  expect([wrong.status, wrong.headers.get("set-cookie")]).toEqual([401, null]);
  expect(await wrong.text()).not.toContain("wrong");
  expect((await signIn(door, secret, { "Sec-Fetch-Site": "cross-site" })).status).toBe(403);
  expect((await signIn(door, "x".repeat(5_000))).status).toBe(413);

  const answer = await signIn(door, secret);
  expect([answer.status, answer.headers.get("location")]).toEqual([303, "./"]);
  const line = answer.headers.get("set-cookie") ?? "";
  for (const attribute of ["HttpOnly", "SameSite=Lax", "Secure", "Path=/"]) expect(line).toContain(attribute);
  expect(line).toStartWith("__Host-agentlink_session=");
  expect(line.toLowerCase()).not.toContain("domain=");
  // A neighbour under the same domain can set the plain name, and only that.
  const plain = { Cookie: line.split(";", 1)[0]?.replace("__Host-", "") ?? "", ...FORWARDED };
  expect((await door.ask("/api/jobs", { headers: plain })).status).toBe(401);
  expect(line).not.toContain(secret);
  const cookie = { Cookie: `other=1; ${line.split(";", 1)[0]}`, ...FORWARDED };
  expect(await (await door.ask("/", { headers: { ...HTML, ...cookie } })).text()).toContain(
    "&quot;signedIn&quot;:true",
  );

  const post = (headers: Record<string, string>) => door.post(REPORTS, REPORT, { ...cookie, ...headers });
  expect((await post({ Origin: "https://reports.example.com", "Sec-Fetch-Site": "same-origin" })).status).toBe(200);
  for (const headers of [{ Origin: "https://evil.example" }, { "Sec-Fetch-Site": "same-site" }] as const)
    expect((await post(headers as Record<string, string>)).status).toBe(403);

  // Another site's page may not sign anybody out either.
  for (const headers of [{ Origin: "https://evil.example" }, { "Sec-Fetch-Site": "cross-site" }] as const) {
    const refused = await door.ask("/sign-out", { method: "POST", headers: { ...cookie, ...headers } });
    expect([refused.status, refused.headers.get("set-cookie")]).toEqual([403, null]);
  }
  expect((await door.ask("/api/jobs", { headers: cookie })).status).toBe(200);

  const out = await door.ask("/sign-out", { method: "POST", headers: cookie, redirect: "manual" });
  expect(out.headers.get("set-cookie")).toContain("Max-Age=0");
  expect((await door.ask("/api/jobs", { headers: cookie })).status).toBe(401);
}, 60_000);

test("a session outlives a restart of the service, until one signs out; the file has no token", async () => {
  const folder = await mkdtemp(join(tmpdir(), "agentlink-sessions-"));
  const path = join(folder, "sessions.db");
  const keys = openKeys({ path: join(folder, "keys.db") });
  const { secret } = keys.create({ name: "boss", scope: "admin", rate: null });
  const served = async (work: (door: Door) => Promise<unknown>) => {
    const sessionStore = openSessionStore({ path });
    await using door = await openDoor({ keys, sessionStore });
    await work(door);
    sessionStore.close();
  };
  let cookie = {};
  let token = "";
  const status = async (door: Door) => (await door.ask("/api/jobs", { headers: cookie })).status;
  await served(async (door) => {
    [token = ""] = (await signIn(door, secret)).headers.get("set-cookie")?.split(";", 1) ?? [];
    cookie = { Cookie: token };
  });
  for (const name of await readdir(folder))
    expect(await readFile(join(folder, name), "latin1")).not.toContain(token.split("=")[1] ?? "no token");
  await served(async (door) => {
    expect(await status(door)).toBe(200);
    await door.ask("/sign-out", { method: "POST", headers: cookie, redirect: "manual" });
  });
  await served(async (door) => expect(await status(door)).toBe(401));
  // Whatever becomes of the file, one can sign in.
  await writeFile(path, "no database at all, and longer than a header of one would be".repeat(20));
  await served(async (door) => expect((await signIn(door, secret)).status).toBe(303));
  keys.close();
  await rm(folder, { recursive: true });
}, 60_000);

test("a session ends with its key", async () => {
  await using door = await openDoor();
  const { secret, key } = door.keys.create({ name: "boss", scope: "admin", rate: null });
  const cookie = { Cookie: (await signIn(door, secret)).headers.get("set-cookie")?.split(";", 1)[0] ?? "" };
  expect((await door.ask("/api/jobs", { headers: cookie })).status).toBe(200);
  door.keys.revoke(key.id);
  expect((await door.ask("/api/jobs", { headers: cookie })).status).toBe(401);
}, 60_000);

test("a link in a mail opens for who is signed in, and another site still changes nothing", async () => {
  await using door = await openDoor({ publicUrl: "https://reports.example.com" });
  const { secret } = door.keys.create({ name: "boss", scope: "admin", rate: null });
  const cookie = { Cookie: (await signIn(door, secret)).headers.get("set-cookie")?.split(";", 1)[0] ?? "" };
  const followed = { "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document" };
  const page = await door.ask("/jobs", { headers: { ...HTML, ...cookie, ...followed }, redirect: "manual" });
  expect(page.status).toBe(200);
  for (const origin of [
    "https://evil.example",
    "null",
    "http://reports.example.com:8443",
    "https://sub.reports.example.com",
  ])
    expect((await door.post(REPORTS, REPORT, { ...cookie, ...followed, Origin: origin })).status).toBe(403);
}, 60_000);

test("one key's sign-ins sign nobody else out, and are counted", async () => {
  await using door = await openDoor();
  const boss = door.keys.create({ name: "boss", scope: "admin", rate: null }).secret;
  const reader = door.keys.create({ name: "office", scope: "read", rate: null });
  const cookieOf = (answer: Response) => ({ Cookie: answer.headers.get("set-cookie")?.split(";", 1)[0] ?? "" });
  const signedIn = cookieOf(await signIn(door, boss));
  const cookies = [];
  for (let n = 0; n < 10; n += 1) cookies.push(cookieOf(await signIn(door, reader.secret)));
  const refused = await signIn(door, reader.secret);
  expect([refused.status, refused.headers.get("set-cookie")]).toEqual([429, null]);
  expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
  expect(await refused.text()).toContain("Too many sign-ins");
  for (const cookie of [signedIn, ...cookies])
    expect((await door.ask("/api/jobs", { headers: cookie })).status).toBe(200);
  expect((await signIn(door, boss)).status).toBe(303);
  const wrong = [];
  for (let n = 0; n < 320; n += 1) wrong.push((await signIn(door, `al_${"w".repeat(43)}`)).status);
  expect(new Set(wrong)).toEqual(new Set([401, 429]));
  expect((await signIn(door, boss)).status).toBe(303);
}, 60_000);

/** Doors that share who has signed in, as several hosts do. */
async function openDoors(sessionStore?: ReturnType<typeof openRedisSessionStore>) {
  const keys = openKeys({ path: join(await mkdtemp(join(tmpdir(), "agentlink-keys-")), "keys.db") });
  const open = () => openDoor({ keys, ...(sessionStore && { sessionStore }) });
  return { keys, a: await open(), b: await open() };
}

async function endsWithSession(a: Door, b: Door, cookie: Record<string, string>, end: () => Promise<unknown>) {
  const queued = await post(a.queue, { client: "boss" });
  const own = { headers: cookie };
  const streams = [
    await listen(`${a.url}/api/events`, cookie),
    await listen(`${a.url}/api/jobs/${queued}/events`, cookie),
  ];
  const polls = [
    a.ask(`/api/job-status/${queued}?wait=120`, own),
    a.post(REPORTS, REPORT, { ...cookie, Prefer: "wait=120" }),
  ];
  await until(() => a.server.held() === 2 && a.server.listening() === 2);
  await end();
  const [poll, posted] = await within(Promise.all(polls), "the polls of who is signed out");
  expect([poll?.status, poll && (await codeOf(poll))]).toEqual([401, "key_unknown"]);
  // It was accepted, and is not to be sent again; how it is is not told.
  expect([posted?.status, await posted?.json()]).toEqual([200, expect.objectContaining({ status: "processing" })]);
  await until(() => streams.every(({ ended }) => ended));
  expect((await b.ask("/api/jobs", own)).status).toBe(401);
}

test("streams and long polls end with their session and with their key", async () => {
  const { a, keys } = await openDoors();
  const { secret, key } = keys.create({ name: "boss", scope: "admin", rate: null });
  const signedIn = async () => ({
    Cookie: (await signIn(a, secret)).headers.get("set-cookie")?.split(";", 1)[0] ?? "",
  });
  const first = await signedIn();
  const out = (cookie: Record<string, string>) =>
    a.ask("/sign-out", { method: "POST", headers: cookie, redirect: "manual" });
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
    const { a, b, keys } = await openDoors(openRedisSessionStore({ client, base: "{shared}" }));
    const { secret } = keys.create({ name: "boss", scope: "admin", rate: null });
    const cookie = { Cookie: (await signIn(a, secret)).headers.get("set-cookie")?.split(";", 1)[0] ?? "" };
    await endsWithSession(a, b, cookie, () =>
      b.ask("/sign-out", { method: "POST", headers: cookie, redirect: "manual" }),
    );
    client.disconnect();
    await server.remove();
  },
  60_000,
);

testWithRedis(
  "while sign-ins cannot be read, who shows one is told to come back, and who shows a key is served",
  async () => {
    const server = await startRedis({ appendfsync: "no" });
    const client = createClient(parseRedisAddress(server.url));
    await client.connect();
    await using door = await openDoor({ sessionStore: openRedisSessionStore({ client, base: "{away}" }) });
    const secret = make(door, "make");
    const cookie = { Cookie: (await signIn(door, secret)).headers.get("set-cookie")?.split(";", 1)[0] ?? "" };
    expect((await door.ask("/api/jobs", { headers: cookie })).status).toBe(200);
    await server.remove();
    await until(async () => (await door.ask("/api/jobs", { headers: cookie })).status === 503);
    const answer = await door.ask("/api/jobs", { headers: cookie });
    expect(Number(answer.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(await answer.json()).toMatchObject({ code: "sessions_unavailable" });
    expect((await signIn(door, secret)).status).toBe(503);
    expect((await door.ask("/api/jobs", { headers: bearer(secret) })).status).toBe(200);
    client.disconnect();
  },
  60_000,
);

test("neither the log nor any file holds a key, shown rightly or wrongly", async () => {
  await using door = await openDoor();
  const secret = make(door, "make");
  const wrong = `al_${"w".repeat(43)}`;
  await accept(door, secret);
  const bad = [await door.ask("/api/jobs", { headers: bearer(wrong) }), await signIn(door, wrong)];
  for (const answer of bad) expect(await answer.text()).not.toContain(wrong);
  await door.post(REPORTS, "{", bearer(secret));
  await signIn(door, secret);
  expect(door.logged.length).toBeGreaterThan(3);
  const files = await readdir(door.dataDir);
  expect(files).toContain("keys.db");
  const texts = await Promise.all(files.map((file) => Bun.file(join(door.dataDir, file)).bytes()));
  const all = [JSON.stringify(door.logged), ...texts.map((bytes) => Buffer.from(bytes).toString("latin1"))];
  for (const text of all) for (const each of [secret, secret.slice(3), wrong]) expect(text).not.toContain(each);
}, 60_000);

test("a report has no higher priority than its key may have, alone and in a batch, and the answer says so", async () => {
  await using door = await openDoor();
  const { secret } = door.keys.create({ name: "office", scope: "submit", rate: null, maxPriority: 3 });
  // Not those about data that is not there.
  const ofPriority = (warnings: readonly string[]) => warnings.filter((each) => each.startsWith("priority "));
  const priorityOf = async (answer: Response) => {
    const { job_id, warnings } = (await answer.json()) as { job_id: string; warnings: readonly string[] };
    return [(await door.queue.get(job_id))?.priority, ofPriority(warnings)];
  };
  const post = (body: object) => door.post(REPORTS, { ...REPORT, ...body }, bearer(secret)).then(priorityOf);
  expect(await post({ priority: 9 })).toEqual([3, ["priority 9 is more than the key may have: the job has 3"]]);
  expect(await post({ priority: 2 })).toEqual([2, []]);
  // What is usual is not asked for: nothing is said of it.
  expect(await post({})).toEqual([3, []]);
  const batch = await door.post(
    "/api/generate-agents-reports",
    {
      reports: [
        { ...REPORT, priority: 9 },
        { ...REPORT, priority: 1 },
      ],
    },
    bearer(secret),
  );
  const { jobs } = (await batch.json()) as { jobs: readonly { job_id: string; warnings: readonly string[] }[] };
  expect(jobs.map(({ warnings }) => ofPriority(warnings).length)).toEqual([1, 0]);
  const kept = await Promise.all(jobs.map(({ job_id }) => door.queue.get(job_id)));
  expect(kept.map((job) => job?.priority)).toEqual([3, 1]);
});

test("one client's posts lock no other out: past its part of the queue it gets 429, and the other comes in", async () => {
  await using door = await openDoor({ queueLimit: 20 });
  const [flood, small] = [make(door, "flood"), make(door, "small")];
  const batch = (secret: string, count: number) =>
    door.post("/api/generate-agents-reports", { reports: Array.from({ length: count }, () => REPORT) }, bearer(secret));
  expect((await batch(flood, 15)).status).toBe(200);
  const refused = await batch(flood, 1);
  expect(refused.status).toBe(429);
  expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
  expect(((await refused.json()) as { detail: string }).detail).toContain("15 of them yours");
  expect((await batch(small, 5)).status).toBe(200);
  expect((await batch(small, 1)).status).toBe(429);
});

import { expect, test } from "bun:test";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { openKeys } from "../../src/access/keys/keys.ts";
import { bearer, openApi } from "../http/api.ts";
import { until } from "../until.ts";
import { accept, codeOf, FORWARDED, make, REPORT, REPORTS, signIn } from "./callers.ts";

test("a request with a key is served though a proxy passed it on, with either header, under the proxy's name", async () => {
  await using api = await openApi();
  const secret = make(api, "make");
  for (const headers of [bearer(secret), { authorization: `bearer  ${secret} ` }, { "X-API-Key": secret }])
    expect((await api.request("/api/jobs", { headers: { ...FORWARDED, ...headers } })).status).toBe(200);
  const basic = { Authorization: "Basic eDp5", "X-API-Key": secret };
  expect((await api.request("/api/jobs", { headers: basic })).status).toBe(200);
  await accept(api, secret, FORWARDED);
});

test("from the first key on this machine needs one, too, and still needs one when all are revoked", async () => {
  await using api = await openApi();
  expect((await api.request("/api/jobs")).status).toBe(200);
  make(api, "make");
  for (const round of ["there is a key", "it is revoked"]) {
    const refused = await api.request("/api/jobs");
    expect([round, refused.status]).toEqual([round, 401]);
    expect(refused.headers.get("www-authenticate")).toBe('Bearer realm="agentlink"');
    expect(await codeOf(refused)).toBe("key_required");
    for (const path of ["/livez", "/readyz"]) expect((await api.request(path)).status).toBe(200);
    api.keys.revoke("make");
  }
});

test("a key that another process makes or revokes counts in the running service soon", async () => {
  await using api = await openApi();
  await api.request("/api/jobs");
  const commandLine = openKeys({ path: join(api.dataDir, "keys.db") });
  const { secret, key } = commandLine.create({ name: "make", scope: "read", rate: null });
  const status = async () => (await api.request("/api/jobs", { headers: bearer(secret) })).status;
  await until(async () => (await status()) === 200);
  expect(commandLine.revoke(key.id)).toHaveLength(1);
  await until(async () => (await status()) === 401);
  commandLine.close();
});

test("no key is admitted but those that were made and are not revoked, in whatever shape it comes", async () => {
  await using api = await openApi();
  const good = make(api, "make");
  const revoked = make(api, "old");
  api.keys.revoke("old");
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
      expect(api.keys.find(secret) === null).toBe(secret !== good);
    }),
    { numRuns: 2_000 },
  );
  for (const secret of [revoked, "", good.slice(0, -1), "undefined", "al_"]) {
    for (const headers of [bearer(secret), { "X-API-Key": secret }]) {
      const refused = await api.request("/api/jobs", { headers });
      expect(refused.status).toBe(401);
      expect(refused.headers.get("www-authenticate")).toContain("invalid_token");
      expect(await codeOf(refused)).toBe("key_unknown");
    }
  }
});

test("a wrong key is refused even where none is needed", async () => {
  await using api = await openApi();
  expect((await api.request("/api/jobs", { headers: bearer("al_wrong") })).status).toBe(401);
});

test("a client sees its own jobs alone, an admin all, and another's looks as one that never was", async () => {
  await using api = await openApi();
  const [mine, other, admin] = [make(api, "mine"), make(api, "other"), make(api, "boss", "admin")];
  const id = await accept(api, mine);
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
    const refused = await api.request(path, { method, headers: bearer(other) });
    expect([path, refused.status, await codeOf(refused)]).toEqual([path, 404, "unknown_job"]);
  }
  expect(await api.queue.get(id)).toMatchObject({ client: "mine", status: "queued" });

  const listed = async (secret: string) =>
    ((await (await api.request("/api/jobs", { headers: bearer(secret) })).json()) as { jobs: unknown[] }).jobs.length;
  expect([await listed(mine), await listed(other), await listed(admin)]).toEqual([1, 0, 1]);

  // A second key of the name takes the first one's place, its jobs included.
  const next = make(api, "mine");
  for (const secret of [mine, next, admin])
    expect((await api.request(`/api/jobs/${id}`, { headers: bearer(secret) })).status).toBe(200);
  expect((await api.request(`/api/jobs/${id}/cancel`, { method: "POST", headers: bearer(admin) })).status).toBe(200);
});

test("an idempotency key is the client's own", async () => {
  await using api = await openApi();
  const [mine, other] = [make(api, "mine"), make(api, "other")];
  const once = { "Idempotency-Key": "once" };
  const first = await accept(api, mine, once);
  expect(await accept(api, mine, once)).toBe(first);
  expect(await accept(api, other, once)).not.toBe(first);
});

test("a key does what its scope covers; the refusal names the scope needed, before anything is read", async () => {
  await using api = await openApi();
  const secrets = { read: make(api, "a", "read"), submit: make(api, "a"), admin: make(api, "a", "admin") };
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
      const response = await api.request(path, { ...init, headers });
      expect([scope, path, response.status]).toEqual([scope, path, allowed[scope][at] ?? 0]);
      if (response.status !== 403) continue;
      const needed = path === REPORTS ? "submit" : "admin";
      expect(await response.json()).toMatchObject({ code: "scope_needed", details: { needed, has: scope } });
    }
  }
});

test("neither the log nor any file contains a key, shown rightly or wrongly", async () => {
  await using api = await openApi();
  const secret = make(api, "make");
  const wrong = `al_${"w".repeat(43)}`;
  await accept(api, secret);
  const bad = [await api.request("/api/jobs", { headers: bearer(wrong) }), await signIn(api, wrong)];
  for (const reply of bad) expect(await reply.text()).not.toContain(wrong);
  await api.post(REPORTS, "{", bearer(secret));
  await signIn(api, secret);
  expect(api.logged.length).toBeGreaterThan(3);
  const files = await readdir(api.dataDir);
  expect(files).toContain("keys.db");
  const texts = await Promise.all(files.map((file) => Bun.file(join(api.dataDir, file)).bytes()));
  const all = [JSON.stringify(api.logged), ...texts.map((bytes) => Buffer.from(bytes).toString("latin1"))];
  for (const text of all) for (const each of [secret, secret.slice(3), wrong]) expect(text).not.toContain(each);
}, 60_000);

test("a report has no higher priority than its key may have, alone and in a batch, and the response says so", async () => {
  await using api = await openApi();
  const { secret } = api.keys.create({ name: "office", scope: "submit", rate: null, maxPriority: 3 });
  // Not those about data that is not there.
  const ofPriority = (warnings: readonly string[]) => warnings.filter((each) => each.startsWith("priority "));
  const priorityOf = async (result: Response) => {
    const { job_id, warnings } = (await result.json()) as { job_id: string; warnings: readonly string[] };
    return [(await api.queue.get(job_id))?.priority, ofPriority(warnings)];
  };
  const post = (body: object) => api.post(REPORTS, { ...REPORT, ...body }, bearer(secret)).then(priorityOf);
  expect(await post({ priority: 9 })).toEqual([
    3,
    ["priority 9 is higher than the key allows: the job has priority 3"],
  ]);
  expect(await post({ priority: 2 })).toEqual([2, []]);
  // The default is not requested: no warning mentions it.
  expect(await post({})).toEqual([3, []]);
  const batch = await api.post(
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
  const stored = await Promise.all(jobs.map(({ job_id }) => api.queue.get(job_id)));
  expect(stored.map((job) => job?.priority)).toEqual([3, 1]);
});

test("one client's posts lock no other out: past its part of the queue it gets 429, and the other comes in", async () => {
  await using api = await openApi({ queueLimit: 20 });
  const [flood, small] = [make(api, "flood"), make(api, "small")];
  const batch = (secret: string, count: number) =>
    api.post("/api/generate-agents-reports", { reports: Array.from({ length: count }, () => REPORT) }, bearer(secret));
  expect((await batch(flood, 15)).status).toBe(200);
  const refused = await batch(flood, 1);
  expect(refused.status).toBe(429);
  expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
  expect(((await refused.json()) as { detail: string }).detail).toContain("15 of them yours");
  expect((await batch(small, 5)).status).toBe(200);
  expect((await batch(small, 1)).status).toBe(429);
});

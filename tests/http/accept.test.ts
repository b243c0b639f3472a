import { expect, test } from "bun:test";
import { dataSetOf } from "../queue/builders.ts";
import { type Api, openApi } from "./api.ts";

const PATH = "/api/generate-agents-report";

test("an old client posts, polls and has its report", async () => {
  await using api = await openApi();
  const accepted = await api.post(PATH, { suburb: "Manly", state: "NSW" });
  expect(accepted.status).toBe(200);
  const { job_id, status } = (await accepted.json()) as { job_id: string; status: string };
  expect(status).toBe("processing");

  const poll = async () => (await (await api.request(`/api/job-status/${job_id}`)).json()) as Record<string, unknown>;
  expect(await poll()).toMatchObject({ status: "processing", stage: "queued", queue_position: 1, attempts: 0 });
  const claim = await api.claim();
  expect(await poll()).toMatchObject({ status: "processing", stage: "gathering", queue_position: null, attempts: 1 });
  await api.queue.release(claim, "stopping");
  await api.finish();
  expect(await poll()).toMatchObject({
    status: "completed",
    stage: "completed",
    progress: 100,
    eta_seconds: 0,
    error: "",
    suburb: "Manly",
    state: "NSW",
    postcode: "2095",
    result: { pages: 12, delivered_to: "NSW/Manly/report.pdf", url: null },
  });
});

test("an accepted job is named by Location, status_url and Retry-After", async () => {
  await using api = await openApi({ typicalMs: () => 7_400 });
  const response = await api.post(PATH, { suburb: "manly", state: "new south wales" });
  const body = (await response.json()) as Record<string, string>;
  expect(response.headers.get("location")).toBe(`/api/job-status/${body.job_id}`);
  expect(body.status_url).toBe(`${api.url}/api/job-status/${body.job_id}`);
  expect(response.headers.get("retry-after")).toBe("8");
  expect(body).toMatchObject({ stage: "queued", warnings: [expect.stringContaining("no data for Manly")] });
});

test("links carry the public address where there is one", async () => {
  await using api = await openApi({ publicUrl: "https://reports.example.com/agentlink/" });
  const { secret } = api.keys.create({ name: "make", scope: "submit", rate: null });
  const reply = await api.post(PATH, { suburb: "Manly", state: "NSW" }, { "X-API-Key": secret });
  const body = (await reply.json()) as Record<string, string>;
  expect(body.status_url).toBe(`https://reports.example.com/agentlink/api/job-status/${body.job_id}`);
});

test("unknown fields are named in warnings and the rest is accepted", async () => {
  await using api = await openApi();
  const response = await api.post(PATH, { suburb: "Manly", state: "NSW", suberb: "Manley" });
  expect(response.status).toBe(200);
  const { warnings } = (await response.json()) as { warnings: string[] };
  expect(warnings.join()).toContain("suberb");
});

test("an unknown suburb gets 422 with the nearest names", async () => {
  await using api = await openApi();
  const response = await api.post(PATH, { suburb: "Manley", state: "NSW" });
  expect(response.status).toBe(422);
  expect(response.headers.get("content-type")).toBe("application/problem+json");
  const body = (await response.json()) as { code: string; detail: string; details: { nearest: unknown[] } };
  expect(body.code).toBe("unknown_suburb");
  expect(body.detail).toContain("Manly");
  expect(body.details.nearest).toContainEqual({ suburb: "Manly", state: "NSW", postcode: "2095" });
});

test("a state or a postcode that does not exist gets 422", async () => {
  await using api = await openApi();
  const codes = [];
  for (const fields of [{ state: "NSX" }, { postcode: "4000" }, { postcode: "abc" }, { suburb: 7 }, { state: null }]) {
    const response = await api.post(PATH, { suburb: "Manly", state: "NSW", ...fields });
    expect(response.status).toBe(422);
    codes.push(((await response.json()) as { code: string }).code);
  }
  expect(codes).toEqual([
    "unknown_state",
    "postcode_mismatch",
    "invalid_request",
    "invalid_request",
    "invalid_request",
  ]);
});

test("a data set in the request is stored with the job, apart from the request", async () => {
  await using api = await openApi();
  const data = { agents: [{ name: "Ana Brown" }] };
  const id = await api.accept({ data, prepared_for: "Harbour & Co" });
  expect(JSON.parse((await dataSetOf(api.queue, id)) ?? "null")).toMatchObject(data);
  const stored = { suburb: "Manly", state: "NSW", prepared_for: "Harbour & Co" };
  expect(await storedRequest(api, id)).toEqual(stored);
});

test("metadata comes back as it was sent", async () => {
  await using api = await openApi();
  const metadata = { run: 7, nested: { list: [null, "ü", true] }, __proto__x: "no", "with space": 1.5 };
  const id = await api.accept({ metadata });
  const body = (await (await api.request(`/api/job-status/${id}`)).json()) as { metadata: unknown };
  expect(body.metadata).toEqual(metadata);
});

test("an id of more digits than a number can represent comes back in metadata with all of them, as a text", async () => {
  await using api = await openApi();
  const body = '{"suburb": "Manly", "state": "NSW", "metadata": {"lead": 120212345678901237}}';
  const { job_id } = (await (await api.post(PATH, body)).json()) as { job_id: string };
  const status = (await (await api.request(`/api/job-status/${job_id}`)).json()) as { metadata: unknown };
  expect(status.metadata).toEqual({ lead: "120212345678901237" });
});

test("metadata of more than 16 kB is refused", async () => {
  await using api = await openApi();
  const body = (size: number) => ({ suburb: "Manly", state: "NSW", metadata: { text: "x".repeat(size) } });
  expect((await api.post(PATH, body(16_384 - 11))).status).toBe(200);
  const refused = await api.post(PATH, body(16_384 - 10));
  expect(refused.status).toBe(422);
  expect(await refused.json()).toMatchObject({ code: "invalid_request", problems: [{ path: "/metadata" }] });
});

test("above its limit the queue returns 429 and says when to come back", async () => {
  await using api = await openApi({ queueLimit: 2 });
  await api.accept();
  await api.accept();
  const response = await api.post(PATH, { suburb: "Manly", state: "NSW" });
  expect(response.status).toBe(429);
  expect(Number(response.headers.get("retry-after"))).toBeGreaterThan(0);
  expect(await response.json()).toMatchObject({ code: "queue_full", status: 429 });
});

test("the same key and body give the same job, once", async () => {
  await using api = await openApi();
  const headers = { "Idempotency-Key": "run 7/ok" };
  const first = await api.post(PATH, { suburb: "Manly", state: "NSW" }, headers);
  const again = await api.post(PATH, { suburb: "Manly", state: "NSW" }, headers);
  const [a, b] = [await first.json(), await again.json()] as { job_id: string }[];
  expect(again.status).toBe(200);
  expect(b?.job_id).toBe(a?.job_id ?? "");
  expect(first.headers.get("idempotency-replayed")).toBeNull();
  expect(again.headers.get("idempotency-replayed")).toBe("true");
  expect(await api.queue.counts()).toMatchObject({ queued: 1 });
});

test("posts with one key at the same moment give one job", async () => {
  await using api = await openApi();
  const headers = { "Idempotency-Key": "at once" };
  const responses = await Promise.all(
    Array.from({ length: 20 }, () => api.post(PATH, { suburb: "Manly", state: "NSW" }, headers)),
  );
  const ids = new Set(
    await Promise.all(responses.map(async (each) => ((await each.json()) as { job_id: string }).job_id)),
  );
  expect(ids.size).toBe(1);
  expect(responses.filter((each) => each.headers.get("idempotency-replayed") === null)).toHaveLength(1);
});

test("the same key with another body is refused", async () => {
  await using api = await openApi();
  const headers = { "Idempotency-Key": "k" };
  await api.post(PATH, { suburb: "Manly", state: "NSW" }, headers);
  const other = await api.post(PATH, { suburb: "Manly", state: "QLD" }, headers);
  expect(other.status).toBe(422);
  expect(await other.json()).toMatchObject({ code: "idempotency_conflict" });
});

test("a key that is no printable text of 1 to 255 characters is refused", async () => {
  await using api = await openApi();
  for (const key of ["x".repeat(256), "caf\u00e9", "tab\there"]) {
    const response = await api.post(PATH, { suburb: "Manly", state: "NSW" }, { "Idempotency-Key": key });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ code: "invalid_idempotency_key" });
  }
  expect((await api.post(PATH, { suburb: "Manly", state: "NSW" }, { "Idempotency-Key": "x".repeat(255) })).status).toBe(
    200,
  );
});

test("a request id comes back, and one is made where there is none or an odd one", async () => {
  await using api = await openApi();
  const idOf = async (headers: Record<string, string>) =>
    (await api.request("/livez", { headers })).headers.get("x-request-id");
  expect(await idOf({ "X-Request-Id": "make-4711:a" })).toBe("make-4711:a");
  expect(await idOf({})).toMatch(/^[0-9a-f-]{36}$/);
  expect(await idOf({ "X-Request-Id": "<script>" })).toMatch(/^[0-9a-f-]{36}$/);
  expect(await idOf({ "X-Request-Id": "x".repeat(129) })).toMatch(/^[0-9a-f-]{36}$/);
});

test("every response has the protective headers, whatever it is", async () => {
  await using api = await openApi();
  const id = await api.accept();
  await api.finish();
  const paths = ["/", "/docs", "/openapi.json", "/livez", "/readyz", "/nothing", "/api/jobs", `/api/job-status/${id}`];
  const pdf = `/api/jobs/${id}/report.pdf`;
  for (const path of [...paths, pdf, "/api/suburbs?q=manly", "/docs/start.js", "/jobs", "/new", `/jobs/${id}`]) {
    const { headers } = await api.request(path);
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.get("content-security-policy")).toContain(`frame-ancestors '${path === pdf ? "self" : "none"}'`);
    expect(headers.get("referrer-policy")).toMatch(/^(no-referrer|same-origin)$/);
    expect(headers.get("x-request-id")).not.toBeNull();
  }
}, 60_000);

test("an internal error gets 500, with details in the log and not for the client", async () => {
  const cause = new Error("the secret of the database");
  await using api = await openApi({
    typicalMs: () => {
      throw cause;
    },
  });
  const response = await api.post(PATH, { suburb: "Manly", state: "NSW" }, { "X-Request-Id": "r1" });
  expect(response.status).toBe(500);
  expect(await response.text()).not.toContain("secret");
  const line = api.logged.find(({ status }) => status === 500);
  expect(line).toMatchObject({ method: "POST", path: PATH, request_id: "r1", err: { message: cause.message } });
});

test("the log has a line a request, without its body or query", async () => {
  await using api = await openApi();
  await api.accept({ prepared_for: "a secret agency" });
  await api.request("/api/suburbs?q=manly");
  await api.request("/api/job-status/none");
  const lines = JSON.stringify(api.logged);
  expect(api.logged).toContainEqual(expect.objectContaining({ level: 20, method: "POST", path: PATH, status: 200 }));
  expect(api.logged).toContainEqual(expect.objectContaining({ level: 20, method: "GET", path: "/api/suburbs" }));
  expect(api.logged).toContainEqual(expect.objectContaining({ level: 30, path: "/api/job-status/none", status: 404 }));
  expect(lines).not.toContain("secret");
  expect(lines).not.toContain("q=");
});

test("an address that is not there is 404, a wrong method 405 with the right ones", async () => {
  await using api = await openApi();
  const missing = await api.request("/api/nothing");
  expect(missing.status).toBe(404);
  expect(await missing.json()).toMatchObject({ code: "not_found", instance: "/api/nothing" });
  const wrong = await api.request(PATH, { method: "DELETE" });
  expect(wrong.status).toBe(405);
  expect(wrong.headers.get("allow")).toBe("POST");
  expect((await api.request("/api/jobs/x", { method: "PUT" })).headers.get("allow")).toBe("GET, HEAD");
  const job = await api.request("/api/job-status/none");
  expect(job.status).toBe(404);
  expect(await job.json()).toMatchObject({
    code: "unknown_job",
    detail: "Job not found",
    details: { explanation: expect.stringContaining("none") },
  });
});

test("an address without its parameter is 404 for every method, and says what is missing", async () => {
  await using api = await openApi();
  for (const [path, said] of [
    ["/api/job-status/", "/api/job-status/ lacks the id: the address is /api/job-status/{id}."],
    ["/api/jobs//report.pdf", "/api/jobs//report.pdf lacks the id"],
    ["/api/jobs//cancel", "/api/jobs//cancel lacks the id"],
    ["/api/jobs//events", "/api/jobs//events lacks the id"],
    ["/api/jobs/", "/api/jobs/ lacks the id"],
    ["/api/catalogue/", "/api/catalogue/ lacks the kind"],
  ] as const) {
    for (const method of ["GET", "POST", "PUT", "DELETE"]) {
      const response = await fetch(api.url + path, { method });
      expect([path, method, response.status, response.headers.get("allow")]).toEqual([path, method, 404, null]);
      expect(await response.json()).toMatchObject({ code: "not_found", detail: expect.stringContaining(said) });
    }
    expect((await fetch(api.url + path, { method: "HEAD" })).status).toBe(404);
  }
  for (const path of [
    "/api/job-status/%20",
    "/api/jobs/%20/report.pdf",
    "/api/jobs/%09",
    "/api/job-status/%20%20?wait=5",
  ]) {
    const response = await api.request(path);
    expect([path, response.status]).toEqual([path, 404]);
    expect(await response.json()).toMatchObject({
      code: "unknown_job",
      detail: expect.stringContaining("has no job id"),
    });
  }
  for (const path of ["/api/jobs/%ff", "/api/jobs/%zz"]) {
    const response = await fetch(api.url + path);
    expect([path, response.status]).toEqual([path, 404]);
    expect(await response.json()).toMatchObject({ detail: expect.stringContaining("has a percent sign") });
  }
});

const EMPTY = {
  ...{ postcode: "", callback_url: " ", priority: "", prepared_for: null, pdf_standard: "", metadata: "" },
  ...{ branding: { name: "", colour: " ", logo: "" }, delivery: { folder: "", filename: "" }, data: "" },
};

test("what a form left empty is absent: in one request, in a batch and in a body that is read in a thread", async () => {
  await using api = await openApi();
  const plain = await storedRequest(api, await api.accept());
  expect(await storedRequest(api, await api.accept(EMPTY))).toEqual(plain);
  const large = { ...EMPTY, padding: "x".repeat(40_000) };
  const reports = Array.from({ length: 3 }, () => ({ suburb: " Manly ", state: "nsw", ...large }));
  const batch = await api.post("/api/generate-agents-reports", { reports });
  const { jobs } = (await batch.json()) as { jobs: { job_id: string; warnings: string[] }[] };
  const ids = [await api.accept(large), ...jobs.map(({ job_id }) => job_id)];
  for (const id of ids) {
    expect(await api.queue.get(id)).toMatchObject({ suburb: "Manly", state: "NSW", postcode: "2095", priority: 5 });
    expect(await storedRequest(api, id)).not.toContainAnyKeys(Object.keys(EMPTY));
  }
});

test("numbers may be texts, and postcodes numbers, with the zero that they lost", async () => {
  await using api = await openApi();
  const id = await api.accept({ priority: " 7 ", postcode: 2095 });
  expect(await api.queue.get(id)).toMatchObject({ priority: 7, postcode: "2095" });
  const darwin = await api.post(PATH, { suburb: "Darwin City", state: "NT", postcode: 800, priority: "3" });
  const { job_id } = (await darwin.json()) as { job_id: string };
  expect(await api.queue.get(job_id)).toMatchObject({ suburb: "Darwin City", postcode: "0800", priority: 3 });
  const refused = await api.post(PATH, { suburb: "Manly", state: "NSW", priority: "urgent" });
  expect(refused.status).toBe(422);
  expect(await refused.json()).toMatchObject({
    problems: [{ path: "/priority", message: 'must be a whole number, not "urgent"' }],
  });
});

test("an Idempotency-Key represents the bytes: the same meaning in other bytes is another request", async () => {
  await using api = await openApi();
  const post = (fields: object) =>
    api.post(PATH, { suburb: "Manly", state: "NSW", ...fields }, { "Idempotency-Key": "order-1" });
  expect((await post({ postcode: "" })).status).toBe(200);
  expect((await post({ postcode: "" })).headers.get("idempotency-replayed")).toBe("true");
  const other = await post({});
  expect([other.status, await other.json()]).toEqual([422, expect.objectContaining({ code: "idempotency_conflict" })]);
});

async function storedRequest(api: Api, id: string): Promise<unknown> {
  return JSON.parse((await api.queue.request(id)) ?? "null");
}

test("a browser's HEAD of a missing page gets the response of its GET, without a body", async () => {
  await using api = await openApi();
  const headers = { Accept: "text/html" };
  for (const path of ["/api/job-status/none", "/api/job-status/%00", "/api/jobs/none/report.pdf", "/nowhere"]) {
    const response = await fetch(api.url + path, { method: "HEAD", headers });
    expect([path, response.status, await response.text()]).toEqual([path, 404, ""]);
  }
});

test("what a request contains is in its job and every view of it, in fields and in words", async () => {
  await using api = await openApi();
  const id = await api.accept({
    ...{ post_code: 2095, property_types: "house,townhouse", min_bedrooms: "3", max_bedrooms: "" },
    ...{ include_surrounding_suburbs: "true", home_owner_pricing: "$1-$1.5m", region: "null" },
  });
  const requested = {
    ...{ property_types: ["House", "Townhouse"], min_bedrooms: 3, include_surrounding_suburbs: true },
    home_owner_pricing: "$1m-$1.5m",
  };
  const words = /^houses and townhouses, 3 bedrooms or more, Manly and \d neighbours, price band \$1m-\$1\.5m$/;
  const shown = { requested, requested_text: expect.stringMatching(words) };
  expect(await storedRequest(api, id)).toEqual({ suburb: "Manly", state: "NSW", postcode: "2095", ...requested });
  expect(await (await api.request(`/api/job-status/${id}`)).json()).toMatchObject(shown);
  expect(await (await api.request("/api/jobs")).json()).toMatchObject({ jobs: [shown] });
  const usual = await (await api.request(`/api/job-status/${await api.accept()}`)).json();
  expect(usual).toMatchObject({ requested: {}, requested_text: "" });
});

test("a request with its own data has the operator's partners with it, for its own suburb only, unless it brings some", async () => {
  await using api = await openApi();
  const partner = { id: "p", agent: "Ada Ash", tier: "featured", places: ["Manly NSW"] };
  await api.catalogue.upsert("partners", "ndjson", new Blob([JSON.stringify(partner)]).stream());
  const data = { agents: [{ id: "y", name: "Yusuf" }] };
  const partnersIn = async (fields: Record<string, unknown>) => {
    const id = await api.accept(fields);
    return (JSON.parse((await dataSetOf(api.queue, id)) ?? "{}") as { partners?: object[] }).partners;
  };
  expect(await partnersIn({ data })).toMatchObject([{ agent: "Ada Ash", tier: "featured" }]);
  expect(await partnersIn({ suburb: "Fairlight", data })).toBeUndefined();
  const own = [{ id: "o", agent: "Bea Birch" }];
  expect(await partnersIn({ data: { ...data, partners: own } })).toEqual(own);
});

import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { ApiError, type Client, type ClientOptions, createClient } from "agentlink/client";
import openapiTS, { astToString } from "openapi-typescript";
import { type Api, openApi } from "../http/api.ts";
import { until } from "../until.ts";
import { clientTypes, TYPES_FILE } from "./generate.ts";

const MANLY = { suburb: "Manly", state: "NSW" } as const;

let api: Api;
beforeEach(async () => {
  api = await openApi();
});
afterEach(() => api[Symbol.asyncDispose]());

const client = (options: Partial<ClientOptions> = {}): Client => createClient({ url: api.url, ...options });

/** The error a call rejects with. */
async function errorOf(call: Promise<unknown>): Promise<ApiError> {
  const error = await call.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof ApiError)) throw new Error(`no ApiError, but ${error}`);
  return error;
}

/** The network at its worst: what `fault` returns replaces the service's own response, which is lost. */
function faulty(fault: (sends: number, url: string) => Response | "broken" | null) {
  const bodies: unknown[] = [];
  const keys: (string | null)[] = [];
  const fetch: ClientOptions["fetch"] = async (url, init) => {
    bodies.push(init.body);
    keys.push(new Headers(init.headers).get("idempotency-key"));
    const response = await globalThis.fetch(url, init);
    const instead = fault(bodies.length, url);
    if (instead === "broken") throw new TypeError("the connection broke");
    return instead ?? response;
  };
  return { fetch, bodies, keys };
}

const jobs = async () => (await api.queue.list({ limit: 200 })).jobs;

test("what a request may leave out is optional in types generated from the document", async () => {
  const document = await (await fetch(`${api.url}/openapi.json`)).text();
  const types = astToString(await openapiTS(document));
  const [, request = ""] = /^ {8}ReportRequest: \{\n([\s\S]*?)^ {8}\};/m.exec(types) ?? [];
  const fields = [...request.matchAll(/^ {12}(\w+)(\??):/gm)].map(([, name, optional]) => `${name}${optional}`);
  expect(fields.filter((field) => !field.endsWith("?"))).toEqual(["suburb"]);
  expect(fields).toContain("priority?");
});

test("src/client/api.ts is what the service's document says: bun run client", async () => {
  expect(await Bun.file(TYPES_FILE).text()).toBe(await clientTypes());
});

describe("submit", () => {
  test("a post whose response was lost is sent again with the same key and bytes, and accepted once", async () => {
    const network = faulty((sends) => (sends < 3 ? "broken" : null));
    const accepted = await client(network).submit({ ...MANLY, prepared_for: "Norfolk & Pine" });
    expect(network.keys).toHaveLength(3);
    expect(new Set(network.keys).size).toBe(1);
    expect(new Set(network.bodies).size).toBe(1);
    expect((await jobs()).map(({ id }) => id)).toEqual([accepted.job_id]);
  });

  test("two calls are two jobs; two with one key of the caller's are one", async () => {
    const first = await client().submit(MANLY);
    const second = await client().submit(MANLY);
    expect(second.job_id).not.toBe(first.job_id);
    const named = () => client().submit(MANLY, { idempotencyKey: "order-7" });
    expect((await named()).job_id).toBe((await named()).job_id);
    expect(await jobs()).toHaveLength(3);
  });

  test.each([
    ["a line end", "order-7\r\nX-Evil: 1"],
    ["a line feed at its end, as from a file", "order-7\n"],
    ["a blank at its end", "order-7 "],
    ["an accent", "café-7"],
    ["what Latin 1 has not", "注文-7"],
    ["a control character", "order\u00007"],
    ["nothing", ""],
    ["256 characters", "x".repeat(256)],
  ])(
    "an Idempotency-Key that no header can contain fails at once, and nothing is sent: %s",
    async (_, idempotencyKey) => {
      const network = faulty(() => null);
      const error = await errorOf(client(network).submit(MANLY, { idempotencyKey }));
      expect(error).toMatchObject({ code: "invalid_idempotency_key", status: 0 });
      expect(error.message).toMatch(/1 to 255 printable ASCII characters; .*Nothing was sent/);
      expect(network.keys).toEqual([]);
      const longest = await client().submit(MANLY, { idempotencyKey: `a ${"x".repeat(252)}~` });
      expect(longest.status).toBe("processing");
    },
  );

  test("a key with a line end fails at once, and nothing is sent", async () => {
    const network = faulty(() => null);
    for (const call of [client({ ...network, key: "al_x\n" }).submit(MANLY), client({ ...network, key: "é" }).get("x")])
      expect(await errorOf(call)).toMatchObject({ code: "key_unknown", status: 0 });
    expect(network.keys).toEqual([]);
  });

  test("429 and 503 are waited out for as long as they say, and no longer than the caller allows", async () => {
    const busy = () => new Response("", { status: 503, headers: { "Retry-After": "1" } });
    const began = performance.now();
    const network = faulty((sends) => (sends === 1 ? busy() : null));
    await client(network).submit(MANLY);
    // A timer may be a moment early by another clock.
    expect(performance.now() - began).toBeGreaterThan(950);
    const always = faulty(() => busy());
    expect(await errorOf(client({ ...always, retryForMs: 900 }).submit(MANLY))).toMatchObject({ status: 503 });
    expect(always.keys).toHaveLength(1);
  });

  test("waitS delays the response until the job has ended", async () => {
    const waiting = client().submit(MANLY, { waitS: 60 });
    await until(async () => (await jobs()).length === 1);
    await api.finish();
    expect(await waiting).toMatchObject({ status: "completed", result: { pages: 12 } });
  });
});

describe("a problem document is one typed error", () => {
  test("with its code, its words and what is wrong", async () => {
    const error = await errorOf(client().submit({ suburb: "Manley Bech", state: "NSW" }));
    expect(error).toMatchObject({ code: "unknown_suburb", status: 422 });
    expect(error.requestId).not.toBeNull();
    expect(error.message).toContain("Manl");
    expect(error.details.nearest).toBeArray();
    const invalid = await errorOf(client().submit({ ...MANLY, priority: 12 }));
    expect(invalid.code).toBe("invalid_request");
    expect(invalid.problems[0]).toMatchObject({ path: "/priority" });
    expect(await errorOf(client().get("no-such-job"))).toMatchObject({ code: "unknown_job", status: 404 });
  });

  test("a key that is not known, and the right one", async () => {
    const { secret } = api.keys.create({ name: "make", scope: "submit", rate: null });
    expect(await errorOf(client().list())).toMatchObject({ code: "key_required", status: 401 });
    expect((await client({ key: secret }).list()).jobs).toEqual([]);
  });

  test("a response from something else is named, and so is a service that is not there", async () => {
    using other = Bun.serve({ port: 0, fetch: () => new Response("<h1>It works!</h1>") });
    expect(await errorOf(client({ url: other.url.origin }).list())).toMatchObject({ code: "not_understood" });
    const { origin } = other.url;
    await other.stop(true);
    const error = await errorOf(client({ url: origin, unreachableMs: 0 }).list());
    expect(error).toMatchObject({ code: "unreachable", status: 0 });
    expect(error.message).toContain(origin);
  });
});

describe("wait", () => {
  test("reports each change and returns the ended job, also through a break of the connection", async () => {
    const id = await api.accept();
    const stages: string[] = [];
    const network = faulty((sends) => (sends === 2 ? "broken" : null));
    const waiting = client(network).wait(id, { onChange: ({ stage }) => void stages.push(stage) });
    await until(() => stages.length > 0);
    await api.finish();
    expect(await waiting).toMatchObject({ status: "completed" });
    expect(stages[0]).toBe("queued");
    expect(stages.at(-1)).toBe("completed");
  });

  test("without onChange one long poll lasts to the end, whatever happens before", async () => {
    const id = await api.accept();
    const urls: string[] = [];
    const fetch: ClientOptions["fetch"] = (url, init) => {
      urls.push(url);
      return globalThis.fetch(url, init);
    };
    const waiting = client({ fetch }).wait(id);
    await until(() => api.server.longPolls() === 1);
    await api.finish();
    expect(await waiting).toMatchObject({ status: "completed" });
    expect(urls.map((url) => new URL(url).search)).toEqual(["?wait=0&until=ended", "?wait=50&until=ended"]);
  });

  test("ends when the time is over or the caller says so, and the job continues", async () => {
    const id = await api.accept();
    expect(await errorOf(client().wait(id, { timeoutMs: 20 }))).toMatchObject({ code: "still_running" });
    const controller = new AbortController();
    const waiting = client().wait(id, { signal: controller.signal, onChange: () => controller.abort("enough") });
    await expect(waiting).rejects.toBe("enough");
    expect(await client().get(id)).toMatchObject({ stage: "queued" });
  });
});

test("list filters, each goes through all pages, cancel may be repeated and retry wakes the job", async () => {
  const ids = [await api.accept(), await api.accept({ suburb: "Mosman" }), await api.accept()];
  const all: string[] = [];
  for await (const { job_id } of client().each({ limit: 1 })) all.push(job_id);
  expect(all).toEqual(ids.toReversed());
  expect((await client().list({ suburb: "Mosman" })).jobs.map(({ job_id }) => job_id)).toEqual([ids[1] ?? ""]);

  const network = faulty((sends) => (sends === 1 ? "broken" : null));
  expect(await client(network).cancel(ids[0] ?? "")).toMatchObject({ status: "cancelled" });
  expect(await client().retry(ids[0] ?? "")).toMatchObject({ stage: "queued" });
  expect(await errorOf(client().retry(ids[0] ?? ""))).toMatchObject({ code: "job_not_retryable", status: 409 });
});

test("a report comes with its name and hash; one that is damaged on its way is requested again", async () => {
  const pdf = new TextEncoder().encode("%PDF-1.7 the very report");
  await api.accept();
  const { job } = await api.finish(pdf);
  const network = faulty((sends) => {
    if (sends > 1) return null;
    return new Response("%PDF-1.7 half", { headers: { ETag: `"${"0".repeat(64)}"` } });
  });
  const report = await client(network).downloadReport(job.id);
  expect(network.keys).toHaveLength(2);
  expect(report.bytes).toEqual(new Uint8Array(pdf));
  expect(report.sha256).toBe(new Bun.CryptoHasher("sha256").update(pdf).digest("hex"));
  expect(report.fileName).toBe("report.pdf");
  expect(await errorOf(client().downloadReport(await api.accept()))).toMatchObject({ code: "report_not_ready" });
});

test("detail returns all of a job, retryAll wakes failed jobs, and the queue is paused and resumed", async () => {
  await api.accept({ metadata: { deal: 7 } });
  const { job } = await api.finish();
  const detail = await client().detail(job.id);
  expect(detail).toMatchObject({ client: "local", request: { metadata: { deal: 7 } }, job: { status: "completed" } });
  expect(detail.history.map(({ to }) => to).at(-1)).toBe("completed");

  for (const suburb of ["Manly", "Mosman"]) await api.accept({ suburb });
  for (let n = 0; n < 2; n += 1) await api.queue.fail(await api.claim(), { code: "no_data", message: "none" }, null);
  expect(await client().retryAll({ suburb: "Mosman" })).toBe(1);
  expect(await client().retryAll()).toBe(1);
  expect(await client().retryAll()).toBe(0);

  expect((await client().pause()).paused).toMatchObject({ by: "local" });
  expect(await client().overview()).toMatchObject({ paused: { by: "local" }, counts: { queued: 2, completed: 1 } });
  expect((await client().resume()).paused).toBeNull();
});

test("prune removes what ended before the time and nothing else; a key that is no admin's may not", async () => {
  await api.accept();
  const { job } = await api.finish();
  const waiting = await api.accept();
  expect(await client().prune("2020-01-01T00:00:00Z")).toMatchObject({ removed: 0 });
  expect(await client().prune(new Date(Date.now() + 1_000).toISOString())).toMatchObject({ removed: 1, retained: 0 });
  expect(await errorOf(client().get(job.id))).toMatchObject({ code: "unknown_job" });
  expect(await client().get(waiting)).toMatchObject({ stage: "queued" });
  expect(await errorOf(client().prune("yesterday"))).toMatchObject({ code: "invalid_request" });
  const { secret } = api.keys.create({ name: "make", scope: "submit", rate: null });
  expect(await errorOf(client({ key: secret }).prune("2020-01-01T00:00:00Z"))).toMatchObject({ status: 403 });
});

describe("events", () => {
  test("of one job come in order, through breaks of the connection, each once, and end with it", async () => {
    const id = await api.accept();
    const requested: (string | null)[] = [];
    const controllers: AbortController[] = [];
    const fetch: ClientOptions["fetch"] = (url, init) => {
      requested.push(new Headers(init.headers).get("last-event-id"));
      const cut = new AbortController();
      controllers.push(cut);
      return globalThis.fetch(url, {
        ...init,
        signal: AbortSignal.any([cut.signal, ...(init.signal ? [init.signal] : [])]),
      });
    };
    const stages: string[] = [];
    const ids: number[] = [];
    const watching = (async () => {
      for await (const event of client({ fetch }).events({ job: id, after: "0" })) {
        if (event.type !== "job") continue;
        stages.push(event.job.stage);
        ids.push(Number(event.id));
      }
    })();
    await until(() => stages.length > 0);
    controllers[0]?.abort();
    await api.finish();
    await watching;
    expect(requested.length).toBeGreaterThan(1);
    expect(requested.at(-1)).toBe(String(ids[0]));
    expect(stages.at(-1)).toBe("completed");
    expect(ids).toEqual([...new Set(ids)].toSorted((a, b) => a - b));
  });

  test("of all jobs continue until the caller has enough, and of a job that is not there say so", async () => {
    const enough = new AbortController();
    const seen: string[] = [];
    const watching = (async () => {
      for await (const event of client().events({ signal: enough.signal, after: "0" })) {
        if (event.type === "job") seen.push(event.job.job_id);
      }
    })();
    const ids = [await api.accept(), await api.accept()];
    await until(() => ids.every((id) => seen.includes(id)));
    enough.abort("enough");
    await expect(watching).rejects.toBe("enough");
    const nobody = (async () => {
      for await (const _ of client().events({ job: "nobody" })) break;
    })();
    expect(await errorOf(nobody)).toMatchObject({ code: "unknown_job" });
  });
});

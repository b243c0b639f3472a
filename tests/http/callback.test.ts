import { expect, test } from "bun:test";
import { createOutbound } from "../../src/outbound/outbound.ts";
import { type Api, openApi } from "./api.ts";

const HOOK = "https://hooks.example.com/r/1";
const REPORT = { suburb: "Manly", state: "NSW" };
const outbound = createOutbound({ allowHosts: [], allowHttp: false });

interface Listed {
  readonly callbacks: readonly Record<string, unknown>[];
}

async function openWith(configured: string | null = null, pausedUntil: Date | null = null) {
  const woken = { times: 0 };
  const api = await openApi({
    callbacks: {
      addressFor: (requested) => (requested === null ? configured : outbound.check(requested).href),
      wake: () => {
        woken.times += 1;
      },
      pausedUntil: (address) => (address === HOOK ? pausedUntil : null),
    },
  });
  return { api, woken };
}

async function callbacksOf(api: Api, id: string) {
  return ((await (await api.request(`/api/jobs/${id}/callbacks`)).json()) as Listed).callbacks;
}

test("a job's callbacks are shown with every attempt and its response", async () => {
  const { api } = await openWith();
  await using _ = api;
  const id = await api.accept({ callback_url: HOOK });
  expect(await callbacksOf(api, id)).toEqual([]);
  await api.finish();
  const [pending] = await api.queue.callbacks.due(1);
  const startedAt = new Date().toISOString();
  await api.queue.callbacks.recordAttempt(
    pending?.id ?? "",
    { startedAt, durationMs: 31, httpStatus: 502, response: "bad gateway", error: "the receiver responded with 502" },
    "failed",
  );
  expect(await callbacksOf(api, id)).toEqual([
    {
      callback_id: pending?.id,
      job_id: id,
      job_status: "completed",
      status: "failed",
      url: HOOK,
      attempts: 1,
      created_at: expect.any(String),
      retry_at: null,
      ended_at: expect.any(String),
      attempt_log: [
        {
          started_at: startedAt,
          ms: 31,
          http_status: 502,
          response: "bad gateway",
          error: "the receiver responded with 502",
        },
      ],
    },
  ]);
});

test("a callback to an address that is paused says until when, also before its own first attempt", async () => {
  const pausedUntil = new Date(Date.now() + 240_000);
  const { api } = await openWith("https://default.example.com/", pausedUntil);
  await using _ = api;
  const [paused, free] = [await api.accept({ callback_url: HOOK }), await api.accept()];
  for (const id of [paused, free]) await api.request(`/api/jobs/${id}/cancel`, { method: "POST" });
  const [first] = await callbacksOf(api, paused);
  expect(first).toMatchObject({ status: "pending", attempts: 0, retry_at: pausedUntil.toISOString() });
  const [other] = await callbacksOf(api, free);
  expect(Date.parse(String(other?.retry_at))).toBeLessThanOrEqual(Date.now());
});

test("a job that names no callback is reported to the configured address, and its own address goes before that", async () => {
  const { api } = await openWith("https://default.example.com/");
  await using _ = api;
  const named = await api.accept({ callback_url: HOOK });
  const unnamed = await api.accept();
  for (const id of [named, unnamed]) await api.request(`/api/jobs/${id}/cancel`, { method: "POST" });
  expect((await callbacksOf(api, named)).map(({ url }) => url)).toEqual([HOOK]);
  expect((await callbacksOf(api, unnamed)).map(({ url }) => url)).toEqual(["https://default.example.com/"]);
});

test("a callback is sent again when it is requested, under its id, at once", async () => {
  const { api, woken } = await openWith();
  await using _ = api;
  const id = await api.accept({ callback_url: HOOK });
  const resend = () => api.request(`/api/jobs/${id}/callback`, { method: "POST" });
  expect(await (await resend()).json()).toMatchObject({
    code: "no_callback",
    status: 409,
    detail: expect.stringContaining("not ended"),
  });
  await api.finish();
  const [callback] = await api.queue.callbacks.due(1);
  const reply = { startedAt: new Date().toISOString(), durationMs: 1, httpStatus: 200, response: "", error: null };
  await api.queue.callbacks.recordAttempt(callback?.id ?? "", reply, "delivered");
  expect(await (await resend()).json()).toMatchObject({
    callback_id: callback?.id,
    status: "pending",
    job_status: "completed",
    attempts: 1,
  });
  expect(woken.times).toBe(1);
  expect(await api.queue.callbacks.due(1)).toHaveLength(1);
});

test("where nothing waits, or there is no such job, there is nothing to send", async () => {
  const { api, woken } = await openWith();
  await using _ = api;
  const id = await api.accept();
  await api.finish();
  const response = await api.request(`/api/jobs/${id}/callback`, { method: "POST" });
  expect([response.status, ((await response.json()) as { detail: string }).detail]).toEqual([
    409,
    expect.stringContaining("no callback_url"),
  ]);
  for (const [path, method] of [
    ["/api/jobs/nobody/callback", "POST"],
    ["/api/jobs/nobody/callbacks", "GET"],
  ] as const) {
    expect((await api.request(path, { method })).status).toBe(404);
  }
  expect(woken.times).toBe(0);
});

test.each([
  "http://hooks.example.com/",
  "https://169.254.169.254/latest/meta-data/",
  "https://user:word@hooks.example.com/",
  "https://localhost/",
  "https://0x7f.1/",
])(
  "a request that names %s for its callback is refused before it is accepted, alone and in a batch",
  async (address) => {
    const { api } = await openWith();
    await using _ = api;
    const report = { ...REPORT, callback_url: address };
    const single = await api.post("/api/generate-agents-report", report);
    expect(single.status).toBe(422);
    expect(await single.json()).toMatchObject({ code: "invalid_request", problems: [{ path: "/callback_url" }] });
    const batch = await api.post("/api/generate-agents-reports", { reports: [REPORT, report] });
    expect(batch.status).toBe(422);
    expect(await batch.json()).toMatchObject({ problems: [{ index: 1, code: "invalid_request" }] });
    expect((await api.queue.counts()).queued).toBe(0);
  },
);

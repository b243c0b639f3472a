import { expect } from "bun:test";
import { post, type RunningBinary, run, startBinary, temporaryFolder } from "../e2e/binary.ts";
import { inlineJob } from "../e2e/jobs.ts";
import { createConformance, type Document } from "../http/conformance.ts";
import { withPrograms } from "../programs.ts";
import { until } from "../until.ts";
import { freePort, startProxy } from "./proxy.ts";

const test = withPrograms("nginx", "openssl");
const GENERATE = "/api/generate-agents-report";
const PROBLEM = "application/problem+json";

/** A service with a key behind the shipped nginx, always on the same port. */
async function behindProxy() {
  const port = freePort();
  const dataDir = temporaryFolder();
  const { stdout } = await run(["keys", "create", "--name", "test", "--scope", "admin", "--data-dir", dataDir]);
  const key = { authorization: `Bearer ${stdout.trim()}` };
  const env = { AGENTLINK_PORT: String(port), AGENTLINK_STOP_GRACE: "0s", AGENTLINK_PUBLIC_URL: "https://localhost" };
  const start = (): Promise<RunningBinary> => startBinary({ dataDir, env });
  return { port, key, start, proxy: await startProxy(port) };
}

const json = (body: unknown, headers: Record<string, string>): RequestInit => ({
  method: "POST",
  headers: { "content-type": "application/json", ...headers },
  body: typeof body === "string" ? body : JSON.stringify(body),
});

test("every route answers through nginx as it does directly, long polls are held, and large bodies pass", async () => {
  const { key, start, proxy } = await behindProxy();
  await using nginx = proxy;
  const service = await start();
  const id = await post(service.url, inlineJob(1), key);
  await untilEndedWith(service.url, id, key);

  const document = (await (await nginx.ask("/openapi.json", { headers: key })).json()) as Document;
  const conforms = createConformance(document);
  const routes = Object.entries(document.paths).flatMap(([path, operations]) =>
    Object.keys(operations).map((method) => ({ path, method: method.toUpperCase() })),
  );
  expect(routes.length).toBeGreaterThan(15);
  for (const { path, method } of routes.filter(({ path }) => !path.endsWith("/events"))) {
    const at = path.replace(/\{(job_)?id\}/, id).replace(/\{kind\}/, "agencies");
    const init = method === "GET" ? { headers: key } : { ...json("{}", key), method };
    const direct = await fetch(service.url + at, { ...init, redirect: "manual" });
    const through = await nginx.ask(at, { ...init, redirect: "manual" });
    expect([at, method, through.status]).toEqual([at, method, direct.status]);
    expect(through.status).toBeLessThan(500);
    expect(through.headers.get("x-request-id")).toBeTruthy();
    expect(through.headers.get("strict-transport-security")).toBe("max-age=31536000");
    expect(await conforms(method, at, through)).toBeNull();
  }
  await nginx.ask("/api/queue/resume", { method: "POST", headers: key });

  const pdf = await nginx.ask(`/api/jobs/${id}/report.pdf`, { headers: { ...key, range: "bytes=0-4" } });
  expect([pdf.status, await pdf.text()]).toEqual([206, "%PDF-"]);

  await nginx.ask("/api/queue/pause", { method: "POST", headers: key });
  const waiting = await post(service.url, inlineJob(2), key);
  const began = performance.now();
  const held = nginx.ask(`/api/job-status/${waiting}?wait=60`, { headers: key });
  await Bun.sleep(1_500);
  await nginx.ask("/api/queue/resume", { method: "POST", headers: key });
  expect((await held).status).toBe(200);
  expect(performance.now() - began).toBeGreaterThan(1_400);

  // Each event is through as soon as it happens, while the answer goes on.
  const events = await nginx.ask("/api/events", { headers: key });
  expect(events.headers.get("content-type")).toStartWith("text/event-stream");
  const told = await post(service.url, inlineJob(4), key);
  let text = "";
  for await (const chunk of events.body ?? []) {
    text += new TextDecoder().decode(chunk);
    if (text.includes(`"${told}"`) && text.includes('"completed"')) break;
  }
  expect(text).toContain("event: job");

  const full = { ...inlineJob(3), metadata: { padding: "" } };
  const room = 5 * 2 ** 20 - JSON.stringify(full).length;
  const sized = (bytes: number) => JSON.stringify({ ...full, metadata: { padding: "x".repeat(bytes) } });
  const statusOf = async (body: string) => {
    const { status, headers } = await nginx.ask(GENERATE, json(body, key));
    return [status, headers.get("content-type")?.split(";")[0]];
  };
  expect((await statusOf(sized(room)))[0]).toBe((await fetch(service.url + GENERATE, json(sized(room), key))).status);
  expect(await statusOf(sized(room + 1))).toEqual([413, PROBLEM]);
  expect(await statusOf(sized(room + 2 ** 21))).toEqual([413, PROBLEM]);
  const plain = await fetch(`${nginx.plainUrl}/docs`, { redirect: "manual" });
  expect([plain.status, plain.headers.get("location")]).toEqual([308, expect.stringMatching(/^https:.*\/docs$/)]);
  await service.end("SIGTERM");
}, 90_000);

test("while the service is away its callers are held, and no post of theirs fails or counts twice", async () => {
  const { key, start, proxy } = await behindProxy();
  await using nginx = proxy;
  // Nothing listens: what has no Idempotency-Key can be tried again, because it reached nobody.
  const held = [1, 2, 3].map((n) => nginx.ask(GENERATE, json(inlineJob(n), key)));
  await Bun.sleep(1_500);
  let service = await start();
  const accepted: string[] = [];
  const take = async (answer: Response) => {
    expect([answer.status, await answer.clone().text()]).toEqual([200, expect.any(String)]);
    accepted.push(((await answer.json()) as { job_id: string }).job_id);
  };
  for (const answer of await Promise.all(held)) await take(answer);
  expect(new Set(accepted).size).toBe(3);

  // With one it is safe even where the service dies in the middle of its answer.
  let over = false;
  const clients = [1, 2, 3].map(async (client) => {
    for (let n = 0; !over; n++) {
      const headers = { ...key, "idempotency-key": `c${client}-${n}` };
      await take(await nginx.ask(GENERATE, json(inlineJob(client * 100 + n), headers)));
      await Bun.sleep(100);
    }
  });
  for (const signal of ["SIGTERM", "SIGKILL"] as const) {
    const before = accepted.length;
    await until(() => accepted.length >= before + 4);
    await service.end(signal);
    await Bun.sleep(700);
    service = await start();
  }
  over = true;
  await Promise.all(clients);
  const { jobs } = (await (await nginx.ask("/api/jobs?limit=100", { headers: key })).json()) as { jobs: unknown[] };
  expect(jobs).toHaveLength(accepted.length);
  await service.end("SIGTERM");
}, 120_000);

test("a post that may have reached the service is not repeated without an Idempotency-Key, and forged names are not passed on", async () => {
  const seen: { path: string; from: string | null; hold: string | null; host: string | null }[] = [];
  let failing = true;
  const port = freePort();
  // Takes the request and hangs up, as a service does that dies over it.
  const upstream = Bun.serve({
    hostname: "127.0.0.1",
    port,
    async fetch({ url, headers }, server) {
      const read = (name: string) => headers.get(name);
      seen.push({
        path: new URL(url).pathname,
        from: read("x-forwarded-for"),
        hold: read("x-agentlink-hold"),
        host: read("host"),
      });
      if (failing) {
        failing = false;
        await server.stop(true);
        return new Response(null);
      }
      return new Response("taken");
    },
  });
  await using nginx = await startProxy(port);
  const forged = { "x-forwarded-for": "198.51.100.7", "x-agentlink-hold": "me.........................." };
  const lost = await nginx.ask("/lost", json("{}", forged));
  expect([lost.status, lost.headers.get("content-type")]).toEqual([502, PROBLEM]);
  expect(((await lost.json()) as { detail: string }).detail).toContain("Idempotency-Key");
  expect(seen).toEqual([
    { path: "/lost", from: "127.0.0.1", hold: null, host: expect.stringMatching(/^127\.0\.0\.1/) },
  ]);
  await upstream.stop(true);

  const again = Bun.serve({ hostname: "127.0.0.1", port, fetch: () => new Response("taken") });
  expect(await (await nginx.ask("/again", json("{}", { "idempotency-key": "k" }))).text()).toBe("taken");
  await again.stop(true);
}, 60_000);

async function untilEndedWith(url: string, id: string, headers: Record<string, string>) {
  return until(async () => {
    const job = (await (await fetch(`${url}/api/job-status/${id}?wait=30`, { headers })).json()) as { status: string };
    return job.status !== "processing" && job;
  }, 120_000);
}

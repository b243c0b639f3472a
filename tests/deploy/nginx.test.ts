import { expect } from "bun:test";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { connect } from "node:tls";
import { shellBlocks } from "../docs/blocks.ts";
import { post, type RunningBinary, run, startBinary, temporaryFolder } from "../e2e/binary.ts";
import { inlineJob } from "../e2e/jobs.ts";
import { freePort } from "../free-port.ts";
import { createConformance, type Document } from "../http/conformance.ts";
import { withPrograms } from "../programs.ts";
import { until } from "../until.ts";
import { type Proxy as Nginx, startProxy } from "./proxy.ts";

const test = withPrograms("nginx", "openssl", "curl");
const NGINX_MD = resolve(import.meta.dir, "../../docs/nginx.md");
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

test("every route responds through nginx as it does directly, long polls wait, and large bodies pass", async () => {
  const { key, start, proxy } = await behindProxy();
  await using nginx = proxy;
  const service = await start();
  const id = await post(service.url, inlineJob(1), key);
  await untilEndedWith(service.url, id, key);

  const document = (await (await nginx.request("/openapi.json", { headers: key })).json()) as Document;
  const conforms = createConformance(document);
  const routes = Object.entries(document.paths).flatMap(([path, operations]) =>
    Object.keys(operations).map((method) => ({ path, method: method.toUpperCase() })),
  );
  expect(routes.length).toBeGreaterThan(15);
  for (const { path, method } of routes.filter(({ path }) => !path.endsWith("/events"))) {
    const at = path.replace(/\{(job_)?id\}/, id).replace(/\{kind\}/, "agencies");
    const init = method === "GET" ? { headers: key } : { ...json("{}", key), method };
    const direct = await fetch(service.url + at, { ...init, redirect: "manual" });
    const through = await nginx.request(at, { ...init, redirect: "manual" });
    expect([at, method, through.status]).toEqual([at, method, direct.status]);
    expect(through.status).toBeLessThan(500);
    expect(through.headers.get("x-request-id")).toBeTruthy();
    expect(through.headers.get("strict-transport-security")).toBe("max-age=31536000");
    expect(await conforms(method, at, through)).toBeNull();
  }
  await nginx.request("/api/queue/resume", { method: "POST", headers: key });

  const pdf = await nginx.request(`/api/jobs/${id}/report.pdf`, { headers: { ...key, range: "bytes=0-4" } });
  expect([pdf.status, await pdf.text()]).toEqual([206, "%PDF-"]);

  // What the document ends with, by its own lines: only name, port and key are this machine's.
  const [, , last] = shellBlocks(readFileSync(NGINX_MD, "utf8"));
  const here = (last?.code ?? "")
    .replaceAll("https://YOUR.NAME", nginx.url)
    .replaceAll("Bearer al_…", key.authorization);
  const typed = await Bun.$`bash -euc ${`curl() { command curl -ksSf "$@"; }\n${here}`}`.nothrow().quiet();
  expect([typed.exitCode, typed.stderr.toString()]).toEqual([0, ""]);
  expect(typed.stdout.toString()).toMatch(/"ready".*"job_id"/s);

  await nginx.request("/api/queue/pause", { method: "POST", headers: key });
  const waiting = await post(service.url, inlineJob(2), key);
  const began = performance.now();
  const pending = nginx.request(`/api/job-status/${waiting}?wait=60`, { headers: key });
  await Bun.sleep(1_500);
  await nginx.request("/api/queue/resume", { method: "POST", headers: key });
  expect((await pending).status).toBe(200);
  expect(performance.now() - began).toBeGreaterThan(1_400);

  // Each event is through as soon as it happens, while the response continues.
  const events = await nginx.request("/api/events", { headers: key });
  expect(events.headers.get("content-type")).toStartWith("text/event-stream");
  const notified = await post(service.url, inlineJob(4), key);
  let text = "";
  for await (const chunk of events.body ?? []) {
    text += new TextDecoder().decode(chunk);
    if (text.includes(`"${notified}"`) && text.includes('"completed"')) break;
  }
  expect(text).toContain("event: job");

  const full = { ...inlineJob(3), metadata: { padding: "" } };
  const room = 5 * 2 ** 20 - JSON.stringify(full).length;
  const sized = (bytes: number) => JSON.stringify({ ...full, metadata: { padding: "x".repeat(bytes) } });
  const statusOf = async (body: string) => {
    const { status, headers } = await nginx.request(GENERATE, json(body, key));
    return [status, headers.get("content-type")?.split(";")[0]];
  };
  expect((await statusOf(sized(room)))[0]).toBe((await fetch(service.url + GENERATE, json(sized(room), key))).status);
  expect(await statusOf(sized(room + 1))).toEqual([413, PROBLEM]);
  expect(await statusOf(sized(room + 2 ** 21))).toEqual([413, PROBLEM]);
  const plain = await fetch(`${nginx.plainUrl}/docs`, { redirect: "manual" });
  expect([plain.status, plain.headers.get("location")]).toEqual([308, expect.stringMatching(/^https:.*\/docs$/)]);
  await service.end("SIGTERM");
}, 90_000);

test("while the service is down its callers wait, and no post of theirs fails or counts twice", async () => {
  const { key, start, proxy } = await behindProxy();
  await using nginx = proxy;
  // Nothing listens: what has no Idempotency-Key can be retried, because it did not reach the service.
  const blocked = [1, 2, 3].map((n) => nginx.request(GENERATE, json(inlineJob(n), key)));
  await Bun.sleep(1_500);
  let service = await start();
  const accepted: string[] = [];
  const take = async (response: Response) => {
    expect([response.status, await response.clone().text()]).toEqual([200, expect.any(String)]);
    accepted.push(((await response.json()) as { job_id: string }).job_id);
  };
  for (const reply of await Promise.all(blocked)) await take(reply);
  expect(new Set(accepted).size).toBe(3);

  // With one it is safe even where the service dies in the middle of its response.
  let over = false;
  const clients = [1, 2, 3].map(async (client) => {
    for (let n = 0; !over; n++) {
      const headers = { ...key, "idempotency-key": `c${client}-${n}` };
      await take(await nginx.request(GENERATE, json(inlineJob(client * 100 + n), headers)));
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
  const { jobs } = (await (await nginx.request("/api/jobs?limit=100", { headers: key })).json()) as { jobs: unknown[] };
  expect(jobs).toHaveLength(accepted.length);
  await service.end("SIGTERM");
}, 120_000);

test("a post that may have reached the service is not repeated without an Idempotency-Key, and forged names are not passed on", async () => {
  const seen: { path: string; from: string | null; occupy: string | null; host: string | null }[] = [];
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
        occupy: read("x-agentlink-hold"),
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
  const lost = await nginx.request("/lost", json("{}", forged));
  expect([lost.status, lost.headers.get("content-type")]).toEqual([502, PROBLEM]);
  expect(((await lost.json()) as { detail: string }).detail).toContain("Idempotency-Key");
  expect(seen).toEqual([
    { path: "/lost", from: "127.0.0.1", occupy: null, host: expect.stringMatching(/^127\.0\.0\.1/) },
  ]);
  await upstream.stop(true);

  const again = Bun.serve({ hostname: "127.0.0.1", port, fetch: () => new Response("taken") });
  expect(await (await nginx.request("/again", json("{}", { "idempotency-key": "k" }))).text()).toBe("taken");
  await again.stop(true);
}, 60_000);

test("a method that the service does not know ends in nginx, and never reaches the service", async () => {
  let requested = 0;
  const port = freePort();
  await using upstream = Bun.listen({
    hostname: "127.0.0.1",
    port,
    socket: {
      open: () => {
        requested += 1;
      },
      // As Bun does.
      data: (socket) => void socket.end(),
    },
  });
  await using nginx = await startProxy(upstream.port);
  for (const method of ["BREW", "PROPFIND", "TRACE", "FOO-BAR", "PURGE"]) {
    const result = await overTls(nginx, `${method} /api/jobs HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
    expect([method, result.split("\r\n", 1)[0], result.includes(PROBLEM)]).toEqual([
      method,
      "HTTP/1.1 405 Not Allowed",
      true,
    ]);
  }
  expect(requested).toBe(0);
}, 60_000);

test("requests wait side by side, not inside each other, for half a minute at most", async () => {
  const port = freePort();
  await using nginx = await startProxy(port);
  const began = performance.now();
  const occupied = Array.from({ length: 10 }, (_, n) =>
    n % 2 === 0 ? nginx.request("/api/jobs") : nginx.request(GENERATE, json(inlineJob(n), {})),
  );
  let most = 0;
  let over = false;
  const watch = (async () => {
    while (!over) {
      most = Math.max(most, await connectionsTo(nginx.occupyPort));
      await Bun.sleep(250);
    }
  })();
  for (const got of await Promise.all(occupied)) {
    expect([got.status, got.headers.get("content-type"), got.headers.get("retry-after")]).toEqual([503, PROBLEM, "30"]);
    expect(got.headers.get("strict-transport-security")).toBe("max-age=31536000");
  }
  over = true;
  await watch;
  expect(performance.now() - began).toBeGreaterThan(20_000);
  // One for each; a moment may see one that closes beside the next.
  expect(most).toBeGreaterThan(0);
  expect(most).toBeLessThanOrEqual(20);
}, 90_000);

test("the figures are closed to the outside by every spelling, and open to the machine itself", async () => {
  const paths: string[] = [];
  using upstream = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch({ url }) {
      paths.push(new URL(url).pathname);
      return new Response("figures");
    },
  });
  await using nginx = await startProxy(upstream.port ?? 0);
  const spellings = [
    ...[
      "/metrics",
      "//metrics",
      "///metrics",
      "/metrics/",
      "/%6detrics",
      "/%6D%65trics",
      "/./metrics",
      "/x/../metrics",
    ],
    ...[
      "/METRICS",
      "/Metrics/",
      "/metrics?x=1",
      "/metrics;x",
      "/metrics/x",
      "/%2fmetrics",
      "/metrics%2f",
      "/metrics%20",
    ],
    ...["/.//metrics", "/metrics.", "/metrics#x"],
  ];
  const from = "X-Test-Address: 198.51.100.7\r\nConnection: close";
  for (const spelling of spellings) {
    const got = await overTls(nginx, `GET ${spelling} HTTP/1.1\r\nHost: localhost\r\n${from}\r\n\r\n`);
    expect([spelling, got.split(" ")[1]]).toEqual([spelling, "403"]);
  }
  const absolute = `GET https://localhost/metrics HTTP/1.1\r\nHost: localhost\r\n${from}\r\n\r\n`;
  expect((await overTls(nginx, absolute)).split(" ")[1]).toBe("403");
  expect(paths).toEqual([]);
  expect(await (await nginx.request("/metrics")).text()).toBe("figures");
  expect(
    await (await nginx.request("/api/metrics-of-mine", { headers: { "x-test-address": "198.51.100.7" } })).text(),
  ).toBe("figures");
}, 60_000);

test("a request for another host name, or for none, gets no response", async () => {
  let requests = 0;
  using upstream = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: () => new Response(String(++requests)) });
  await using nginx = await startProxy(upstream.port ?? 0);
  for (const line of ["Host: evil.example", "Host: a", "Host:", "Host: evil.example:443"]) {
    const [status = ""] = (await overTls(nginx, `GET / HTTP/1.1\r\n${line}\r\n\r\n`)).split("\r\n");
    expect([line, status]).toEqual([line, line === "Host:" ? "HTTP/1.1 400 Bad Request" : ""]);
  }
  expect(await overTls(nginx, "GET / HTTP/1.0\r\n\r\n")).toBe("");
  await expect(fetch(nginx.plainUrl, { headers: { host: "evil.example" }, redirect: "manual" })).rejects.toThrow();
  expect(requests).toBe(0);
  expect((await nginx.request("/")).status).toBe(200);
}, 60_000);

test("requests are counted for an IPv4 address, and for the first half of an IPv6 one", async () => {
  using upstream = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: () => new Response("") });
  await using nginx = await startProxy(upstream.port ?? 0);
  const groups: Readonly<Record<string, readonly string[]>> = {
    one: ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::1", "2001:db8:1:2:ffff::", "2001:db8:1:2:a:b:c:d"],
    two: ["2001:db8::1", "2001:db8::2:3:4", "2001:db8::1:2:3:4"],
    three: ["2001:db8::a:1:2:3:4"],
    four: ["2001:db8:0:1::1", "2001:db8:0:1:2:3:4:5"],
    five: ["198.51.100.7", "::ffff:198.51.100.7"],
    six: ["198.51.100.8"],
    seven: ["fe80::1", "fe80::1:2:3:4", "fe80::"],
    eight: ["1::2:3:4:5:6"],
  };
  const addresses = Object.values(groups).flat();
  for (const [at, address] of addresses.entries())
    await (await nginx.request(`/${at}`, { headers: { "x-test-address": address } })).text();
  const clients = await until(async () => {
    const counted = await nginx.clients();
    return counted.size === addresses.length && counted;
  });
  const keys = new Map(Object.keys(groups).map((name) => [name, new Set<string>()] as const));
  for (const [name, members] of Object.entries(groups))
    for (const member of members) keys.get(name)?.add(clients.get(`/${addresses.indexOf(member)}`) ?? "");
  expect([...keys].map(([name, found]) => [name, found.size])).toEqual(Object.keys(groups).map((name) => [name, 1]));
  expect(new Set([...keys.values()].flatMap((found) => [...found])).size).toBe(Object.keys(groups).length);
}, 60_000);

test("JSON, pages and scripts are compressed, events and PDFs never are", async () => {
  const { key, start, proxy } = await behindProxy();
  await using nginx = proxy;
  const service = await start();
  const id = await post(service.url, inlineJob(1), key);
  await untilEndedWith(service.url, id, key);
  const coding = async (path: string, headers: Record<string, string> = {}) => {
    const got = await nginx.request(path, { headers: { ...key, "accept-encoding": "gzip", ...headers } });
    if (path.endsWith("/events")) await got.body?.cancel();
    else await got.arrayBuffer();
    return [got.status, got.headers.get("content-encoding"), got.headers.get("vary")?.toLowerCase() ?? null];
  };
  expect(await coding("/openapi.json")).toEqual([200, "gzip", "accept-encoding"]);
  expect(await coding(`/api/jobs/${id}`)).toEqual([200, "gzip", "accept-encoding"]);
  expect((await coding("/api/events"))[1]).toBeNull();
  expect((await coding(`/api/jobs/${id}/report.pdf`)).slice(0, 2)).toEqual([200, null]);
  expect((await coding(`/api/jobs/${id}/report.pdf`, { range: "bytes=0-4999" })).slice(0, 2)).toEqual([206, null]);
  const [script] = /assets\/[\w.-]+\.js/.exec(await (await nginx.request("/sign-in", { headers: key })).text()) ?? [];
  if (script !== undefined) expect((await coding(`/${script}`)).slice(0, 2)).toEqual([200, "gzip"]);
  await service.end("SIGTERM");
}, 90_000);

/** What comes of a request that is sent byte for byte. */
function overTls(nginx: Nginx, request: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(nginx.url);
    const socket = connect({ host: hostname, port: Number(port), rejectUnauthorized: false }, () =>
      socket.write(request),
    );
    let received = "";
    socket.on("data", (chunk: Buffer) => {
      received += chunk.toString("latin1");
    });
    socket.on("close", () => resolve(received));
    socket.on("error", reject);
    socket.setTimeout(20_000, () => socket.destroy(new Error("no response came")));
  });
}

/** Connections to a port of this machine that are open now, by the side that opened them. */
async function connectionsTo(port: number): Promise<number> {
  const hex = port.toString(16).toUpperCase().padStart(4, "0");
  const lines = (await Bun.file("/proc/net/tcp").text()).split("\n");
  return lines.filter((line) => new RegExp(`^ *\\d+: \\S+ [0-9A-F]+:${hex} 01 `).test(line)).length;
}

async function untilEndedWith(url: string, id: string, headers: Record<string, string>) {
  return until(async () => {
    const job = (await (await fetch(`${url}/api/job-status/${id}?wait=30`, { headers })).json()) as { status: string };
    return job.status !== "processing" && job;
  }, 120_000);
}

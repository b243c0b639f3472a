import { afterAll, beforeAll, expect, setDefaultTimeout } from "bun:test";
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { FakeS3 } from "../fakes/s3.ts";
import { type EventStream, listen } from "../http/event-stream.ts";
import { withPrograms } from "../programs.ts";
import { HAS_REDIS, type RedisServer, startRedis } from "../queue/redis-server.ts";
import { until } from "../until.ts";
import { type JobStatus, type RunningBinary, run, startBinary, temporaryFolder } from "./binary.ts";
import { inlineJob } from "./jobs.ts";

setDefaultTimeout(120_000);
const test = withPrograms("redis-server");

interface Host extends RunningBinary {
  readonly dataDir: string;
  request(path: string, init?: RequestInit): Promise<Response>;
  json(path: string, init?: RequestInit): Promise<Record<string, unknown>>;
}
type Pair = readonly [Host, Host];

interface Overview {
  readonly counts: Record<string, number>;
  readonly paused: { readonly since: string; readonly by: string } | null;
}

let server: RedisServer;
let folder: string;
/** Two hosts with one shared folder, and an admin's key. */
let hosts: Pair;
let secret: string;

beforeAll(async () => {
  if (!HAS_REDIS) return;
  server = await startRedis();
  folder = temporaryFolder();
  mkdirSync(join(folder, "reports"));
  const made = await run(["keys", "create", "--name", "boss", "--scope", "admin"], {
    env: { AGENTLINK_REDIS_URL: server.url },
  });
  secret = made.stdout.trim();
  hosts = await startPair({ AGENTLINK_REPORTS: join(folder, "reports") }, { "x-api-key": secret });
});
afterAll(async () => {
  if (!HAS_REDIS) return;
  await Promise.all(hosts.map((host) => host.end("SIGKILL")));
  await server.remove();
});

async function startPair(env: Record<string, string>, headers: Record<string, string> = {}): Promise<Pair> {
  const start = async (): Promise<Host> => {
    const dataDir = temporaryFolder();
    const settings = {
      AGENTLINK_REDIS_URL: server.url,
      AGENTLINK_RENDER_THREADS: "1",
      AGENTLINK_DELIVERY_FOLDER: join(folder, "out"),
    };
    const binary = await startBinary({ dataDir, env: { ...settings, ...env } });
    const request = (path: string, init: RequestInit = {}) =>
      fetch(`${binary.url}${path}`, { redirect: "manual", ...init, headers: { ...headers, ...init.headers } });
    return {
      ...binary,
      dataDir,
      request,
      async json(path, init) {
        const response = await request(path, init);
        if (response.status !== 200) throw new Error(`${path}: ${response.status} ${await response.text()}`);
        return (await response.json()) as Record<string, unknown>;
      },
    };
  };
  return Promise.all([start(), start()]);
}

async function post(host: Host, number: number): Promise<string> {
  const { job_id } = await host.json("/api/generate-agents-report", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(inlineJob(number)),
  });
  return String(job_id);
}

async function untilCompleted(host: Host, id: string): Promise<JobStatus> {
  return until(
    async () => {
      const job = (await host.json(`/api/job-status/${id}?wait=30`)) as unknown as JobStatus;
      if (job.status === "completed") return job;
      if (job.status !== "processing") throw new Error(`${job.status}: ${job.error}`);
      return null;
    },
    120_000,
    `job ${id} to complete`,
  );
}

/** The host that made the report, and the other one. */
async function whoMade(id: string, [a, b]: Pair): Promise<Pair> {
  // The host that ended a job is the only one that logs it.
  const didIt = (host: Host) =>
    host
      .log()
      .split("\n")
      .some((line) => line.includes("job completed") && line.includes(id));
  await until(() => didIt(a) !== didIt(b));
  return didIt(a) ? [a, b] : [b, a];
}

async function pdfOf(host: Host, id: string): Promise<string> {
  const reply = await host.request(`/api/jobs/${id}/report.pdf`);
  expect([reply.status, reply.headers.get("content-type")]).toEqual([200, "application/pdf"]);
  return new Bun.CryptoHasher("sha256").update(await reply.bytes()).digest("hex");
}

test("a report that one host made is served by the other, from the shared folder", async () => {
  const id = await post(hosts[0], 1);
  const { result } = await untilCompleted(hosts[1], id);
  const [maker, other] = await whoMade(id, hosts);
  expect(await pdfOf(other, id)).toBe(String(result?.sha256));
  expect(existsSync(join(maker.dataDir, "reports"))).toBe(false);
});

test("a report that one host made is served by the other, from the bucket, also when the first is gone", async () => {
  const s3 = await new FakeS3().start();
  const { endpoint, region, bucket, accessKeyId, secretAccessKey } = s3.options();
  const pair = await startPair({
    AGENTLINK_REDIS_PREFIX: "bucket",
    AGENTLINK_REPORTS: "s3",
    AGENTLINK_S3_ENDPOINT: endpoint,
    AGENTLINK_S3_REGION: region,
    AGENTLINK_S3_BUCKET: bucket,
    AGENTLINK_S3_ACCESS_KEY_ID: accessKeyId,
    AGENTLINK_S3_SECRET_ACCESS_KEY: secretAccessKey,
    AGENTLINK_S3_PREFIX: "stored",
  });
  try {
    const id = await post(pair[0], 2);
    const { result } = await untilCompleted(pair[1], id);
    const [maker, other] = await whoMade(id, pair);
    const stored = new RegExp(`^stored/reports/[-\\d]{10}/${id}-[\\da-f]{12}\\.pdf$`);
    expect([...s3.objects.keys()]).toEqual([expect.stringMatching(stored)]);
    expect(await maker.end("SIGTERM")).toBe(0);
    const requested = s3.requests.length;
    for (const _ of [1, 2]) expect(await pdfOf(other, id)).toBe(String(result?.sha256));
    // It caches a copy.
    expect(s3.requests.slice(requested)).toEqual(["GET"]);

    expect(await other.json("/api/jobs/prune", json({ ended_before: new Date(Date.now() + 60_000) }))).toMatchObject({
      removed: 1,
    });
    await until(() => s3.objects.size === 0);
  } finally {
    await Promise.all(pair.map((host) => host.end("SIGKILL")));
    await s3.stop();
  }
});

test("a listener to one host is notified of a job that the other does, to its end, and continues at either", async () => {
  const [a, b] = hosts;
  const key = { "x-api-key": secret };
  await a.request("/api/queue/pause", { method: "POST" });
  const id = await post(a, 3);
  const everywhere = async (path: string, headers = {}) =>
    Promise.all(hosts.map((host) => listen(`${host.url}${path}`, { ...key, ...headers })));
  const [all, one] = [await everywhere("/api/events"), await everywhere(`/api/jobs/${id}/events`)];
  for (const stream of one) await stream.first(({ data }) => data.stage === "queued");
  // A second job is known to all before the first begins.
  const later = await post(b, 4);
  for (const stream of all) await stream.first(({ data }) => data.job_id === later);
  const seen = all.map((stream) => {
    stream.leave();
    return stream.lastId;
  });
  expect(seen[0]).toBe(String(seen[1]));

  await b.request("/api/queue/resume", { method: "POST" });
  await Promise.all([untilCompleted(a, id), untilCompleted(a, later)]);
  for (const stream of one) await until(() => stream.ended);
  expect(one.map((stream) => stream.stagesOf(id).at(-1))).toEqual(["completed", "completed"]);
  const [maker, other] = await whoMade(id, hosts);
  const receivedByOther = one[hosts.indexOf(other)] as EventStream;
  expect(receivedByOther.received.filter(({ event }) => event === "job").length).toBeGreaterThanOrEqual(2);

  // A listener of the one host comes back to the other: what was missed is reported once, and nothing before it.
  const after = { "last-event-id": String(seen[hosts.indexOf(maker)]) };
  const again = await listen(`${other.url}/api/events`, { ...key, ...after });
  await again.first(({ data }) => data.job_id === id && data.stage === "completed");
  await again.first(({ data }) => data.job_id === later && data.stage === "completed");
  expect([again.stagesOf(id), again.stagesOf(later)]).toEqual([["completed"], ["completed"]]);
  const ids = again.received.flatMap((event) => (event.event === "job" ? [Number(event.id)] : []));
  expect(Math.min(...ids)).toBeGreaterThan(Number(after["last-event-id"]));
  again.leave();
  // The end came from the one host: the other reports that nothing more comes.
  const path = `/api/jobs/${id}/events`;
  const lastId = (one[hosts.indexOf(maker)] as EventStream).lastId;
  expect((await other.request(path, { headers: { "last-event-id": lastId } })).status).toBe(204);
});

test("each host serves the same dashboard, sign-in and figures; a pause of one is the other's, too", async () => {
  const page = { accept: "text/html" };
  const [a, b] = hosts;
  const visit = ({ url }: Host, path: string, init: RequestInit = {}) =>
    fetch(`${url}${path}`, { redirect: "manual", ...init });
  for (const host of hosts) {
    const sent = await visit(host, "/", { headers: page });
    expect([sent.status, sent.headers.get("location")]).toEqual([303, "sign-in"]);
  }
  // The browser signs in at the one, and the balancer sends it to the other at once.
  const signedIn = await visit(a, "/sign-in", { method: "POST", body: new URLSearchParams({ key: secret }) });
  expect([signedIn.status, signedIn.headers.get("location")]).toEqual([303, "./"]);
  const cookie = { cookie: signedIn.headers.get("set-cookie")?.split(";", 1)[0] ?? "" };
  for (const host of [b, a]) {
    const served = await visit(host, "/", { headers: { ...page, ...cookie } });
    expect(served.status).toBe(200);
    expect(await served.text()).toContain("&quot;signedIn&quot;:true");
  }
  // Redis has its hash, which opens nothing, and lets it go at its time.
  const [retained = "", ...others] = (await server.cli("--scan", "--pattern", "{agentlink}:session:*")).split("\n");
  expect([retained, others]).toEqual([expect.stringMatching(/:[0-9a-f]{64}$/), []]);
  expect(Number(await server.cli("pttl", retained))).toBeGreaterThan(11 * 3_600_000);

  const looks = <T>(path: string) =>
    Promise.all(hosts.map(async (host) => (await visit(host, path, { headers: cookie })).json() as Promise<T>));

  const id = await post(a, 5);
  await untilCompleted(b, id);
  const lists = await looks<{ readonly jobs: readonly { readonly job_id: string }[] }>("/api/jobs?limit=100");
  const ids = lists.map(({ jobs }) => jobs.map(({ job_id }) => job_id));
  expect(ids[0]).toContain(id);
  expect(ids[1]).toEqual(ids[0] ?? []);
  const overviews = await looks<Overview>("/api/overview");
  expect(overviews[0]?.counts).toMatchObject({ completed: ids[0]?.length });
  expect(overviews[1]?.counts).toEqual(overviews[0]?.counts);
  expect(overviews.map(({ paused }) => paused)).toEqual([null, null]);

  const pausing = { method: "POST", headers: { ...cookie, "sec-fetch-site": "same-origin" } };
  const { paused } = (await (await visit(a, "/api/queue/pause", pausing)).json()) as Overview;
  expect(paused).toMatchObject({ by: "boss (dashboard)" });
  expect((await looks<Overview>("/api/overview")).map((overview) => overview.paused)).toEqual([paused, paused]);
  const waits = await post(b, 6);
  expect(await b.json(`/api/job-status/${waits}`)).toMatchObject({ stage: "queued", waiting_for: "paused" });
  await b.request("/api/queue/resume", { method: "POST" });
  expect((await looks<Overview>("/api/overview")).map((overview) => overview.paused)).toEqual([null, null]);
  await untilCompleted(a, waits);

  // Signed out at the one, it is so at the other within a second.
  const statusAt = async (host: Host) => (await visit(host, "/api/jobs", { headers: cookie })).status;
  expect(await statusAt(a)).toBe(200);
  await visit(b, "/sign-out", { method: "POST", headers: { ...cookie, "sec-fetch-site": "same-origin" } });
  expect(await statusAt(b)).toBe(401);
  await until(async () => (await statusAt(a)) === 401);
});

function json(body: unknown): RequestInit {
  return { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
}

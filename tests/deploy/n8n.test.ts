import { afterAll, beforeAll, expect } from "bun:test";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { type RunningBinary, run, startBinary, temporaryFolder } from "../e2e/binary.ts";
import { importManly } from "../e2e/jobs.ts";
import { freePort } from "../free-port.ts";
import { unless } from "../programs.ts";
import { until } from "../until.ts";

const WORKFLOW = resolve(import.meta.dir, "../../deploy/n8n/post-and-wait.json");
const START_MS = 120_000;
/** Longer than one long poll for the status, and than the minute after which the workflow once gave up. */
const BLOCKED_MS = 90_000;

/** n8n is two thousand packages and four minutes of installing: it is tested where it is installed (`npm install -g n8n`). */
const n8n = Bun.which("n8n");
const withN8n = unless(n8n === null ? "it needs n8n in the PATH (npm install -g n8n)" : null);

let service: RunningBinary;
let admin: string;
let lossy: { readonly url: string; readonly posts: string[]; lose: number; busy: number; stop(): void };
let workflow: { readonly url: string; stop(): Promise<void> };

beforeAll(async () => {
  if (n8n === null) return;
  const dataDir = temporaryFolder();
  await importManly(dataDir);
  const create = async (name: string, scope: string) =>
    (await run(["keys", "create", "--name", name, "--scope", scope, "--data-dir", dataDir])).stdout.trim();
  const key = await create("n8n", "submit");
  admin = await create("ops", "admin");
  service = await startBinary({ dataDir });
  lossy = startLossy(service.url);
  workflow = await startN8n(n8n, lossy.url, key);
}, 2 * START_MS);

afterAll(async () => {
  if (n8n === null) return;
  await workflow.stop();
  lossy.stop();
  await service.end("SIGTERM");
}, 60_000);

withN8n(
  "a report that is delayed for 90 s ends with the PDF",
  async () => {
    await operate("pause");
    const resumed = Bun.sleep(BLOCKED_MS).then(() => operate("resume"));
    const response = await send({ suburb: "Manly", state: "NSW" });
    await resumed;
    expect([response.status, response.headers.get("content-type")]).toEqual([200, "application/pdf"]);
    expect(new TextDecoder().decode((await response.bytes()).slice(0, 5))).toBe("%PDF-");
  },
  240_000,
);

withN8n(
  "fields that a form left empty, and numbers, go through",
  async () => {
    const reply = await send({ suburb: " Manly ", state: "nsw", postcode: 2095, prepared_for: "" });
    expect([reply.status, reply.headers.get("content-type")]).toEqual([200, "application/pdf"]);
  },
  120_000,
);

withN8n(
  "a report that fails is requested once, and ends with why",
  async () => {
    const before = lossy.posts.length;
    const result = await send({ suburb: "Mosman", state: "NSW" });
    expect(result.status).toBe(500);
    expect(await result.json()).toMatchObject({
      status: "failed",
      reason: expect.stringContaining("no data for Mosman"),
    });
    expect(lossy.posts.length - before).toBe(1);
  },
  120_000,
);

withN8n(
  "a cancelled report ends, too",
  async () => {
    await operate("pause");
    const before = lossy.posts.length;
    const requested = send({ suburb: "Manly", state: "NSW" });
    await until(() => lossy.posts.length > before);
    const [newest] = await until(async () => (await jobs("queued")).length > 0 && (await jobs("queued")));
    expect((await call(`/api/jobs/${newest}/cancel`)).status).toBe(200);
    const received = await requested;
    expect([received.status, await received.json()]).toEqual([500, expect.objectContaining({ status: "cancelled" })]);
    await operate("resume");
  },
  120_000,
);

withN8n(
  "what is refused is requested once, and ends with the service's own words",
  async () => {
    const before = lossy.posts.length;
    const got = await send({ suburb: "Manley", state: "NSW" });
    expect(got.status).toBe(422);
    expect(await got.json()).toMatchObject({ code: "unknown_suburb", detail: expect.stringContaining("Manly") });
    expect(lossy.posts.length - before).toBe(1);
  },
  120_000,
);

withN8n(
  "a post whose response is lost is sent again under the same key, and another run has another key",
  async () => {
    const before = lossy.posts.length;
    lossy.lose = 1;
    const first = await send({ suburb: "Manly", state: "NSW" });
    const second = await send({ suburb: "Manly", state: "NSW" });
    expect([first.status, second.status]).toEqual([200, 200]);
    const [lost, again, other, ...more] = lossy.posts.slice(before);
    expect(more).toEqual([]);
    expect(again).toBe(lost);
    expect(other).not.toBe(lost);
    expect(lost).toMatch(/^n8n-[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-/);
  },
  120_000,
);

withN8n(
  "what is busy is called again at the time that it named, under the same key",
  async () => {
    const before = lossy.posts.length;
    // The post twice; then, once it is taken, its status.
    lossy.busy = 2;
    const got = await send({ suburb: "Manly", state: "NSW" });
    expect([got.status, got.headers.get("content-type")]).toEqual([200, "application/pdf"]);
    expect(lossy.posts.length - before).toBe(3);
    expect(new Set(lossy.posts.slice(before)).size).toBe(1);
  },
  120_000,
);

withN8n(
  "what has not ended after all polls ends with the job, and the job continues",
  async () => {
    await operate("pause");
    const got = await send({ suburb: "Manly", state: "NSW" }, "impatient");
    const job = (await got.json()) as { job_id: string };
    expect([got.status, job]).toEqual([202, expect.objectContaining({ status: "processing", stage: "queued" })]);
    await operate("resume");
    const end = await call(`/api/job-status/${job.job_id}?wait=60&until=ended`, "GET");
    expect(await end.json()).toMatchObject({ status: "completed" });
  },
  120_000,
);

function send(body: object, path = "agentlink-report"): Promise<Response> {
  return fetch(`${workflow.url}/webhook/${path}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
    // Bun gives up after five minutes by default.
    signal: AbortSignal.timeout(280_000),
  });
}

function call(path: string, method = "POST"): Promise<Response> {
  return fetch(service.url + path, { method, headers: { authorization: `Bearer ${admin}` } });
}

async function operate(action: "pause" | "resume"): Promise<void> {
  expect((await call(`/api/queue/${action}`)).status).toBe(200);
}

async function jobs(status: string): Promise<readonly string[]> {
  const list = (await (await call(`/api/jobs?status=${status}`, "GET")).json()) as { jobs: { job_id: string }[] };
  return list.jobs.map((job) => job.job_id);
}

/** A proxy to the service that records the keys of posts, and loses as many of their responses as the test requires. */
function startLossy(to: string): typeof lossy {
  const posts: string[] = [];
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    idleTimeout: 0,
    async fetch(request) {
      const { pathname, search } = new URL(request.url);
      const isPost = request.method === "POST";
      if (proxy.busy > 0) {
        proxy.busy -= 1;
        if (isPost) posts.push(request.headers.get("idempotency-key") ?? "");
        return Response.json({ code: "queue_full" }, { status: 429, headers: { "Retry-After": "1" } });
      }
      if (isPost) posts.push(request.headers.get("idempotency-key") ?? "");
      const got = await fetch(to + pathname + search, {
        method: request.method,
        headers: request.headers,
        // As it comes, with the encoding that its headers name.
        decompress: false,
        ...(isPost ? { body: await request.bytes() } : {}),
      });
      if (!isPost || proxy.lose === 0) return got;
      proxy.lose -= 1;
      return new Response("lost", { status: 502 });
    },
  });
  const proxy = { url: `http://127.0.0.1:${server.port}`, posts, lose: 0, busy: 0, stop: () => void server.stop(true) };
  return proxy;
}

/** The workflow as it is shipped, imported by n8n's command line, with its address and key put in. */
async function startN8n(program: string, serviceUrl: string, key: string): Promise<typeof workflow> {
  const folder = temporaryFolder();
  const port = freePort();
  const env = {
    PATH: process.env.PATH,
    N8N_USER_FOLDER: folder,
    N8N_PORT: String(port),
    N8N_LISTEN_ADDRESS: "127.0.0.1",
    N8N_DIAGNOSTICS_ENABLED: "false",
    N8N_VERSION_NOTIFICATIONS_ENABLED: "false",
  };
  const command = async (...args: string[]) => {
    const child = Bun.spawn([program, ...args], { env, stdout: "pipe", stderr: "pipe" });
    const [out, err] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
    if ((await child.exited) !== 0) throw new Error(`n8n ${args.join(" ")}: ${out}${err}`);
  };
  const credential = { id: "agentlink", name: "AgentLink", type: "httpHeaderAuth" };
  const data = { name: "Authorization", value: `Bearer ${key}` };
  await Bun.write(join(folder, "credentials.json"), JSON.stringify([{ ...credential, data }]));
  await command("import:credentials", `--input=${join(folder, "credentials.json")}`);
  const credentials = { httpHeaderAuth: { id: credential.id, name: credential.name } };
  const shipped = readFileSync(WORKFLOW, "utf8").replaceAll("https://reports.example.com", serviceUrl);
  // The second requests the status without waiting, and so is soon through all its questions.
  const impatient = shipped
    .replace('"path": "agentlink-report"', '"path": "impatient"')
    .replace('"value": "50"', '"value": "0"')
    .replaceAll("a6e1f0c2-5f0b", "b6e1f0c2-5f0b");
  for (const [id, text] of Object.entries({ agentlinkPostWait: shipped, agentlinkImpatient: impatient })) {
    const file = join(folder, `${id}.json`);
    const { nodes, ...rest } = JSON.parse(text) as { nodes: { type: string }[] };
    const filledIn = nodes.map((node) =>
      node.type === "n8n-nodes-base.httpRequest" ? { ...node, credentials } : node,
    );
    await Bun.write(file, JSON.stringify({ id, ...rest, nodes: filledIn }));
    await command("import:workflow", `--input=${file}`);
    await command("publish:workflow", `--id=${id}`);
  }
  const child = Bun.spawn([program, "start"], { env, stdout: "ignore", stderr: "inherit" });
  const url = `http://127.0.0.1:${port}`;
  // Once the workflow is active, n8n responds that its address requires a POST.
  for (const path of ["agentlink-report", "impatient"]) {
    const active = () =>
      fetch(`${url}/webhook/${path}`).then(
        async (got) => (await got.text()).includes("POST request"),
        () => false,
      );
    await until(active, START_MS, `n8n to have the webhook ${path}`);
  }
  return {
    url,
    async stop() {
      child.kill("SIGTERM");
      await child.exited;
    },
  };
}

import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdirSync, readdirSync, renameSync, utimesSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { FakeS3 } from "../fakes/s3.ts";
import { withPrograms } from "../programs.ts";
import { startRedis } from "../queue/redis-server.ts";
import { until, within } from "../until.ts";
import { post, type RunningBinary, run, startBinary, temporaryFolder, untilEnded } from "./binary.ts";
import { inlineJob } from "./jobs.ts";

let folder: string;
let dataDir: string;
let services: RunningBinary[];
beforeEach(() => {
  folder = temporaryFolder();
  dataDir = join(folder, "data");
  services = [];
});
afterEach(async () => {
  for (const service of services) await service.end("SIGKILL");
});

async function start(env: Record<string, string> = {}): Promise<RunningBinary> {
  const service = await startBinary({ dataDir, env });
  services.push(service);
  return service;
}

function prune(service: RunningBinary, ...more: readonly string[]) {
  return pruneOlderThan("0s", service, ...more);
}

function pruneOlderThan(age: string, { url }: RunningBinary, ...more: readonly string[]) {
  return run(["prune", "--older-than", age, "--yes", "--url", url, ...more]);
}

function pdfs(root = dataDir): readonly string[] {
  return readdirSync(join(root, "reports"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".pdf"))
    .map((name) => join(root, "reports", name));
}

async function makeSome(service: RunningBinary, count: number): Promise<readonly string[]> {
  const ids = await Promise.all(Array.from({ length: count }, (_, i) => post(service.url, inlineJob(i))));
  for (const id of ids) expect((await untilEnded(service.url, id)).status).toBe("completed");
  return ids;
}

withPrograms("strace")(
  "a kill in the middle of a prune leaves no PDF behind",
  async () => {
    const first = await start();
    await makeSome(first, 12);
    const slow = ["-f", "-e", "trace=unlink,unlinkat", "-e", "inject=unlink,unlinkat:delay_enter=200000"];
    const strace = Bun.spawn(["strace", ...slow, "-o", "/dev/null", "-p", `${first.pid}`], { stderr: "pipe" });
    await within(strace.stderr.getReader().read(), "strace to attach");
    void prune(first);
    await until(() => pdfs().length < 12, 30_000, "the first PDF to go");
    await first.end("SIGKILL");
    await strace.exited;
    expect(pdfs().length).toBeGreaterThan(0);
    await start();
    await until(() => pdfs().length === 0, 30_000, "the rest of the PDFs to go");
  },
  90_000,
);

test("a prune reports what it did; a PDF without a job goes when it is old, and one of a job stays", async () => {
  const service = await start();
  const [id = ""] = await makeSome(service, 2);
  const [one = ""] = pdfs();
  const stranger = (day: string, name: string) => {
    const path = join(dataDir, "reports", day, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, "%PDF-");
    const at = new Date(`${day}T00:00:00Z`);
    utimesSync(path, at, at);
  };
  stranger("2026-01-01", "01980000-0000-7000-8000-00000123abcd.pdf");
  stranger("2026-01-01", "notes.txt");
  // It has a job, and is in a folder of another day: a job's is none of a sweep's.
  renameSync(one, join(dataDir, "reports", "2026-01-01", basename(one)));
  expect((await pruneOlderThan("90d", service, "--json")).stdout).toBe(
    '{"removed":0,"retained":0,"reports_removed":1,"reports_left":0}\n',
  );
  expect(readdirSync(join(dataDir, "reports", "2026-01-01")).toSorted()).toEqual(
    [basename(one), "notes.txt"].toSorted(),
  );
  renameSync(join(dataDir, "reports", "2026-01-01", basename(one)), one);
  expect((await prune(service)).stdout).toBe("2 jobs and 2 PDFs removed\n");
  expect(pdfs()).toEqual([]);
  expect((await fetch(`${service.url}/api/job-status/${id}`)).status).toBe(404);
}, 60_000);

test("a job whose callback is not accepted, or whose key is still valid, stays and is reported", async () => {
  const receiver = Bun.serve({ port: 0, fetch: () => new Response("", { status: 503 }) });
  const host = `127.0.0.1:${receiver.port}`;
  const service = await start({ AGENTLINK_ALLOW_HOSTS: host, AGENTLINK_CALLBACK_URL: `http://${host}/hook` });
  const [notified = ""] = await makeSome(service, 1);
  await service.end("SIGTERM");
  const quiet = await start();
  const key = { "idempotency-key": "order-1" };
  const named = await post(quiet.url, inlineJob(7), key);
  await untilEnded(quiet.url, named);
  const { stdout } = await prune(quiet);
  expect(stdout).toBe(
    "0 jobs and 0 PDFs removed\n2 jobs not deleted: a callback is not delivered yet, or the job has an Idempotency-Key of the last 24 hours\n",
  );
  expect(await post(quiet.url, inlineJob(7), key)).toBe(named);
  for (const id of [notified, named]) expect((await fetch(`${quiet.url}/api/jobs/${id}/report.pdf`)).status).toBe(200);
  await receiver.stop(true);
}, 60_000);

withPrograms("redis-server")(
  "a bucket that returns 503 is called again until the PDFs are gone",
  async () => {
    const [redis, bucket] = await Promise.all([startRedis({ appendfsync: "no" }), new FakeS3().start()]);
    const { endpoint, accessKeyId, secretAccessKey, region } = bucket.options();
    const service = await start({
      AGENTLINK_REDIS_URL: redis.url,
      AGENTLINK_REPORTS: "s3",
      AGENTLINK_DELIVERY_FOLDER: join(folder, "out"),
      AGENTLINK_S3_BUCKET: "reports",
      AGENTLINK_S3_ENDPOINT: endpoint,
      AGENTLINK_S3_REGION: region,
      AGENTLINK_S3_ACCESS_KEY_ID: accessKeyId,
      AGENTLINK_S3_SECRET_ACCESS_KEY: secretAccessKey,
    });
    await makeSome(service, 3);
    expect(bucket.objects.size).toBe(3);
    bucket.fault = (method) => (method === "DELETE" ? "503" : null);
    const refused = await prune(service);
    expect(refused.stdout).toBe("3 jobs and 0 PDFs removed\n3 PDFs could not be deleted yet; the service will retry\n");
    bucket.fault = () => null;
    expect((await prune(service)).stdout).toBe("0 jobs and 3 PDFs removed\n");
    expect(bucket.objects.size).toBe(0);

    // Put by attempts that died, or were cancelled, before the job knew of it; and another installation's.
    const [done = ""] = await makeSome(service, 1);
    const refusedJob = await post(service.url, { suburb: "Cottesloe", state: "WA" });
    await untilEnded(service.url, refusedJob);
    const day = new Date().toISOString().slice(0, 10);
    const stranger = `reports/${day}/${crypto.randomUUID()}-0123456789ab.pdf`;
    for (const key of [done, refusedJob].map((id) => `reports/${day}/${id}-0123456789ab.pdf`).concat(stranger))
      bucket.objects.set(key, Buffer.from("%PDF-1.7"));
    expect((await prune(service)).stdout).toBe("2 jobs and 2 PDFs removed\n");
    expect([...bucket.objects.keys()]).toEqual([stranger]);

    // Keys without the right to list remove what a job is known to have.
    bucket.deniesList = true;
    await makeSome(service, 1);
    expect((await prune(service)).stdout).toBe("1 job and 1 PDF removed\n");
    expect([...bucket.objects.keys()]).toEqual([stranger]);
    await service.end("SIGKILL");
    await Promise.all([redis.remove(), bucket.stop()]);
  },
  60_000,
);

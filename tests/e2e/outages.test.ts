import { afterEach, beforeEach, expect, setDefaultTimeout } from "bun:test";
import { join } from "node:path";
import { FakeS3 } from "../fakes/s3.ts";
import { withPrograms } from "../programs.ts";
import { HAS_REDIS, type RedisServer, startRedis } from "../queue/redis-server.ts";
import { until } from "../until.ts";
import { post, type RunningBinary, startBinary, temporaryFolder, untilEnded } from "./binary.ts";
import { importManly, inlineJob } from "./jobs.ts";

// Shorter than the five minutes that a job waits for its own time: what ends was woken.
setDefaultTimeout(120_000);
const test = withPrograms("redis-server");
const SUBURBS = ["Manly", "Mosman", "Fairlight", "Seaforth", "Balgowlah", "Freshwater"];

let dataDir: string;
let redis: RedisServer | null = null;
let s3: FakeS3;
let running: RunningBinary[];

beforeEach(async () => {
  dataDir = temporaryFolder();
  running = [];
  s3 = await new FakeS3().start();
});
afterEach(async () => {
  await Promise.all(running.map((each) => each.end("SIGKILL")));
  await s3.stop();
  await redis?.remove();
  redis = null;
});

async function start(backend: string, env: Record<string, string>): Promise<RunningBinary> {
  if (backend === "redis" && HAS_REDIS) redis ??= await startRedis();
  const shared = redis && {
    AGENTLINK_REDIS_URL: redis.url,
    AGENTLINK_REPORTS: join(dataDir, "shared"),
    AGENTLINK_DELIVERY_FOLDER: join(dataDir, "out"),
  };
  const service = await startBinary({ dataDir, env: { ...shared, ...env } });
  running.push(service);
  return service;
}

const json = async (url: string, init?: RequestInit) =>
  (await fetch(url, init)).json() as Promise<Record<string, unknown>>;
const readiness = async (url: string) => (await fetch(`${url}/readyz`)).text();
const bucket = () => {
  const { endpoint, region, accessKeyId, secretAccessKey } = s3.options();
  return {
    AGENTLINK_DELIVERY: "s3",
    AGENTLINK_S3_ENDPOINT: endpoint,
    AGENTLINK_S3_REGION: region,
    AGENTLINK_S3_BUCKET: "reports",
    AGENTLINK_S3_ACCESS_KEY_ID: accessKeyId,
    AGENTLINK_S3_SECRET_ACCESS_KEY: secretAccessKey,
  };
};

for (const backend of ["sqlite", "redis"]) {
  test(`${backend}: a source that is away costs no job an attempt, holds up none that needs no source, and all resume`, async () => {
    let up = false;
    using source = Bun.serve({
      port: 0,
      hostname: "127.0.0.1",
      fetch({ url }) {
        const name = decodeURIComponent(new URL(url).pathname.slice(1));
        if (!up) return new Response("away", { status: 503 });
        return Response.json({ ...inlineJob(1).data, suburb: { name, state: "NSW" } });
      },
    });
    // The catalogue could serve Manly, with other data than the source has.
    await importManly(dataDir);
    const { url } = await start(backend, {
      AGENTLINK_SOURCE_URL: `${source.url.origin}/{suburb}`,
      AGENTLINK_ALLOW_HOSTS: "127.0.0.1",
      AGENTLINK_SOURCE_CACHE: "0s",
    });
    const ids = await Promise.all(SUBURBS.map((suburb) => post(url, { suburb, state: "NSW" })));
    await until(
      async () => (await readiness(url)).includes("the data source does not work"),
      60_000,
      "/readyz to name the source",
    );
    expect((await untilEnded(url, await post(url, inlineJob(1)))).status).toBe("completed");
    const waiting = async () => {
      const jobs = await Promise.all(ids.map((id) => json(`${url}/api/job-status/${id}`)));
      return jobs.every(({ waiting_for }) => String(waiting_for).startsWith("the data source (outage, next attempt "));
    };
    await until(waiting, 60_000, "each job to say what it waits for");
    up = true;
    const [first = ""] = ids;
    expect((await fetch(`${url}/api/jobs/${first}/retry`, { method: "POST" })).status).toBe(200);
    const ended = await Promise.all(ids.map((id) => untilEnded(url, id)));
    expect(ended.map(({ status, attempts }) => [status, attempts])).toEqual(ids.map(() => ["completed", 1]));
    expect(await readiness(url)).toContain('"ready"');
  });

  test(`${backend}: a bucket's wrong region is named, costs no job an attempt, and all resume when it is corrected`, async () => {
    const wrong = await start(backend, { ...bucket(), AGENTLINK_S3_REGION: "us-west-1" });
    const ids = await Promise.all([1, 2, 3].map((number) => post(wrong.url, inlineJob(number))));
    await until(
      async () => (await readiness(wrong.url)).includes("AGENTLINK_S3_REGION=eu-central-1"),
      60_000,
      "/readyz to name the setting and the right value",
    );
    expect(wrong.log()).toContain("AGENTLINK_S3_REGION=eu-central-1");
    expect(await wrong.end("SIGTERM")).toBe(0);
    const right = await start(backend, bucket());
    const ended = await Promise.all(ids.map((id) => untilEnded(right.url, id)));
    expect(ended.map(({ status, attempts }) => [status, attempts])).toEqual(ids.map(() => ["completed", 1]));
    expect(s3.writes).toHaveLength(3);
  });

  test(`${backend}: a bucket that requests a pause of a year is attempted at once when it is requested manually`, async () => {
    s3.retryAfter = "31536000";
    const faults: ("503" | null)[] = ["503"];
    s3.fault = () => faults.shift() ?? null;
    const { url } = await start(backend, bucket());
    const first = await post(url, inlineJob(1));
    const waits = async () => {
      const { waiting_for } = await json(`${url}/api/job-status/${first}`);
      return String(waiting_for).startsWith("s3 (rate limit, next attempt ");
    };
    await until(waits, 60_000, "the job to say how long it waits");
    expect(await readiness(url)).toContain("reports cannot be delivered to s3");
    const pending = await post(url, inlineJob(2));
    // A job that only just became ready for its delivery is not yet waiting for the target, and cannot be retried.
    let requests = 0;
    const retried = async () => {
      requests = s3.requests.length;
      return (await fetch(`${url}/api/jobs/${pending}/retry`, { method: "POST" })).status === 200;
    };
    await until(retried, 60_000, "the second to wait for its delivery");
    expect(requests).toBe(1);
    expect((await untilEnded(url, pending)).status).toBe("completed");
    expect(await readiness(url)).toContain('"ready"');
    expect(await untilEnded(url, first)).toMatchObject({ status: "completed", attempts: 1 });
  });

  test(`${backend}: of two targets the one that works gets all reports, and the other those that waited for it as soon as it works`, async () => {
    s3.retryAfter = "31536000";
    let away = true;
    s3.fault = () => (away ? "503" : null);
    const out = join(dataDir, "out");
    const both = { ...bucket(), AGENTLINK_DELIVERY: "s3,folder", AGENTLINK_DELIVERY_FOLDER: out };
    const { url } = await start(backend, both);
    const ids = await Promise.all([1, 2, 3, 4, 5].map((number) => post(url, inlineJob(number))));
    const copies = () => [...new Bun.Glob("**/*.pdf").scanSync({ cwd: out, onlyFiles: true })].length;
    await until(() => copies() === ids.length, 60_000, "the folder to have all reports");
    const waiting = async () => {
      const jobs = await Promise.all(ids.map((id) => json(`${url}/api/job-status/${id}`)));
      return jobs.every(
        ({ stage, waiting_for }) =>
          stage === "waiting" && String(waiting_for).startsWith("s3 (rate limit, next attempt "),
      );
    };
    await until(waiting, 60_000, "each job to wait for the bucket");
    expect(await readiness(url)).toContain("reports cannot be delivered to s3");
    away = false;
    const [first = ""] = ids;
    expect((await fetch(`${url}/api/jobs/${first}/retry`, { method: "POST" })).status).toBe(200);
    const ended = await Promise.all(ids.map((id) => untilEnded(url, id)));
    expect(ended.map(({ status, attempts }) => [status, attempts])).toEqual(ids.map(() => ["completed", 1]));
    expect([s3.writes.length, copies()]).toEqual([ids.length, ids.length]);
  });
}

// With SQLite tests/pipeline/targets.test.ts has it: this takes the time after which a target counts as one that hangs.
test("while the first target hangs all jobs get their copy in the other one", async () => {
  s3.fault = () => "stall";
  const out = join(dataDir, "out");
  const both = { ...bucket(), AGENTLINK_DELIVERY: "s3,folder", AGENTLINK_DELIVERY_FOLDER: out };
  const { url } = await start("redis", both);
  const ids = await Promise.all(Array.from({ length: 12 }, (_, number) => post(url, inlineJob(number))));
  const copies = () => [...new Bun.Glob("**/*.pdf").scanSync({ cwd: out, onlyFiles: true })].length;
  // Its circuit opens only after a minute and a half: until then it is only known to hang.
  await until(() => copies() === ids.length, 60_000, "the folder to have all reports");
  const jobs = await Promise.all(ids.map((id) => json(`${url}/api/job-status/${id}`)));
  expect(jobs.map(({ status, attempts }) => [status, Number(attempts) < 2])).toEqual(
    ids.map(() => ["processing", true]),
  );
  expect(await readiness(url)).toContain('"ready"');
});

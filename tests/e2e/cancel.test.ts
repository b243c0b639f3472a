import { afterAll, afterEach, beforeAll, beforeEach, describe, expect } from "bun:test";
import { existsSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { FakeS3 } from "../fakes/s3.ts";
import { withPrograms } from "../programs.ts";
import { HAS_REDIS, type RedisServer, startRedis } from "../queue/redis-server.ts";
import { until, within } from "../until.ts";
import { type JobStatus, post, type RunningBinary, startBinary, temporaryFolder, untilEnded } from "./binary.ts";
import { inlineJob } from "./jobs.ts";

type Cancelling = JobStatus & { readonly cancel_requested: boolean };

let redis: RedisServer;
beforeAll(async () => {
  if (HAS_REDIS) redis = await startRedis({ appendfsync: "no" });
});
afterAll(async () => {
  if (HAS_REDIS) await redis.remove();
});

/** The bucket that takes reports: a put begins, and ends when the test lets it. */
let bucket: FakeS3;
let folder: string;
let puts: number;
let finishPuts: () => void;
let services: RunningBinary[];
beforeEach(async () => {
  bucket = await new FakeS3().start();
  folder = temporaryFolder();
  puts = 0;
  services = [];
  const waiting = Promise.withResolvers<void>();
  finishPuts = waiting.resolve;
  bucket.before = async (method) => {
    if (method !== "PUT") return;
    puts += 1;
    await waiting.promise;
  };
});
afterEach(async () => {
  finishPuts();
  for (const service of services) await service.end("SIGKILL");
  await bucket.stop();
});

function settings(backend: "SQLite" | "Redis"): Record<string, string> {
  const { endpoint, accessKeyId, secretAccessKey, region } = bucket.options();
  return {
    AGENTLINK_DELIVERY: "s3",
    AGENTLINK_S3_BUCKET: "reports",
    AGENTLINK_S3_ENDPOINT: endpoint,
    AGENTLINK_S3_REGION: region,
    AGENTLINK_S3_ACCESS_KEY_ID: accessKeyId,
    AGENTLINK_S3_SECRET_ACCESS_KEY: secretAccessKey,
    ...(backend === "SQLite"
      ? {}
      : {
          AGENTLINK_REDIS_URL: redis.url,
          AGENTLINK_REDIS_PREFIX: basename(folder),
          AGENTLINK_REPORTS: join(folder, "reports"),
        }),
  };
}

async function start(env: Record<string, string>, dataDir = join(folder, "data")): Promise<RunningBinary> {
  const service = await startBinary({ dataDir, env });
  services.push(service);
  // What a service before this one has left of its connections to this process is gone by then.
  await until(async () => (await fetch(`${service.url}/api/jobs?limit=1`)).status === 200);
  return service;
}

async function jobInUpload(service: RunningBinary): Promise<string> {
  const id = await post(service.url, inlineJob(1));
  await until(() => puts > 0, 60_000, "a put to begin");
  return id;
}

function cancel(service: RunningBinary, id: string): Promise<Response> {
  return fetch(`${service.url}/api/jobs/${id}/cancel`, { method: "POST" });
}

async function cancelling(service: RunningBinary, id: string): Promise<true | undefined> {
  const job = (await (await fetch(`${service.url}/api/job-status/${id}`)).json()) as Cancelling;
  expect(job.status).not.toBe("cancelled");
  return job.cancel_requested || undefined;
}

async function completesOnce(service: RunningBinary, id: string): Promise<void> {
  expect(await untilEnded(service.url, id)).toMatchObject({ status: "completed", cancel_requested: false });
  expect(bucket.objects.size).toBe(1);
}

for (const backend of ["SQLite", "Redis"] as const) {
  const test = withPrograms(...(backend === "Redis" ? (["redis-server"] as const) : []));

  describe(`a cancel while the bucket takes the report, with ${backend},`, () => {
    test("comes too late where it arrives, and says so", async () => {
      const service = await start(settings(backend));
      const id = await jobInUpload(service);
      const response = cancel(service, id);
      await until(() => cancelling(service, id));
      finishPuts();
      const said = await response;
      expect(said.status).toBe(200);
      expect(await said.json()).toMatchObject({
        status: "completed",
        cancel_requested: false,
        result: { delivered_to: expect.stringContaining("s3://reports/") },
      });
      expect((await cancel(service, id)).status).toBe(409);
      await completesOnce(service, id);
    }, 60_000);

    test("is reported as requested when the time to wait is over", async () => {
      const service = await start(settings(backend));
      const id = await jobInUpload(service);
      const said = await cancel(service, id);
      expect(said.status).toBe(202);
      expect(await said.json()).toMatchObject({ status: "processing", stage: "delivering", cancel_requested: true });
      finishPuts();
      await completesOnce(service, id);
    }, 60_000);

    for (const signal of ["SIGKILL", "SIGTERM"] as const)
      test(`is not reported by the process that follows a ${signal}, before it is known what became of the put`, async () => {
        const env = { ...settings(backend), AGENTLINK_STOP_GRACE: "1s" };
        const service = await start(env);
        const id = await jobInUpload(service);
        const reply = cancel(service, id).catch(() => null);
        await until(() => cancelling(service, id));
        await service.end(signal);
        const said = await reply;
        if (said?.status === 200) expect(await said.json()).not.toMatchObject({ status: "cancelled" });
        const next = await start(env);
        await until(() => cancelling(next, id));
        await until(() => bucket.requests.filter((method) => method === "HEAD").length > 1, 60_000, "a look");
        await until(() => cancelling(next, id));
        finishPuts();
        await completesOnce(next, id);
        expect(puts).toBe(1);
      }, 90_000);

    test("ends the job at once while it only checks, and nothing is put", async () => {
      const [looking, responded] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
      bucket.before = async (method) => {
        if (method === "PUT") puts += 1;
        looking.resolve();
        await responded.promise;
      };
      const service = await start(settings(backend));
      const id = await post(service.url, inlineJob(1));
      await looking.promise;
      const said = await cancel(service, id);
      expect(said.status).toBe(200);
      expect(await said.json()).toMatchObject({ status: "cancelled", cancel_requested: false });
      responded.resolve();
      // By the time that a later one is put, the first would have been.
      await completesOnce(service, await post(service.url, inlineJob(2)));
      expect(puts).toBe(1);
    }, 60_000);
  });
}

withPrograms("redis-server")(
  "a cancel that another host accepts waits for the put, too",
  async () => {
    const env = settings("Redis");
    const [one, other] = [await start(env, join(folder, "one")), await start(env, join(folder, "other"))];
    const id = await jobInUpload(one);
    const result = cancel(other, id);
    await until(() => cancelling(one, id));
    finishPuts();
    expect(await (await result).json()).toMatchObject({ status: "completed" });
    await completesOnce(other, id);
  },
  60_000,
);

withPrograms("sqlite3")(
  "a cancel by the shell waits for the put, too",
  async () => {
    const service = await start(settings("SQLite"));
    const id = await jobInUpload(service);
    const shell = (sql: string) =>
      Bun.$`sqlite3 -cmd ".timeout 5000" ${join(folder, "data", "agentlink.db")} ${sql}`.text();
    await shell(`UPDATE jobs SET status = 'cancelled' WHERE id = '${id}'`);
    expect(await shell("SELECT status, cancel_requested FROM jobs")).toBe("running|1\n");
    expect(await shell("SELECT changed_by FROM events ORDER BY id DESC LIMIT 1")).toBe("operator\n");
    await until(() => cancelling(service, id));
    finishPuts();
    await completesOnce(service, id);
  },
  60_000,
);

withPrograms("strace")(
  "a cancel while a slow folder takes the report comes too late where it arrives",
  async () => {
    const out = join(folder, "out");
    const service = await start({ AGENTLINK_DELIVERY_FOLDER: out });
    const slow = ["-f", "-e", "trace=link,linkat", "-e", "inject=link,linkat:delay_enter=3000000"];
    const strace = Bun.spawn(["strace", ...slow, "-o", "/dev/null", "-p", `${service.pid}`], { stderr: "pipe" });
    await within(strace.stderr.getReader().read(), "strace to attach");
    const id = await post(service.url, inlineJob(1));
    const files = () => (existsSync(out) ? readdirSync(out, { recursive: true }).map(String) : []);
    await until(() => files().some((name) => name.endsWith(".part")), 30_000, "the copy beside the target");
    const said = await cancel(service, id);
    expect(await said.json()).toMatchObject({ status: "completed" });
    expect(await untilEnded(service.url, id)).toMatchObject({ status: "completed" });
    expect(files().filter((name) => name.endsWith(".pdf"))).toHaveLength(1);
    await service.end("SIGKILL");
    await strace.exited;
  },
  60_000,
);

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect } from "bun:test";
import { mkdirSync, readdirSync, rmSync, statSync, truncateSync } from "node:fs";
import { basename, join } from "node:path";
import { FakeS3 } from "../fakes/s3.ts";
import { withPrograms } from "../programs.ts";
import { HAS_REDIS, type RedisServer, startRedis } from "../queue/redis-server.ts";
import { until } from "../until.ts";
import { post, type RunningBinary, startBinary, temporaryFolder, untilEnded } from "./binary.ts";
import { inlineJob } from "./jobs.ts";

let redis: RedisServer;
beforeAll(async () => {
  if (HAS_REDIS) redis = await startRedis({ appendfsync: "no" });
});
afterAll(async () => {
  if (HAS_REDIS) await redis.remove();
});

let bucket: FakeS3;
let folder: string;
let service: RunningBinary | null;
beforeEach(async () => {
  bucket = await new FakeS3().start();
  folder = temporaryFolder();
  service = null;
});
afterEach(async () => {
  await service?.end("SIGKILL");
  await bucket.stop();
});

type StoredIn = "the data folder" | "a shared folder" | "a bucket";

function start(stored: StoredIn): Promise<RunningBinary> {
  const { endpoint, accessKeyId, secretAccessKey, region } = bucket.options();
  const shared = {
    AGENTLINK_REDIS_URL: redis?.url ?? "",
    AGENTLINK_REDIS_PREFIX: basename(folder),
    AGENTLINK_REPORTS: stored === "a bucket" ? "s3" : join(folder, "shared"),
  };
  return startBinary({
    dataDir: join(folder, "data"),
    env: {
      AGENTLINK_S3_BUCKET: "reports",
      AGENTLINK_S3_ENDPOINT: endpoint,
      AGENTLINK_S3_REGION: region,
      AGENTLINK_S3_ACCESS_KEY_ID: accessKeyId,
      AGENTLINK_S3_SECRET_ACCESS_KEY: secretAccessKey,
      AGENTLINK_DELIVERY: stored === "a bucket" ? "folder" : "s3",
      // A file where the folder must be: nothing is delivered until it is gone.
      AGENTLINK_DELIVERY_FOLDER: join(folder, "out", "reports"),
      ...(stored === "the data folder" ? {} : shared),
    },
  });
}

async function block(retained: StoredIn): Promise<() => Promise<void>> {
  if (retained !== "a bucket") {
    bucket.denies = true;
    return async () => {
      bucket.denies = false;
    };
  }
  // With Redis the folder must be there at the start: its place is taken afterwards.
  rmSync(join(folder, "out"), { recursive: true, force: true });
  await Bun.write(join(folder, "out"), "in the way");
  return async () => {
    rmSync(join(folder, "out"));
    // One that is gone is waited for, as for a disk that is mounted again.
    mkdirSync(join(folder, "out", "reports"), { recursive: true });
  };
}

function pdfs(remaining: StoredIn): readonly string[] {
  const root = join(folder, remaining === "a shared folder" ? "shared" : "data", "reports");
  return readdirSync(root, { recursive: true, encoding: "utf8" })
    .map((name) => join(root, name))
    .filter((path) => statSync(path).isFile());
}

/** Every stored PDF is gone, or cut short. */
function lose(saved: StoredIn, cut: boolean): void {
  bucket.objects.clear();
  for (const path of pdfs(saved)) {
    if (cut) truncateSync(path, 100);
    else rmSync(path);
  }
}

async function jobOf(url: string, id: string) {
  return (await (await fetch(`${url}/api/job-status/${id}`)).json()) as {
    readonly status: string;
    readonly stage: string;
    readonly result: { readonly sha256: string } | null;
  };
}

const BACKENDS: Readonly<Record<StoredIn, readonly "redis-server"[]>> = {
  "the data folder": [],
  "a shared folder": ["redis-server"],
  "a bucket": ["redis-server"],
};

for (const [left, programs] of Object.entries(BACKENDS) as [StoredIn, readonly "redis-server"[]][]) {
  const test = withPrograms(...programs);
  describe(`PDFs of jobs not yet delivered, stored in ${left},`, () => {
    test("are rendered again where they are gone or damaged, to the same bytes, and delivered once", async () => {
      service = await start(left);
      const { url } = service;
      const open = await block(left);
      const ids = await Promise.all([1, 2, 3].map((number) => post(url, inlineJob(number))));
      const rendered = () =>
        until(async () => {
          const jobs = await Promise.all(ids.map((id) => jobOf(url, id)));
          const all = jobs.every(({ stage, result }) => result !== null && (stage === "waiting" || stage === "queued"));
          return all && jobs.map(({ result }) => result?.sha256 ?? "");
        }, 60_000);
      const before = await rendered();

      lose(left, false);
      const pdf = await fetch(`${url}/api/jobs/${ids[0]}/report.pdf`);
      expect(pdf.status).toBe(200);
      expect(new Bun.CryptoHasher("sha256").update(await pdf.arrayBuffer()).digest("hex")).toBe(before[0] ?? "");

      lose(left, true);
      await open();
      await fetch(`${url}/api/jobs/retry`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ status: "waiting" }),
      });
      for (const id of ids) await fetch(`${url}/api/jobs/${id}/retry`, { method: "POST" });
      const ended = await Promise.all(ids.map((id) => untilEnded(url, id)));
      expect(ended.map(({ status }) => status)).toEqual(["completed", "completed", "completed"]);
      expect(ended.map(({ result }) => result?.sha256 ?? "")).toEqual(before);
      const delivered =
        left === "a bucket" ? readdirSync(join(folder, "out"), { recursive: true }) : [...bucket.objects.keys()];
      expect(delivered.filter((name) => String(name).endsWith(".pdf"))).toHaveLength(3);
    }, 120_000);
  });
}

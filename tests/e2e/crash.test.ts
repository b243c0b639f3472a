import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { until } from "../until.ts";
import { post, type RunningBinary, startBinary, temporaryFolder, untilEnded } from "./binary.ts";
import { catalogueJob, importManly, inlineJob } from "./jobs.ts";

const STAGES = ["gathering", "rendering", "delivering"] as const;

test("a job whose process was killed in any stage completes after the restart, once", async () => {
  const dataDir = temporaryFolder();
  await importManly(dataDir);
  const seen = new Set<string>();
  const jobs: string[] = [];
  let service = await startBinary({ dataDir });
  for (let kills = 0; seen.size < STAGES.length && kills < 100; kills++) {
    const wanted = STAGES.find((stage) => !seen.has(stage)) ?? "gathering";
    const database = new Database(join(dataDir, "agentlink.db"), { readonly: true });
    const inStage = database.prepare("SELECT 1 FROM jobs WHERE status = 'running' AND stage = ?");
    const ended = database.prepare("SELECT count(*) AS n FROM jobs WHERE ended_at IS NOT NULL");
    jobs.push(await post(service.url, { ...catalogueJob(), edition: "brief" }));
    // Kill in the very turn in which the stage is seen: no stage lasts longer than some milliseconds here.
    const isThere = () => inStage.get(wanted) !== null || (ended.get() as { n: number }).n >= jobs.length;
    await until(isThere, 60_000, `a job to come to ${wanted}, or all to end`, 0);
    await service.end("SIGKILL");
    for (const row of database.prepare("SELECT stage FROM jobs WHERE status = 'running'").all() as { stage: string }[])
      seen.add(row.stage);
    database.close();
    service = await startBinary({ dataDir });
  }
  expect([...seen].sort()).toEqual([...STAGES].sort());
  await expectEachCompletedOnce(service, dataDir, jobs);
  await service.end("SIGTERM");
}, 300_000);

test("fifty kills at random moments under a load of posts lose no job and deliver none twice", async () => {
  const dataDir = temporaryFolder();
  await importManly(dataDir);
  const acknowledged: string[] = [];
  const random = mulberry32(20_260_630);
  for (let kill = 0; kill < 50; kill++) {
    // Some lives have a thread, some two: to start them is most of what a life costs.
    const service = await startBinary({ dataDir, env: { AGENTLINK_RENDER_THREADS: kill % 5 === 0 ? "2" : "1" } });
    const load = postUntilDead(service.url, random, acknowledged);
    // By what it has acknowledged, too: by the clock alone a slow machine would have little to lose.
    const enough = acknowledged.length + Math.floor(random() * 4);
    await until(() => acknowledged.length >= enough, 60_000, "a post to be acknowledged");
    await Bun.sleep(random() * 300);
    await service.end("SIGKILL");
    await load;
  }
  expect(acknowledged.length).toBeGreaterThan(50);
  const service = await startBinary({ dataDir });
  await expectEachCompletedOnce(service, dataDir, acknowledged);
  await service.end("SIGTERM");
}, 300_000);

test("SIGTERM lets running jobs end, puts the rest back, and exits 0; the next start completes them", async () => {
  const dataDir = temporaryFolder();
  const service = await startBinary({ dataDir, env: { AGENTLINK_STOP_GRACE: "20s", AGENTLINK_RENDER_THREADS: "1" } });
  const jobs = await Promise.all(Array.from({ length: 20 }, (_, i) => post(service.url, inlineJob(i))));
  expect(await service.end("SIGTERM")).toBe(0);

  const database = new Database(join(dataDir, "agentlink.db"), { readonly: true });
  const left = database.query("SELECT status, count(*) AS n FROM jobs GROUP BY status").all() as { status: string }[];
  expect(left.map(({ status }) => status).filter((status) => status !== "completed")).toEqual(["queued"]);
  database.close();

  const next = await startBinary({ dataDir });
  const ended = await expectEachCompletedOnce(next, dataDir, jobs);
  expect(ended.every(({ attempts }) => attempts === 1)).toBe(true);
  await next.end("SIGTERM");
}, 120_000);

test("a stop whose grace time is over puts running jobs back without counting the attempt", async () => {
  const dataDir = temporaryFolder();
  const service = await startBinary({ dataDir, env: { AGENTLINK_STOP_GRACE: "0s", AGENTLINK_RENDER_THREADS: "1" } });
  const jobs = await Promise.all(Array.from({ length: 10 }, (_, i) => post(service.url, inlineJob(i))));
  expect(await service.end("SIGTERM")).toBe(0);
  const next = await startBinary({ dataDir });
  const ended = await expectEachCompletedOnce(next, dataDir, jobs);
  expect(ended.every(({ attempts }) => attempts === 1)).toBe(true);
  await next.end("SIGTERM");
}, 120_000);

/** Every acknowledged job is completed, and there is exactly one file for each, with the hash that the API reports. */
async function expectEachCompletedOnce(service: RunningBinary, dataDir: string, ids: readonly string[]) {
  const jobs = await Promise.all(ids.map((id) => untilEnded(service.url, id)));
  expect(jobs.filter(({ status }) => status !== "completed")).toEqual([]);
  const delivered = await readdir(join(dataDir, "delivered"), { recursive: true, withFileTypes: true });
  const files = delivered.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const targets = jobs.map(({ result }) => result?.delivered_to ?? "");
  // A post whose response the kill cut off is a job all the same: it may be there, once, beside those acknowledged.
  expect(new Set(targets).size).toBe(ids.length);
  expect(files).toEqual(expect.arrayContaining(targets));
  const database = new Database(join(dataDir, "agentlink.db"), { readonly: true });
  const { n } = database.query("SELECT count(*) AS n FROM jobs WHERE status = 'completed'").get() as { n: number };
  database.close();
  expect(files.length).toBe(n);
  for (const { result } of jobs) {
    const bytes = await Bun.file(result?.delivered_to ?? "").arrayBuffer();
    expect(new Bun.CryptoHasher("sha256").update(bytes).digest("hex")).toBe(result?.sha256 ?? "");
  }
  return jobs;
}

async function postUntilDead(url: string, random: () => number, acknowledged: string[]): Promise<void> {
  try {
    for (;;) {
      acknowledged.push(
        await post(url, random() < 0.3 ? { ...catalogueJob(), edition: "brief" } : inlineJob(acknowledged.length)),
      );
      await Bun.sleep(random() * 200);
    }
  } catch (error) {
    if (error instanceof Error && /^\d{3}:/.test(error.message)) throw error;
  }
}

/** A small seeded generator, so that a failing run can be run again. */
function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

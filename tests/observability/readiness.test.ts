import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { NOTHING_DELIVERED } from "../../src/delivery/record.ts";
import { type HealthSnapshot, watchHealth } from "../../src/observability/health.ts";
import { type ReadinessDependencies, readinessProblems } from "../../src/observability/readiness.ts";
import type { Queue } from "../../src/queue/queue.ts";
import { openSqliteQueue } from "../../src/queue/sqlite/queue.ts";
import { temporaryFolder } from "../e2e/binary.ts";
import { post } from "../queue/builders.ts";

let dataDir: string;
let queue: Queue;
beforeEach(() => {
  dataDir = join(temporaryFolder(), "data");
  mkdirSync(dataDir);
  queue = openSqliteQueue({ path: join(dataDir, "agentlink.db"), queueLimit: 10 });
});
afterEach(() => queue.close());

/** What is found wrong with a service whose surroundings are these; by default, they are well. */
function found(
  vitals: Partial<HealthSnapshot> = {},
  parts: Partial<ReadinessDependencies> = {},
): Promise<readonly string[]> {
  const well: HealthSnapshot = {
    startedAt: "2026-11-24T08:00:00.000Z",
    memory: { usedBytes: 1, limitBytes: 2 },
    threads: { busy: 0, total: 1 },
    disk: { freeBytes: 10_000_000_000, totalBytes: 40_000_000_000 },
    eventLoopLagMs: 0,
    descriptors: { open: 40, limit: 20_000 },
    deliveries: [{ target: "folder", problem: null, record: NOTHING_DELIVERED }],
    sourceProblem: null,
    callbackProblem: null,
  };
  const around = { dataDir, queueLimit: 2, queue, clockProblem: () => null };
  return readinessProblems({ ...around, health: async () => ({ ...well, ...vitals }), ...parts });
}

test("a service that works has no problems, and a pause is none", async () => {
  await post(queue);
  expect(await found()).toEqual([]);
  await queue.pause("ada");
  expect(await found()).toEqual([]);
});

test("a full queue is reported with its limit and the setting", async () => {
  await post(queue);
  await post(queue);
  expect(await found()).toEqual(["the queue is full: 2 jobs are open, and the limit is 2 (AGENTLINK_QUEUE_LIMIT)"]);
});

test("a data folder that is gone is named, by what the machine really says", async () => {
  rmSync(dataDir, { recursive: true });
  const [problem, ...more] = await found();
  expect(problem).toMatch(`the data folder ${dataDir} was deleted: a file or folder does not exist (ENOENT`);
  expect(more).toEqual([]);
});

test("a disk is nearly full below 200 MB, and not at them", async () => {
  const free = (freeBytes: number) => found({ disk: { freeBytes, totalBytes: 40_000_000_000 } });
  expect(await free(200_000_000)).toEqual([]);
  expect(await free(199_999_999)).toEqual([`the disk of ${dataDir} is nearly full: 199 MB are free`]);
  const vitals = watchHealth({
    dataDir,
    memoryLimitBytes: 1,
    threads: () => ({ busy: 0, total: 1 }),
    deliveries: async () => [],
    sourceProblem: () => null,
    callbackProblem: () => null,
  });
  expect((await vitals.read()).disk.freeBytes).toBeGreaterThan(0);
  vitals.close();
});

test("files and connections run out past nine tenths of what may be open", async () => {
  expect(await found({ descriptors: { open: 90, limit: 100 } })).toEqual([]);
  expect(await found({ descriptors: null })).toEqual([]);
  const [problems] = await found({ descriptors: { open: 91, limit: 100 } });
  expect(problems).toStartWith("91 of 100 files and connections are open: restart the service (nothing is lost)");
});

test("each target that takes nothing, and callbacks that are not sent, are reported in their own words", async () => {
  const deliveries = [
    { target: "folder", problem: null, record: NOTHING_DELIVERED },
    { target: "dropbox", problem: "the refresh token was revoked: agentlink dropbox login", record: NOTHING_DELIVERED },
    { target: "s3", problem: "the keys are refused", record: NOTHING_DELIVERED },
  ];
  expect(await found({ deliveries, callbackProblem: "the database cannot be written" })).toEqual([
    "reports cannot be delivered to dropbox: the refresh token was revoked: agentlink dropbox login",
    "reports cannot be delivered to s3: the keys are refused",
    "callbacks are not sent: the database cannot be written",
  ]);
});

test("a queue that cannot be read is reported, and all else is still checked", async () => {
  await queue.close();
  const [jobs, ...others] = await found({ callbackProblem: "no" });
  expect(jobs).toStartWith("jobs cannot be processed: ");
  expect(others).toEqual(["callbacks are not sent: no"]);
});

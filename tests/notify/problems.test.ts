import { expect, setDefaultTimeout, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ProblemDependencies, problemsNow } from "../../src/notify/problems.ts";
import { openSqliteQueue } from "../../src/queue/sqlite/queue.ts";
import { UTC_CALENDAR } from "../../src/queue/usage.ts";
import { post } from "../queue/builders.ts";

/** Each accepts jobs, which wait for a disk that others may write to as well. */
setDefaultTimeout(60_000);

/** Of a service that is well, but for what is given. */
async function problems(
  work: (record: ProblemDependencies) => Partial<ProblemDependencies> | Promise<Partial<ProblemDependencies>>,
) {
  const folder = await mkdtemp(join(tmpdir(), "agentlink-problems-"));
  const queue = openSqliteQueue({ path: join(folder, "agentlink.db"), queueLimit: 100 });
  const record: ProblemDependencies = {
    queue,
    health: async () => ({
      ...{ startedAt: "2026-07-01T00:00:00.000Z", eventLoopLagMs: 0, descriptors: null },
      ...{ deliveries: [], sourceProblem: null, callbackProblem: null },
      memory: { usedBytes: 0, limitBytes: 1 },
      threads: { busy: 0, total: 1 },
      disk: { freeBytes: 1e12, totalBytes: 1e12 },
    }),
    host: "one",
    keys: () => [],
    calendar: UTC_CALENDAR,
    dataQuota: () => null,
    notifyFailures: 10,
    notifyDisk: 1e9,
    publicUrl: null,
  };
  try {
    const changed = { ...record, ...(await work(record)) };
    for (let each = 0; each < 9; each += 1) await post(queue, { client: "make" });
    return (await problemsNow(changed)).map(({ id, subject, text }) => ({ id, subject, text }));
  } finally {
    await queue.close();
    await rm(folder, { recursive: true });
  }
}

const key = (name: string, perMonth: number | null, revokedAt: string | null = null) => ({
  ...{ name, revokedAt },
  quota: { perDay: 3, perMonth },
});

test("a service that is well has no problem", async () => {
  expect(await problems(() => ({}))).toEqual([]);
});

test("failed jobs of the last hour are a problem from the number on that is set", async () => {
  const of = (failed: number, notifyFailures: number) =>
    problems(({ queue }) => ({
      notifyFailures,
      queue: {
        callbacks: queue.callbacks,
        usage: (range) => queue.usage(range),
        statistics: async (window) =>
          (await queue.statistics(window)).map((each, at) => (at === 0 ? { ...each, failed } : each)),
      },
    }));
  expect(await of(2, 3)).toEqual([]);
  expect(await of(3, 3)).toMatchObject([{ id: "failures", text: expect.stringContaining("3 or more reports failed") }]);
});

test("a client's monthly quota is a problem when less than a tenth of it is left, and when it is used up", async () => {
  const of = (...keys: ReturnType<typeof key>[]) => problems(() => ({ keys: async () => keys }));
  expect(await of(key("make", 11), key("office", 20), key("none", null))).toEqual([]);
  expect(await of(key("make", 10), key("office", 20))).toMatchObject([
    { id: "quota:make", subject: "the quota of make is nearly used up", text: expect.stringContaining("9 of the 10") },
  ]);
  expect(await of(key("make", 5))).toMatchObject([{ id: "quota:make", subject: "the quota of make is used up" }]);
  expect(await of(key("make", 10, "2026-07-01T00:00:00.000Z"))).toEqual([]);
});

test("Domain's calls of the day are a problem when less than a tenth is left, or Domain says that none is", async () => {
  const of = (left: number, limit: number | null) => problems(() => ({ dataQuota: () => ({ left, limit }) }));
  expect(await of(51, 500)).toEqual([]);
  expect(await of(50, 500)).toMatchObject([
    {
      id: "source-quota",
      subject: "Domain's daily quota is nearly used up",
      text: expect.stringContaining("50 of the 500"),
    },
  ]);
  for (const limit of [500, null])
    expect(await of(0, limit)).toMatchObject([{ id: "source-quota", subject: "Domain's daily quota is used up" }]);
  // How many there are is not known: nor is what is few of them.
  expect(await of(5, null)).toEqual([]);
});

test("a client that names many hosts that do not accept callbacks makes a message for the first of them, and one for all others", async () => {
  const found = await problems(({ queue }) => ({
    queue: {
      statistics: queue.statistics,
      usage: queue.usage,
      callbacks: {
        ...queue.callbacks,
        hosts: async () =>
          Array.from({ length: 200 }, (_, n) => ({
            ...{ host: `host-${n}.example.com`, pending: 2, failing: n === 1 ? 0 : 1, error: null },
            failingSince: n === 1 ? null : "2026-07-01T00:00:00.000Z",
          })),
      },
    },
    notifyDisk: 1e13,
  }));
  expect(found.map(({ id }) => id)).toEqual([
    ...[0, 2, 3, 4, 5].map((n) => `callbacks:host-${n}.example.com`),
    "callbacks",
    "disk:one",
  ]);
  expect(found.at(-2)).toMatchObject({ subject: "callbacks to many hosts fail" });
});

import { Database } from "bun:sqlite";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SHARE } from "../src/pipeline/attempt.ts";
import { createPipeline } from "../src/pipeline/pipeline.ts";
import type { NewJob } from "../src/queue/job.ts";
import { openSqliteQueue } from "../src/queue/sqlite/queue.ts";
import { median, type Row } from "./table.ts";

/** Jobs in a run, and how many are posted, and worked on, at once. */
const JOBS = 3_000;
const AT_ONCE = 64;
const RUNS = 3;

const PAYLOAD = { suburb: "Manly", state: "NSW", prepared_for: "Norfolk & Pine Property" };

type Contender = (folder: string) => Promise<number>;

const SYNCED = "each commit is on disk (fsync)";
const WAL_NORMAL = "lost since the last checkpoint (WAL, synchronous=NORMAL)";

const CONTENDERS: Readonly<
  Record<string, { readonly name: string; readonly durability: string; readonly run: Contender }>
> = {
  agentlink: { name: "AgentLink, 3 stages", durability: SYNCED, run: (folder) => agentlink(folder, null) },
  "agentlink-data": {
    name: "AgentLink, data in the request",
    durability: SYNCED,
    run: (folder) => agentlink(folder, "{}"),
  },
  "plainjob-full": { name: "plainjob, set to FULL", durability: SYNCED, run: (folder) => plainjob(folder, "FULL") },
  "bunqueue-full": {
    name: "bunqueue, durable, patched to FULL",
    durability: SYNCED,
    run: (folder) => bunqueue(folder, "FULL"),
  },
  bullmq: { name: "BullMQ, Redis appendfsync always", durability: SYNCED, run: bullmq },
  plainjob: { name: "plainjob, defaults", durability: WAL_NORMAL, run: (folder) => plainjob(folder, "NORMAL") },
  bunqueue: {
    name: "bunqueue, durable, defaults",
    durability: WAL_NORMAL,
    run: (folder) => bunqueue(folder, "NORMAL"),
  },
};

/**
 * No-op jobs a second, from the first post to the last completion, each contender in a process of its own. AgentLink's
 * job has three stages with a checkpoint each, the others' has one.
 */
export async function benchQueue(): Promise<readonly Row[]> {
  const speeds = new Map<string, number>();
  for (const key of Object.keys(CONTENDERS)) {
    if (key === "bullmq" && Bun.which("redis-server") === null) continue;
    const runs: number[] = [];
    for (let run = 0; run < RUNS; run += 1) runs.push(await measure(key));
    speeds.set(key, median(runs));
  }
  const own = speeds.get("agentlink") ?? Number.NaN;
  return Object.entries(CONTENDERS).map(([key, { name, durability }]) => {
    const speed = speeds.get(key);
    return {
      queue: name,
      "jobs/s": speed === undefined ? "redis-server is not installed" : Math.round(speed),
      "AgentLink is faster, ×": speed === undefined ? "" : (own / speed).toFixed(2),
      "what a response means": durability,
    };
  });
}

async function measure(contender: string): Promise<number> {
  const child = Bun.spawn([process.execPath, import.meta.path, contender], { stdout: "pipe", stderr: "inherit" });
  const text = await new Response(child.stdout).text();
  if ((await child.exited) !== 0) throw new Error(`the bench of ${contender} failed`);
  return Number(text.trim().split("\n").at(-1));
}

/** Calls `work` for each of the jobs, so many at once. */
async function postAll(post: (index: number) => Promise<unknown>): Promise<void> {
  let next = 0;
  const poster = async () => {
    while (next < JOBS) {
      next += 1;
      await post(next);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, poster));
}

/** Resolves when it was called as often as there are jobs. */
function countdown(): { readonly done: Promise<void>; readonly one: () => void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  let left = JOBS;
  return {
    done: promise,
    one() {
      left -= 1;
      if (left === 0) resolve();
    },
  };
}

async function perSecond(work: () => Promise<void>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return (JOBS * 1_000) / (performance.now() - startedAt);
}

async function agentlink(folder: string, dataSet: string | null): Promise<number> {
  const queue = openSqliteQueue({ path: join(folder, "agentlink.db"), queueLimit: 1_000_000 });
  const { done, one } = countdown();
  queue.subscribe(({ status }) => {
    if (status === "completed") one();
  });
  const pipeline = createPipeline({
    queue,
    stages: {
      plan: () => [{ kind: "agents", main: true, madeOf: "data", share: SHARE.rendering }],
      gather: async () => "{}",
      render: async ({ job }) => ({ path: `reports/${job.id}.pdf`, sha256: "0".repeat(64), bytes: 1, pages: 1 }),
      deliver: async (claim) => {
        const path = `NSW/Manly/${claim.job.id}.pdf`;
        await queue.delivering(claim, "folder", path);
        return { to: path, url: null };
      },
    },
    renderSlots: AT_ONCE,
    gatherSlots: AT_ONCE,
    deliverSlots: AT_ONCE,
    jobTimeoutMs: 60_000,
    maxAttempts: 5,
    renderBlockedBy: () => null,
  });
  const job: NewJob = {
    client: "bench",
    priority: 5,
    suburb: "Manly",
    state: "NSW",
    postcode: "2095",
    request: JSON.stringify(PAYLOAD),
    dataSet,
    idempotency: null,
  };
  const speed = await perSecond(async () => {
    pipeline.start();
    await postAll(() => queue.submit([job]));
    await done;
  });
  await pipeline.stop(1_000);
  await queue.close();
  return speed;
}

async function plainjob(folder: string, synchronous: "FULL" | "NORMAL"): Promise<number> {
  const { bun, defineQueue, defineWorker } = await import("plainjob");
  const silent = { info() {}, debug() {}, warn() {}, error() {} };
  const db = new Database(join(folder, "plainjob.db"), { create: true, readwrite: true, strict: true });
  const queue = defineQueue({ connection: bun(db), logger: silent });
  // It sets NORMAL itself when it opens.
  db.run(`PRAGMA synchronous = ${synchronous}`);
  const { done, one } = countdown();
  const worker = defineWorker("report", async () => {}, { queue, logger: silent, onCompleted: one });
  const speed = await perSecond(async () => {
    await postAll(async () => queue.add("report", PAYLOAD));
    void worker.start();
    await done;
  });
  await worker.stop();
  queue.close();
  return speed;
}

async function bunqueue(folder: string, synchronous: "FULL" | "NORMAL"): Promise<number> {
  // It has no setting for this: the pragma is changed on its way.
  for (const method of ["run", "exec"] as const) {
    const original = Database.prototype[method];
    Object.defineProperty(Database.prototype, method, {
      value(this: Database, sql: string, ...parameters: never[]) {
        return original.call(this, sql.replace("synchronous = NORMAL", `synchronous = ${synchronous}`), ...parameters);
      },
    });
  }
  const { Queue, Worker } = await import("bunqueue/client");
  const options = { embedded: true, dataPath: join(folder, "bunqueue.db") } as const;
  const queue = new Queue("reports", options);
  const { done, one } = countdown();
  const worker = new Worker("reports", async () => ({}), { ...options, concurrency: AT_ONCE });
  worker.on("completed", one);
  const speed = await perSecond(async () => {
    await postAll(() => queue.add("report", PAYLOAD, { durable: true }));
    await done;
  });
  await worker.close();
  await queue.close();
  return speed;
}

async function bullmq(folder: string): Promise<number> {
  const { Queue, Worker } = await import("bullmq");
  const socket = join(folder, "redis.sock");
  const server = Bun.spawn(
    [
      "redis-server",
      "--port",
      "0",
      "--unixsocket",
      socket,
      "--dir",
      folder,
      "--appendonly",
      "yes",
      "--appendfsync",
      "always",
      "--save",
      "",
    ],
    { stdout: "ignore", stderr: "inherit" },
  );
  try {
    const connection = { path: socket, maxRetriesPerRequest: null };
    const queue = new Queue("reports", { connection });
    queue.on("error", () => {});
    await queue.waitUntilReady();
    const { done, one } = countdown();
    const worker = new Worker("reports", async () => ({}), { connection, concurrency: AT_ONCE });
    worker.on("error", () => {});
    worker.on("completed", one);
    await worker.waitUntilReady();
    const speed = await perSecond(async () => {
      await postAll(() => queue.add("report", PAYLOAD));
      await done;
    });
    await worker.close(true);
    await queue.close();
    return speed;
  } finally {
    server.kill();
    await server.exited;
  }
}

if (import.meta.main) {
  const [key] = process.argv.slice(2);
  const contender = key === undefined ? undefined : CONTENDERS[key];
  if (contender === undefined) {
    console.table(await benchQueue());
  } else {
    const folder = mkdtempSync(join(tmpdir(), "agentlink-bench-"));
    try {
      console.log(await contender.run(folder));
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
    process.exit(0);
  }
}

import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { NewJob } from "../src/queue/job.ts";
import type { Queue } from "../src/queue/queue.ts";
import { openRedisQueue } from "../src/queue/redis/queue.ts";
import { openSqliteQueue } from "../src/queue/sqlite/queue.ts";
import { startBinary } from "../tests/e2e/binary.ts";
import { inlineJob } from "../tests/e2e/jobs.ts";
import { type RedisServer, startRedis } from "../tests/queue/redis-server.ts";
import type { Row } from "./table.ts";

/** Reports in a run, and jobs in a run of the queue alone. */
const REPORTS = 60;
const JOBS = 3_000;
const AT_ONCE = 64;

const JOB: NewJob = {
  client: "bench",
  priority: 5,
  suburb: "Manly",
  state: "NSW",
  postcode: "2095",
  request: '{"suburb":"Manly","state":"NSW"}',
  dataSet: null,
  idempotency: null,
};

/** One, two and three instances of one render thread each on one Redis, beside one on SQLite. */
export async function benchHosts(): Promise<readonly Row[]> {
  const folder = mkdtempSync(join(tmpdir(), "agentlink-bench-"));
  const rows: Row[] = [{ instances: "1 on SQLite", "reports a minute": await reportsPerMinute(folder, 1, null) }];
  for (const instances of [1, 2, 3]) {
    const server = await startRedis({ appendfsync: "everysec" });
    const reports = await reportsPerMinute(folder, instances, server);
    rows.push({ instances: `${instances} on Redis`, "reports a minute": reports });
    await server.remove();
  }
  rmSync(folder, { recursive: true, force: true });
  return rows;
}

/** No-op jobs through each store: what they cost without a report. */
export async function benchStores(): Promise<readonly Row[]> {
  const folder = mkdtempSync(join(tmpdir(), "agentlink-bench-"));
  const sqlite = async () => openSqliteQueue({ path: join(folder, "queue.db"), queueLimit: 1_000_000 });
  const rows = [await queueAlone("SQLite", sqlite)];
  for (const appendfsync of ["everysec", "always"] as const) {
    const server = await startRedis({ appendfsync });
    const open = () => openRedisQueue({ url: server.url, prefix: "bench", holder: "bench", queueLimit: 1_000_000 });
    rows.push(await queueAlone(`Redis, appendfsync ${appendfsync}`, open, server));
    await server.remove();
  }
  rmSync(folder, { recursive: true, force: true });
  return rows;
}

async function reportsPerMinute(folder: string, instances: number, server: RedisServer | null): Promise<number> {
  const own = join(folder, `reports-${instances}-${server === null ? "sqlite" : "redis"}`);
  mkdirSync(own);
  const binary = resolve(import.meta.dir, "../dist/agentlink");
  const shared = server && {
    AGENTLINK_REDIS_URL: server.url,
    AGENTLINK_REPORTS: join(own, "reports"),
    AGENTLINK_DELIVERY_FOLDER: join(own, "out"),
  };
  const hosts = await Promise.all(
    Array.from({ length: instances }, (_, number) =>
      startBinary({
        binary,
        dataDir: join(own, String(number)),
        env: { AGENTLINK_RENDER_THREADS: "1", ...(shared ?? {}) },
      }),
    ),
  );
  const url = hosts[0]?.url ?? "";
  await doReports(url, 6);
  const began = performance.now();
  await doReports(url, REPORTS);
  const minutes = (performance.now() - began) / 60_000;
  for (const host of hosts) await host.end("SIGTERM");
  return Math.round(REPORTS / minutes);
}

async function doReports(url: string, count: number): Promise<void> {
  const reports = Array.from({ length: count }, (_, number) => inlineJob(number));
  const response = await fetch(`${url}/api/generate-agents-reports`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ reports }),
  });
  const { jobs } = (await response.json()) as { readonly jobs: readonly { readonly job_id: string }[] };
  for (const { job_id } of jobs) {
    for (let status = "processing"; status === "processing"; ) {
      const reply = await fetch(`${url}/api/job-status/${job_id}?wait=30`);
      ({ status } = (await reply.json()) as { status: string });
      if (status === "failed") throw new Error(`job ${job_id} failed`);
    }
  }
}

async function queueAlone(name: string, open: () => Promise<Queue>, server?: RedisServer): Promise<Row> {
  const queue = await open();
  const cpuBefore = server ? await redisCpu(server) : 0;
  let began = performance.now();
  let next = 0;
  const poster = async () => {
    while (next++ < JOBS) await queue.submit([JOB]);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, poster));
  const submits = JOBS / ((performance.now() - began) / 1_000);
  began = performance.now();
  for (let done = 0; done < JOBS; ) {
    const claims = await queue.claim({ gathering: AT_ONCE });
    await Promise.all(
      claims.map(async (claim) => {
        await queue.gathered(claim, "{}");
        await queue.rendered(claim, { path: "a.pdf", sha256: "ab".repeat(32), bytes: 1, pages: 1 });
        await queue.complete(claim, { to: "/a.pdf", url: null });
      }),
    );
    done += claims.length;
  }
  const jobs = JOBS / ((performance.now() - began) / 1_000);
  const cpu = server ? (await redisCpu(server)) - cpuBefore : null;
  await queue.close();
  return {
    queue: name,
    "submits/s": Math.round(submits),
    "jobs/s through all stages": Math.round(jobs),
    "Redis CPU a job, ms": cpu === null ? "" : ((cpu * 1_000) / JOBS).toFixed(3),
  };
}

/** Seconds of the processor that Redis has used. */
async function redisCpu(server: RedisServer): Promise<number> {
  const info = await server.cli("info", "cpu");
  const of = (name: string) => Number(new RegExp(`${name}:([\\d.]+)`).exec(info)?.[1] ?? 0);
  return of("used_cpu_sys") + of("used_cpu_user");
}

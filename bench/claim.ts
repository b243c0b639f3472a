import { Database } from "bun:sqlite";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { NewJob } from "../src/queue/job.ts";
import type { Queue } from "../src/queue/queue.ts";
import { openSqliteQueue } from "../src/queue/sqlite/queue.ts";
import { median, type Row } from "./table.ts";

const SIZES = [1_000, 100_000, 1_000_000];
const CLAIMS = 300;
/** What is queued beside the ended jobs. */
const QUEUED = 1_000;
const LIMIT = 10_000_000;

interface Table {
  readonly kind: "ended" | "queued";
  readonly jobs: number;
  readonly queue: Queue;
  readonly openMs: number;
  readonly claims: number[];
  readonly submits: number[];
}

/**
 * One claim and one submit, each with its commit on disk, by the number of jobs in the table. The tables take turns, so
 * that whatever else the machine does disturbs all alike.
 */
export async function benchClaim(): Promise<readonly Row[]> {
  const folder = mkdtempSync(join(tmpdir(), "agentlink-bench-"));
  try {
    const tables: Table[] = [];
    for (const kind of ["ended", "queued"] as const)
      for (const jobs of SIZES) tables.push(await makeTable(join(folder, `${kind}-${jobs}.db`), kind, jobs));
    for (let i = 0; i < CLAIMS; i += 1) for (const table of tables) await claimAndSubmit(table);
    for (const { queue } of tables) await queue.close();
    return tables.map((table) => toRow(table, tables.find(({ kind }) => kind === table.kind) ?? table));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function makeTable(path: string, kind: Table["kind"], jobs: number): Promise<Table> {
  await openSqliteQueue({ path, queueLimit: LIMIT }).close();
  fillJobs(path, kind === "ended" ? "completed" : "queued", jobs);
  if (kind === "ended") fillJobs(path, "queued", QUEUED);
  const [queue, openMs] = await timed(async () => openSqliteQueue({ path, queueLimit: LIMIT }));
  return { kind, jobs, queue, openMs, claims: [], submits: [] };
}

async function claimAndSubmit({ queue, claims, submits }: Table): Promise<void> {
  const [[claim], ms] = await timed(() => queue.claim({ gathering: 1 }));
  if (claim === undefined) throw new Error("nothing was claimed");
  claims.push(ms);
  submits.push((await timed(() => queue.submit([JOB])))[1]);
}

function toRow({ kind, jobs, openMs, claims, submits }: Table, smallest: Table): Row {
  return {
    table: kind === "ended" ? `${count(jobs)} ended, ${count(QUEUED)} queued` : `${count(jobs)} queued`,
    "claim µs": Math.round(median(claims) * 1_000),
    "claim, ×": (median(claims) / median(smallest.claims)).toFixed(2),
    "submit µs": Math.round(median(submits) * 1_000),
    "submit, ×": (median(submits) / median(smallest.submits)).toFixed(2),
    "open ms": Math.round(openMs),
  };
}

async function timed<T>(work: () => Promise<T>): Promise<readonly [T, number]> {
  const startedAt = performance.now();
  return [await work(), performance.now() - startedAt];
}

const count = (jobs: number) => jobs.toLocaleString("en-AU");

const JOB: NewJob = {
  client: "client 1",
  priority: 5,
  suburb: "Manly",
  state: "NSW",
  postcode: "2095",
  request: '{"suburb":"Manly","state":"NSW"}',
  dataSet: null,
  idempotency: null,
};

/** Writes jobs of 20 clients straight into the table of a closed queue. */
export function fillJobs(path: string, status: "queued" | "completed", jobs: number): void {
  const db = new Database(path);
  const ended = status === "completed";
  const time = "strftime('%Y-%m-%dT%H:%M:%fZ', 1760000000 + n.i, 'unixepoch')";
  db.run("PRAGMA synchronous = OFF");
  db.run(`
    INSERT INTO jobs (id, status, stage, priority, client, suburb, state, postcode, attempts, created_at, started_at, ended_at,
      revision, request)
    WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${jobs})
    SELECT printf('%08x-0000-7000-8000-%012x', n.i, ${ended ? 0 : 1}), '${status}', '${ended ? "delivering" : "gathering"}', 5,
      'client ' || (n.i % 20), 'Manly', 'NSW', '2095', ${ended ? 1 : 0}, ${time}, ${ended ? time : "NULL"}, ${ended ? time : "NULL"},
      1, '{"suburb":"Manly","state":"NSW"}'
    FROM n`);
  db.run("PRAGMA wal_checkpoint(TRUNCATE)");
  db.close();
}

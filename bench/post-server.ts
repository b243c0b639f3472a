import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { openKeys } from "../src/access/keys/keys.ts";
import { openSessionStore } from "../src/access/sessions/store.ts";
import { createDashboard } from "../src/dashboard/dashboard.ts";
import { startHttp } from "../src/http/server/server.ts";
import { createImporter } from "../src/import/importer.ts";
import { createParser } from "../src/parsing/parsing.ts";
import type { Job, NewJob } from "../src/queue/job.ts";
import type { Queue } from "../src/queue/queue.ts";
import { openSqliteQueue } from "../src/queue/sqlite/queue.ts";
import { openCatalogue } from "../src/report/sources/catalogue.ts";
import { openLocalAudit } from "../src/storage/audit/local.ts";
import { openLocalRecords } from "../src/storage/records/local.ts";
import { createLocalReports } from "../src/storage/reports/folder.ts";

/**
 * The product's HTTP server over a durable queue, or over one that stores nothing: the same handler, so that what
 * differs is the storing. Argument: `durable` or `nothing`. Prints its address.
 */
const folder = mkdtempSync(join(tmpdir(), "agentlink-bench-"));
const durable = openSqliteQueue({ path: join(folder, "agentlink.db"), queueLimit: 100_000_000 });
const queue = process.argv[2] === "nothing" ? storesNothing(durable) : durable;
const keys = openKeys({ path: join(folder, "keys.db") });
const http = await startHttp(
  {
    queue,
    catalogue: openCatalogue({ path: join(folder, "catalogue.db") }),
    importer: createImporter({ cataloguePath: join(folder, "catalogue.db") }),
    keys,
    keyStore: keys,
    records: openLocalRecords({ path: join(folder, "office.db") }),
    audit: openLocalAudit({ path: join(folder, "office.db") }),
    parser: createParser(),
    pages: createDashboard,
    sessionStore: openSessionStore({ path: join(folder, "sessions.db") }),
    running: () => new Map(),
    typicalMs: () => null,
    gatherBlockedBy: () => null,
    deliverBlockedBy: () => null,
    probeNow: () => {},
    health: () => Promise.reject(new Error("nobody asks here")),
    testTarget: async () => undefined,
    prune: async () => ({ removed: 0, retained: 0, reportsRemoved: 0, reportsLeft: 0 }),
    renderSlots: 1,
    reports: createLocalReports(folder),
    version: "bench",
    publicUrl: null,
    callbacks: { addressFor: () => null, wake: () => {}, pausedUntil: () => null },
    ready: async () => [],
    metrics: async () => "",
    onResponse: () => {},
    log: pino({ level: "silent" }),
  },
  { host: "127.0.0.1", port: 0 },
);
console.log(http.url);

function storesNothing(queue: Queue): Queue {
  return { ...queue, submit: async (jobs) => jobs.map((job) => ({ job: accepted(job), created: true })) };
}

function accepted(job: NewJob): Job {
  return {
    ...job,
    id: Bun.randomUUIDv7(),
    status: "queued",
    stage: "gathering",
    attempts: 0,
    error: null,
    report: null,
    delivered: null,
    documents: [],
    createdAt: new Date().toISOString(),
    startedAt: null,
    endedAt: null,
    attemptStartedAt: null,
    ranMs: 0,
    warnings: [],
    runAt: null,
    waitsFor: [],
    cancelRequested: false,
    draft: false,
    isolated: false,
  };
}

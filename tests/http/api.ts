import { expect } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pino from "pino";
import { type LocalKeyRing, openKeys } from "../../src/access/keys/keys.ts";
import { openSessionStore } from "../../src/access/sessions/store.ts";
import { createDashboard } from "../../src/dashboard/dashboard.ts";
import { NOTHING_DELIVERED } from "../../src/delivery/record.ts";
import type { HttpDependencies } from "../../src/http/http.ts";
import { type HttpServer, startHttp } from "../../src/http/server/server.ts";
import { createImporter } from "../../src/import/importer.ts";
import type { HealthSnapshot } from "../../src/observability/health.ts";
import type { MeasuredResponse } from "../../src/observability/metrics.ts";
import { createParser, type Parser } from "../../src/parsing/parsing.ts";
import type { Claim } from "../../src/queue/job.ts";
import type { Queue } from "../../src/queue/queue.ts";
import { openRedisQueue } from "../../src/queue/redis/queue.ts";
import { openSqliteQueue } from "../../src/queue/sqlite/queue.ts";
import { type Catalogue, openCatalogue } from "../../src/report/sources/catalogue.ts";
import { openLocalAudit } from "../../src/storage/audit/local.ts";
import { openLocalRecords } from "../../src/storage/records/local.ts";
import { createLocalReports } from "../../src/storage/reports/folder.ts";
import { type Conformance, createConformance, type Document } from "./conformance.ts";

/** The HTTP server over a real queue and a real catalogue in a folder of their own; the test moves jobs on. */
export interface Api extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  readonly queue: Queue;
  readonly catalogue: Catalogue;
  readonly keys: LocalKeyRing;
  readonly dataDir: string;
  readonly server: HttpServer;
  readonly parser: Parser;
  /** The lines of the log, parsed. */
  readonly logged: readonly Record<string, unknown>[];
  /** What was measured of each response. */
  readonly responses: readonly MeasuredResponse[];
  /** As fetch, at a path of the server; every response must be one that the OpenAPI document promises. */
  request(path: string, init?: RequestInit): Promise<Response>;
  /** Posts JSON. */
  post(path: string, body: unknown, headers?: Record<string, string>): Promise<Response>;
  /** Accepts a request for Manly NSW; returns the job's id. */
  accept(fields?: Record<string, unknown>, headers?: Record<string, string>): Promise<string>;
  /** Claims the next job. */
  claim(): Promise<Claim>;
  /** Takes the next job through all stages, with a PDF of these bytes. */
  finish(pdf?: Uint8Array): Promise<Claim>;
}

export const VITALS: HealthSnapshot = {
  startedAt: "2026-11-24T08:00:00.000Z",
  memory: { usedBytes: 100_000_000, limitBytes: 4_000_000_000 },
  threads: { busy: 1, total: 2 },
  disk: { freeBytes: 10_000_000_000, totalBytes: 40_000_000_000 },
  eventLoopLagMs: 1.23,
  descriptors: { open: 40, limit: 20_000 },
  deliveries: [{ target: "folder", problem: null, record: NOTHING_DELIVERED }],
  sourceProblem: null,
  callbackProblem: null,
};

const REPORTS = "/api/generate-agents-report";

/** The headers of a request with a key. */
export const bearer = (secret: string) => ({ Authorization: `Bearer ${secret}` });

export async function openApi(
  options: Partial<HttpDependencies> & {
    readonly queueLimit?: number;
    readonly host?: string;
    /** Where a Redis is that the jobs are to be in. */
    readonly redisUrl?: string | undefined;
  } = {},
): Promise<Api> {
  const { queueLimit = 1_000, host = "127.0.0.1", redisUrl, ...parts } = options;
  const dataDir = await mkdtemp(join(tmpdir(), "agentlink-http-"));
  const sized = { queueLimit, clients: () => keys.clients() };
  const queue: Queue =
    redisUrl === undefined
      ? openSqliteQueue({ path: join(dataDir, "agentlink.db"), ...sized })
      : await openRedisQueue({ url: redisUrl, prefix: Bun.randomUUIDv7(), holder: "host", ...sized });
  const catalogue = openCatalogue({ path: join(dataDir, "catalogue.db") });
  const importer = createImporter({ cataloguePath: join(dataDir, "catalogue.db") });
  const keys = openKeys({ path: join(dataDir, "keys.db") });
  const sessionStore = openSessionStore({ path: join(dataDir, "sessions.db") });
  const records = openLocalRecords({ path: join(dataDir, "office.db") });
  const audit = openLocalAudit({ path: join(dataDir, "office.db") });
  const logged: Record<string, unknown>[] = [];
  const responses: MeasuredResponse[] = [];
  const log = pino({ level: "debug" }, { write: (line: string) => void logged.push(JSON.parse(line)) });
  const parser = createParser();
  const server = await startHttp(
    {
      queue,
      catalogue,
      importer,
      keys,
      keyStore: keys,
      records,
      audit,
      sessionStore,
      parser,
      pages: createDashboard,
      running: () => new Map(),
      typicalMs: () => null,
      gatherBlockedBy: () => null,
      deliverBlockedBy: () => null,
      probeNow: () => {},
      health: async () => VITALS,
      testTarget: async (target) => (target === "folder" ? null : undefined),
      prune: async (endedBefore) => ({ ...(await queue.prune(endedBefore)), reportsRemoved: 0, reportsLeft: 0 }),
      renderSlots: 2,
      reports: createLocalReports(dataDir),
      version: "1.2.3",
      publicUrl: null,
      callbacks: { addressFor: (requested) => requested, wake: () => {}, pausedUntil: () => null },
      ready: async () => [],
      metrics: async () => "agentlink_up 1\n",
      onResponse: (response) => void responses.push(response),
      log,
      ...parts,
    },
    { host, port: 0 },
  );
  const url = `http://127.0.0.1:${server.port}`;

  const request = async (path: string, init: RequestInit = {}) => {
    const conforms = await readPromises();
    const response = await fetch(url + path, init);
    const { pathname } = new URL(path, url);
    expect(await conforms(init.method ?? "GET", pathname, response.clone())).toBeNull();
    return response;
  };
  const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
    request(path, {
      method: "POST",
      headers: { "Content-Type": "application/json", ...headers },
      body: typeof body === "string" || body instanceof Uint8Array ? (body as BodyInit) : JSON.stringify(body),
    });
  const claim = async () => {
    const [next] = await queue.claim({ gathering: 1, rendering: 1 });
    if (next === undefined) throw new Error("there is no job to claim");
    return next;
  };

  return {
    url,
    port: server.port,
    queue,
    catalogue,
    keys,
    dataDir,
    server,
    parser,
    logged,
    responses,
    request,
    post,
    claim,
    async accept(fields = {}, headers = {}) {
      const response = await post(REPORTS, { suburb: "Manly", state: "NSW", ...fields }, headers);
      const { job_id } = (await response.json()) as { job_id: string };
      return job_id;
    },
    async finish(pdf = new TextEncoder().encode("%PDF-1.7 a report")) {
      const next = await claim();
      const path = join("reports", `${next.job.id}.pdf`);
      await Bun.write(join(dataDir, path), pdf);
      const sha256 = new Bun.CryptoHasher("sha256").update(pdf).digest("hex");
      await queue.gathered(next, "{}");
      await queue.rendered(next, { path, sha256, bytes: pdf.length, pages: 12 });
      await queue.delivering(next, "folder", "NSW/Manly/report.pdf");
      await queue.complete(next, { to: "NSW/Manly/report.pdf", url: null });
      return next;
    },
    async [Symbol.asyncDispose]() {
      await server.stop(0);
      await parser.close();
      await importer.close();
      await queue.close();
      await catalogue.close();
      keys.close();
      sessionStore.close();
      records.close();
      audit.close();
      await rm(dataDir, { recursive: true });
    },
  };
}

/** The document is the same for all servers of a version, so it is read once, from one that needs no key. */
let promises: Promise<Conformance> | undefined;
function readPromises(): Promise<Conformance> {
  promises ??= (async () => {
    await using api = await openApi();
    const response = await fetch(`${api.url}/openapi.json`);
    return createConformance((await response.json()) as Document);
  })();
  return promises;
}

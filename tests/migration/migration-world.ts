import { afterAll, afterEach, beforeAll, beforeEach, setDefaultTimeout } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { migrate } from "../../src/migration/migration.ts";
import type { Claim } from "../../src/queue/job.ts";
import type { Queue } from "../../src/queue/queue.ts";
import { openRedisQueue } from "../../src/queue/redis/queue.ts";
import { openSqliteQueue } from "../../src/queue/sqlite/queue.ts";
import type { Config } from "../../src/settings/config.ts";
import { readConfig } from "../../src/settings/settings.ts";
import { aReport, dataSetOf, finish, newJob, the } from "../queue/builders.ts";
import { type RedisServer, startRedis } from "../queue/redis-server.ts";

setDefaultTimeout(60_000);
const HOUR_MS = 3_600_000;
export const HOOK = "https://hooks.example.com:8443/reports";
export const NOTHING_ELSE = { onJob: async () => {}, onAll: async () => {} };
export const KEYED = { key: "make-42", fingerprint: "f1", item: 0 };

/** A Redis for the surrounding group, and for each test a folder and a prefix of its own. */
export function newMigrationWorld() {
  let server: RedisServer;
  let folder: string;
  let prefix: string;
  beforeAll(async () => {
    server = await startRedis();
  });
  afterAll(() => server.remove());
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "agentlink-migration-"));
    prefix = `move-${Bun.randomUUIDv7()}`;
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const configFor = (dataDir: string): Config =>
    readConfig(
      {},
      {
        dataDir,
        redisUrl: server.url,
        redisPrefix: prefix,
        reports: join(folder, "reports"),
        deliveryFolder: join(folder, "out"),
      },
    );
  const sqlite = (dataDir: string) => openSqliteQueue({ path: join(dataDir, "agentlink.db"), queueLimit: 1_000 });
  const redis = () => openRedisQueue({ url: server.url, prefix, holder: "host", queueLimit: 1_000 });
  const move = (dataDir: string, to: "redis" | "sqlite") => migrate(configFor(dataDir), to, () => {});

  /** A job in each state, with all that can belong to one. */
  async function fill(queue: Queue, dataDir: string): Promise<readonly string[]> {
    const ids = (
      await queue.submit([
        newJob({ suburb: "Completed", callbackUrl: HOOK, request: '{"metadata":{"deal":[7,null,1.50,[]]}}' }),
        newJob({ suburb: "Failed", callbackUrl: HOOK }),
        newJob({ suburb: "Waiting", priority: 9 }),
        newJob({ suburb: "Cancelled" }),
        newJob({ suburb: "Delivering", dataSet: '{"agents":[]}' }),
      ])
    ).map(({ job }) => job.id);
    await queue.cancel(ids[3] ?? "");
    const claims = new Map(
      (await queue.claim({ gathering: 3, rendering: 1 })).map((claim) => [claim.job.suburb, claim] as const),
    );
    const queued = newJob({ suburb: "Queued", client: "agency", priority: 1, postcode: null, idempotency: KEYED });
    ids.push(the(await queue.submit([queued])).job.id);
    const claim = (suburb: string) => claims.get(suburb) as Claim;
    await finish(queue, claim("Completed"));
    await queue.fail(claim("Failed"), { code: "no_data", message: "no data for „Müller“" }, null);
    await queue.fail(claim("Waiting"), { code: "timeout", message: "no response" }, HOUR_MS, {
      waitsFor: ["dropbox", "s3"],
    });
    const delivering = claim("Delivering");
    const report = aReport(delivering.job.id);
    await Bun.write(join(dataDir, report.path), "%PDF-1.7");
    await queue.rendered(delivering, report);
    await queue.delivering(delivering, "folder", "NSW/a.pdf");
    await queue.delivered(delivering, "folder", { to: "/out/NSW/a.pdf", url: null });
    await queue.release(delivering, "stopping");
    const notified = the((await queue.callbacks.due(5)).filter(({ jobId }) => jobId === ids[1]));
    const attempted = {
      startedAt: "2026-07-01T09:00:00.000Z",
      durationMs: 12,
      httpStatus: 503,
      response: "busy",
      error: "503",
    };
    await queue.callbacks.recordAttempt(notified.id, attempted, { againAt: new Date(Date.now() + HOUR_MS) });
    return ids;
  }

  /** All that can be seen of jobs. */
  const dump = (queue: Queue, ids: readonly string[]) =>
    Promise.all(
      ids.map(async (id) => ({
        job: await queue.get(id),
        attempts: await queue.attempts(id),
        deliveries: await queue.deliveries(id),
        dataSet: await dataSetOf(queue, id),
        history: await queue.history(id),
        callbacks: await queue.callbacks.of(id),
      })),
    );
  return {
    get server() {
      return server;
    },
    get folder() {
      return folder;
    },
    get prefix() {
      return prefix;
    },
    /** Other jobs in the same Redis from here on. */
    useOtherPrefix() {
      prefix = `${prefix}-again`;
    },
    sqlite,
    redis,
    move,
    fill,
    dump,
  };
}

import { afterAll, beforeAll, expect } from "bun:test";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { Config } from "../../../src/settings/config.ts";
import { freePort } from "../../free-port.ts";
import { HAS_REDIS, type RedisServer, startRedis } from "../../queue/redis-server.ts";
import { until, within } from "../../until.ts";
import { binaryPath, post, type RunningBinary, run, temporaryFolder, untilEnded } from "../binary.ts";
import { inlineJob } from "../jobs.ts";

import { done, json, LOCALITY, type Proof, refusedAtStart, request, serving } from "./proof.ts";
import { s3, toS3 } from "./s3.ts";

let redis: RedisServer;
beforeAll(async () => {
  if (HAS_REDIS) redis = await startRedis({ appendfsync: "no" });
});
afterAll(async () => {
  if (HAS_REDIS) await redis.remove();
});

function onRedis(settings: Readonly<Record<string, string>>) {
  const folder = temporaryFolder();
  return { REDIS_URL: redis.url, REPORTS: join(folder, "reports"), DELIVERY_FOLDER: join(folder, "out"), ...settings };
}
const redisKeys = async (pattern: string) =>
  (await redis.cli("--scan", "--pattern", pattern)).split("\n").filter(Boolean);

/** A process that stands still while it renders has overslept its second, however fast the machine is. */
const timesOutOnce: Proof = {
  prove: () =>
    serving({ JOB_TIMEOUT: "1s", MAX_ATTEMPTS: "1", RENDER_THREADS: "1" }, async (service) => {
      const many = <T>(count: number, make: (at: number) => T) => Array.from({ length: count }, (_, at) => make(at));
      const agents = many(400, (at) => ({ id: `a${at}`, name: `Agent Number ${at}`, agency_id: `g${at % 100}` }));
      const agencies = many(100, (at) => ({ id: `g${at}`, name: `Agency Number ${at}` }));
      const sales = many(4_000, (at) => ({
        ...{ id: `s${at}`, address: `${at} Pitt Street`, category: "house", price: 1_000_000 + at },
        ...{ listed_date: "2025-12-01", sold_date: `2026-0${1 + (at % 6)}-1${at % 9}` },
        ...{ agents: [{ id: `a${at % 400}` }], agency_ids: [`g${at % 100}`] },
      }));
      const id = await post(service.url, { ...LOCALITY, data: { as_of: "2026-06-30", agents, agencies, sales } });
      await until(async () => (await json(service, `/api/job-status/${id}`)).stage === "rendering");
      process.kill(service.pid, "SIGSTOP");
      await Bun.sleep(1_200);
      process.kill(service.pid, "SIGCONT");
      const { status, attempts, failure, error } = await untilEnded(service.url, id);
      expect({ status, attempts, code: failure?.code }).toEqual({ status: "failed", attempts: 1, code: "job_timeout" });
      expect(error).toContain("longer than 1 second");
    }),
};

/** What a service shows as soon as it is up: where it listens, what it has, how it logs. */
const startsAsSet: Proof = {
  async prove() {
    const port = String(freePort());
    const settings = { HOST: "127.0.0.2", PORT: port, RENDER_THREADS: "3", LOG_FORMAT: "pretty" };
    await serving(settings, async (service, dataDir) => {
      const { url } = service;
      expect(url).toBe(`http://127.0.0.2:${port}`);
      expect(await json(service, "/api/overview")).toMatchObject({ threads: { total: 3 } });
      await expect(fetch(`http://127.0.0.1:${port}/livez`)).rejects.toThrow();
      expect(readdirSync(dataDir)).toContain("agentlink.db");
      expect(service.log()).not.toMatch(/^\{"level"/m);
      const { stdout } = await run(["queue", "status", "--json"], { env: { AGENTLINK_URL: url } });
      expect(JSON.parse(stdout)).toMatchObject({ counts: { queued: 0 } });
    });
  },
};

const storesInRedis: Proof = {
  needs: ["redis-server"],
  prove: () =>
    serving(onRedis({ REDIS_PREFIX: "by-prefix" }), async (service) => {
      expect(await done(service)).toMatchObject({ status: "completed" });
      expect((await redisKeys("*by-prefix*")).length).toBeGreaterThan(3);
    }),
};

/** Of src/settings/service-settings.ts. */
export const SERVICE_PROOFS = {
  host: startsAsSet,
  port: startsAsSet,
  publicUrl: {
    async prove() {
      const dataDir = temporaryFolder();
      const key = await run(["keys", "create", "--name", "a", "--scope", "submit", "--data-dir", dataDir]);
      const headers = { Authorization: `Bearer ${key.stdout.trim()}` };
      const address = "https://reports.example.com/agentlink";
      await serving(
        { PUBLIC_URL: address },
        async (service) => {
          const id = await post(service.url, inlineJob(1), headers);
          const path = `${service.url}/api/job-status/${id}?wait=30&until=ended`;
          const job = (await (await fetch(path, { headers })).json()) as { result: { pdf_url: string } };
          expect(job.result.pdf_url).toStartWith(`${address}/api/jobs/${id}/`);
        },
        { dataDir },
      );
    },
  },
  dataDir: startsAsSet,
  renderThreads: startsAsSet,
  memoryLimit: {
    async prove() {
      await serving({ MEMORY_LIMIT: "1GB" }, async (service) =>
        expect(await json(service, "/api/overview")).toMatchObject({ memory: { limit_bytes: 1_000_000_000 } }),
      );
      // With little of it a second render waits for the first, though there is a thread for it.
      await serving({ MEMORY_LIMIT: "256MB", RENDER_THREADS: "2" }, async (service) => {
        const ids: string[] = [];
        for (let at = 0; at < 24; at += 1) ids.push(await post(service.url, inlineJob(at)));
        const waits = async (id: string) => (await json(service, `/api/job-status/${id}`)).waiting_for === "memory";
        const some = async () => (await Promise.all(ids.map(waits))).includes(true);
        await until(some, 30_000, "a job to wait for memory");
      });
    },
  },
  queueLimit: {
    async prove() {
      const stores = [{}, ...(HAS_REDIS ? [onRedis({ REDIS_PREFIX: "limit" })] : [])];
      for (const store of stores)
        await serving({ ...store, QUEUE_LIMIT: "2" }, async (service) => {
          await fetch(`${service.url}/api/queue/pause`, { method: "POST" });
          const statuses: number[] = [];
          for (let at = 0; at < 4; at += 1) statuses.push((await request(service, inlineJob(at))).status);
          expect(statuses.filter((status) => status === 200).length).toBeWithin(1, 3);
          expect(statuses.at(-1)).toBe(429);
        });
    },
  },
  keyRate: {
    async prove() {
      const dataDir = temporaryFolder();
      const made = await run(["keys", "create", "--name", "a", "--scope", "read", "--data-dir", dataDir]);
      const headers = { Authorization: `Bearer ${made.stdout.trim()}` };
      await serving(
        { KEY_RATE: "2/h" },
        async ({ url }) => {
          const statuses: number[] = [];
          for (let at = 0; at < 3; at += 1) statuses.push((await fetch(`${url}/api/jobs`, { headers })).status);
          expect(statuses).toEqual([200, 200, 429]);
        },
        { dataDir },
      );
    },
  },
  maxAttempts: timesOutOnce,
  jobTimeoutMs: timesOutOnce,
  stopGraceMs: {
    async prove() {
      s3.fault = () => "stall";
      await serving(toS3({ STOP_GRACE: "0s" }), async (service) => {
        const id = await post(service.url, inlineJob(1));
        await until(async () => (await json(service, `/api/job-status/${id}`)).stage === "delivering");
        // By its default the job would have 25 seconds.
        expect(await within(service.end("SIGTERM"), "the service to stop without a grace time", 15_000)).toBe(0);
      }).finally(() => {
        s3.fault = () => null;
      });
    },
  },
  retentionMs: {
    needs: ["faketime"],
    async prove() {
      const dataDir = temporaryFolder();
      const id = await serving({}, async (service) => (await done(service)).job_id, { dataDir });
      // Two days on.
      // Without faketime itself, which would be killed in place of the service and leave it behind.
      const shifted = 'export LD_PRELOAD="$(faketime -f +2d printenv LD_PRELOAD)" FAKETIME=+2d; exec "$0" serve';
      const command = ["sh", "-c", shifted, binaryPath()];
      const isGone = async (service: RunningBinary) =>
        (await fetch(`${service.url}/api/job-status/${id}`)).status === 404;
      await serving({ RETENTION: "1d" }, (service) => until(() => isGone(service)), { dataDir, command });
    },
  },
  redisUrl: storesInRedis,
  redisPrefix: storesInRedis,
  redisDurable: {
    needs: ["redis-server"],
    async prove() {
      expect(await refusedAtStart(onRedis({ REDIS_PREFIX: "durable", REDIS_DURABLE: "yes" }))).toMatch(
        /REDIS_DURABLE|sync/,
      );
    },
  },
  redisReplicas: {
    needs: ["redis-server"],
    prove: () =>
      serving(onRedis({ REDIS_PREFIX: "replicas", REDIS_REPLICAS: "1" }), async (service) =>
        expect((await request(service, inlineJob(1))).status).toBe(503),
      ),
  },
  redisLeaseMs: {
    needs: ["redis-server"],
    async prove() {
      s3.fault = () => "stall";
      await serving(onRedis({ ...toS3(), REDIS_PREFIX: "lease", REDIS_LEASE: "5s" }), async (service) => {
        await post(service.url, inlineJob(1));
        const [lock = ""] = await until(async () => {
          const locks = await redisKeys("*lease*:lock");
          return locks.length > 0 && locks;
        });
        expect(Number(await redis.cli("pttl", lock))).toBeWithin(1, 5_001);
      }).finally(() => {
        s3.fault = () => null;
      });
    },
  },
  reports: {
    async prove() {
      const folder = join(temporaryFolder(), "reports");
      await serving({ REPORTS: folder }, async (service) => {
        await done(service);
        expect(readdirSync(folder, { recursive: true }).filter((name) => String(name).endsWith(".pdf"))).toHaveLength(
          1,
        );
      });
    },
  },
  statusContract: {
    prove: () =>
      serving({ STATUS_CONTRACT: "v1" }, async (service) => {
        const send = (path: string) => fetch(service.url + path, { method: "POST" });
        expect((await send("/api/queue/pause")).status).toBe(200);
        const id = await post(service.url, inlineJob(1));
        await send(`/api/jobs/${id}/cancel`);
        expect(await json(service, `/api/job-status/${id}`)).toMatchObject({ status: "failed", stage: "cancelled" });
        expect((await send("/api/queue/resume")).status).toBe(200);
        const empty = await post(service.url, { suburb: "Birdsville", state: "QLD" });
        const ended = await json(service, `/api/job-status/${empty}?wait=60&until=ended`);
        expect(ended).toMatchObject({ status: "completed", result: { pages: 1 } });
      }),
  },
  timeZone: {
    // It is never the same day in both as in UTC: one of them is another day, whenever this runs.
    prove: async () => {
      const now = Date.now();
      for (const [zone, hours] of [
        ["Pacific/Kiritimati", 14],
        ["Pacific/Pago_Pago", -11],
      ] as const) {
        const day = new Date(now + hours * 3_600_000).toISOString().slice(0, 10);
        if (day === new Date(now).toISOString().slice(0, 10)) continue;
        await serving({ TIME_ZONE: zone }, async (service, dataDir) => {
          await done(service, inlineJob(1));
          const { stdout } = await run(["sql", "--data-dir", dataDir, "--csv", "SELECT day FROM reports_per_day"]);
          expect([zone, stdout]).toEqual([zone, expect.stringContaining(day)]);
        });
      }
    },
  },
  logLevel: {
    prove: () =>
      serving({ LOG_LEVEL: "debug" }, async (service) => {
        await fetch(`${service.url}/livez`);
        await until(() => service.log().includes('"severity":"debug"'));
      }),
  },
  logFormat: startsAsSet,
  url: startsAsSet,
  key: {
    async prove() {
      const dataDir = temporaryFolder();
      const made = await run(["keys", "create", "--name", "a", "--scope", "admin", "--data-dir", dataDir]);
      await serving(
        {},
        async ({ url }) => {
          const env = { AGENTLINK_URL: url };
          expect((await run(["jobs", "list"], { env })).code).not.toBe(0);
          expect((await run(["jobs", "list"], { env: { ...env, AGENTLINK_KEY: made.stdout.trim() } })).code).toBe(0);
        },
        { dataDir },
      );
    },
  },
} satisfies Partial<Readonly<Record<keyof Config, Proof>>>;

import { Database } from "bun:sqlite";
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { Webhook } from "standardwebhooks";
import type { Config } from "../../src/settings/config.ts";
import { FakeDomain } from "../fakes/domain.ts";
import { addSuburb } from "../fakes/domain-suburb.ts";
import { APP, FakeDropbox, TEAM } from "../fakes/dropbox.ts";
import { ok, startReceiver } from "../fakes/receiver.ts";
import { FakeS3 } from "../fakes/s3.ts";
import { type SmtpMessage, startSmtp } from "../fakes/smtp.ts";
import { freePort } from "../free-port.ts";
import { type Program, withPrograms } from "../programs.ts";
import { HAS_REDIS, type RedisServer, startRedis } from "../queue/redis-server.ts";
import { until, within } from "../until.ts";
import {
  type BinaryOptions,
  binaryPath,
  post,
  type RunningBinary,
  run,
  startBinary,
  temporaryFolder,
  untilEnded,
} from "./binary.ts";
import { inlineJob } from "./jobs.ts";

/** One setting off its default, and what of the running service shows that it reached its part. */
interface Proof {
  readonly needs?: readonly Program[];
  prove(): Promise<unknown>;
}

const s3 = await new FakeS3().start();
const dropbox = await new FakeDropbox().start();
let redis: RedisServer;
beforeAll(async () => {
  if (HAS_REDIS) redis = await startRedis({ appendfsync: "no" });
});
afterAll(async () => {
  await s3.stop();
  await dropbox.stop();
  if (HAS_REDIS) await redis.remove();
});

/** One mail of a service whose disk is called nearly full: four settings are proved by it. */
let mailing: Promise<SmtpMessage> | null = null;
function mailed(): Promise<SmtpMessage> {
  mailing ??= (async () => {
    await using server = await startSmtp({ user: "post", password: "a secret" });
    const settings = {
      NOTIFY_MAIL: "office@example.com",
      NOTIFY_FROM: "agentlink@example.com",
      SMTP_URL: server.url,
      NOTIFY_DISK: "900000GB",
      NOTIFY_AFTER: "0s",
    };
    return await serving(settings, () => until(() => server.messages[0]));
  })();
  return mailing;
}

/** Runs the service with these settings (without AGENTLINK_), for as long as the work takes. */
async function serving<T>(
  settings: Readonly<Record<string, string>>,
  work: (service: RunningBinary, dataDir: string) => Promise<T>,
  options: Partial<BinaryOptions> = {},
): Promise<T> {
  const dataDir = options.dataDir ?? temporaryFolder();
  const env = Object.fromEntries(Object.entries(settings).map(([name, value]) => [`AGENTLINK_${name}`, value]));
  const service = await startBinary({ ...options, dataDir, env });
  try {
    return await work(service, dataDir);
  } finally {
    await service.end("SIGKILL");
  }
}

const json = async (service: RunningBinary, path: string) =>
  (await (await fetch(service.url + path)).json()) as Readonly<Record<string, unknown>>;

const ask = (service: RunningBinary, body: unknown) =>
  fetch(`${service.url}/api/generate-agents-report`, { method: "POST", body: JSON.stringify(body) });

/** The day of this moment in a zone, ISO. */
const dayIn = (timeZone: string) => new Intl.DateTimeFormat("en-CA", { timeZone, dateStyle: "short" }).format();

const done = async (service: RunningBinary, body: unknown = inlineJob(1)) =>
  untilEnded(service.url, await post(service.url, body));

function toS3(changes: Readonly<Record<string, string>> = {}) {
  const { endpoint, region, bucket, accessKeyId, secretAccessKey } = s3.options();
  return {
    DELIVERY: "s3",
    S3_ENDPOINT: String(endpoint),
    S3_REGION: region,
    S3_BUCKET: bucket,
    S3_ACCESS_KEY_ID: accessKeyId,
    S3_SECRET_ACCESS_KEY: secretAccessKey,
    ...changes,
  };
}

/** The bucket checks all of it: another region, bucket or key would be refused. */
const reachesS3: Proof = {
  prove: () =>
    serving(
      toS3({
        S3_PREFIX: "agency/reports",
        S3_PUBLIC_URL: "https://files.example.com/public/",
        FOLDER: "{kind} of {state}",
        FILE_NAME: "{suburb_}-{job_id}",
      }),
      async (service) => {
        const { job_id, status, result } = await done(service);
        const key = `agency/reports/agents of NSW/Manly-${job_id}.pdf`;
        expect([status, [...s3.objects.keys()].at(-1)]).toEqual(["completed", key]);
        expect(result?.url).toBe(`https://files.example.com/public/${encodeURI(key)}`);
      },
    ),
};

/** So does Dropbox, which also tells one space from another. */
const reachesDropbox: Proof = {
  prove: () =>
    serving(
      {
        DELIVERY: "dropbox",
        DROPBOX_APP_KEY: APP.key,
        DROPBOX_APP_SECRET: APP.secret,
        DROPBOX_REFRESH_TOKEN: APP.refreshToken,
        DROPBOX_FOLDER: "/Agency/Reports",
        DROPBOX_PATH_ROOT: "team",
        DROPBOX_SHARE: "yes",
      },
      async (service) => {
        const { status, result } = await done(service);
        const [path = "", url] = [result?.delivered_to, result?.url];
        expect([status, path.split("/").slice(0, 3)]).toEqual(["completed", ["", "Agency", "Reports"]]);
        expect(url).toStartWith("https:");
        expect(dropbox.homes.get(TEAM)?.file(path).content.length).toBeGreaterThan(1_000);
        expect([...dropbox.appSecrets]).toEqual([APP.secret]);
      },
      { command: [process.execPath, join(import.meta.dir, "dropbox-service.ts"), dropbox.url] },
    ),
};

function onRedis(settings: Readonly<Record<string, string>>) {
  const folder = temporaryFolder();
  return { REDIS_URL: redis.url, REPORTS: join(folder, "reports"), DELIVERY_FOLDER: join(folder, "out"), ...settings };
}
const redisKeys = async (pattern: string) =>
  (await redis.cli("--scan", "--pattern", pattern)).split("\n").filter(Boolean);

async function refusedAtStart(settings: Readonly<Record<string, string>>): Promise<string> {
  const env = Object.fromEntries(Object.entries(settings).map(([name, value]) => [`AGENTLINK_${name}`, value]));
  const { code, stdout, stderr } = await run(["serve", "--port", "0"], { env });
  expect(code).not.toBe(0);
  return stdout + stderr;
}

/** A data source that has the same agent for every place. */
function startSource() {
  const asked: { readonly path: string; readonly tenant: string | null }[] = [];
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch(request) {
      asked.push({ path: new URL(request.url).pathname, tenant: request.headers.get("x-tenant") });
      return Response.json({ suburb: { name: "Manly", state: "NSW" }, agents: [{ name: "Of the source" }] });
    },
  });
  const url = `http://127.0.0.1:${server.port}/{state}/{suburb}`;
  return { asked, url, host: `127.0.0.1:${server.port}`, [Symbol.asyncDispose]: () => server.stop(true) };
}
const PLACE = { suburb: "Manly", state: "NSW" } as const;

/** A report for a place alone is made from what Domain says, as it is set; answers the stand-in. */
async function fromDomain(settingsOf: (domain: FakeDomain) => Readonly<Record<string, string>>): Promise<FakeDomain> {
  await using domain = new FakeDomain().start();
  addSuburb(domain, { today: new Date().toISOString().slice(0, 10), sold: 10, current: 2, agencies: 2 });
  await serving({ DOMAIN_URL: domain.url, ...settingsOf(domain) }, async (service, dataDir) => {
    expect(await done(service, PLACE)).toMatchObject({ status: "completed" });
    expect([domain.violations, domain.count() > 5]).toEqual([[], true]);
    using cache = new Database(join(dataDir, "domain-cache.db"), { readonly: true });
    const { body } = cache.query("SELECT body FROM entries WHERE kind = 'data_set'").get() as { body: string };
    domain.said = body;
  });
  return domain;
}
const asksDomain: Proof = {
  async prove() {
    const { said } = await fromDomain(({ key }) => ({ DOMAIN_KEY: key, DOMAIN_TOWNHOUSES: "unit" }));
    expect(said).toContain("Townhouses and villas count as units.");
  },
};
const asksDomainByToken: Proof = {
  async prove() {
    const credentials = ({ client: { id, secret } }: FakeDomain) => ({
      DOMAIN_CLIENT_ID: id,
      DOMAIN_CLIENT_SECRET: secret,
    });
    expect((await fromDomain(credentials)).tokens).toBe(1);
  },
};

/** A process that stands still while it renders has overslept its second, however fast the machine is. */
const timesOutOnce: Proof = {
  prove: () =>
    serving({ JOB_TIMEOUT: "1s", MAX_ATTEMPTS: "1", RENDER_THREADS: "1" }, async (service) => {
      const many = <T>(count: number, make: (at: number) => T) => Array.from({ length: count }, (_, at) => make(at));
      const agents = many(2_000, (at) => ({ id: `a${at}`, name: `Agent Number ${at}`, agency_id: `g${at % 200}` }));
      const agencies = many(200, (at) => ({ id: `g${at}`, name: `Agency Number ${at}` }));
      const sales = many(20_000, (at) => ({
        ...{ id: `s${at}`, address: `${at} Pitt Street`, category: "house", price: 1_000_000 + at },
        ...{ listed_date: "2025-12-01", sold_date: `2026-0${1 + (at % 6)}-1${at % 9}` },
        ...{ agents: [{ id: `a${at % 2_000}` }], agency_ids: [`g${at % 200}`] },
      }));
      const id = await post(service.url, { ...PLACE, data: { as_of: "2026-06-30", agents, agencies, sales } });
      await until(async () => (await json(service, `/api/job-status/${id}`)).stage === "rendering");
      process.kill(service.pid, "SIGSTOP");
      await Bun.sleep(1_200);
      process.kill(service.pid, "SIGCONT");
      const { status, attempts, failure, error } = await untilEnded(service.url, id);
      expect({ status, attempts, code: failure?.code }).toEqual({ status: "failed", attempts: 1, code: "job_timeout" });
      expect(error).toContain("after 1 second ");
    }),
};

/** Discounts that one service works out by numbers none of which is the usual one, by price band. */
let discounts: Promise<readonly string[]> | undefined;
function discountsAsSet(): Promise<readonly string[]> {
  const settings = { SHARE: "30", PART: "50", STEP: "100", MIN: "1000", MAX: "2000" };
  const env = Object.fromEntries(Object.entries(settings).map(([name, value]) => [`DISCOUNT_${name}`, value]));
  discounts ??= serving({ ...env, EDITION: "brief" }, (service) =>
    Promise.all(
      ["$1m-$1.5m", "Less than $500k", "$10m+"].map(async (home_owner_pricing) => {
        const rates = [{ band: home_owner_pricing, rate_from: 1.24, rate_to: 1.5 }];
        const data = { agents: [{ name: "Ada" }], partners: [{ agent: "Ada", tier: "featured", rates }] };
        return (await done(service, { ...PLACE, home_owner_pricing, data })).discount;
      }),
    ),
  );
  return discounts;
}
/** 1,000,000 × 1.24 % × 30 % × 50 % is 1,860; 20 %, 25 % or 250 would make another number of it. */
const provesDiscount = { prove: async () => expect((await discountsAsSet())[0]).toBe("$1,900") };

const PROOFS: { readonly [K in keyof Config]: Proof } = {
  host: {
    prove: () =>
      serving({ HOST: "127.0.0.2" }, async ({ url }) => {
        expect(url).toStartWith("http://127.0.0.2:");
        expect((await fetch(`${url}/livez`)).status).toBe(200);
        await expect(fetch(`${url.replace("127.0.0.2", "127.0.0.1")}/livez`)).rejects.toThrow();
      }),
  },
  port: {
    async prove() {
      const port = String(freePort());
      await serving({ PORT: port }, async ({ url }) => expect(new URL(url).port).toBe(port));
    },
  },
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
  dataDir: { prove: () => serving({}, async (_, dataDir) => expect(readdirSync(dataDir)).toContain("agentlink.db")) },
  renderThreads: {
    prove: () =>
      serving({ RENDER_THREADS: "3" }, async (service) =>
        expect(await json(service, "/api/overview")).toMatchObject({ threads: { total: 3 } }),
      ),
  },
  memoryLimit: {
    async prove() {
      await serving({ MEMORY_LIMIT: "1GB" }, async (service) =>
        expect(await json(service, "/api/overview")).toMatchObject({ memory: { limit_bytes: 1_000_000_000 } }),
      );
      // With little of it a second render waits for the first, though there is a thread for it.
      await serving({ MEMORY_LIMIT: "260MB", RENDER_THREADS: "2" }, async (service) => {
        const ids: string[] = [];
        for (let at = 0; at < 8; at += 1) ids.push(await post(service.url, inlineJob(at)));
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
          for (let at = 0; at < 4; at += 1) statuses.push((await ask(service, inlineJob(at))).status);
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
      const command = ["faketime", "-f", "+2d", binaryPath(), "serve"];
      const isGone = async (service: RunningBinary) =>
        (await fetch(`${service.url}/api/job-status/${id}`)).status === 404;
      await serving({ RETENTION: "1d" }, (service) => until(() => isGone(service)), { dataDir, command });
    },
  },
  redisUrl: {
    needs: ["redis-server"],
    prove: () =>
      serving(onRedis({ REDIS_PREFIX: "by-url" }), async (service) => {
        expect(await done(service)).toMatchObject({ status: "completed" });
        expect((await redisKeys("*by-url*")).length).toBeGreaterThan(3);
      }),
  },
  redisPrefix: {
    needs: ["redis-server"],
    prove: () =>
      serving(onRedis({ REDIS_PREFIX: "by-prefix" }), async () => {
        expect((await redisKeys("*by-prefix*")).length).toBeGreaterThan(0);
      }),
  },
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
        expect((await ask(service, inlineJob(1))).status).toBe(503),
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
  delivery: {
    prove: () =>
      serving(toS3(), async (service, dataDir) => {
        const before = s3.objects.size;
        await done(service);
        expect([s3.objects.size, existsSync(join(dataDir, "delivered"))]).toEqual([before + 1, false]);
      }),
  },
  inbox: {
    async prove() {
      const inbox = temporaryFolder();
      await Bun.write(join(inbox, "sales.csv"), "Address,Suburb,State,Sold Date\n1 Pine St,Manly,NSW,1/6/2026\n");
      await serving({ INBOX: inbox }, () => until(() => existsSync(join(inbox, "done/sales.csv"))));
    },
  },
  deliveryFolder: {
    async prove() {
      const folder = join(temporaryFolder(), "out");
      await serving({ DELIVERY_FOLDER: folder }, async (service) =>
        expect((await done(service)).result?.delivered_to).toStartWith(`${folder}/`),
      );
    },
  },
  dropboxAppKey: reachesDropbox,
  dropboxAppSecret: reachesDropbox,
  dropboxRefreshToken: reachesDropbox,
  dropboxFolder: reachesDropbox,
  dropboxPathRoot: reachesDropbox,
  dropboxShare: reachesDropbox,
  s3Endpoint: reachesS3,
  s3Region: reachesS3,
  s3Bucket: reachesS3,
  s3AccessKeyId: reachesS3,
  s3SecretAccessKey: reachesS3,
  s3Prefix: reachesS3,
  s3PublicUrl: reachesS3,
  fileNames: reachesS3,
  folders: reachesS3,
  reportDateZone: {
    needs: ["pdftotext"],
    // 25 hours apart: one of them has another day than Manly, whenever this runs.
    prove: async () => {
      const [there, east, west] = ["Australia/Sydney", "Pacific/Kiritimati", "Pacific/Pago_Pago"].map(dayIn);
      const zone = east === there ? "Pacific/Pago_Pago" : "Pacific/Kiritimati";
      const day = east === there ? west : east;
      await serving({ REPORT_DATE: zone, FOLDER: "{date}" }, async (service, dataDir) => {
        const { data } = inlineJob(1);
        const { job_id, result } = await done(service, { ...PLACE, data: { agents: data.agents } });
        const [, folder, file] = /delivered\/([^/]+)\/([^/]+)$/.exec(result?.delivered_to ?? "") ?? [];
        expect([folder, file?.slice(0, 10)]).toEqual([day, day]);
        const download = await fetch(`${service.url}/api/jobs/${job_id}/report.pdf`);
        expect(download.headers.get("content-disposition")).toContain(`${day} Manly`);
        const text = await Bun.$`pdftotext -l 1 ${join(dataDir, "delivered", folder ?? "", file ?? "")} -`.text();
        const cover = new Intl.DateTimeFormat("en-AU", { dateStyle: "long" }).format(new Date(`${day}T12:00`));
        expect(text).toContain(cover);
      });
    },
  },
  partnersUrl: {
    async prove() {
      const asked: unknown[] = [];
      using peer = Bun.serve({
        hostname: "127.0.0.1",
        port: 0,
        async fetch(request) {
          asked.push(await request.json());
          return Response.json([{ name: "" }]);
        },
      });
      const dataDir = temporaryFolder();
      const rows = join(dataDir, "agents.csv");
      await Bun.write(rows, "id,name,suburb,state\nx,Xanthe,Manly,NSW\n");
      expect((await run(["import", rows, "--data-dir", dataDir])).code).toBe(0);
      const env = { PARTNERS_URL: `http://127.0.0.1:${peer.port}/hook`, ALLOW_HOSTS: `127.0.0.1:${peer.port}` };
      const own = { ...PLACE, data: { agents: [{ id: "y", name: "Yusuf" }] } };
      await serving(
        env,
        async (service) => {
          expect(await done(service, PLACE)).toMatchObject({ status: "completed" });
          // Also for who brings the data; what is known of the suburb is not asked for again.
          expect(await done(service, own)).toMatchObject({ status: "completed" });
        },
        { dataDir },
      );
      expect(asked).toEqual([
        { suburb: "Manly", state: "NSW" },
        { agent_name: "Xanthe", suburb: "Manly", state: "NSW" },
        { agent_name: "Yusuf", suburb: "Manly", state: "NSW" },
      ]);
    },
  },
  edition: {
    prove: () =>
      serving({ EDITION: "brief" }, async (service) => {
        const { result } = await done(service, inlineJob(1));
        const pages = await Bun.$`pdfinfo ${result?.delivered_to ?? ""}`.text();
        expect(pages).toMatch(/Pages: +1\n/);
        expect(pages).toContain("841.89 x 595.28");
      }),
  },
  discountShare: provesDiscount,
  discountPart: provesDiscount,
  discountStep: provesDiscount,
  discountMin: { prove: async () => expect((await discountsAsSet())[1]).toBe("$1,000") },
  discountMax: { prove: async () => expect((await discountsAsSet())[2]).toBe("$2,000") },
  completeFront: {
    async prove() {
      expect(await refusedAtStart({ COMPLETE_FRONT: "/no/such.pdf" })).toContain("AGENTLINK_COMPLETE_FRONT");
    },
  },
  completeBack: {
    async prove() {
      expect(await refusedAtStart({ COMPLETE_BACK: import.meta.path })).toContain("AGENTLINK_COMPLETE_BACK");
    },
  },
  statusContract: {
    prove: () =>
      serving({ STATUS_CONTRACT: "v1" }, async (service) => {
        const ask = (path: string) => fetch(service.url + path, { method: "POST" });
        expect((await ask("/api/queue/pause")).status).toBe(200);
        const id = await post(service.url, inlineJob(1));
        await ask(`/api/jobs/${id}/cancel`);
        expect(await json(service, `/api/job-status/${id}`)).toMatchObject({ status: "failed", stage: "cancelled" });
        expect((await ask("/api/queue/resume")).status).toBe(200);
        const empty = await post(service.url, { suburb: "Birdsville", state: "QLD" });
        const ended = await json(service, `/api/job-status/${empty}?wait=60&until=ended`);
        expect(ended).toMatchObject({ status: "completed", result: { pages: 1 } });
      }),
  },
  callbackUrl: {
    async prove() {
      await using receiver = startReceiver(ok);
      await serving({ CALLBACK_URL: receiver.url, ALLOW_HOSTS: receiver.host }, async (service) => {
        await done(service);
        await until(() => receiver.received.length === 1);
      });
    },
  },
  callbackSecret: {
    async prove() {
      await using receiver = startReceiver(ok);
      const secret = `whsec_${Buffer.from("a secret of thirty-two characters").toString("base64")}`;
      const settings = { CALLBACK_URL: receiver.url, CALLBACK_SECRET: secret, ALLOW_HOSTS: receiver.host };
      await serving(settings, async (service) => {
        await done(service);
        const { id, timestamp, signature, body } = await until(() => receiver.received[0]);
        const headers = { "webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": signature };
        expect(() => new Webhook(secret).verify(body, headers)).not.toThrow();
      });
    },
  },
  notifyMail: { prove: () => mailed().then(({ to }) => expect(to).toEqual(["office@example.com"])) },
  notifyFrom: { prove: () => mailed().then(({ from }) => expect(from).toBe("agentlink@example.com")) },
  smtpUrl: { prove: () => mailed().then(({ user }) => expect(user).toBe("post")) },
  notifyDisk: { prove: () => mailed().then(({ text }) => expect(text).toContain("nearly full")) },
  notifyAfterMs: {
    async prove() {
      await using server = await startSmtp();
      const mail = { NOTIFY_MAIL: "office@example.com", SMTP_URL: server.url, NOTIFY_DISK: "900000GB" };
      // Long enough that the service has looked several times.
      await serving({ ...mail, NOTIFY_AFTER: "1h" }, () => Bun.sleep(1_500));
      expect(server.messages).toEqual([]);
    },
  },
  notifyFailures: {
    async prove() {
      await using receiver = startReceiver(ok);
      const settings = { NOTIFY_WEBHOOK: receiver.url, NOTIFY_FAILURES: "1", NOTIFY_AFTER: "0s" };
      await serving({ ...settings, ALLOW_HOSTS: receiver.host }, async (service) => {
        await untilEnded(service.url, await post(service.url, { suburb: "Bondi", state: "NSW" }));
        const { body } = await until(() => receiver.received[0]);
        expect(JSON.parse(body).text).toContain("many reports fail");
      });
    },
  },
  notifyWebhook: {
    async prove() {
      await using receiver = startReceiver(ok);
      const settings = { NOTIFY_WEBHOOK: receiver.url, NOTIFY_DISK: "900000GB", NOTIFY_AFTER: "0s" };
      await serving({ ...settings, ALLOW_HOSTS: receiver.host }, async () => {
        const { body } = await until(() => receiver.received[0]);
        expect(JSON.parse(body).text).toContain("nearly full");
      });
    },
  },
  sourceUrl: {
    async prove() {
      await using source = startSource();
      await serving({ SOURCE_URL: source.url, ALLOW_HOSTS: source.host }, async (service) => {
        expect(await done(service, PLACE)).toMatchObject({ status: "completed" });
        expect(source.asked.map(({ path }) => path)).toEqual(["/NSW/Manly"]);
      });
    },
  },
  sourceHeaders: {
    async prove() {
      await using source = startSource();
      const settings = { SOURCE_URL: source.url, SOURCE_HEADERS: '{"X-Tenant":"seven"}', ALLOW_HOSTS: source.host };
      await serving(settings, async (service) => {
        await done(service, PLACE);
        expect(source.asked[0]?.tenant).toBe("seven");
      });
    },
  },
  sourceCacheMs: {
    async prove() {
      await using source = startSource();
      await serving({ SOURCE_URL: source.url, SOURCE_CACHE: "0s", ALLOW_HOSTS: source.host }, async (service) => {
        for (let job = 0; job < 2; job += 1) await done(service, PLACE);
        expect(source.asked).toHaveLength(2);
      });
    },
  },
  domainKey: asksDomain,
  domainUrl: asksDomain,
  domainTownhouses: asksDomain,
  domainClientId: asksDomainByToken,
  domainClientSecret: asksDomainByToken,
  allowHosts: {
    async prove() {
      const settings = { SOURCE_URL: "https://10.1.2.3/{suburb}" };
      expect(await refusedAtStart(settings)).toContain("AGENTLINK_ALLOW_HOSTS");
      await serving({ ...settings, ALLOW_HOSTS: "10.1.2.3" }, async (service) =>
        expect((await fetch(`${service.url}/livez`)).status).toBe(200),
      );
    },
  },
  allowHttp: {
    async prove() {
      const settings = { SOURCE_URL: "http://198.41.0.4/{suburb}" };
      expect(await refusedAtStart(settings)).toContain("AGENTLINK_SOURCE_URL");
      await serving({ ...settings, ALLOW_HTTP: "yes" }, async (service) =>
        expect((await fetch(`${service.url}/livez`)).status).toBe(200),
      );
    },
  },
  allowCallbackHosts: {
    async prove() {
      const job = { ...inlineJob(1), callback_url: "https://10.1.2.3/hook" };
      await serving({}, async (service) => expect((await ask(service, job)).status).toBe(422));
      await serving({ ALLOW_CALLBACK_HOSTS: "10.1.2.3" }, async (service) =>
        expect((await ask(service, job)).status).toBe(200),
      );
    },
  },
  allowCallbackHttp: {
    async prove() {
      const job = { ...inlineJob(1), callback_url: "http://198.41.0.4/hook" };
      await serving({}, async (service) => expect((await ask(service, job)).status).toBe(422));
      await serving({ ALLOW_CALLBACK_HTTP: "yes" }, async (service) =>
        expect((await ask(service, job)).status).toBe(200),
      );
    },
  },
  printEmails: {
    needs: ["pdftotext"],
    async prove() {
      const agents = inlineJob(1).data.agents.map((agent, at) => ({ ...agent, email: `agent${at}@agency.example` }));
      const texts = await Promise.all(
        ["no", "yes"].map((printed) =>
          serving({ PRINT_EMAILS: printed }, async (service) => {
            const { result } = await done(service, { ...PLACE, data: { as_of: "2026-06-30", agents } });
            return Bun.$`pdftotext ${result?.delivered_to ?? ""} -`.text();
          }),
        ),
      );
      expect(texts.map((text) => text.includes("agent0@agency.example"))).toEqual([false, true]);
    },
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
  logFormat: {
    prove: () => serving({ LOG_FORMAT: "pretty" }, async (service) => expect(service.log()).not.toMatch(/^\{"level"/m)),
  },
  url: {
    prove: () =>
      serving({}, async ({ url }) => {
        const { stdout } = await run(["queue", "status", "--json"], { env: { AGENTLINK_URL: url } });
        expect(JSON.parse(stdout)).toMatchObject({ counts: { queued: 0 } });
      }),
  },
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
};

describe("a setting reaches its part of the running service:", () => {
  /** Those that one run proves together are named together. */
  const together = Map.groupBy(Object.entries(PROOFS), ([, proof]) => proof);
  for (const [{ needs = [], prove }, settings] of together)
    withPrograms(...needs)(settings.map(([key]) => key).join(", "), () => prove().then(() => undefined), 120_000);
});

test("every setting has such a proof", async () => {
  const { stdout } = await run(["config", "--json"]);
  expect(Object.keys(PROOFS)).toHaveLength((JSON.parse(stdout) as unknown[]).length);
});

import { afterAll, describe, expect, test } from "bun:test";
import { fromBuffer } from "yauzl";
import { NOTHING_DELIVERED } from "../../src/delivery/record.ts";
import { withPrograms } from "../programs.ts";
import { type RedisServer, startRedis } from "../queue/redis-server.ts";
import { until } from "../until.ts";
import { type Api, openApi, VITALS } from "./api.ts";
import { listen } from "./event-stream.ts";
import { callsOf, withKey } from "./operations.ts";

let redis: RedisServer | null = null;
afterAll(async () => void (await redis?.remove()));

/** Everything of the operator's has this in it: folders, hosts, addresses, and what others responded. */
const INNER = "inner-";
const INNER_ADDRESS = "10.77.1.2";
const FOLDER = "/srv/inner-data";
const WHERE = `https://inner-minio.internal:9000 (${INNER_ADDRESS})`;
const SAID = `the bucket at ${WHERE} does not respond (inner-said): check ${FOLDER}`;
const DEFAULT_HOOK = "http://inner-hook.internal/x?token=inner-token";
/** Where anna's callbacks go, and what came back from there: hers and an admin's to read. */
const ANNAS = "annas-";
const ANNAS_HOOK = "https://annas-hook.example.com/annas-path";

const PROBLEMS = [
  `the data folder ${FOLDER} was deleted: ENOENT ${FOLDER}`,
  `the disk of ${FOLDER}/jobs is nearly full: 3 MB are free`,
  `reports cannot be delivered to s3: ${SAID}`,
  `${WHERE} is away`,
  "inner-redis.internal:6379 does not respond",
  `callbacks are not sent: inner-redis:6379 ${SAID}`,
  "an address [fd00::77]:6379 or fd00:0:0:1::77 does not respond",
  "\\\\inner-server\\inner-share cannot be mounted",
];

async function open(redisUrl: string | undefined): Promise<Api> {
  const failing = { ...NOTHING_DELIVERED, failingSince: VITALS.startedAt, failures: 3, lastError: SAID };
  return openApi({
    redisUrl,
    folders: [`${FOLDER}/out`, FOLDER],
    callbacks: { addressFor: (requested) => requested ?? DEFAULT_HOOK, wake: () => {}, pausedUntil: () => null },
    testTarget: async (target) => (target === "folder" ? SAID : undefined),
    ready: async () => PROBLEMS,
    health: async () => ({
      ...VITALS,
      deliveries: [{ target: "s3", problem: SAID, record: failing }],
      sourceProblem: SAID,
      callbackProblem: SAID,
    }),
  });
}

const JSON_TYPE = "application/json";

/** Everything that is in a response, also where it is packed. */
async function textOf(response: Response): Promise<string> {
  const bytes = Buffer.from(await response.arrayBuffer());
  if (bytes.subarray(0, 2).toString() !== "PK") return bytes.toString();
  return new Promise((resolve, reject) =>
    fromBuffer(bytes, { lazyEntries: true }, (error, zip) => {
      if (error !== null) return reject(error);
      let text = "";
      zip.on("entry", (entry) =>
        zip.openReadStream(entry, async (failed, stream) => {
          if (failed !== null) return reject(failed);
          for await (const part of stream) text += `${entry.fileName} ${part}`;
          zip.readEntry();
        }),
      );
      zip.on("end", () => resolve(text));
      zip.readEntry();
    }),
  );
}

/** The jobs of anna: one delivered, one whose callback she requested, one that failed, one that waits. */
async function fill(api: Api, anna: string): Promise<readonly string[]> {
  const own = { Authorization: `Bearer ${anna}` };
  const data = { data: { agencies: [] } };
  const done = await api.accept(data, own);
  await finish(api);
  const called = await api.accept({ ...data, callback_url: ANNAS_HOOK }, own);
  await finish(api);
  for (const { id, url } of await api.queue.callbacks.due(10))
    await api.queue.callbacks.recordAttempt(
      id,
      {
        startedAt: new Date().toISOString(),
        durationMs: 3,
        httpStatus: 502,
        response: url === ANNAS_HOOK ? "annas-said" : "inner-said",
        error: url === ANNAS_HOOK ? "annas-error" : `${DEFAULT_HOOK} responded with inner-said`,
      },
      { againAt: new Date(Date.now() + 3_600_000) },
    );
  const failed = await api.accept(data, own);
  await api.queue.fail(await api.claim(), { code: "s3_unreachable", message: SAID }, null);
  const waits = await api.accept(data, own);
  await api.queue.fail(await api.claim(), { code: "source_failed", message: SAID }, 3_600_000);
  return [done, called, failed, waits];
}

async function finish(api: Api): Promise<void> {
  const next = await api.claim();
  const path = `reports/${next.job.id}.pdf`;
  await Bun.write(`${api.dataDir}/${path}`, "%PDF-1.7 a report");
  const sha256 = new Bun.CryptoHasher("sha256").update("%PDF-1.7 a report").digest("hex");
  await api.queue.gathered(next, "{}");
  await api.queue.rendered(next, { path, sha256, bytes: 17, pages: 1 });
  await api.queue.delivering(next, "folder", "NSW/Manly/report.pdf");
  await api.queue.complete(next, { to: `${FOLDER}/out/NSW/Manly/report.pdf`, url: null });
}

/** All that a key reads: each operation of the document, searches, pages and streams; by what it came from. */
async function readsOf(api: Api, secret: string, jobs: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const read = new Map<string, string>();
  const calls = (await callsOf(api, secret, jobs, "a-view")).filter(({ method }) => method === "GET");
  const more = [
    ...[
      "/api/jobs?status=failed",
      "/api/failures?dismissed=yes",
      "/api/jobs.csv?status=failed",
      "/api/audit?limit=200",
    ],
    ...["/", "/jobs", "/delivery", "/failures", "/audit", "/health", ...jobs.map((id) => `/jobs/${id}`)],
  ];
  // People get a page in place of a problem.
  for (const target of [...calls.map((call) => call.target), ...more])
    for (const accept of target.startsWith("/api/") && !target.includes(".pdf")
      ? [JSON_TYPE]
      : [JSON_TYPE, "text/html"]) {
      const response = await fetch(api.url + target, { headers: { ...withKey(secret).headers, Accept: accept } });
      read.set(`${target} ${accept}`, await textOf(response));
    }
  for (const path of ["/api/events?after=0", ...jobs.map((id) => `/api/jobs/${id}/events`)]) {
    const stream = await listen(api.url + path, { Authorization: `Bearer ${secret}` });
    if (stream.response.ok && path.includes("after"))
      await until(() => stream.received.some(({ event }) => event === "overview" || event === "queue"));
    if (stream.response.ok && path.includes("/jobs/")) await until(() => stream.received.length > 0 || stream.ended);
    read.set(path, JSON.stringify(stream.received));
    stream.leave();
  }
  return read;
}

const where = (read: ReadonlyMap<string, string>, ...words: readonly string[]) =>
  [...read].flatMap(([from, text]) => words.flatMap((word) => (text.includes(word) ? [`${from}: ${word}`] : [])));

describe.each(["SQLite", "Redis"])("%s", (backend) => {
  const run = backend === "Redis" ? withPrograms("redis-server") : test;

  run(
    "hosts, folders and what receivers responded are in no response, table, stream or page but an admin's",
    async () => {
      if (backend === "Redis") redis ??= await startRedis();
      await using api = await open(backend === "Redis" ? redis?.url : undefined);
      const [boss, anna, ben, eyes, look] = (
        [
          ["boss", "admin"],
          ["anna", "submit"],
          ["ben", "submit"],
          ["office", "viewer"],
          ["look", "read"],
        ] as const
      ).map(([name, scope]) => api.keys.create({ name, scope, rate: null }).secret) as [
        string,
        string,
        string,
        string,
        string,
      ];
      const jobs = await fill(api, anna);
      const asBoss = { Authorization: `Bearer ${boss}` };
      for (const [path, body] of [
        ["/api/deliveries/folder/test", {}],
        ["/api/callbacks/resend", { host: "inner-hook.internal" }],
        ["/api/jobs/retry", { error: "inner-nothing" }],
      ] as const)
        expect([path, (await api.post(path, body, asBoss)).status]).toEqual([path, 200]);

      const admin = await readsOf(api, boss, jobs);
      // What is searched for is there to be found, in each kind of response.
      const found = where(admin, INNER, INNER_ADDRESS, ANNAS).join("\n");
      for (const response of [
        ...["/api/jobs ", "/api/jobs.csv", "/api/jobs.xlsx", "/api/failures", "/api/deliveries", "/api/overview"],
        ...["/api/audit", "/readyz", "/api/events", `/api/jobs/${jobs[0]} `, `/api/jobs/${jobs[2]}/ev`],
      ])
        expect([response, found.includes(response)]).toEqual([response, true]);

      const seen = await readsOf(api, eyes, jobs);
      for (const read of [seen, await readsOf(api, look, jobs), await readsOf(api, ben, jobs)])
        expect(where(read, INNER, INNER_ADDRESS, "fd00:", ANNAS)).toEqual([]);
      const own = await readsOf(api, anna, jobs);
      expect(where(own, INNER, INNER_ADDRESS, "fd00:")).toEqual([]);
      expect(where(own, "annas-said", "annas-error", ANNAS_HOOK).length).toBeGreaterThan(0);

      // A viewer sees what is wrong, and with which jobs.
      expect(seen.get("/readyz application/json")).toContain("reports cannot be delivered to s3");
      expect(seen.get("/api/overview application/json")).toContain('"failures":3');
      for (const id of jobs) expect(seen.get("/api/jobs application/json")).toContain(id);
    },
    60_000,
  );

  run(
    "no key but an admin's finds jobs by words of an error that it may not read",
    async () => {
      if (backend === "Redis") redis ??= await startRedis();
      await using api = await open(backend === "Redis" ? redis?.url : undefined);
      const secrets = Object.fromEntries(
        (["admin", "viewer", "submit", "read"] as const).map((scope) => [
          scope,
          api.keys.create({ name: scope === "read" ? "anna" : scope, scope, rate: null }).secret,
        ]),
      );
      const anna = api.keys.create({ name: "anna", scope: "submit", rate: null }).secret;
      await fill(api, anna);
      await api.accept({}, { Authorization: `Bearer ${anna}` });
      await api.queue.fail(await api.claim(), { code: "no_data", message: "there is no data for Manly" }, null);
      const count = async (secret: string, query: string) => {
        const list = (await (await api.request(`/api/jobs?${query}`, withKey(secret))).json()) as { jobs: unknown[] };
        const table = await (await api.request(`/api/jobs.csv?${query}`, withKey(secret))).text();
        return [list.jobs.length, table.trim().split("\n").length - 1];
      };
      for (const query of ["error=inner-minio", "error=i", "error=SAID", "error=%2Fsrv", "error=10.77"])
        for (const [scope, secret] of [...Object.entries(secrets), ["own", anna] as const]) {
          const [list, table] = await count(secret, query);
          const readable = query === "error=i" && (scope === "viewer" || scope === "own" || scope === "read") ? 1 : 0;
          if (scope !== "admin") expect([scope, query, list, table]).toEqual([scope, query, readable, readable]);
          else expect([scope, query, (list ?? 0) > 1]).toEqual([scope, query, true]);
        }
    },
    60_000,
  );
});

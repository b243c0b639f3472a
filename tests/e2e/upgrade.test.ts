import { Database } from "bun:sqlite";
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { SCHEMA_VERSION } from "../../src/queue/sqlite/migrations.ts";
import { withPrograms } from "../programs.ts";
import { HAS_REDIS, type RedisServer, startRedis } from "../queue/redis-server.ts";
import { binaryPath, post, type RunningBinary, startBinary, temporaryFolder, untilEnded } from "./binary.ts";
import { catalogueJob, importManly, inlineJob } from "./jobs.ts";
import { buildTree, copyTree } from "./tree.ts";

/** The next two versions: one that leaves what is stored as it is, and one with a migration more, and another format in Redis. */
let [patch, minor] = ["", ""];

/** Where they were built; it is gone. */
const tree = join(temporaryFolder(), "tree");

beforeAll(async () => {
  await copyTree(tree);
  await change(join(tree, "package.json"), /"version": "[^"]+"/, '"version": "97.0.1"');
  patch = await moved(await buildTree(tree));
  await change(join(tree, "package.json"), '"97.0.1"', '"98.0.0"');
  await Bun.write(
    join(tree, "src/queue/sqlite/migrations", `${String(SCHEMA_VERSION + 1).padStart(3, "0")}-colour.sql`),
    "ALTER TABLE jobs ADD COLUMN colour TEXT; CREATE INDEX jobs_by_colour ON jobs (colour);",
  );
  await change(
    join(tree, "src/queue/redis/format.ts"),
    /export const FORMAT = \d+;\nexport const COMPATIBLE_FORMAT = \d+;/,
    "export const FORMAT = 98;\nexport const COMPATIBLE_FORMAT = 98;",
  );
  minor = await moved(await buildTree(tree));
  await rm(tree, { recursive: true });
}, 240_000);

withPrograms("pdftotext", "qpdf")(
  "the binary renders from an empty folder with the tree it was built from out of reach",
  async () => {
    // Nor is its path in the binary: it would reveal the builder, and the same commit in another folder have other bytes.
    expect((await readFile(patch)).includes(tree)).toBe(false);

    const dataDir = temporaryFolder();
    await importManly(dataDir);
    const service = await startBinary({ dataDir, binary: patch });
    const job = await untilEnded(service.url, await post(service.url, catalogueJob()));
    expect(job).toMatchObject({ status: "completed", error: "" });
    // A body that is read in a thread of its own.
    await post(service.url, { ...catalogueJob(), metadata: {}, ballast: "x".repeat(100_000) });
    const file = job.result?.delivered_to ?? "";
    const text = await Bun.$`pdftotext ${file} -`.text();
    expect(text).toContain("Manly");
    await Bun.$`qpdf --check ${file}`.quiet();
    for (const page of ["/", "/docs", "/docs/swagger-ui.js", "/openapi.json", "/readyz", "/api/suburbs?q=man"])
      expect((await fetch(service.url + page)).status).toBe(200);
    expect(await service.end("SIGTERM")).toBe(0);
  },
  120_000,
);

test("a newer binary takes over with jobs in flight, brings the database along, and each is delivered once", async () => {
  const dataDir = temporaryFolder();
  await importManly(dataDir);
  const env = { AGENTLINK_RENDER_THREADS: "1", AGENTLINK_STOP_GRACE: "0s" };
  const old = await startBinary({ dataDir, env });
  const jobs: string[] = [];
  for (let i = 0; i < 6; i++) jobs.push(await post(old.url, { suburb: "Manly", state: "NSW", metadata: { i } }));
  await untilEnded(old.url, jobs[0] ?? "");
  expect(await old.end("SIGTERM")).toBe(0);
  const before = schemaOf(dataDir);
  expect(unfinished(dataDir)).toBeGreaterThan(0);

  const next = await startBinary({ dataDir, binary: minor, env });
  expect(await (await fetch(`${next.url}/livez`)).json()).toMatchObject({ version: "98.0.0" });
  for (const id of jobs) expect(await untilEnded(next.url, id)).toMatchObject({ status: "completed", error: "" });
  const delivered = await readdir(join(dataDir, "delivered"), { recursive: true });
  expect(delivered.filter((name) => name.endsWith(".pdf"))).toHaveLength(jobs.length);
  expect(schemaOf(dataDir)).toBe(before + 1);
  expect(await next.end("SIGTERM")).toBe(0);

  // The old one would write what the new schema does not allow: it reports that in a line, and changes nothing.
  const refused = startBinary({ dataDir, env });
  await expect(refused).rejects.toThrow(
    new RegExp(
      `ended with 1 before it was up:\\nagentlink: .*newer agentlink \\(schema ${before + 1}; .*${before}\\).*\\n$`,
    ),
  );
  expect(schemaOf(dataDir)).toBe(before + 1);
  const again = await startBinary({ dataDir, binary: minor, env });
  expect((await untilEnded(again.url, jobs[0] ?? "")).status).toBe("completed");
  await again.end("SIGTERM");
}, 120_000);

test("back to the old binary is possible where the newer one left the schema as it was", async () => {
  const dataDir = temporaryFolder();
  const env = { AGENTLINK_RENDER_THREADS: "1", AGENTLINK_STOP_GRACE: "0s" };
  const newer = await startBinary({ dataDir, binary: patch, env });
  expect(await (await fetch(`${newer.url}/livez`)).json()).toMatchObject({ version: "97.0.1" });
  const jobs: string[] = [];
  for (let i = 0; i < 5; i++) jobs.push(await post(newer.url, inlineJob(i)));
  await newer.end("SIGKILL");
  const old = await startBinary({ dataDir, binary: binaryPath(), env });
  for (const id of jobs) expect((await untilEnded(old.url, id)).status).toBe("completed");
  await old.end("SIGTERM");
}, 120_000);

describe("several hosts on one Redis", () => {
  let server: RedisServer;
  let env: Record<string, string>;
  let out: string;
  beforeAll(async () => {
    if (!HAS_REDIS) return;
    server = await startRedis();
    out = join(temporaryFolder(), "out");
    env = {
      AGENTLINK_REDIS_URL: server.url,
      AGENTLINK_REDIS_LEASE: "3s",
      AGENTLINK_REPORTS: temporaryFolder(),
      AGENTLINK_DELIVERY_FOLDER: out,
      AGENTLINK_RENDER_THREADS: "1",
      AGENTLINK_STOP_GRACE: "0s",
    };
  });
  afterAll(() => server?.remove());
  const host = (prefix: string, binary: string, dataDir = temporaryFolder()) =>
    startBinary({ dataDir, binary, env: { ...env, AGENTLINK_REDIS_PREFIX: prefix } });
  const versionOf = async ({ url }: RunningBinary) => (await (await fetch(`${url}/livez`)).json()).version;

  withPrograms("redis-server")(
    "two versions of one format work side by side, and each resumes the jobs of the other",
    async () => {
      const [old, next] = await Promise.all([host("side", binaryPath()), host("side", patch)]);
      expect(await versionOf(next)).toBe("97.0.1");
      expect(await versionOf(old)).not.toBe("97.0.1");
      const jobs: string[] = [];
      for (let i = 0; i < 6; i++) jobs.push(await post((i % 2 === 0 ? old : next).url, inlineJob(i)));
      for (const id of jobs) expect(await untilEnded(next.url, id)).toMatchObject({ status: "completed", error: "" });
      for (const id of jobs) expect(await untilEnded(old.url, id)).toMatchObject({ status: "completed" });
      // The rolling upgrade: the old one stops in the middle of its work, the new one ends it; and all the way back.
      for (let i = 6; i < 10; i++) jobs.push(await post(old.url, inlineJob(i)));
      expect(await old.end("SIGTERM")).toBe(0);
      const again = await host("side", binaryPath());
      for (let i = 10; i < 14; i++) jobs.push(await post(next.url, inlineJob(i)));
      await next.end("SIGKILL");
      for (const id of jobs) expect((await untilEnded(again.url, id)).status).toBe("completed");
      const delivered = await readdir(out, { recursive: true });
      expect(delivered.filter((name) => name.endsWith(".pdf"))).toHaveLength(jobs.length);
      await again.end("SIGTERM");
    },
    120_000,
  );

  withPrograms("redis-server")(
    "one that is too old for what a newer one stores is refused with a reason, and the newer one ends its jobs",
    async () => {
      const [dataDir, binary] = [temporaryFolder(), binaryPath()];
      const old = await host("newer", binary, dataDir);
      const jobs: string[] = [];
      for (let i = 0; i < 4; i++) jobs.push(await post(old.url, inlineJob(20 + i)));
      const next = await host("newer", minor);
      const refused = await fetch(`${old.url}/api/generate-agents-report`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(inlineJob(30)),
      });
      expect(refused.status).toBe(503);
      expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
      expect(await refused.json()).toMatchObject({
        code: "store_newer",
        detail: expect.stringContaining("upgrade this host"),
      });
      const ready = await fetch(`${old.url}/readyz`);
      expect(ready.status).toBe(503);
      expect(await ready.text()).toContain("newer format");

      await old.end("SIGTERM");
      await expect(host("newer", binary, dataDir)).rejects.toThrow(
        /ended with 1 before it was up:\nagentlink: the jobs in Redis have a newer format than this version supports: upgrade this host, too\n$/,
      );
      for (const id of jobs) expect((await untilEnded(next.url, id)).status).toBe("completed");
      // The same host, upgraded.
      const upgraded = await host("newer", minor, dataDir);
      expect((await untilEnded(upgraded.url, await post(upgraded.url, inlineJob(31)))).status).toBe("completed");
      await Promise.all([next.end("SIGTERM"), upgraded.end("SIGTERM")]);
    },
    120_000,
  );
});

function schemaOf(dataDir: string): number {
  using db = new Database(join(dataDir, "agentlink.db"), { readonly: true });
  return (db.query("PRAGMA user_version").get() as { user_version: number }).user_version;
}

function unfinished(dataDir: string): number {
  using db = new Database(join(dataDir, "agentlink.db"), { readonly: true });
  return (db.query("SELECT count(*) AS n FROM jobs WHERE ended_at IS NULL").get() as { n: number }).n;
}

async function change(path: string, what: string | RegExp, by: string): Promise<void> {
  const before = await readFile(path, "utf8");
  const after = before.replace(what, by);
  if (after === before) throw new Error(`${what} is no longer in ${path}`);
  await writeFile(path, after);
}

async function moved(binary: string): Promise<string> {
  const to = join(temporaryFolder(), "agentlink");
  await Bun.$`mv ${binary} ${to}`;
  return to;
}

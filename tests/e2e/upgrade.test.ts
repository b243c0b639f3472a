import { Database } from "bun:sqlite";
import { beforeAll, expect, test } from "bun:test";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { binaryPath, post, startBinary, temporaryFolder, untilEnded } from "./binary.ts";
import { importManly, inlineJob } from "./jobs.ts";
import { buildTree, copyTree } from "./tree.ts";

/** The next two versions: one that leaves the database as it is, and one with a migration more. */
let [patch, minor] = ["", ""];

beforeAll(async () => {
  const tree = join(temporaryFolder(), "tree");
  await copyTree(tree);
  await change(join(tree, "package.json"), /"version": "[^"]+"/, '"version": "97.0.1"');
  patch = await moved(await buildTree(tree));
  await change(join(tree, "package.json"), '"97.0.1"', '"98.0.0"');
  const migration = "ALTER TABLE jobs ADD COLUMN colour TEXT; CREATE INDEX jobs_by_colour ON jobs (colour);";
  await change(
    join(tree, "src/queue/sqlite/migrations.ts"),
    /const MIGRATIONS: readonly string\[\] = \[([^\]]+)\]/,
    `const MIGRATIONS: readonly string[] = [$1, ${JSON.stringify(migration)}]`,
  );
  minor = await moved(await buildTree(tree));
}, 240_000);

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
  for (const id of jobs) expect(await untilEnded(next.url, id)).toMatchObject({ status: "completed", error: null });
  const delivered = await readdir(join(dataDir, "delivered"), { recursive: true });
  expect(delivered.filter((name) => name.endsWith(".pdf"))).toHaveLength(jobs.length);
  expect(schemaOf(dataDir)).toBe(before + 1);
  expect(await next.end("SIGTERM")).toBe(0);

  // The old one would write what the new schema does not allow: it says so in a line, and changes nothing.
  const refused = startBinary({ dataDir, env });
  await expect(refused).rejects.toThrow(
    new RegExp(
      `ended with 1 before it was up:\\nagentlink: .*newer agentlink \\(schema ${before + 1}, .*${before}\\).*\\n$`,
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

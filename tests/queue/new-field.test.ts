import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { cp, mkdtemp, readdir, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { withPrograms } from "../programs.ts";
import { HAS_REDIS, type RedisServer, startRedis } from "./redis-server.ts";

const ROOT = resolve(import.meta.dir, "../..");
const EVERYWHERE = { submitted: "red", got: "red", listed: "red", claimed: "red", notified: "red", view: "red" };

/** The four places that src/queue/job-fields.ts names, of which only the migration and the view need more than a line. */
const PLACES: Readonly<Record<string, readonly (readonly [before: string | RegExp, after: string])[]>> = {
  "src/queue/job.ts": [["export interface Job {", "export interface Job {\n  readonly colour: string | null;"]],
  "src/queue/job-fields.ts": [
    ["  isolated: field(", '  colour: field("colour", textOrNull, () => "red"),\n  isolated: field('],
  ],
  "src/views/job-view.ts": [
    ["    status_url: t.String(),", "    colour: nullable(t.String()),\n    status_url: t.String(),"],
    ["    warnings: job.warnings,", "    warnings: job.warnings,\n    colour: job.colour,"],
  ],
};

let tree = "";
let redis: RedisServer | null = null;

beforeAll(async () => {
  tree = await mkdtemp(join(tmpdir(), "agentlink-field-"));
  for (const name of ["src", "tests/queue/builders.ts", "tests/queue/new-field-child.ts", "package.json"])
    await cp(join(ROOT, name), join(tree, name), { recursive: true });
  await symlink(join(ROOT, "node_modules"), join(tree, "node_modules"));
  for (const [path, changes] of Object.entries(PLACES))
    for (const [before, after] of changes) await change(path, before, after);
  const column = `ALTER TABLE jobs ADD COLUMN colour TEXT; ${await snapshotWithColour()}`;
  await change(
    "src/queue/sqlite/migrations.ts",
    /const MIGRATIONS: readonly string\[\] = \[([^\]]+?),?\s*\]/,
    `const MIGRATIONS: readonly string[] = [$1, ${JSON.stringify(column)}]`,
  );
  if (HAS_REDIS) redis = await startRedis();
});

afterAll(async () => {
  await redis?.remove();
  await rm(tree, { recursive: true });
});

async function change(path: string, before: string | RegExp, after: string): Promise<void> {
  const file = Bun.file(join(tree, path));
  const text = await file.text();
  const changed = text.replace(before, after);
  expect(changed, `${path} has no ${before}`).not.toBe(text);
  await Bun.write(file, changed);
}

/** The latest trigger that writes a callback's snapshot, with the column in it. */
async function snapshotWithColour(): Promise<string> {
  const folder = join(ROOT, "src/queue/sqlite/migrations");
  const files = (await readdir(folder)).filter((name) => name.endsWith(".sql")).toSorted();
  const all = (await Promise.all(files.map((name) => Bun.file(join(folder, name)).text()))).join("\n");
  const [name = "", trigger = ""] = [...all.matchAll(/CREATE TRIGGER (\w+)[^;]+?BEGIN\n[\s\S]+?\nEND;/g)]
    .map(([text, called]) => [called, text] as const)
    .findLast(([, text]) => text.includes("'isolated', NEW.isolated")) ?? ["", ""];
  return `DROP TRIGGER ${name}; ${trigger.replace("'isolated', NEW.isolated", "'isolated', NEW.isolated, 'colour', NEW.colour")}`;
}

async function seen(...args: readonly string[]): Promise<unknown> {
  const command = [process.execPath, "tests/queue/new-field-child.ts", join(tree, "agentlink.db"), ...args];
  const child = Bun.spawn(command, { cwd: tree, stdout: "pipe", stderr: "pipe" });
  const [out, errors] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
  expect(errors).toBe("");
  return JSON.parse(out);
}

describe("a field that a job gets is written in four places, and is then in every way to look at a job", () => {
  test("in SQLite", async () => {
    expect(await seen()).toEqual(EVERYWHERE);
  });

  withPrograms("redis-server")("in Redis", async () => {
    expect(await seen(redis?.url ?? "")).toEqual(EVERYWHERE);
  });
});

import { Database } from "bun:sqlite";
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { cp, mkdtemp, readdir, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { SCHEMA_VERSION } from "../../src/queue/sqlite/migrations.ts";
import { withPrograms } from "../programs.ts";
import { HAS_REDIS, type RedisServer, startRedis } from "./redis-server.ts";

const ROOT = resolve(import.meta.dir, "../..");
const EVERYWHERE = { submitted: "red", got: "red", listed: "red", claimed: "red", notified: "red", view: "red" };

/** Three of the four places that src/queue/job-fields.ts names; the fourth is a migration, a file of its own. */
const CHANGES: Readonly<Record<string, readonly (readonly [before: string, after: string])[]>> = {
  "src/queue/job.ts": [["export interface Job {", "export interface Job {\n  readonly colour: string | null;"]],
  "src/queue/job-fields.ts": [
    ["  isolated: field(", '  colour: field("colour", textOrNull, () => "red"),\n  isolated: field('],
  ],
  "src/views/job-view.ts": [
    ["    status_url: t.String(),", '    colour: nullable(t.String({ title: "paint" })),\n    status_url: t.String(),'],
    ["    warnings: job.warnings,", "    warnings: job.warnings,\n    colour: job.colour,"],
  ],
};

let tree = "";
let redis: RedisServer | null = null;

beforeAll(async () => {
  tree = await mkdtemp(join(tmpdir(), "agentlink-field-"));
  for (const name of ["src", "tests", "package.json", "tsconfig.json"])
    await cp(join(ROOT, name), join(tree, name), { recursive: true });
  for (const name of ["node_modules", "data", "deploy"]) await symlink(join(ROOT, name), join(tree, name));
  for (const [path, changes] of Object.entries(CHANGES))
    for (const [before, after] of changes) await change(path, before, after);
  const migration = `${String(SCHEMA_VERSION + 1).padStart(3, "0")}-colour.sql`;
  await Bun.write(
    join(tree, "src/queue/sqlite/migrations", migration),
    [
      "ALTER TABLE jobs ADD COLUMN colour TEXT;",
      await triggerWithColour("'isolated', NEW.isolated", ", 'colour', NEW.colour"),
      await triggerWithColour("waits_for, draft", ", colour"),
    ].join("\n"),
  );
  if (HAS_REDIS) redis = await startRedis();
});

afterAll(async () => {
  await redis?.remove();
  await rm(tree, { recursive: true });
});

async function change(path: string, before: string, after: string): Promise<void> {
  const file = Bun.file(join(tree, path));
  const text = await file.text();
  const changed = text.replace(before, after);
  expect(changed, `${path} has no ${before}`).not.toBe(text);
  await Bun.write(file, changed);
}

/** The latest trigger that has this text, with the column after it. */
async function triggerWithColour(text: string, more: string): Promise<string> {
  const folder = join(ROOT, "src/queue/sqlite/migrations");
  const files = (await readdir(folder)).toSorted();
  const all = (await Promise.all(files.map((name) => Bun.file(join(folder, name)).text()))).join("\n");
  const [name = "", trigger = ""] = [...all.matchAll(/CREATE TRIGGER (\w+)[^;]+?BEGIN\n[\s\S]+?\nEND;/g)]
    .map(([whole, called]) => [called, whole] as const)
    .findLast(([, whole]) => whole.includes(text)) ?? ["", ""];
  return `DROP TRIGGER ${name}; ${trigger.replace(text, text + more)}`;
}

async function run(script: string, ...args: readonly string[]): Promise<string> {
  // What it opens is its own, and ends with it.
  const env = { ...process.env, FILES_SHARE_A_PROCESS: undefined };
  const child = Bun.spawn([process.execPath, script, ...args], { cwd: tree, env, stdout: "pipe", stderr: "pipe" });
  const [out, errors] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
  expect(errors).toBe("");
  return out;
}

const seen = async (...args: readonly string[]): Promise<unknown> =>
  JSON.parse(await run("tests/queue/new-field-child.ts", join(tree, "agentlink.db"), ...args));

describe("a field that a job gets is written in four files, and is then in every view of a job", () => {
  test("in SQLite", async () => {
    expect(await seen()).toEqual(EVERYWHERE);
    const db = new Database(join(tree, "agentlink.db"));
    expect(() => db.run("UPDATE jobs SET colour = 'blue'")).toThrow(/^Only status, .* may be changed by hand/);
    db.close();
  });

  withPrograms("redis-server")("in Redis", async () => {
    expect(await seen(redis?.url ?? "")).toEqual(EVERYWHERE);
  });

  withPrograms("chromium")(
    "in the API and its document, the generated client, the command line and the dashboard",
    async () => {
      await run("tests/client/generate.ts");
      const types = await Bun.file(join(tree, "src/client/api.ts")).text();
      expect(types).toContain("readonly colour: string | null;");
      expect(JSON.parse(await run("tests/queue/new-field-shown.ts"))).toEqual({
        response: "red",
        commandLine: expect.stringMatching(/^paint +red$/),
        page: "paint red",
      });
    },
    60_000,
  );
});

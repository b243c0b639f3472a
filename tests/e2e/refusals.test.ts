import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { run, startBinary, temporaryFolder } from "./binary.ts";

const serve = (dataDir: string) => run(["serve", "--port", "0", "--data-dir", dataDir]);

/** It ends with 1, says this in one line, and leaves the file as it is. */
async function expectRefused(dataDir: string, reason: string): Promise<void> {
  const path = join(dataDir, "agentlink.db");
  const before = readFileSync(path);
  const { code, stderr } = await serve(dataDir);
  expect(stderr.trimEnd().split("\n")).toEqual([expect.stringMatching(/^agentlink: /)]);
  expect(stderr).toContain(reason);
  expect(code).toBe(1);
  expect(readFileSync(path).equals(before)).toBe(true);
}

test("a database of another program is refused with one line", async () => {
  const dataDir = temporaryFolder();
  const database = new Database(join(dataDir, "agentlink.db"));
  database.run("CREATE TABLE customers (name TEXT)");
  database.close();
  await expectRefused(dataDir, "a database of another program");
});

test("a newer schema, then a damaged file, is refused with one line", async () => {
  const dataDir = temporaryFolder();
  const path = join(dataDir, "agentlink.db");
  // A stop in the very moment it is up is a clean one, too.
  expect(await (await startBinary({ dataDir })).end("SIGTERM")).toBe(0);
  const database = new Database(path);
  const { user_version: version } = database.query("PRAGMA user_version").get() as { user_version: number };
  database.run("PRAGMA user_version = 99");
  database.run("PRAGMA wal_checkpoint(TRUNCATE)");
  database.close();
  await expectRefused(dataDir, "written by a newer agentlink");
  const mended = new Database(path);
  mended.run(`PRAGMA user_version = ${version}`);
  mended.run("PRAGMA wal_checkpoint(TRUNCATE)");
  mended.close();
  writeFileSync(path, readFileSync(path).fill(0xaa, 4_096, 12_288));
  await expectRefused(dataDir, "damaged");
});

test("a second process on the same folder is refused with one line, and the first goes on", async () => {
  const dataDir = temporaryFolder();
  const service = await startBinary({ dataDir });
  await expectRefused(dataDir, "another agentlink already uses");
  expect((await fetch(`${service.url}/readyz`)).status).toBe(200);
  expect(await service.end("SIGTERM")).toBe(0);
});

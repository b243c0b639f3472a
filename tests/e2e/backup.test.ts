import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { post, run, startBinary, temporaryFolder } from "./binary.ts";
import { inlineJob } from "./jobs.ts";

const backup = (dataDir: string, file: string) => run(["backup", "--data-dir", dataDir, file]);

test("a backup under load is whole, and contains every job acknowledged before it", async () => {
  const dataDir = temporaryFolder();
  const copies = temporaryFolder();
  const service = await startBinary({ dataDir });
  const acknowledged: string[] = [];
  let over = false;
  const load = Array.from({ length: 3 }, async (_, client) => {
    for (let i = 0; !over; i += 1) acknowledged.push(await post(service.url, inlineJob(client * 1_000 + i)));
  });
  for (let i = 0; i < 3; i += 1) {
    const before = [...acknowledged];
    const file = join(copies, `${i}.db`);
    expect(await backup(dataDir, file)).toMatchObject({ code: 0, stderr: "" });
    const database = new Database(file, { readonly: true });
    expect(database.query("PRAGMA integrity_check").get()).toEqual({ integrity_check: "ok" });
    const there = new Set((database.query("SELECT id FROM jobs").all() as { id: string }[]).map(({ id }) => id));
    expect(before.filter((id) => !there.has(id))).toEqual([]);
    database.close();
  }
  over = true;
  await Promise.all(load);
  expect(acknowledged.length).toBeGreaterThan(3);
  await service.end("SIGKILL");

  // The service is gone, by a kill: what it had not yet moved out of its log is in the copy all the same.
  expect(await backup(dataDir, join(copies, "last.db"))).toMatchObject({ code: 0 });
  const restored = temporaryFolder();
  writeFileSync(join(restored, "agentlink.db"), readFileSync(join(copies, "last.db")));
  const next = await startBinary({ dataDir: restored });
  for (const id of acknowledged) expect((await fetch(`${next.url}/api/job-status/${id}`)).status).toBe(200);
  await next.end("SIGTERM");
}, 60_000);

test("a backup replaces no file, and leaves none where it fails", async () => {
  const dataDir = temporaryFolder();
  const copies = temporaryFolder();
  const file = join(copies, "copy.db");
  expect(await backup(dataDir, file)).toMatchObject({ code: 1, stderr: expect.stringContaining("no database") });
  await (await startBinary({ dataDir })).end("SIGTERM");
  writeFileSync(file, "mine");
  expect(await backup(dataDir, file)).toMatchObject({ code: 1, stderr: expect.stringContaining("already exists") });
  expect(readFileSync(file, "utf8")).toBe("mine");
  const nowhere = join(copies, "no such folder", "copy.db");
  expect(await backup(dataDir, nowhere)).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/no such folder\/copy\.db cannot be written: .*ENOENT/),
  });
  mkdirSync(join(dataDir, "other"));
  writeFileSync(join(dataDir, "other", "agentlink.db"), "nonsense ".repeat(1_000));
  expect(await backup(join(dataDir, "other"), join(copies, "other.db"))).toMatchObject({
    code: 1,
    stderr: expect.stringContaining("damaged"),
  });
  expect(readdirSync(copies)).toEqual(["copy.db"]);
  expect(existsSync(join(copies, "other.db"))).toBe(false);
}, 120_000);

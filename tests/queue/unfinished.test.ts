import { expect, test } from "bun:test";
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { startUnfinished } from "../../src/queue/sqlite/unfinished.ts";
import { temporaryFolder } from "../e2e/binary.ts";
import { within } from "../until.ts";

const MODULE = join(import.meta.dir, "../../src/queue/sqlite/unfinished.ts");

/** Another process in the middle of a backup to this name. */
async function startOther(target: string) {
  const child = Bun.spawn(
    [
      process.execPath,
      "-e",
      // Referenced, or the garbage collector would close the lock.
      `globalThis.locked = await (await import(${JSON.stringify(MODULE)})).startUnfinished(${JSON.stringify(target)});
       await Bun.write(locked.path + "/agentlink.db", "half"); console.log(locked.path); setInterval(() => {}, 1_000);`,
    ],
    { stdout: "pipe" },
  );
  const { value } = await within(child.stdout.getReader().read(), "the other process's first line");
  return {
    path: new TextDecoder().decode(value).trim(),
    async kill() {
      child.kill("SIGKILL");
      await child.exited;
    },
  };
}

test("what a killed process left beside a target is removed by the next one, whatever it was for", async () => {
  const folder = temporaryFolder();
  const other = await startOther(join(folder, "monday"));
  await other.kill();
  expect(existsSync(join(other.path, "agentlink.db"))).toBe(true);
  const own = await startUnfinished(join(folder, "tuesday"));
  expect(existsSync(other.path)).toBe(false);
  writeFileSync(own.path, "whole");
  await own.remove();
  expect(readdirSync(folder)).toEqual([]);
});

test("what another process works on stays, and so does what only looks like it", async () => {
  const folder = temporaryFolder();
  const alike = "mine.0199a1b2-0000-7000-8000-000000000000.part";
  mkdirSync(join(folder, alike));
  writeFileSync(join(folder, "notes.part"), "mine");
  const other = await startOther(join(folder, "monday"));
  await (await startUnfinished(join(folder, "monday"))).remove();
  expect(existsSync(join(other.path, "agentlink.db"))).toBe(true);
  await other.kill();
  await (await startUnfinished(join(folder, "monday"))).remove();
  expect(readdirSync(folder).sort()).toEqual([alike, "notes.part"]);
});

test("a folder that is not there is named", async () => {
  await expect(startUnfinished(join(temporaryFolder(), "nowhere", "copy"))).rejects.toThrow("ENOENT");
});

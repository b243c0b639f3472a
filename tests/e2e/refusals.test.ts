import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";
import { chmodSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { withPrograms } from "../programs.ts";
import { binaryPath, post, run, startBinary, temporaryFolder, untilEnded } from "./binary.ts";

const serve = (dataDir: string) => run(["serve", "--port", "0", "--data-dir", dataDir]);

/** It ends with 1, prints this in one line, and does not change the file. */
async function expectRefused(dataDir: string, reason: string): Promise<void> {
  const path = join(dataDir, "agentlink.db");
  const before = readFileSync(path);
  const { code, stderr } = await serve(dataDir);
  expect(stderr.trimEnd().split("\n")).toEqual([expect.stringMatching(/^agentlink: /)]);
  expect(stderr).toContain(reason);
  expect(code).toBe(1);
  expect(readFileSync(path).equals(before)).toBe(true);
}

const TIMEOUT_MS = 60_000;

test(
  "a database of another program is refused with one line",
  async () => {
    const dataDir = temporaryFolder();
    const database = new Database(join(dataDir, "agentlink.db"));
    database.run("CREATE TABLE customers (name TEXT)");
    database.close();
    await expectRefused(dataDir, "a database of another program");
  },
  TIMEOUT_MS,
);

test(
  "a pipe in place of a file is refused with one line, and not waited for",
  async () => {
    for (const name of [
      "callback.secret",
      "keys.db",
      "agentlink.db",
      "local.key",
      "settings.last",
      "domain-cache.db",
    ]) {
      const dataDir = temporaryFolder();
      await Bun.$`mkfifo ${join(dataDir, name)}`;
      const { code, stderr } = await serve(dataDir);
      expect([name, code, stderr]).toEqual([name, 1, expect.stringContaining(`${name} is not a file, but a pipe`)]);
      expect(readdirSync(dataDir)).toEqual([name]);
    }
  },
  TIMEOUT_MS,
);

test(
  "a newer schema, then a damaged file, is refused with one line",
  async () => {
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
    const sound = readFileSync(path);
    writeFileSync(path, Buffer.from(sound).fill(0xaa, 4_096, 12_288));
    await expectRefused(dataDir, "damaged");
    // One bit of a trigger, which SQLite itself would not mind.
    writeFileSync(
      path,
      Buffer.from(sound.toString("latin1").replaceAll("inserted by hand", "insertmd by hand"), "latin1"),
    );
    await expectRefused(dataDir, "is damaged (its trigger jobs_insert_by_operator was changed): restore a backup");
    writeFileSync(path, sound);
    expect(await (await startBinary({ dataDir })).end("SIGTERM")).toBe(0);
  },
  TIMEOUT_MS,
);

test(
  "a folder that cannot be written is refused with one line, and the next start finds all as it was",
  async () => {
    const dataDir = temporaryFolder();
    // Root ignores permissions, so for root it is a file system of its own.
    const root = process.getuid?.() === 0;
    const mount = (options: string) => Bun.spawnSync(["mount", "-t", "tmpfs", "-o", options, "tmpfs", dataDir]).success;
    if (root && !mount("size=32m"))
      return console.warn("skipping the read-only folder: mounting a tmpfs is not allowed");
    const lock = () => (root ? mount("remount,ro") : chmodSync(dataDir, 0o555));
    const unlock = () => (root ? mount("remount,rw") : chmodSync(dataDir, 0o755));
    try {
      const first = await startBinary({ dataDir });
      const id = await post(first.url, { suburb: "Cottesloe", state: "WA" });
      await untilEnded(first.url, id);
      await first.end("SIGKILL");
      const files = readdirSync(dataDir);
      lock();
      await expectRefused(dataDir, `the data folder ${dataDir} cannot be written`);
      expect(readdirSync(dataDir)).toEqual(files);
      unlock();
      const second = await startBinary({ dataDir });
      expect(await untilEnded(second.url, id)).toMatchObject({ status: "failed", failure: { code: "no_data" } });
      expect(await second.end("SIGTERM")).toBe(0);
    } finally {
      if (root) Bun.spawnSync(["umount", "--lazy", dataDir]);
    }
  },
  TIMEOUT_MS,
);

test(
  "a second process on the same folder is refused with one line, and the first continues",
  async () => {
    const dataDir = temporaryFolder();
    const service = await startBinary({ dataDir });
    await expectRefused(dataDir, "another agentlink already uses");
    expect((await fetch(`${service.url}/readyz`)).status).toBe(200);
    expect(await service.end("SIGTERM")).toBe(0);
  },
  TIMEOUT_MS,
);

withPrograms("strace")(
  "a data folder on a network file system is refused with one line, before anything is written there",
  async () => {
    const dataDir = temporaryFolder();
    // What the kernel returns for an NFS: its number in the first bytes of the result.
    const inject = "inject=statfs:poke_exit=@arg2=6969000000000000";
    const traced = ["strace", "-f", "-o", "/dev/null", "-e", "trace=statfs", "-e", inject];
    const child = Bun.spawn([...traced, binaryPath(), "serve", "--port", "0", "--data-dir", dataDir], {
      cwd: temporaryFolder(),
      env: { PATH: process.env.PATH },
      stdout: "pipe",
      stderr: "pipe",
    });
    const stderr = await new Response(child.stderr).text();
    expect(stderr.trimEnd()).toMatch(
      /^agentlink: the data folder \S+ is on NFS: .*put AGENTLINK_DATA_DIR on a disk of .*$/,
    );
    expect(await child.exited).toBe(1);
    expect(readdirSync(dataDir)).toEqual([]);
  },
  TIMEOUT_MS,
);

import { Database } from "bun:sqlite";
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import {
  existsSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import type { Queue } from "../../src/queue/queue.ts";
import { checkSqliteVersion } from "../../src/queue/sqlite/database.ts";
import { migrate, SCHEMA_VERSION } from "../../src/queue/sqlite/migrations.ts";
import { openSqliteQueue } from "../../src/queue/sqlite/queue.ts";
import { until, within } from "../until.ts";
import { claimOne, finish, newJob, post } from "./builders.ts";

describe("the database", () => {
  let folder: string;
  let path: string;
  const open = () => openSqliteQueue({ path, queueLimit: 1_000 });

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "agentlink-queue-"));
    path = join(folder, "agentlink.db");
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  /** Opening is refused with this code, and the file is as it was. */
  function expectRefused(code: string): void {
    const before = readFileSync(path);
    expect(open).toThrow(expect.objectContaining({ name: "Failure", code }));
    expect(readFileSync(path).equals(before)).toBe(true);
  }

  async function fill(jobs = 20): Promise<void> {
    const queue = open();
    await queue.submit(Array.from({ length: jobs }, () => newJob()));
    await finish(queue, await claimOne(queue));
    await queue.close();
  }

  test("opens again and again, and retains what is in it", async () => {
    await fill();
    for (let i = 0; i < 3; i += 1) {
      const queue = open();
      expect(await queue.counts()).toMatchObject({ queued: 19, completed: 1 });
      await queue.close();
    }
  });

  test("is made for a person: WAL, an application id, a schema version", async () => {
    await open().close();
    const db = new Database(path, { readonly: true });
    const pragma = (name: string) => Object.values(db.query(`PRAGMA ${name}`).get() as object)[0];
    expect(pragma("journal_mode")).toBe("wal");
    expect(pragma("application_id")).toBe(0x41674c6b);
    expect(pragma("user_version")).toBeGreaterThan(0);
    db.close();
  });

  test("one of any older schema becomes, step by step, what a new one is", async () => {
    const schemaOf = (db: Database) =>
      db.query("SELECT type, name, sql FROM sqlite_schema ORDER BY type, name").all() as unknown[];
    const versionOf = (db: Database) => db.query("PRAGMA user_version").get();
    await open().close();
    const fresh = new Database(path, { readonly: true });
    const wanted = [schemaOf(fresh), versionOf(fresh)];
    fresh.close();
    for (let version = 1; version < SCHEMA_VERSION; version += 1) {
      const older = join(folder, `schema-${version}.db`);
      const made = new Database(older, { create: true, readwrite: true });
      migrate(made, version);
      made.close();
      const queue = openSqliteQueue({ path: older, queueLimit: 1_000 });
      await post(queue);
      await finish(queue, await claimOne(queue));
      await queue.close();
      const db = new Database(older, { readonly: true });
      expect([schemaOf(db), versionOf(db)]).toEqual(wanted);
      db.close();
    }
  });

  test("one with the columns' former names retains its rows and an operator's views, whatever is wrong with those", async () => {
    const BEFORE_NAMES = 19;
    const make = (views: readonly string[]) => {
      rmSync(path, { force: true });
      const db = new Database(path, { create: true, readwrite: true });
      db.run("PRAGMA journal_mode = WAL");
      migrate(db, BEFORE_NAMES);
      db.run(`INSERT INTO jobs (id, stage, priority, client, suburb, state, created_at, alone, token, boot, revision, request,
        callback_url) VALUES ('large', 'rendering', 5, 'a', 'Manly', 'NSW', '2026', 1, 7, 'before', 1, '{}', 'https://a.example')`);
      db.run("INSERT INTO attempts (token, job_id, number, started_at) VALUES (7, 'large', 1, '2026')");
      db.run("UPDATE jobs SET priority = 9, status = 'cancelled' WHERE id = 'large'");
      db.run(
        "INSERT INTO callback_attempts (callback_id, started_at, took_ms, answer) SELECT id, '2026', 1, 'busy' FROM callbacks",
      );
      for (const view of views) db.run(view);
      db.run("DROP TABLE IF EXISTS gone");
      db.close();
    };
    const CARRIED = "CREATE VIEW by_hand AS SELECT job_id FROM events WHERE hand = 'operator'";
    for (const [views, shown] of [
      [[CARRIED], "CREATE VIEW by_hand AS SELECT job_id FROM events WHERE changed_by = 'operator'"],
      [[CARRIED, "CREATE TABLE gone (x)", "CREATE VIEW broken AS SELECT x FROM gone"], CARRIED],
      [[CARRIED, "CREATE VIEW around AS SELECT id FROM (SELECT jobs.* FROM jobs) ORDER BY alone"], CARRIED],
    ] as const) {
      make(views);
      const queue = open();
      expect(await queue.get("large")).toMatchObject({ isolated: true, status: "cancelled" });
      const [callback] = await queue.callbacks.of("large");
      expect(callback).toMatchObject({ status: "pending", attemptLog: [{ response: "busy" }] });
      await queue.close();
      const db = new Database(path, { readonly: true });
      expect(db.query("SELECT changed_by, to_status FROM events ORDER BY id").values()).toEqual([
        ["service", "queued"],
        ["operator", "cancelled"],
      ]);
      expect(db.query("SELECT lease_token FROM attempts").values()).toEqual([[7]]);
      expect(db.query("SELECT lane, client, fair_order, queued FROM lane_clients").values()).toEqual([
        ["isolated", "a", 0, 0],
      ]);
      expect(db.query("SELECT sql FROM sqlite_schema WHERE name = 'by_hand'").values()).toEqual([[shown]]);
      db.close();
    }
  });

  test("one of schema 27 retains its counts, callback attempts, pause and identity under their new names", async () => {
    const BEFORE = 27;
    const db = new Database(path, { create: true, readwrite: true });
    db.run("PRAGMA journal_mode = WAL");
    migrate(db, BEFORE);
    db.run(`INSERT INTO jobs (id, stage, priority, client, suburb, state, created_at, attempts_ever, revision, request,
      callback_url) VALUES ('seven', 'rendering', 5, 'a', 'Manly', 'NSW', '2026', 7, 1, '{}', 'https://a.example')`);
    db.run(`INSERT INTO jobs (id, stage, priority, client, suburb, state, created_at, revision, request)
      VALUES ('open', 'rendering', 5, 'a', 'Manly', 'NSW', '2026', 1, '{}')`);
    db.run("UPDATE jobs SET status = 'cancelled' WHERE id = 'seven'");
    db.run("INSERT INTO callback_attempts (callback_id, started_at, took_ms) SELECT id, '2026', 12 FROM callbacks");
    db.run("INSERT INTO pause (since, by) VALUES ('2026-11-01T09:00:00.000Z', 'anna')");
    db.run("INSERT INTO data_folder (one, database_id, place) VALUES (1, 'the same', '{}')");
    db.close();
    const queue = open();
    const [callback] = await queue.callbacks.of("seven");
    expect(callback).toMatchObject({ status: "pending", attemptLog: [{ durationMs: 12 }] });
    expect(await queue.paused()).toMatchObject({ by: "anna" });
    await queue.retry("seven", "admin");
    await queue.resume("admin");
    const claims = await queue.claim({ rendering: 2 });
    expect(claims.map(({ job }) => job.id).toSorted()).toEqual(["open", "seven"]);
    await queue.close();
    const after = new Database(path, { readonly: true });
    const values = (sql: string) => after.query(sql).values();
    expect(values("SELECT id, total_attempts FROM jobs ORDER BY id")).toEqual([
      ["open", 1],
      ["seven", 8],
    ]);
    expect(values("SELECT client, open_jobs FROM clients")).toEqual([["a", 2]]);
    expect(values("SELECT id, database_id FROM data_folder")).toEqual([[1, "the same"]]);
    expect(values("SELECT name FROM sqlite_schema WHERE name LIKE '%by_hand' OR name LIKE '%line'")).toEqual([]);
    after.close();
  });

  test("one of a newer agentlink is refused", async () => {
    await fill();
    const db = new Database(path);
    db.run("PRAGMA user_version = 99");
    db.run("PRAGMA wal_checkpoint(TRUNCATE)");
    db.close();
    expectRefused("database_newer");
  });

  test("one of another program is refused", () => {
    const db = new Database(path);
    db.run("CREATE TABLE customers (name TEXT)");
    db.close();
    expectRefused("database_foreign");
  });

  test("one that another program named as its own is refused, though it is empty", () => {
    const db = new Database(path);
    db.run("PRAGMA application_id = 7");
    db.close();
    expectRefused("database_foreign");
  });

  test("a file that is no database is refused", () => {
    writeFileSync(path, "this is a shopping list, not a database\n".repeat(100));
    expectRefused("database_damaged");
  });

  test("a database cut short is refused", async () => {
    await fill();
    truncateSync(path, statSync(path).size - 3 * 4_096);
    expectRefused("database_damaged");
  });

  test("a database with a page overwritten is refused", async () => {
    await fill(500);
    const file = openSync(path, "r+");
    writeSync(file, Buffer.alloc(4_096, 0xaa), 0, 4_096, 4_096 * Math.floor(statSync(path).size / 4_096 / 2));
    expectRefused("database_damaged");
  });

  test("a database with a byte of its schema changed is refused, also where SQLite could still read it", async () => {
    await fill();
    const sound = readFileSync(path);
    for (const [is, becomes] of [
      ["changed_by = 'operator')", "changed_by = 'oberator')"],
      ["CREATE INDEX jobs_due ON jobs (run_at)", "CREATE INDEX jobs_due ON jobs (jun_at)"],
      ["RAISE(ABORT, 'No such change of status.')", "RAISE(IGNORE),'No such change of status.'"],
    ] as const) {
      // Everywhere: what was moved to another page is still where it was, too.
      const text = sound.toString("latin1").replaceAll(is, becomes);
      expect(text).not.toBe(sound.toString("latin1"));
      expect(text).toHaveLength(sound.length);
      writeFileSync(path, Buffer.from(text, "latin1"));
      expectRefused("database_damaged");
    }
  });

  test("what the operator has added is not changed", async () => {
    await fill();
    const db = new Database(path);
    db.run("CREATE INDEX mine ON jobs (suburb)");
    db.close();
    await open().close();
  });

  test("whichever bytes are changed, it is refused in words and not touched, or works as a database does", async () => {
    await fill(40);
    const sound = readFileSync(path);
    const anywhere = fc.oneof(fc.nat(120), fc.nat(sound.length - 1));
    const flips = fc.array(fc.tuple(anywhere, fc.integer({ min: 1, max: 255 })), { minLength: 1, maxLength: 8 });
    let refused = 0;
    await fc.assert(
      fc.asyncProperty(flips, async (flips) => {
        const changed = Buffer.from(sound);
        for (const [at, by] of flips) changed[at] = (changed[at] ?? 0) ^ by;
        for (const part of ["-wal", "-shm"]) rmSync(path + part, { force: true });
        writeFileSync(path, changed);
        let queue: Queue;
        try {
          queue = open();
        } catch (error) {
          expect(error).toMatchObject({ name: "Failure", code: expect.stringMatching(/^database_/) });
          expect(readFileSync(path).equals(changed)).toBe(true);
          refused += 1;
          return;
        }
        const requested = [queue.submit([newJob()]), queue.list({ limit: 200 }), queue.claim({ gathering: 1 })];
        for (const response of await Promise.allSettled(requested))
          if (response.status === "rejected") expect(response.reason).toMatchObject({ name: "Failure" });
        await queue.close();
      }),
      { numRuns: 60 },
    );
    expect(refused).toBeGreaterThan(10);
  }, 60_000);

  test("a job whose request is no JSON any more is not in the way of the others", async () => {
    await fill(3);
    const sound = readFileSync(path, "latin1");
    const stored = newJob().request;
    expect(sound).toContain(stored);
    writeFileSync(path, Buffer.from(sound.replace(stored, stored.replace("{", "x")), "latin1"));
    const queue = open();
    expect((await queue.list({ limit: 10 })).jobs).toHaveLength(3);
    expect(await queue.claim({ gathering: 2 })).toHaveLength(2);
    await queue.close();
  });

  test("what was refused can be opened once it is mended", async () => {
    writeFileSync(path, "nonsense ".repeat(1_000));
    expect(open).toThrow();
    rmSync(path);
    const queue = open();
    expect(await post(queue)).toBeString();
    await queue.close();
  });

  test("a second process is refused, and the first continues", async () => {
    const queue = open();
    expect(open).toThrow(expect.objectContaining({ code: "data_dir_in_use" }));
    expect(await post(queue)).toBeString();
    await queue.close();
    await open().close();
  });

  test("every job a killed process had acknowledged is there, at whatever moment it was killed", async () => {
    for (const afterMs of [0, 7, 20, 45]) {
      const child = Bun.spawn([process.execPath, join(import.meta.dir, "child.ts"), path], { stdout: "pipe" });
      const reader = child.stdout.getReader();
      let printed = "";
      const read = async () => {
        const { done, value } = await reader.read();
        printed += value === undefined ? "" : new TextDecoder().decode(value);
        return !done;
      };
      while (!printed.includes("open\n")) await within(read(), "the child to open the queue");
      // While it lives the folder is its own; the lock goes with it.
      expect(open).toThrow(expect.objectContaining({ code: "data_dir_in_use" }));
      await Bun.sleep(afterMs);
      child.kill("SIGKILL");
      await child.exited;
      while (await read());
      const responded = printed.split("\n").slice(1, -1);
      const queue = open();
      for (const id of responded) expect((await queue.get(id))?.status).toBe("queued");
      expect((await queue.counts()).running).toBe(0);
      await queue.close();
    }
  }, 120_000);

  test("the write-ahead log is emptied when nothing is written", async () => {
    const queue = open();
    await queue.submit(Array.from({ length: 200 }, () => newJob()));
    expect(statSync(`${path}-wal`).size).toBeGreaterThan(0);
    await until(() => statSync(`${path}-wal`).size === 0, 60_000, "the log to be empty");
    await queue.close();
    expect(existsSync(`${path}-wal`) && statSync(`${path}-wal`).size > 0).toBe(false);
  }, 120_000);

  test("searches many jobs for few, page by page", async () => {
    const queue = openSqliteQueue({ path, queueLimit: 20_000 });
    const rare = [await post(queue, { suburb: "Hobart" })];
    for (let i = 0; i < 7; i += 1) await queue.submit(Array.from({ length: 1_000 }, () => newJob()));
    rare.unshift(await post(queue, { suburb: "Hobart" }));
    const first = await queue.list({ suburb: "Hobart", status: "queued", limit: 1 });
    expect(first.jobs.map(({ id }) => id)).toEqual([rare[0] ?? ""]);
    const second = await queue.list({ suburb: "Hobart", status: "queued", limit: 1, cursor: first.nextCursor ?? "" });
    expect(second).toMatchObject({ jobs: [{ id: rare[1] }], nextCursor: null });
    const all = await queue.list({ suburb: "Hobart", limit: 5 });
    expect(all.jobs.map(({ id }) => id)).toEqual(rare);
    await queue.close();
  });

  test("an engine that can corrupt a log two programs write is refused", () => {
    for (const version of ["3.7.0", "3.40.1", "3.51.2"])
      expect(() => checkSqliteVersion(version)).toThrow(expect.objectContaining({ code: "sqlite_version" }));
    for (const version of ["3.51.3", "3.54.1", "4.0.0"]) checkSqliteVersion(version);
    checkSqliteVersion();
  });
});

import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";
import { join } from "node:path";
import { openDatabase } from "../../src/queue/sqlite/database.ts";
import { migrate } from "../../src/queue/sqlite/migrations.ts";
import { startBinary, temporaryFolder } from "../e2e/binary.ts";
import { withPrograms } from "../programs.ts";

/** All that a new database has: its schema, its rows, and the fields of its header. */
function contents(db: Database) {
  const schema = db.query("SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY type, name").all() as {
    type: string;
    name: string;
  }[];
  const tables = schema.filter(({ type, name }) => type === "table" && !name.startsWith("sqlite_"));
  const header = ["application_id", "user_version", "encoding", "auto_vacuum"].map((name) =>
    db.query(`PRAGMA ${name}`).get(),
  );
  const rows = tables.map(({ name }) => [name, db.query(`SELECT count(*) AS rows FROM "${name}"`).get()]);
  return { schema, rows, header };
}

function contentsOf(path: string) {
  const db = new Database(path);
  try {
    expect(db.query("PRAGMA integrity_check").all()).toEqual([{ integrity_check: "ok" }]);
    return contents(db);
  } finally {
    db.close();
  }
}

function migrated() {
  const db = new Database(":memory:");
  db.run("PRAGMA auto_vacuum = INCREMENTAL");
  migrate(db);
  return contents(db);
}

test("a new database, made at once, is what the migrations make one after the other, which leave no row behind", () => {
  const path = join(temporaryFolder(), "agentlink.db");
  openDatabase(path).close();
  expect(contentsOf(path)).toEqual(migrated());
  expect(migrated().rows.every(([, count]) => (count as { rows: number }).rows === 0)).toBe(true);
});

test("the binary's new database is what the migrations make, and the binary knows each change of it", async () => {
  const dataDir = temporaryFolder();
  const path = join(dataDir, "agentlink.db");
  await (await startBinary({ dataDir, env: { AGENTLINK_RENDER_THREADS: "1" } })).end("SIGKILL");
  const { rows, ...made } = contentsOf(path);
  const { rows: none, ...wanted } = migrated();
  expect(made).toEqual(wanted);
  expect(rows.map(([name]) => name)).toEqual(none.map(([name]) => name));
  const db = new Database(path);
  db.run("DROP VIEW queue_now");
  db.close();
  await expect(startBinary({ dataDir })).rejects.toThrow(/its view queue_now was changed/);
});

/** Before, within and after the two transactions that make the file's header, and the one that makes the tables. */
const MOMENTS = ["pwrite64:when=1", "fsync:when=2", "fsync:when=3", "fsync:when=6", "pwrite64:when=40", "fsync:when=8"];

withPrograms("strace")("one whose making was killed, at whatever moment, is made when it is next opened", async () => {
  for (const moment of MOMENTS) {
    const path = join(temporaryFolder(), "agentlink.db");
    const [call, when] = moment.split(":");
    const child = Bun.spawn(
      [
        ...["strace", "-f", "-qq", "-o", "/dev/null", ...["", "-journal", "-wal"].flatMap((end) => ["-P", path + end])],
        ...["-e", `trace=${call}`, "-e", `inject=${call}:signal=KILL:${when}`],
        ...[process.execPath, join(import.meta.dir, "child.ts"), path],
      ],
      { stdout: "ignore", stderr: "pipe" },
    );
    await child.exited;
    expect({ moment, signal: child.signalCode }).toEqual({ moment, signal: "SIGKILL" });
    openDatabase(path).close();
    expect({ moment, ...contentsOf(path) }).toEqual({ moment, ...migrated() });
  }
});

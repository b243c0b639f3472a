import { Database } from "bun:sqlite";
import { expect } from "bun:test";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { withPrograms } from "../programs.ts";
import { binaryPath, run, temporaryFolder } from "./binary.ts";

const test = withPrograms("strace");

/** About 3 MB in the catalogue: in one fsync, other programs' would wait for all of it. */
const ROWS = 8_000;
const MOST_BYTES = 1_500_000;

function sales(folder: string, rows: number): string {
  const path = join(folder, "sales.csv");
  const lines = Array.from(
    { length: rows },
    (_, n) => `${n} Ocean Street,Manly,NSW,house,2026-0${1 + (n % 6)}-11,${1_000_000 + n}`,
  );
  writeFileSync(path, `address,suburb,state,category,sold_date,price\n${lines.join("\n")}\n`);
  return path;
}

/** Runs a command under strace, with an error or a signal in place of one of its calls. */
async function traced(dataDir: string, command: readonly string[], injection: readonly string[] = []) {
  const path = join(dataDir, "..", "trace");
  const calls = "pwrite64,write,writev,sendto,ftruncate,fsync,fdatasync,sync_file_range";
  const child = Bun.spawn(
    [
      ...["strace", "-f", "-y", "-qq", "-s", "200", "-o", path, "-e", `trace=${calls}`, ...injection],
      ...[binaryPath(), ...command, "--data-dir", dataDir],
    ],
    { stdout: "pipe", stderr: "pipe" },
  );
  const [stderr] = await Promise.all([new Response(child.stderr).text(), child.exited]);
  return { code: child.exitCode, signal: child.signalCode, stderr, trace: readFileSync(path, "utf8").split("\n") };
}

interface Call {
  readonly name: string;
  /** "log", "database" or "output". */
  readonly file: string;
  readonly offset: number;
  readonly bytes: number;
}

/** The calls about the catalogue and what is printed, in order. Those that others interrupted count where they began. */
function callsOf(trace: readonly string[], output: string): readonly Call[] {
  return trace.flatMap((line) => {
    const call = /^\d+ +(\w+)\(\d+<([^>]*)>(?:.*?, (\d+), (\d+)\b)?/.exec(line);
    if (call === null) return [];
    const [, name = "", path = "", first = "0", second = "0"] = call;
    const file = line.includes(output)
      ? "output"
      : path.endsWith("/catalogue.db-wal")
        ? "log"
        : path.endsWith("/catalogue.db")
          ? "database"
          : "";
    const range = name === "sync_file_range";
    return [{ name, file, offset: Number(range ? first : second), bytes: Number(range ? second : first) }];
  });
}

const isSync = ({ name }: Call) => name === "fsync" || name === "fdatasync";

/** Without those that were ended midway. */
function contents(dataDir: string): readonly unknown[] {
  if (!existsSync(join(dataDir, "catalogue.db"))) return [];
  const database = new Database(join(dataDir, "catalogue.db"));
  try {
    expect(database.query("PRAGMA integrity_check").all()).toEqual([{ integrity_check: "ok" }]);
    return database.query("SELECT id, data FROM sales ORDER BY id").all();
  } finally {
    database.close();
  }
}

test.each([
  { what: "an import", output: "imported into", command: (file: string) => ["import", "--kind", "sales", file] },
  { what: "a removal", output: "rows removed", command: () => ["catalogue", "remove", "Manly", "NSW"] },
])(
  "$what is on the disk before it is reported to be, and no fsync of it waits for megabytes",
  async ({ what, output, command }) => {
    const folder = temporaryFolder();
    const [dataDir, file] = [join(folder, "data"), sales(folder, ROWS)];
    if (what === "a removal") expect((await run(["import", "--data-dir", dataDir, file])).code).toBe(0);
    const { code, trace } = await traced(dataDir, command(file));
    expect(code).toBe(0);
    const calls = callsOf(trace, output);

    /** Pages of each file that are not on the disk yet. */
    const dirty = { log: new Set<number>(), database: new Set<number>() };
    let largest = 0;
    for (const call of calls) {
      if (call.file !== "log" && call.file !== "database") continue;
      const pages = dirty[call.file];
      if (call.name === "pwrite64") pages.add(Math.floor(call.offset / 4_096));
      else if (call.name === "sync_file_range") {
        for (const page of pages)
          if (page * 4_096 >= call.offset && page * 4_096 < call.offset + call.bytes) pages.delete(page);
      } else if (isSync(call)) {
        largest = Math.max(largest, pages.size * 4_096);
        pages.clear();
      }
    }
    expect(largest).toBeLessThan(MOST_BYTES);

    const of = (file: Call["file"], is: (call: Call) => boolean) => (call: Call) => call.file === file && is(call);
    const written = of("log", ({ name }) => name === "pwrite64");
    const copied = of("database", ({ name }) => name === "pwrite64");
    const pages = calls.filter(copied).length;
    expect(pages).toBeGreaterThan((ROWS * 300) / 4_096);
    // The many pages of the import, not the few of a new catalogue.
    const firstCopied = calls.findIndex(
      (call, at) => copied(call) && calls.slice(at, at + 100).filter(copied).length > 90,
    );
    const committed = calls.findLastIndex((call, at) => at < firstCopied && written(call));
    const synced = calls.findIndex((call, at) => at > committed && call.file === "log" && isSync(call));
    expect([committed > 0, synced > committed, synced < firstCopied]).toEqual([true, true, true]);
    const lastCopied = calls.findLastIndex(copied);
    const safe = calls.findIndex((call, at) => at > lastCopied && call.file === "database" && isSync(call));
    const emptied = calls.findIndex(({ name, file }) => name === "ftruncate" && file === "log");
    const said = calls.findLastIndex(({ file }) => file === "output");
    expect({ safe: safe > lastCopied, emptied: emptied > safe, said: said > synced }).toEqual({
      safe: true,
      emptied: true,
      said: true,
    });
    rmSync(folder, { recursive: true });
  },
  120_000,
);

test("an import that is killed at any step is in the catalogue as a whole or not at all, and once when it is repeated", async () => {
  const folder = temporaryFolder();
  const file = sales(folder, 4_000);
  const kill = (dataDir: string, call: string, name: string, at: number) =>
    traced(
      dataDir,
      ["import", "--kind", "sales", file],
      [...["-P", join(dataDir, name)], ...["-e", `inject=${call}:signal=KILL:when=${at}`]],
    );
  const steps = [
    { call: "pwrite64", name: "catalogue.db-wal", at: 300, rows: 0 },
    { call: "sync_file_range", name: "catalogue.db-wal", at: 2, rows: 4_000 },
    { call: "pwrite64", name: "catalogue.db", at: 300, rows: 4_000 },
    { call: "sync_file_range", name: "catalogue.db", at: 2, rows: 4_000 },
  ];
  const found = await Promise.all(
    steps.map(async ({ call, name, at, rows }, step) => {
      const dataDir = join(folder, `${step}`, "data");
      // The files are there, so that strace knows their names.
      expect((await run(["import", "--data-dir", dataDir, "--kind", "agencies", agencies(folder)])).code).toBe(0);
      const { signal } = await kill(dataDir, call, name, at);
      const [before, repeated] = [contents(dataDir).length, await run(["import", "--data-dir", dataDir, file])];
      return [signal, before === rows, repeated.code, contents(dataDir).length];
    }),
  );
  expect(found).toEqual(steps.map(() => ["SIGKILL", true, 0, 4_000]));
  rmSync(folder, { recursive: true });
}, 120_000);

test("an import that the disk does not persist is undone, and its error says what to do", async () => {
  const folder = temporaryFolder();
  const [dataDir, file] = [join(folder, "data"), sales(folder, 200)];
  expect((await run(["import", "--data-dir", dataDir, "--kind", "agencies", agencies(folder)])).code).toBe(0);
  const inject = ["-P", join(dataDir, "catalogue.db-wal"), "-e", "inject=fdatasync:error=EIO"];
  const failed = await traced(dataDir, ["import", "--kind", "sales", file], inject);
  expect(failed).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/reports an error \(EIO\), so the latest changes may be lost: check the disk/),
  });
  expect(contents(dataDir)).toEqual([]);
  expect((await run(["import", "--data-dir", dataDir, file])).code).toBe(0);
  expect(contents(dataDir)).toHaveLength(200);
  rmSync(folder, { recursive: true });
}, 120_000);

function agencies(folder: string): string {
  const path = join(folder, "agencies.csv");
  writeFileSync(path, "id,name\nnp,Norfolk & Pine\n");
  return path;
}

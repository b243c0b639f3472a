import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { writeImportFiles } from "./import-files.ts";
import type { Row } from "./table.ts";

/** Rows of each file; the product's claim is about a million. */
const ROWS = Number(process.env.BENCH_ROWS ?? 1_000_000);
const BINARY = resolve(import.meta.dir, "../dist/agentlink");

/** Installed for the run alone: the project has no use for it. */
const DUCKDB = "@duckdb/node-api@1.5.6-r.1";
const INSTALL_LIMIT_MS = 30_000;

/** A command that reads a file of so many rows. */
interface Reader {
  readonly what: string;
  readonly file: string;
  readonly command: readonly string[];
}

/**
 * An export, the same as a workbook, and the register, taken in by the binary; beside csv-parse that stores nothing, and
 * sqlite3's own `.import` and DuckDB's reader of CSV, which understand nothing. Processor time is compared: the machine is
 * shared.
 */
export async function benchImport(): Promise<readonly Row[]> {
  const folder = mkdtempSync(join(tmpdir(), "agentlink-bench-import-"));
  try {
    if (!existsSync(BINARY)) throw new Error("bun run build first");
    const { csv, xlsx, dat } = await writeImportFiles(folder, ROWS);
    const own = (what: string, file: string): Reader => ({
      what,
      file,
      command: [BINARY, "import", "--data-dir", mkdtempSync(join(folder, "data-")), file],
    });
    const readers = [own("export, CSV", csv), own("the same, a workbook", xlsx), own("the NSW register", dat)];
    const rows: Row[] = [];
    for (const reader of [...readers, ...(await otherReaders(folder, csv))])
      rows.push(await measureReader(reader, ROWS));
    return rows;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** What others do with the file: parse it, or store its cells as they are. Those that are not installed are left out. */
export async function otherReaders(folder: string, csv: string): Promise<readonly Reader[]> {
  const parse = join(folder, "parse.ts");
  await Bun.write(
    parse,
    `import { createReadStream } from "node:fs";\nimport { parse } from "${resolve(import.meta.dir, "../node_modules/csv-parse/lib/index.js")}";\nlet n = 0;\nfor await (const _ of createReadStream(${JSON.stringify(csv)}).pipe(parse({ bom: true }))) n += 1;\nconsole.log(n);\n`,
  );
  const duckdb = await installDuckDb(folder, csv);
  const sqlite = ["sqlite3", join(folder, "d.db"), "-cmd", ".mode csv", `.import ${csv} t`];
  return [
    { what: "csv-parse alone, keeps nothing", file: csv, command: [process.execPath, parse] },
    ...(Bun.which("sqlite3") === null ? [] : [{ what: "sqlite3 .import, as texts", file: csv, command: sqlite }]),
    ...(duckdb === null
      ? []
      : [{ what: "DuckDB, read_csv into a table", file: csv, command: [process.execPath, duckdb] }]),
  ];
}

/** Runs it once. @throws Error where it fails. */
export async function measureReader({ what, file, command }: Reader, rows: number): Promise<Row> {
  const child = Bun.spawn([...command], {
    stdout: "ignore",
    stderr: "ignore",
    env: { ...process.env, AGENTLINK_LOG_LEVEL: "error" },
  });
  const began = performance.now();
  const peak = watchPeak(child.pid);
  if ((await child.exited) !== 0) throw new Error(`${what}: ended with ${child.exitCode}`);
  const seconds = (performance.now() - began) / 1_000;
  const cpu = Number((child.resourceUsage()?.cpuTime.total ?? 0n) as bigint) / 1e6;
  return {
    what,
    rows: rows.toLocaleString("en"),
    "file, MB": String(Math.round(statSync(file).size / 1e6)),
    "rows/s of one core": Math.round(rows / cpu).toLocaleString("en"),
    "rows/s": Math.round(rows / seconds).toLocaleString("en"),
    "peak, MB": String(Math.round(peak() / 1e3)),
  };
}

/** A program that has DuckDB read the file; null where it cannot be installed. */
async function installDuckDb(folder: string, csv: string): Promise<string | null> {
  await Bun.write(join(folder, "package.json"), "{}");
  const added = Bun.spawn([process.execPath, "add", "--exact", DUCKDB], {
    cwd: folder,
    stdout: "ignore",
    stderr: "ignore",
    timeout: INSTALL_LIMIT_MS,
  });
  if ((await added.exited) !== 0) return null;
  const script = join(folder, "duckdb.ts");
  const sql = `CREATE TABLE t AS SELECT * FROM read_csv('${csv}')`;
  await Bun.write(
    script,
    `import { DuckDBInstance } from "@duckdb/node-api";\nconst db = await DuckDBInstance.create(${JSON.stringify(join(folder, "e.duckdb"))});\nconst connection = await db.connect();\nawait connection.run(${JSON.stringify(sql)});\nawait connection.run("CHECKPOINT");\nprocess.exit(0);\n`,
  );
  return script;
}

/** The most memory that a process has had, in kB: what the system reports at its end is that of this one, too. */
function watchPeak(pid: number): () => number {
  let most = 0;
  const timer = setInterval(() => {
    const status = existsSync(`/proc/${pid}/status`) ? readFileSync(`/proc/${pid}/status`, "utf8") : "";
    most = Math.max(most, Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0));
  }, 20);
  return () => {
    clearInterval(timer);
    return most;
  };
}

import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { writeXlsxStream } from "hucre/xlsx";
import { startBinary, temporaryFolder } from "../tests/e2e/binary.ts";
import { load } from "./load.ts";
import type { Row } from "./table.ts";

/** Rows of each file; the product's claim is about a million. */
const ROWS = Number(process.env.BENCH_ROWS ?? 1_000_000);
const BINARY = resolve(import.meta.dir, "../dist/agentlink");
const HEADERS = [
  "Street Address",
  "Suburb",
  "State",
  "Postcode",
  "Property Type",
  "Bed",
  "Land Size",
  "Sale Date",
  "Sale Price",
  "Sale Type",
  "Agency",
  "Agent",
];
const SUBURBS = [
  ["Manly", "2095"],
  ["Fairlight", "2094"],
  ["Mosman", "2088"],
  ["Balgowlah", "2093"],
] as const;

/** Installed for the run alone: the project has no use for it. */
const DUCKDB = "@duckdb/node-api@1.5.6-r.1";

/**
 * An export, the same as a workbook, and the register, taken in by the binary; beside csv-parse that keeps nothing, and
 * sqlite3's own `.import` and DuckDB's reader of CSV, which understand nothing. Processor time is compared: the machine is
 * shared.
 */
export async function benchImport(): Promise<readonly Row[]> {
  const folder = mkdtempSync(join(tmpdir(), "agentlink-bench-import-"));
  try {
    const csv = join(folder, "export.csv");
    const xlsx = join(folder, "export.xlsx");
    const dat = join(folder, "271.DAT");
    await write(csv, [`${HEADERS.join(",")}\n`], csvLine);
    await write(dat, ["A;RTSALEDATA;271;20260727 01:00;VALNET;\n"], registered, `Z;${ROWS + 2};${ROWS};0;0;\n`);
    await Bun.write(
      xlsx,
      new Response(
        writeXlsxStream(sheet(), { name: "Sold", columns: HEADERS.map((header) => ({ header, key: header })) }),
      ),
    );
    const parse = join(folder, "parse.ts");
    await Bun.write(
      parse,
      `import { createReadStream } from "node:fs";\nimport { parse } from "${resolve(import.meta.dir, "../node_modules/csv-parse/lib/index.js")}";\nlet n = 0;\nfor await (const _ of createReadStream(${JSON.stringify(csv)}).pipe(parse({ bom: true }))) n += 1;\nconsole.log(n);\n`,
    );
    const duckdb = await installDuckDb(folder, csv);
    const measured: readonly (readonly [string, string, readonly string[]])[] = [
      ["export, CSV", csv, [BINARY, "import", "--data-dir", join(folder, "a"), csv]],
      ["the same, a workbook", xlsx, [BINARY, "import", "--data-dir", join(folder, "b"), xlsx]],
      ["the NSW register", dat, [BINARY, "import", "--data-dir", join(folder, "c"), dat]],
      ["csv-parse alone, keeps nothing", csv, [process.execPath, parse]],
      ["sqlite3 .import, as texts", csv, ["sqlite3", join(folder, "d.db"), "-cmd", ".mode csv", `.import ${csv} t`]],
      ...(duckdb === null ? [] : [["DuckDB, read_csv into a table", csv, [process.execPath, duckdb]] as const]),
    ];
    const rows: Row[] = [];
    for (const [name, file, command] of measured) {
      if (command[0] === BINARY && !existsSync(BINARY)) throw new Error("bun run build first");
      const child = Bun.spawn([...command], {
        stdout: "ignore",
        stderr: "ignore",
        env: { ...process.env, AGENTLINK_LOG_LEVEL: "error" },
      });
      const began = performance.now();
      const peak = watchPeak(child.pid);
      if ((await child.exited) !== 0) throw new Error(`${name}: ended with ${child.exitCode}`);
      const seconds = (performance.now() - began) / 1_000;
      const usage = child.resourceUsage();
      const cpu = Number((usage?.cpuTime.total ?? 0n) as bigint) / 1e6;
      rows.push({
        what: name,
        rows: ROWS.toLocaleString("en"),
        "file, MB": String(Math.round(statSync(file).size / 1e6)),
        "rows/s of one core": Math.round(ROWS / cpu).toLocaleString("en"),
        "rows/s": Math.round(ROWS / seconds).toLocaleString("en"),
        "peak, MB": String(Math.round(peak() / 1e3)),
      });
    }
    return rows;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A program that has DuckDB read the file; null where it cannot be installed. */
async function installDuckDb(folder: string, csv: string): Promise<string | null> {
  await Bun.write(join(folder, "package.json"), "{}");
  const added = Bun.spawn([process.execPath, "add", "--exact", DUCKDB], {
    cwd: folder,
    stdout: "ignore",
    stderr: "ignore",
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

/** POST p99 while the service takes in a million rows over HTTP, beside idle. */
export async function benchImportBeside(): Promise<readonly Row[]> {
  const dataDir = temporaryFolder();
  const csv = join(dataDir, "export.csv");
  await write(csv, [`${HEADERS.join(",")}\n`], csvLine);
  const service = await startBinary({ dataDir });
  const url = `${service.url}/api/generate-agents-report`;
  const measure = () => load({ url, body: UNRENDERED, connections: 4, seconds: 5, rate: 50 });
  try {
    await measure();
    const rows: Row[] = [];
    for (let round = 1; round <= 3; round++) {
      const idle = await measure();
      let ended = false;
      const began = performance.now();
      const upload = fetch(`${service.url}/api/catalogue/sales?name=round-${round}.csv`, {
        method: "PUT",
        headers: { "Content-Type": "text/csv" },
        body: Bun.file(csv),
      }).then(async (response) => {
        ended = true;
        if (!response.ok) throw new Error(await response.text());
        return (performance.now() - began) / 1_000;
      });
      const busy = await measure();
      if (ended) throw new Error("the import ended before the measurement did");
      const seconds = await upload;
      rows.push({
        round,
        "idle p99 ms": idle.p99Ms.toFixed(1),
        "p99 ms while importing": busy.p99Ms.toFixed(1),
        ratio: (busy.p99Ms / idle.p99Ms).toFixed(1),
        "rows/s of the import": Math.round(ROWS / seconds).toLocaleString("en"),
      });
    }
    return rows;
  } finally {
    await service.end("SIGKILL");
    rmSync(dataDir, { recursive: true, force: true });
  }
}

/** A suburb that the catalogue knows nothing of: the job is stored, gathered, and ends there. */
const UNRENDERED = JSON.stringify({ suburb: "Cottesloe", state: "WA", priority: 0 });

/** The most memory that a process has had, in kB: what the system tells at its end is that of this one, too. */
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

function cells(n: number): readonly (string | number)[] {
  const [suburb, postcode] = SUBURBS[n % 4] ?? SUBURBS[0];
  const type = ["House", "Apartment", "Townhouse"][n % 3] ?? "House";
  return [
    `${n} Ocean Street`,
    suburb,
    "NSW",
    postcode,
    type,
    n % 5,
    "450 m²",
    `${1 + (n % 28)}/${1 + (n % 10)}/2025`,
    `$${(900_000 + n).toLocaleString("en-AU")}`,
    "Private Treaty",
    `Agency ${n % 50}`,
    `Agent ${n % 400}`,
  ];
}

function csvLine(n: number): string {
  const line = cells(n).map((cell) => (String(cell).includes(",") ? `"${cell}"` : cell));
  return `${line.join(",")}\n`;
}

function* sheet() {
  for (let n = 0; n < ROWS; n++) yield [...cells(n)];
}

function registered(n: number): string {
  const [suburb, postcode] = SUBURBS[n % 4] ?? SUBURBS[0];
  const day = `2025${String(1 + (n % 9)).padStart(2, "0")}${String(1 + (n % 28)).padStart(2, "0")}`;
  return `B;271;${n};${n};20260727 01:00;;;${n};OCEAN ST;${suburb.toUpperCase()};${postcode};500;M;${day};${day};${900_000 + n};R2;R;RESIDENCE;;AAN;;;D${n};\n`;
}

async function write(path: string, head: readonly string[], line: (n: number) => string, end = ""): Promise<void> {
  const writer = Bun.file(path).writer();
  for (const text of head) writer.write(text);
  for (let n = 0; n < ROWS; n++) {
    writer.write(line(n));
    if (n % 10_000 === 0) await writer.flush();
  }
  writer.write(end);
  await writer.end();
}

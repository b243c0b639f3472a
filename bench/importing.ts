import { rmSync } from "node:fs";
import { startBinary, temporaryFolder } from "../tests/e2e/binary.ts";
import { measureReader, otherReaders } from "./import.ts";
import { writeImportFiles } from "./import-files.ts";
import type { Row } from "./table.ts";

/** Rows for a run of a minute and a half on two quiet cores. */
const ROWS = Number(process.env.BENCH_ROWS ?? 200_000);
const PER_SECOND = 50;
const IDLE_MS = 4_000;
const BURN_SECONDS = 6;
/** Of an import's priority (src/import/task.ts): what a thread costs that only spins. */
const NICE = 8;

/** Response times in ms, each from when its request was due. */
interface Times {
  readonly post: number[];
  readonly get: number[];
}

/**
 * Posts and reads of the API while a file is imported over HTTP, beside an idle service before each, and beside a program
 * that only spins at the import's priority. Requests go at their times whether earlier ones have their response or not,
 * so that a stall counts for all that it delays. Behind them what others make of the same file.
 */
export async function benchImporting(): Promise<readonly Row[]> {
  const dataDir = temporaryFolder();
  const files = await writeImportFiles(dataDir, ROWS);
  const service = await startBinary({ dataDir });
  const idle: Times = { post: [], get: [] };
  const busy: [what: string, times: Times, rowsPerSecond: string][] = [];
  const upload = (path: string, file: string) => async () => {
    const method = path.startsWith("/api/import") ? "POST" : "PUT";
    const type = method === "PUT" ? "text/csv" : "application/octet-stream";
    const headers = { "Content-Type": type };
    const response = await fetch(`${service.url}${path}`, { method, headers, body: Bun.file(file), timeout: false });
    if (!response.ok) throw new Error(await response.text());
  };
  const burn = async () => {
    const spin = `const end = Date.now() + ${BURN_SECONDS * 1_000}; while (Date.now() < end);`;
    await Bun.spawn(["nice", "-n", String(NICE), process.execPath, "-e", spin]).exited;
  };
  try {
    await during(service.url, { post: [], get: [] }, () => Bun.sleep(IDLE_MS));
    for (const [what, work] of [
      ["importing CSV", upload("/api/catalogue/sales?name=export.csv", files.csv)],
      ["importing a workbook", upload("/api/import?name=export.xlsx", files.xlsx)],
      ["importing the NSW register", upload("/api/import?name=271.DAT", files.dat)],
      [`a program that only spins (nice ${NICE})`, burn],
    ] as const) {
      await during(service.url, idle, () => Bun.sleep(IDLE_MS));
      const times: Times = { post: [], get: [] };
      const seconds = await during(service.url, times, work);
      busy.push([what, times, work === burn ? "" : Math.round(ROWS / seconds).toLocaleString("en")]);
    }
    const rows: Row[] = busy.map(([what, times, rowsPerSecond]) => ({
      what,
      "rows/s": rowsPerSecond,
      "POST p99 ms, idle": p99(idle.post).toFixed(1),
      busy: p99(times.post).toFixed(1),
      ratio: (p99(times.post) / p99(idle.post)).toFixed(1),
      "GET p99 ms, idle": p99(idle.get).toFixed(1),
      "busy ": p99(times.get).toFixed(1),
      "ratio ": (p99(times.get) / p99(idle.get)).toFixed(1),
    }));
    await service.end("SIGKILL");
    const blank = Object.fromEntries(Object.keys(rows[0] ?? {}).map((name) => [name, ""]));
    for (const reader of await otherReaders(dataDir, files.csv)) {
      const { what = "", "rows/s": perSecond = "" } = await measureReader(reader, ROWS);
      rows.push({ ...blank, what, "rows/s": perSecond });
    }
    return rows;
  } finally {
    await service.end("SIGKILL");
    rmSync(dataDir, { recursive: true, force: true });
  }
}

/** A suburb that the catalogue knows nothing of: the job is stored, gathered, and ends there. */
const UNRENDERED = JSON.stringify({ suburb: "Cottesloe", state: "WA", priority: 0 });

/** Measures until the work is done; returns its seconds. */
async function during(url: string, into: Times, work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  let ended = false;
  const done = work().finally(() => {
    ended = true;
  });
  const requested: Promise<void>[] = [];
  for (let n = 0; !ended; n++) {
    const due = began + (n * 1_000) / (2 * PER_SECOND);
    const wait = due - performance.now();
    if (wait > 0) await Bun.sleep(wait);
    requested.push(n % 2 === 0 ? post(url, due, into.post) : get(url, due, into.get));
  }
  await done;
  const seconds = (performance.now() - began) / 1_000;
  await Promise.all(requested);
  return seconds;
}

async function post(url: string, due: number, times: number[]): Promise<void> {
  const response = await fetch(`${url}/api/generate-agents-report`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: UNRENDERED,
  });
  await response.arrayBuffer();
  if (!response.ok) throw new Error(`a POST got ${response.status}`);
  times.push(performance.now() - due);
}

async function get(url: string, due: number, times: number[]): Promise<void> {
  const response = await fetch(`${url}/api/jobs?limit=5`);
  await response.arrayBuffer();
  if (!response.ok) throw new Error(`a read got ${response.status}`);
  times.push(performance.now() - due);
}

function p99(times: readonly number[]): number {
  const sorted = [...times].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * 0.99))] ?? Number.NaN;
}

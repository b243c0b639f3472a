import { basename, join } from "node:path";
import { binaryPath, post, type RunningBinary, startBinary, temporaryFolder, untilEnded } from "../tests/e2e/binary.ts";
import { catalogueJob, importManly } from "../tests/e2e/jobs.ts";
import { fillJobs } from "./claim.ts";
import { load } from "./load.ts";
import { median, type Row } from "./table.ts";

/** A suburb the sample catalogue knows nothing of: the job is stored, gathered, and ends there. */
const UNRENDERED = JSON.stringify({ suburb: "Cottesloe", state: "WA", priority: 0 });

/** POST p99 with every render thread busy, beside idle; on the compiled binary. */
export async function benchBusy(): Promise<readonly Row[]> {
  const dataDir = temporaryFolder();
  await importManly(dataDir);
  const service = await startBinary({ dataDir });
  const url = `${service.url}/api/generate-agents-report`;
  const measure = () => load({ url, body: UNRENDERED, connections: 4, seconds: 5, rate: 100 });
  await measure();
  const rows: Row[] = [];
  for (let round = 0; round < 3; round++) {
    const idle = await measure();
    const jobs = await Promise.all(Array.from({ length: 120 }, () => post(service.url, catalogueJob())));
    const busy = await measure();
    const left = (await Promise.all(jobs.map((id) => status(service, id)))).filter((status) => status === "processing");
    if (left.length === 0) throw new Error("the renders ended before the measurement did");
    await Promise.all(jobs.map((id) => untilEnded(service.url, id)));
    rows.push({
      round: round + 1,
      "idle p50 ms": idle.p50Ms.toFixed(2),
      "idle p99 ms": idle.p99Ms.toFixed(2),
      "busy p50 ms": busy.p50Ms.toFixed(2),
      "busy p99 ms": busy.p99Ms.toFixed(2),
      "p99 ratio": (busy.p99Ms / idle.p99Ms).toFixed(1),
    });
  }
  await service.end("SIGTERM");
  return rows;
}

/**
 * Memory: idle, with two threads busy for 1,000 reports (or BENCH_REPORTS), and idle again. With BENCH_BINARIES (paths with
 * a comma between them) of each of those.
 */
export async function benchMemory(): Promise<readonly Row[]> {
  const named = (process.env.BENCH_BINARIES ?? "").split(",").filter((path) => path !== "");
  const rows: Row[] = [];
  for (const binary of named.length === 0 ? [binaryPath()] : named)
    for (const row of await memoryOf(binary))
      rows.push({ ...(named.length > 0 && { binary: basename(binary) }), ...row });
  return rows;
}

async function memoryOf(binary: string): Promise<readonly Row[]> {
  const reports = Number(process.env.BENCH_REPORTS ?? 1_000);
  const dataDir = temporaryFolder();
  await importManly(dataDir);
  const service = await startBinary({ binary, dataDir, env: { AGENTLINK_RENDER_THREADS: "2" } });
  await Bun.sleep(2_000);
  const rows: Row[] = [memoryRow("idle, just started", [await resident(service)])];
  for (let done = 0; done < reports; done += reports / 5) {
    const jobs = await Promise.all(Array.from({ length: reports / 5 }, () => post(service.url, catalogueJob())));
    const seen: Resident[] = [];
    const watch = setInterval(async () => seen.push(await resident(service)), 200);
    await Promise.all(jobs.map((id) => untilEnded(service.url, id)));
    clearInterval(watch);
    rows.push(memoryRow(`busy, reports ${done + 1} to ${done + reports / 5}`, seen));
  }
  await Bun.sleep(5_000);
  rows.push(memoryRow("idle again", [await resident(service)]));
  await service.end("SIGTERM");
  return rows;
}

function memoryRow(when: string, seen: readonly Resident[]): Row {
  const mean = (kind: keyof Resident) => Math.round(seen.reduce((sum, one) => sum + one[kind], 0) / seen.length);
  return {
    when,
    "RSS MB": mean("all"),
    "largest, MB": Math.round(Math.max(...seen.map(({ all }) => all))),
    "of the process only, MB": mean("own"),
    "pages of files, MB": mean("files"),
  };
}

/** From the start of the process to its first 200, with an empty table and with a million jobs. */
export async function benchStart(): Promise<readonly Row[]> {
  const folders = { empty: temporaryFolder(), "a million jobs": temporaryFolder() };
  for (const dataDir of Object.values(folders)) await (await startBinary({ dataDir })).end("SIGTERM");
  fillJobs(join(folders["a million jobs"], "agentlink.db"), "completed", 1_000_000);
  const times: Record<keyof typeof folders, number[]> = { empty: [], "a million jobs": [] };
  for (let round = 0; round < 7; round++)
    for (const name of Object.keys(folders) as (keyof typeof folders)[])
      times[name].push(await firstResponse(folders[name]));
  return (Object.keys(folders) as (keyof typeof folders)[]).map((name) => ({
    table: name,
    "first 200 after ms (median)": Math.round(median(times[name])),
    "slowest of 7": Math.round(Math.max(...times[name])),
  }));
}

async function firstResponse(dataDir: string): Promise<number> {
  const started = performance.now();
  const service = await startBinary({ dataDir, env: { AGENTLINK_RETENTION: "10000d" } });
  const response = await fetch(`${service.url}/readyz`);
  const ms = performance.now() - started;
  if (response.status !== 200) throw new Error(`${response.status}: ${await response.text()}`);
  await service.end("SIGKILL");
  return ms;
}

/** Memory of a process that is in RAM, in MB. */
interface Resident {
  readonly all: number;
  /** Only this process has it, and it must stay: heaps, compiled code, stacks. */
  readonly own: number;
  /** Pages of the binary and of libraries, which the system shares and can drop. */
  readonly files: number;
}

async function resident(service: RunningBinary): Promise<Resident> {
  const status = await Bun.file(`/proc/${service.pid}/status`).text();
  const megabytes = (name: string) => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1]) / 1_024;
  return { all: megabytes("VmRSS"), own: megabytes("RssAnon") + megabytes("RssShmem"), files: megabytes("RssFile") };
}

async function status(service: RunningBinary, id: string): Promise<string> {
  return ((await (await fetch(`${service.url}/api/job-status/${id}`)).json()) as { status: string }).status;
}

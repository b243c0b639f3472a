import { post, type RunningBinary, startBinary, temporaryFolder, untilEnded } from "../tests/e2e/binary.ts";
import { inlineJob } from "../tests/e2e/jobs.ts";
import { median, type Row } from "./table.ts";

const ROUNDS = 5;
const POSTS = 500;
/** Sent at once. */
const TOGETHER = 10;
const REPORTS = 30;
/** A process counts its time in these (proc(5), USER_HZ). */
const TICK_MS = 10;

/** Of one start of the service: CPU time in ms, memory in MB. */
interface Cost {
  readonly "start, CPU": number;
  readonly "a request, CPU": number;
  readonly "a report, CPU": number;
  readonly "memory after the start": number;
  readonly "most memory": number;
}

/**
 * The whole service of two binaries, in turns: each round starts both, in the other order than the round before. CPU time
 * and memory, since a wall clock measures whatever else uses the machine.
 */
export async function benchCompare(before: string, after: string): Promise<readonly Row[]> {
  const costs = { before: [] as Cost[], after: [] as Cost[] };
  for (let round = 0; round < ROUNDS; round++)
    for (const side of round % 2 === 0 ? (["before", "after"] as const) : (["after", "before"] as const))
      costs[side].push(await costOf(side === "before" ? before : after));
  const size = { before: Bun.file(before).size, after: Bun.file(after).size };
  const names = Object.keys(costs.before[0] ?? {}) as (keyof Cost)[];
  const rows = names.map((what) => {
    const [old, now] = [costs.before, costs.after].map((each) => each.map((cost) => cost[what]));
    const ratios = (now ?? []).map((cost, round) => cost / (old?.[round] ?? Number.NaN));
    return {
      what,
      before: shown(median(old ?? [])),
      after: shown(median(now ?? [])),
      "median of the rounds' ratios": median(ratios).toFixed(2),
      "lowest, ratio": (Math.min(...(now ?? [])) / Math.min(...(old ?? []))).toFixed(2),
    };
  });
  const sizes = { before: shown(size.before / 1e6), after: shown(size.after / 1e6) };
  const ratio = (size.after / size.before).toFixed(2);
  return [...rows, { what: "size, MB", ...sizes, "median of the rounds' ratios": ratio, "lowest, ratio": ratio }];
}

async function costOf(binary: string): Promise<Cost> {
  const service = await startBinary({ dataDir: temporaryFolder(), binary, env: { AGENTLINK_RENDER_THREADS: "1" } });
  try {
    await fetch(`${service.url}/readyz`);
    const start = await cpuMs(service);
    const memory = await megabytes(service, "VmRSS");
    await fetch(`${service.url}/api/queue/pause`, { method: "POST" });
    await posts(service, POSTS, {});
    const posted = await cpuMs(service);
    await fetch(`${service.url}/api/queue/resume`, { method: "POST" });
    const rendering = await cpuMs(service);
    // Before those that wait already (9 is first).
    const ids = await posts(service, REPORTS, { priority: 9 });
    await Promise.all(ids.map((id) => untilEnded(service.url, id)));
    const rendered = await cpuMs(service);
    return {
      "start, CPU": start,
      "a request, CPU": (posted - start) / POSTS,
      "a report, CPU": (rendered - rendering) / REPORTS,
      "memory after the start": memory,
      "most memory": await megabytes(service, "VmHWM"),
    };
  } finally {
    await service.end("SIGKILL");
  }
}

async function posts(service: RunningBinary, count: number, more: object): Promise<readonly string[]> {
  const ids: string[] = [];
  while (ids.length < count)
    ids.push(
      ...(await Promise.all(
        Array.from({ length: TOGETHER }, (_, at) => post(service.url, { ...inlineJob(ids.length + at), ...more })),
      )),
    );
  return ids;
}

async function cpuMs({ pid }: RunningBinary): Promise<number> {
  const stat = await Bun.file(`/proc/${pid}/stat`).text();
  const [user = 0, system = 0] = stat.slice(stat.lastIndexOf(")")).split(" ").slice(12, 14).map(Number);
  return (user + system) * TICK_MS;
}

async function megabytes({ pid }: RunningBinary, field: "VmRSS" | "VmHWM"): Promise<number> {
  const status = await Bun.file(`/proc/${pid}/status`).text();
  return Number(new RegExp(`${field}:\\s+(\\d+)`).exec(status)?.[1]) / 1_024;
}

function shown(value: number): string {
  return value < 10 ? value.toFixed(2) : value.toFixed(0);
}

import { type RunningBinary, startBinary, temporaryFolder, untilEnded } from "../tests/e2e/binary.ts";
import { importManly } from "../tests/e2e/jobs.ts";
import { ALL_FIELDS, MAKE, POWERSHELL } from "../tests/e2e/old-requests.ts";
import { median, type Row } from "./table.ts";

/** Each requests another selection of the suburb, so that no two reports are the same. */
const CLIENTS: Readonly<Record<string, string>> = {
  script: JSON.stringify(ALL_FIELDS),
  PowerShell: POWERSHELL,
  Make: JSON.stringify(MAKE),
  houses: JSON.stringify({ suburb: "MANLY", state: "New South Wales", property_types: "House" }),
  plain: JSON.stringify({ suburb: "Manly", state: "NSW" }),
};
const STARTS = 3;
/** On one service, the first right after its start: its threads are not there yet, and nothing is compiled. */
const WAVES = ["just started", "second", "third", "fourth"] as const;

/** Five different clients of the old service that post at the same time: from the post to the last report's end. */
export async function benchFive(): Promise<readonly Row[]> {
  const times = new Map(WAVES.map((wave) => [wave, { ms: [] as number[], cpu: [] as number[] }]));
  for (let start = 0; start < STARTS; start++) {
    const dataDir = temporaryFolder();
    await importManly(dataDir);
    const service = await startBinary({ dataDir, env: { AGENTLINK_RENDER_THREADS: "2" } });
    for (const { ms, cpu } of times.values()) {
      const [began, before] = [performance.now(), await cpuMs(service)];
      await Promise.all(Object.values(CLIENTS).map((body) => report(service.url, body)));
      ms.push(performance.now() - began);
      cpu.push((await cpuMs(service)) - before);
    }
    await service.end("SIGTERM");
  }
  return [...times].map(([wave, { ms, cpu }]) => ({
    "five at once": wave,
    "s, median": (median(ms) / 1_000).toFixed(2),
    "s, lowest": (Math.min(...ms) / 1_000).toFixed(2),
    "s, most": (Math.max(...ms) / 1_000).toFixed(2),
    "CPU s, median": (median(cpu) / 1_000).toFixed(2),
    "CPU s, lowest": (Math.min(...cpu) / 1_000).toFixed(2),
  }));
}

async function report(url: string, body: string): Promise<void> {
  const headers = { "content-type": "application/json" };
  const response = await fetch(`${url}/api/generate-agents-report`, { method: "POST", headers, body });
  if (response.status !== 200) throw new Error(`${response.status}: ${await response.text()}`);
  const { job_id } = (await response.json()) as { job_id: string };
  const { status } = await untilEnded(url, job_id);
  if (status !== "completed") throw new Error(`a report has ${status}: ${body}`);
}

/** Of the whole process, in proc(5)'s hundredths of a second. */
async function cpuMs({ pid }: RunningBinary): Promise<number> {
  const stat = await Bun.file(`/proc/${pid}/stat`).text();
  const [user = 0, system = 0] = stat.slice(stat.lastIndexOf(")")).split(" ").slice(12, 14).map(Number);
  return (user + system) * 10;
}

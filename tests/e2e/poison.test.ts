import { expect, test } from "bun:test";
import { join } from "node:path";
import { until } from "../until.ts";
import { type JobStatus, post, startBinary, temporaryFolder } from "./binary.ts";
import { inlineJob } from "./jobs.ts";

const SERVICE = [process.execPath, join(import.meta.dir, "poison-service.ts")];
/** A render that spins is tested in stuck-render.test.ts, which need not wait for its attempts to time out. */
const POISONS = ["allocate", "bring the process down"];
/** One in twenty is poisonous. */
const JOBS = 20 * POISONS.length;

test("with one in twenty jobs poisonous all others complete, each once, and each poison costs its own job only", async () => {
  const dataDir = temporaryFolder();
  const env = {
    AGENTLINK_RENDER_THREADS: "2",
    AGENTLINK_MEMORY_LIMIT: "1GB",
    AGENTLINK_MAX_ATTEMPTS: "3",
    AGENTLINK_JOB_TIMEOUT: "60s",
    AGENTLINK_STOP_GRACE: "1s",
  };
  let restarts = 0;
  let service = await startBinary({ dataDir, command: SERVICE, env });
  let over = false;
  // As systemd does: what brings the process down is met by a new one.
  const supervised = (async () => {
    while (!over) {
      await Bun.sleep(50);
      if (isAlive(service.pid) || over) continue;
      service = await startBinary({ dataDir, command: SERVICE, env });
      restarts += 1;
    }
  })();

  const wanted = Array.from({ length: JOBS }, (_, number) => {
    const poison = number % 20 === 10 ? (POISONS[(number - 10) / 20] ?? null) : null;
    const job = inlineJob(number);
    return poison === null ? job : { ...job, data: { agents: [{ name: `poison: ${poison}` }, ...job.data.agents] } };
  });
  const ids: string[] = [];
  for (const body of wanted) ids.push(await again(() => post(service.url, body)));
  const ended = new Map<string, JobStatus>();
  for (const id of ids)
    for (let job: JobStatus | null = null; job === null || job.status === "processing"; ) {
      job = await again(
        async () => (await (await fetch(`${service.url}/api/job-status/${id}?wait=5`)).json()) as JobStatus,
      );
      ended.set(id, job);
    }
  over = true;
  await supervised;

  const poisoned = POISONS.map((poison, at) => {
    const job = ended.get(ids[20 * at + 10] ?? "");
    return [poison, job?.status, job?.failure?.code];
  });
  expect(poisoned).toEqual([
    ["allocate", "failed", "poisonous"],
    ["bring the process down", "failed", "poisonous"],
  ]);
  const others = [...ended.values()].filter(({ status }) => status === "completed");
  expect(others).toHaveLength(JOBS - POISONS.length);
  expect(new Set(others.map(({ result }) => result?.delivered_to)).size).toBe(others.length);
  // Once in a thread; from then on alone, where only its own process dies. What allocates is ended before that.
  expect(restarts).toBe(1);
  await service.end("SIGTERM");
}, 600_000);

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Requests in flight when the process went down are repeated. */
async function again<T>(work: () => Promise<T>): Promise<T> {
  const done = await until(() =>
    work().then(
      (value) => ({ value }),
      () => null,
    ),
  );
  return done.value;
}

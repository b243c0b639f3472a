import { Database } from "bun:sqlite";
import { expect } from "bun:test";
import { join } from "node:path";
import { onLinux, unless } from "../programs.ts";
import { until } from "../until.ts";
import { binaryPath, post, startBinary, temporaryFolder, untilEnded } from "./binary.ts";
import { memoryGroup } from "./control-group.ts";
import { inlineJob } from "./jobs.ts";

const LIMIT_BYTES = 1_000_000_000;
const group = process.platform === "linux" ? memoryGroup(LIMIT_BYTES) : null;
const test = unless(group === null ? "it needs root: it makes a control group with a memory limit" : null);

/** As many sales as a data set may have, in a body that is just below the limit. */
function largestJob() {
  const sales = Array.from({ length: 20_000 }, (_, at) => ({
    id: `s${at}`,
    address: `${at} Pitt Street, Manly NSW 2095, ${"behind the others ".repeat(2)}`,
    category: at % 2 === 0 ? "house" : "unit",
    price: 1_000_000 + 13 * at,
    sold_date: `2026-0${1 + (at % 6)}-1${at % 10}`,
    agency_ids: [`a${at % 200}`],
    agents: [{ id: `g${at % 500}` }],
  }));
  const agencies = Array.from({ length: 200 }, (_, at) => ({ id: `a${at}`, name: `Agency ${at}` }));
  const agents = Array.from({ length: 500 }, (_, at) => ({
    id: `g${at}`,
    name: `Agent ${at}`,
    agency_id: `a${at % 200}`,
  }));
  return { suburb: "Manly", state: "NSW", data: { as_of: "2026-06-30", agencies, agents, sales } };
}

test("under a limit of 1 GB jobs of the largest size all complete at their first attempt, and the kernel ends nothing", async () => {
  const join = `echo $$ > ${group?.processes}; exec "$0" serve`;
  const env = { AGENTLINK_RENDER_THREADS: "2" };
  const service = await startBinary({ dataDir: temporaryFolder(), command: ["sh", "-c", join, binaryPath()], env });
  const body = largestJob();
  expect(JSON.stringify(body).length).toBeGreaterThan(4_000_000);
  const ids: string[] = [];
  // One more than there are threads: the last has one that another was rendered in before.
  for (let i = 0; i < 3; i += 1) ids.push(await post(service.url, body));
  for (const id of ids) expect(await untilEnded(service.url, id)).toMatchObject({ status: "completed", attempts: 1 });
  expect(group?.killed()).toBe(0);
  expect(await service.end("SIGTERM")).toBe(0);
  group?.remove();
}, 300_000);

onLinux(
  "under a limit that a flood of large bodies reaches no report is to blame: all complete, and none is called a crash",
  async () => {
    const dataDir = temporaryFolder();
    const env = { AGENTLINK_MEMORY_LIMIT: "260MB", AGENTLINK_RENDER_THREADS: "2" };
    const service = await startBinary({ dataDir, env });
    const ids: string[] = [];
    for (let at = 0; at < 4; at += 1) ids.push(await post(service.url, { ...inlineJob(at), edition: "full" }));
    const jobs = new Database(join(dataDir, "agentlink.db"), { readonly: true });
    const counts = () =>
      jobs.query("SELECT count(*) FILTER (WHERE error_code = 'memory_limit') AS stopped FROM attempts").get() as {
        stopped: number;
      };
    // Half a million lists, which are thrown away: what takes memory is to read them.
    const body = JSON.stringify({ ...inlineJob(9), unknown: Array.from({ length: 500_000 }, (_, at) => [at]) });
    let flooding = true;
    const flood = Array.from({ length: 12 }, async () => {
      while (flooding) {
        const init = { method: "POST", body, headers: { "Content-Type": "application/json" } };
        const status = await fetch(`${service.url}/api/generate-agents-report`, init).then(
          (response) => response.status,
        );
        if (status !== 200) await Bun.sleep(50);
      }
    });
    const began = performance.now();
    // Until the watchdog has stopped a render, or for so long as would be enough for it.
    await until(async () => counts().stopped > 0 || performance.now() - began > 10_000);
    flooding = false;
    await Promise.all(flood);
    for (const id of ids) expect(await untilEnded(service.url, id)).toMatchObject({ status: "completed", error: "" });
    const blamed = jobs.query("SELECT id, error_code, crashes FROM jobs WHERE crashes > 0 OR status = 'failed'").all();
    expect(blamed).toEqual([]);
    jobs.close();
    expect(await service.end("SIGTERM")).toBe(0);
  },
  120_000,
);

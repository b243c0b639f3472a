import { expect } from "bun:test";
import { readdirSync } from "node:fs";
import { onLinux } from "../programs.ts";
import { until } from "../until.ts";
import { binaryPath, type JobStatus, post, run, startBinary, temporaryFolder, untilEnded } from "./binary.ts";
import { inlineJob } from "./jobs.ts";

const test = onLinux;
const LIMIT = 72;
/** If each left one file open, that would be noticed. */
const THREADS = 40;
/** Those of its connections, and of threads that have just started or are about to end. */
const OPEN_FOR_NOW = 12;

test("a service whose render threads are ended again and again leaves no file of theirs open", async () => {
  const dataDir = temporaryFolder();
  const service = await startBinary({
    dataDir,
    env: { AGENTLINK_RENDER_THREADS: "2" },
    command: ["sh", "-c", `ulimit -n ${LIMIT}; exec "$0" serve`, binaryPath()],
  });
  const { url, pid } = service;
  const open = () => readdirSync(`/proc/${pid}/fd`).length;
  const before = open();
  const ended: string[] = [];
  for (let number = 0; number < THREADS; number += 1) {
    const id = await post(url, largeJob(number));
    const isRendering = async () => {
      const { status, stage, progress } = (await (await fetch(`${url}/api/job-status/${id}`)).json()) as Rendering;
      return status !== "processing" || (stage === "rendering" && progress > 60);
    };
    await until(isRendering, 60_000, `job ${id} to be rendered`);
    await fetch(`${url}/api/jobs/${id}/cancel`, { method: "POST" });
    ended.push((await untilEnded(url, id)).status);
  }
  expect(new Set(ended)).toEqual(new Set(["cancelled"]));
  expect(open()).toBeLessThan(before + OPEN_FOR_NOW);
  expect(await untilEnded(url, await post(url, inlineJob(1)))).toMatchObject({ status: "completed", attempts: 1 });
  const metrics = await (await fetch(`${url}/metrics`)).text();
  expect(metrics).toContain(`agentlink_max_descriptors ${LIMIT}\n`);
  const [, counted] = /^agentlink_open_descriptors (\d+)$/m.exec(metrics) ?? [];
  expect(Number(counted)).toBeGreaterThanOrEqual(before);
  const { stdout } = await run(["doctor", "--offline", "--data-dir", dataDir, "--url", url]);
  expect(stdout).toMatch(/open files +limit 72|open files +\d\d of 72 are open/);
  expect(await service.end("SIGTERM")).toBe(0);
}, 240_000);

type Rendering = JobStatus & { readonly progress: number };

function largeJob(number: number) {
  const agents = Array.from({ length: 500 }, (_, i) => ({
    name: `Agent ${number}.${i}`,
    supplied: { sales_12m: 10, median_price: 2_000_000 + i },
  }));
  return { suburb: "Manly", state: "NSW", data: { as_of: "2026-06-30", agents } };
}

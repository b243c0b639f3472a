import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Row } from "./table.ts";

const ROUNDS = 8;
const JOBS = 3_000;
const HERE = join(import.meta.dir, "..");

/**
 * The processor time of a job of one document, with stages that do nothing: what the queue, the pipeline and the ledger cost.
 * BENCH_BEFORE names the folder of an earlier commit, with its packages; the two take turns, and the least of each counts, as
 * whatever else the machine does makes it more and never less.
 */
export async function benchCost(): Promise<readonly Row[]> {
  const { BENCH_BEFORE: earlier } = process.env;
  const trees = new Map([
    ...(earlier === undefined ? [] : [["before", earlier] as const]),
    ["this tree", HERE] as const,
  ]);
  const times = new Map<string, number[]>([...trees.keys()].map((name) => [name, []]));
  for (let round = 0; round < ROUNDS; round += 1)
    for (const [name, tree] of trees) times.get(name)?.push(await runJobs(name, tree));
  const least = (name: string) => Math.min(...(times.get(name) ?? []));
  return [...trees.keys()].map((name) => ({
    tree: name,
    "CPU µs a job": Math.round((1_000 * least(name)) / JOBS),
    "× before": earlier === undefined ? "" : (least(name) / least("before")).toFixed(2),
  }));
}

async function runJobs(name: string, tree: string): Promise<number> {
  if (!existsSync(join(tree, "src/main.ts"))) throw new Error(`${tree} is no source tree: set BENCH_BEFORE to one`);
  const child = Bun.spawn([process.execPath, join(import.meta.dir, "cost-jobs.ts"), tree, String(JOBS)]);
  const ms = Number(await new Response(child.stdout).text());
  if ((await child.exited) !== 0 || !(ms > 0)) throw new Error(`the jobs of ${name} did not run to their end`);
  return ms;
}

import { parseArgs } from "node:util";
import { tortureCluster } from "./cluster.ts";

const { values } = parseArgs({
  options: { jobs: { type: "string" }, seed: { type: "string" }, calm: { type: "string" } },
});
const jobs = Number(values.jobs ?? 2_000);
const calmMs = 1_000 * Number(values.calm ?? 15);
const seed = Number(values.seed ?? Date.now() % 1_000_000);
if (!Number.isInteger(jobs) || jobs < 1 || !(calmMs > 0) || !Number.isInteger(seed)) {
  console.error("usage: bun run torture:cluster --jobs N --seed S --calm SECONDS");
  process.exit(2);
}

const began = Date.now();
console.log(`${jobs} jobs on three hosts, with seed ${seed}`);
const { network, faults, counts } = await tortureCluster({ jobs, seed, calmMs, patienceMs: 180_000 });
for (const [what, count] of counts) console.log(`${count}\t${what}`);
for (const fault of faults) console.log(`FAULT: ${fault}`);
console.log(`${Math.round((Date.now() - began) / 1_000)} s, hosts behind ${network}, ${faults.length} faults`);
process.exit(faults.length === 0 ? 0 : 1);

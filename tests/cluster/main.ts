import { numericOptions, refuseArguments } from "../arguments.ts";
import { tortureCluster } from "./cluster.ts";

const USAGE = "bun run torture:cluster --jobs N --seed S --calm SECONDS";
const given = numericOptions(USAGE, ["jobs", "seed", "calm"]);
const { jobs = 2_000, seed = Date.now() % 1_000_000 } = given;
const calmMs = 1_000 * (given.calm ?? 15);
if (!Number.isInteger(jobs) || jobs < 1 || !(calmMs > 0) || !Number.isInteger(seed)) refuseArguments(USAGE);

const began = Date.now();
console.log(`${jobs} jobs on three hosts, with seed ${seed}`);
const { network, faults, counts } = await tortureCluster({ jobs, seed, calmMs, stallTimeoutMs: 180_000 });
for (const [what, count] of counts) console.log(`${count}\t${what}`);
for (const fault of faults) console.log(`FAULT: ${fault}`);
console.log(`${Math.round((Date.now() - began) / 1_000)} s, hosts behind ${network}, ${faults.length} faults`);
process.exit(faults.length === 0 ? 0 : 1);

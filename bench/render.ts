import { join } from "node:path";
import { PATCH_NAMES, type Patch } from "../src/render/patches/patches.ts";
import { lines } from "../src/render/threads/isolated.ts";
import { OPTIONS, sampleDataSet } from "./sample.ts";
import { median, type Row } from "./table.ts";

/** A service that has been up for some minutes has rendered so many; the compiler still works at the first fifty. */
const WARM_UP = 60;
/** Rendered by each way in its turn: few, since the machine's speed changes from one second to the next. */
const TURN = 4;
const TURNS = 12;
const WAYS = {
  direct: { how: "direct: rendered in memory", lanes: 1 },
  written: { how: "direct, written and synced", lanes: 1 },
  "1": { how: "pool, 1 thread", lanes: 1 },
  "2": { how: "pool, 2 threads", lanes: 2 },
};

/**
 * Reports a minute of the sample report through the pool, and what the pool costs over calling the renderer: the
 * crossing and the collections. Each way is a process of its own; they take turns of a few reports, and compared are
 * the two turns that are side by side.
 */
export async function benchRender(): Promise<readonly Row[]> {
  const job = JSON.stringify({ dataSet: JSON.stringify(await sampleDataSet()), options: OPTIONS });
  const ways = Object.entries(WAYS).map(([way, { how, lanes }]) => {
    const child = Bun.spawn([process.execPath, join(import.meta.dir, "render-process.ts"), way], {
      stdin: "pipe",
      stdout: "pipe",
      stderr: "inherit",
    });
    child.stdin.write(`${job}\n`);
    return { how, lanes, child, lines: lines(child.stdout), turns: [] as number[] };
  });
  let last = { pages: 0, bytes: 0 };
  const turn = async ({ child, lines, lanes }: (typeof ways)[number], reports: number) => {
    child.stdin.write(`${reports * lanes}\n`);
    child.stdin.flush();
    const { value } = await lines.next();
    const { ms, ...report } = JSON.parse(value ?? "") as { ms: number; pages: number; bytes: number };
    last = report;
    return ms / (reports * lanes);
  };
  for (const way of ways) await turn(way, WARM_UP);
  for (let round = 0; round < TURNS; round++) for (const way of ways) way.turns.push(await turn(way, TURN));
  for (const { child } of ways) {
    child.stdin.end();
    await child.exited;
  }
  const written = ways.find(({ how }) => how === WAYS.written.how)?.turns ?? [];
  return ways.map(({ how, turns }) => ({
    how,
    "ms a report": Math.round(median(turns)),
    "reports a minute": Math.round(60_000 / median(turns)),
    "time relative to direct, written and synced": median(turns.map((ms, round) => ms / (written[round] ?? 0))).toFixed(
      2,
    ),
    pages: last.pages,
    kB: Math.round(last.bytes / 1_000),
  }));
}

const ROUNDS = 9;

/** The others repair faults, and stay whatever they cost. */
const FOR_SPEED_OR_SIZE: readonly Patch[] = ["shared-faces", "lines", "style-lookup", "drawings", "object-streams"];

/**
 * The same definition with pdfmake as it comes, and with each patch for speed or size left out, in processes of their
 * own: CPU time, in turns. AgentLink is measured beside itself as a control. A patch is worth it where leaving it out
 * costs a tenth or more.
 */
export async function benchPlain(): Promise<readonly Row[]> {
  const job = JSON.stringify({ dataSet: JSON.stringify(await sampleDataSet()), options: OPTIONS });
  const ways: Readonly<Record<string, readonly Patch[]>> = {
    AgentLink: [],
    "AgentLink beside itself": [],
    "unpatched pdfmake, the same definition": PATCH_NAMES,
    ...Object.fromEntries(FOR_SPEED_OR_SIZE.map((patch) => [`AgentLink without "${patch}"`, [patch]])),
  };
  const children = Object.entries(ways).map(([way, without]) => {
    const child = Bun.spawn([process.execPath, join(import.meta.dir, "plain.ts"), ...without], {
      stdin: "pipe",
      stdout: "pipe",
      stderr: "inherit",
    });
    child.stdin.write(`${job}\n`);
    return { way, child, lines: lines(child.stdout), turns: [] as number[], bytes: 0 };
  });
  const turn = async ({ child, lines }: (typeof children)[number], reports: number) => {
    child.stdin.write(`${reports}\n`);
    child.stdin.flush();
    return JSON.parse((await lines.next()).value ?? "") as { ms: number; bytes: number };
  };
  // Each has made as many reports as the others, and been idle as long: a process gets faster for some hundred reports,
  // and JavaScriptCore throws compiled code away that was not used for a while.
  for (let round = -WARM_UP / TURN; round < ROUNDS; round++)
    for (const child of round % 2 === 0 ? children : children.toReversed()) {
      const { ms, bytes } = await turn(child, TURN);
      child.bytes = bytes;
      if (round >= 0) child.turns.push(ms);
    }
  for (const { child } of children) {
    child.stdin.end();
    await child.exited;
  }
  const ours = children[0]?.turns ?? [];
  return children.map(({ way, turns, bytes }) => ({
    way,
    "CPU ms, lowest": Math.round(Math.min(...turns)),
    "lowest, × AgentLink": (Math.min(...turns) / Math.min(...ours)).toFixed(2),
    "median of rounds, × AgentLink": median(turns.map((ms, round) => ms / (ours[round] ?? Number.NaN))).toFixed(2),
    kB: Math.round(bytes / 1_000),
  }));
}

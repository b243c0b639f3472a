import { expect, test } from "bun:test";
import { join } from "node:path";
import type { Failure } from "../../src/failure.ts";
import { createMemoryGuard } from "../../src/render/threads/memory.ts";
import { createRenderPool } from "../../src/render/threads/pool.ts";
import { temporaryFolder } from "../e2e/binary.ts";
import { until } from "../until.ts";
import { OPTIONS } from "./data-sets.ts";

const POISONOUS = join(import.meta.dir, "poisonous-worker.ts");

test("close to the limit the render with the most data is ended, one at a time, and none starts", async () => {
  let rss = 500_000_000;
  const guard = createMemoryGuard({ limitBytes: 1_000_000_000, rss: () => rss });
  const ended: [string, Failure][] = [];
  expect(guard.full()).toBe(false);
  const leave = guard.enter(10, (reason) => {
    ended.push(["small", reason]);
    rss = 500_000_000;
  });
  guard.enter(1_000, (reason) => ended.push(["large", reason]));
  rss = 850_000_000;
  expect(guard.full()).toBe(true);
  await Bun.sleep(150);
  expect(ended).toEqual([]);
  rss = 910_000_000;
  await until(() => ended.length >= 2);
  expect(ended.map(([which]) => which)).toEqual(["large", "small"]);
  // Under suspicion, which its next render, in a process of its own, proves or not.
  expect(ended[0]?.[1]).toMatchObject({ code: "memory_limit", transient: true });
  expect(ended[0]?.[1].options).toMatchObject({ crashed: true, uncounted: true });
  leave();
  // With none running, waiting could not help.
  rss = 990_000_000;
  expect(guard.full()).toBe(false);
  guard.close();
});

test("memory of others is released before a render is ended, and none is blamed for it", async () => {
  let [rss, reservedBytes, shed] = [910_000_000, 200_000_000, 0];
  const guard = createMemoryGuard({ limitBytes: 1_000_000_000, rss: () => rss });
  const ended: Failure[] = [];
  guard.share({
    reservedBytes: () => reservedBytes,
    shed() {
      shed += 1;
      reservedBytes = 0;
      // The system has it back a moment later.
      setTimeout(() => {
        rss = 700_000_000;
      }, 300);
    },
  });
  guard.enter(1_000, (reason) => ended.push(reason));
  await until(() => rss === 700_000_000);
  expect([ended.length, shed]).toEqual([0, 1]);
  // What is left over is the render's own.
  rss = 910_000_000;
  await until(() => ended.length === 1);
  expect(ended[0]).toMatchObject({ code: "memory_limit", options: { crashed: true, uncounted: true } });
  guard.close();
});

test("in a process of its own, memory belongs to the render: there, and nowhere else, it counts against the report", async () => {
  const guard = createMemoryGuard({ limitBytes: 1_000_000_000, isolated: true, rss: () => 910_000_000 });
  const ended: Failure[] = [];
  guard.enter(1_000, (reason) => ended.push(reason));
  await until(() => ended.length === 1);
  expect(ended[0]).toMatchObject({ code: "memory_limit", transient: true, options: { crashed: true } });
  expect(ended[0]?.options.uncounted).toBeUndefined();
  guard.close();
});

test("at the very limit a render is ended whatever uses the memory, without its attempt counting", async () => {
  const guard = createMemoryGuard({ limitBytes: 1_000_000_000, rss: () => 990_000_000 });
  const ended: Failure[] = [];
  guard.share({ reservedBytes: () => 200_000_000, shed: () => undefined });
  guard.enter(1_000, (reason) => ended.push(reason));
  await until(() => ended.length === 1);
  expect(ended[0]).toMatchObject({ code: "memory_limit", options: { transient: true, uncounted: true } });
  guard.close();
});

test("with no render running, what others cache is released as well", async () => {
  let shed = 0;
  const guard = createMemoryGuard({ limitBytes: 1_000_000_000, rss: () => (shed > 0 ? 1 : 910_000_000) });
  guard.share({ reservedBytes: () => 200_000_000, shed: () => void shed++ });
  await until(() => shed > 0);
  guard.close();
});

test("a thread that allocates without end is ended before the process is at its limit", async () => {
  const limitBytes = process.memoryUsage.rss() + 800_000_000;
  const guard = createMemoryGuard({ limitBytes });
  const pool = createRenderPool({ threads: 1, workerFile: POISONOUS });
  const tooLarge = new AbortController();
  let most = 0;
  const watch = setInterval(() => {
    most = Math.max(most, process.memoryUsage.rss());
  }, 5);
  const dataSet = new TextEncoder().encode(JSON.stringify({ agents: [{ name: "poison: allocate" }] }));
  guard.enter(dataSet.length, (reason) => tooLarge.abort(reason));
  const task = { dataSet, options: OPTIONS, output: join(temporaryFolder(), "report.pdf") };
  const outcome = pool.render(task, { signal: tooLarge.signal }).catch((error: unknown) => error);
  expect(await outcome).toMatchObject({ code: "memory_limit" });
  clearInterval(watch);
  expect(most).toBeLessThan(limitBytes);
  expect(most).toBeGreaterThan(0.85 * limitBytes);
  await pool.close();
  guard.close();
}, 120_000);

test("a render that blows its stack costs its own job only", async () => {
  const pool = createRenderPool({ threads: 1, workerFile: POISONOUS });
  const output = join(temporaryFolder(), "report.pdf");
  const poisoned = {
    dataSet: new TextEncoder().encode(JSON.stringify({ agents: [{ name: "poison: stack" }] })),
    options: OPTIONS,
    output,
  };
  const failure = await pool.render(poisoned, {}).catch((error: unknown) => error);
  expect(failure).toMatchObject({ name: "Failure", transient: true });
  const sound = {
    ...poisoned,
    dataSet: new TextEncoder().encode(JSON.stringify({ agents: [{ name: "Ann Smith", supplied: { sales_12m: 2 } }] })),
  };
  expect((await pool.render(sound, {})).pages).toBeGreaterThan(0);
  await pool.close();
}, 120_000);

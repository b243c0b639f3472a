import { expect, test } from "bun:test";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRenderPool, type RenderTask } from "../../src/render/threads/pool.ts";
import { createRecyclingPool, type RecyclingPoolOptions } from "../../src/render/threads/recycling.ts";
import { until } from "../until.ts";
import { OPTIONS } from "./data-sets.ts";

const workerFile = join(import.meta.dir, "misbehaving-worker.ts");

/** A pool of real threads, and how many of them it has ended. */
function recycling(options: Partial<RecyclingPoolOptions>) {
  let ended = 0;
  const pool = createRecyclingPool({
    threads: 1,
    create() {
      const thread = createRenderPool({ threads: 1, workerFile });
      const close = async () => {
        await thread.close();
        ended += 1;
      };
      return { ...thread, close };
    },
    ...options,
  });
  /** The number of the thread that rendered. */
  const render = async (what = "ok") => (await pool.render(task(what), {})).sha256;
  return { pool, render, ended: () => ended };
}

function task(what: string): RenderTask {
  const output = join(mkdtempSync(join(tmpdir(), "agentlink-recycling-")), "report.pdf");
  return { dataSet: new TextEncoder().encode(what), options: OPTIONS, output };
}

test("after so many renders a thread is ended, and another one renders", async () => {
  const { pool, render, ended } = recycling({ renders: 3 });
  const threads: string[] = [];
  for (let number = 0; number < 7; number += 1) threads.push(await render());
  const [first, , , second, , , third] = threads;
  expect(threads).toEqual([first, first, first, second, second, second, third] as string[]);
  expect(new Set(threads).size).toBe(3);
  expect(ended()).toBe(2);
  await pool.close();
  expect(ended()).toBe(3);
}, 120_000);

test("a thread is never ended during a render, however many wait for it", async () => {
  const { pool, render, ended } = recycling({ renders: 2 });
  const threads = await Promise.all(Array.from({ length: 6 }, () => render()));
  expect(new Set(threads).size).toBe(1);
  await until(() => ended() === 1, 60_000, "the thread to end");
  expect(await render()).not.toBe(threads[0] as string);
  await pool.close();
}, 120_000);

test("of several threads those without work end, and only one starts where one is needed", async () => {
  const { pool, render, ended } = recycling({ threads: 2, idleMs: 100 });
  expect(new Set(await Promise.all([render("slow"), render("slow")])).size).toBe(2);
  await until(() => ended() === 2, 60_000, "both threads to end");
  await render();
  await until(() => ended() === 3, 60_000, "the only thread that rendered to end");
  await pool.close();
}, 120_000);

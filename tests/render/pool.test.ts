import { afterEach, expect, test } from "bun:test";
import { existsSync, mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Failure } from "../../src/failure.ts";
import { createRenderPool, type RenderPool, type RenderTask } from "../../src/render/threads/pool.ts";
import { dataSet, OPTIONS } from "./data-sets.ts";

const MISBEHAVING = join(import.meta.dir, "misbehaving-worker.ts");
const pools: RenderPool[] = [];

afterEach(async () => {
  for (const pool of pools.splice(0)) await pool.close();
});

function poolOf(threads: number, workerFile?: string): RenderPool {
  const pool = createRenderPool({ threads, ...(workerFile ? { workerFile } : {}) });
  pools.push(pool);
  return pool;
}

function task(what: string): RenderTask {
  return {
    dataSet: new TextEncoder().encode(what),
    options: OPTIONS,
    output: join(mkdtempSync(join(tmpdir(), "agentlink-pool-")), "report.pdf"),
  };
}

async function failureOf(work: Promise<unknown>): Promise<Failure> {
  const error = await work.then(
    () => new Error("it did not fail"),
    (error: unknown) => error,
  );
  if (!(error instanceof Failure)) throw error;
  return error;
}

test("a report is on disk whole, with the hash, size and pages that were returned, and nothing is left beside it", async () => {
  const wanted = task(JSON.stringify(dataSet()));
  const progress: number[] = [];
  const sections: string[] = [];
  const onProgress = (done: number, section: string) => {
    progress.push(done);
    if (sections.at(-1) !== section) sections.push(section);
  };
  const rendered = await poolOf(1).render(wanted, { onProgress });
  const bytes = readFileSync(wanted.output);
  expect(bytes.subarray(0, 5).toString()).toBe("%PDF-");
  expect(rendered.bytes).toBe(bytes.length);
  expect(rendered.sha256).toBe(new Bun.CryptoHasher("sha256").update(bytes).digest("hex"));
  expect(rendered.pages).toBeGreaterThan(5);
  expect(readdirSync(join(wanted.output, ".."))).toEqual(["report.pdf"]);
  // What is drawn, in order, and then what is written, page by page; parts that begin on the same page share it.
  const drawn = [
    "figures",
    "verdict",
    "market",
    "agencies",
    "agents",
    "comparison",
    "comparables",
    "cards",
    "paid",
    "price-bands",
    "listings",
    "sales",
    "method",
  ];
  expect(sections.slice(0, drawn.length + 2)).toEqual([...drawn, "layout", "cover"]);
  expect(sections.slice(drawn.length + 2)).toContain("agents");
  expect(sections.at(-2)).toBe("method");
  expect(sections.at(-1)).toBe("file");
  expect(progress.length).toBeGreaterThan(rendered.pages);
  expect(progress).toEqual(progress.toSorted((a, b) => a - b));
}, 120_000);

test("documents that are made of no data of their own can share what they have none of", async () => {
  const pool = poolOf(1);
  const report = { ...task(""), dataSet: new TextEncoder().encode(JSON.stringify(dataSet({ agents: 3, sales: 20 }))) };
  await pool.render(report, {});
  const none = new Uint8Array(0);
  const parts = [{ path: report.output, fixed: false }];
  const complete = () => ({ ...task(""), kind: "complete" as const, dataSet: none, parts });
  const twice = [await pool.render(complete(), {}), await pool.render(complete(), {})];
  expect(twice.map(({ pages }) => pages > 5)).toEqual([true, true]);
}, 120_000);

test("a thread that spins for ever is ended by the abort, with its reason, and the pool continues", async () => {
  const pool = poolOf(1, MISBEHAVING);
  const controller = new AbortController();
  const spinning = task("spin");
  const failure = failureOf(
    pool.render(spinning, {
      signal: controller.signal,
      onProgress: () => controller.abort(new Failure("job_timeout", "it took too long")),
    }),
  );
  expect((await failure).code).toBe("job_timeout");
  expect(readdirSync(join(spinning.output, ".."))).toEqual([]);
  expect(pool.busy()).toBe(0);
  expect((await pool.render(task("ok"), {})).pages).toBe(0);
}, 120_000);

test("a task that is aborted while it waits for a thread never begins", async () => {
  const pool = poolOf(1, MISBEHAVING);
  const first = pool.render(task("slow"), {});
  const controller = new AbortController();
  const waiting = task("spin");
  const second = failureOf(pool.render(waiting, { signal: controller.signal }));
  controller.abort(new Failure("cancelled", "not wanted any more"));
  expect((await second).code).toBe("cancelled");
  expect((await first).pages).toBe(0);
  expect(existsSync(`${waiting.output}.part`)).toBe(false);
}, 120_000);

for (const crash of ["exit", "throw later", "reject"])
  test(`a thread that dies (${crash}) fails its own job alone, as a crash worth another attempt`, async () => {
    const pool = poolOf(2, MISBEHAVING);
    const neighbour = pool.render(task("slow"), {});
    const failure = await failureOf(pool.render(task(crash), {}));
    expect(failure.code).toBe("render_crashed");
    expect(failure.transient).toBe(true);
    expect((await neighbour).pages).toBe(0);
    for (const again of [task("ok"), task("ok"), task("ok")]) expect((await pool.render(again, {})).pages).toBe(0);
  }, 120_000);

test("a failure retains its code, message and particulars on the way out of the thread", async () => {
  const failure = await failureOf(poolOf(1, MISBEHAVING).render(task("fail"), {}));
  expect(failure).toMatchObject({ code: "no_such", message: "say something else", transient: true });
  expect(failure.options.details).toEqual({ nearest: ["Manly"] });
});

test("a data set without anything to report is refused for good", async () => {
  const pool = poolOf(1);
  expect(await failureOf(pool.render(task("{}"), {}))).toMatchObject({ code: "no_data", transient: false });
  expect(await failureOf(pool.render(task("{"), {}))).toMatchObject({ code: "bad_data", transient: false });
}, 120_000);

test("a render file that cannot be loaded fails the job instead of letting it wait for ever", async () => {
  const pool = poolOf(1, join(import.meta.dir, "no-such-worker.ts"));
  expect((await failureOf(pool.render(task("ok"), {}))).transient).toBe(true);
}, 120_000);

test("a closed pool ends what runs with a failure that is worth another attempt", async () => {
  const pool = createRenderPool({ threads: 1, workerFile: MISBEHAVING });
  const begun = Promise.withResolvers<void>();
  const failure = failureOf(pool.render(task("spin"), { onProgress: () => begun.resolve() }));
  await begun.promise;
  await pool.close();
  expect(await failure).toMatchObject({ code: "stopping", transient: true });
}, 120_000);

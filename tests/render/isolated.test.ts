import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Failure } from "../../src/failure.ts";
import { createIsolatedRenderer } from "../../src/render/threads/isolated.ts";
import { createRenderPool } from "../../src/render/threads/pool.ts";
import { binaryPath, temporaryFolder } from "../e2e/binary.ts";
import { until } from "../until.ts";
import { dataSet, OPTIONS } from "./data-sets.ts";

const RENDER_ISOLATED = [binaryPath(), "render-isolated"];

describe("a render in a process of its own", () => {
  test("makes the same bytes as one in a thread, and reports its progress", async () => {
    const folder = temporaryFolder();
    const progress: number[] = [];
    const single = await createIsolatedRenderer({ command: RENDER_ISOLATED }).render(
      { ...task(), output: join(folder, "alone.pdf") },
      { onProgress: (done) => progress.push(done) },
    );
    const pool = createRenderPool({ threads: 1 });
    expect(await pool.render({ ...task(), output: join(folder, "thread.pdf") }, {})).toEqual(single);
    await pool.close();
    expect(progress.length).toBeGreaterThan(0);
    expect(await Bun.file(join(folder, "alone.pdf")).bytes()).toHaveLength(single.bytes);
  }, 240_000);

  test("retains the particulars of a failure", async () => {
    const render = createIsolatedRenderer({ command: RENDER_ISOLATED }).render(
      { ...task(), dataSet: new TextEncoder().encode("{}") },
      {},
    );
    expect(render).rejects.toMatchObject({ code: "no_data", transient: false });
    await render.catch(() => {});
  }, 240_000);

  test("costs its own job only when it dies", async () => {
    const render = createIsolatedRenderer({ command: ["sh", "-c", "read -r task; kill -SEGV $$"] }).render(task(), {});
    expect(render).rejects.toMatchObject({
      code: "render_crashed",
      transient: true,
      message: expect.stringContaining("SIGSEGV"),
      options: { crashed: true },
    });
    await render.catch(() => {});
  }, 240_000);

  test("is reported as dead, and ends nothing else, when it goes before it has read its task", async () => {
    const agents = Array.from({ length: 20_000 }, (_, i) => ({ name: `Agent ${i}` }));
    const large = { ...task(), dataSet: new TextEncoder().encode(JSON.stringify({ agents })) };
    for (let i = 0; i < 5; i += 1) {
      const render = createIsolatedRenderer({ command: ["sh", "-c", "exit 3"] }).render(large, {});
      expect(await render.catch((error) => error)).toMatchObject({ code: "render_crashed" });
    }
    // An unhandled broken pipe would be thrown in one of these turns, and fail this test.
    await Bun.sleep(50);
  }, 240_000);

  test("is ended by an abort, however busy it is", async () => {
    const folder = temporaryFolder();
    const started = join(folder, "pid");
    const stop = new AbortController();
    const spin = ["sh", "-c", `echo $$ > ${started}.part; mv ${started}.part ${started}; while :; do :; done`];
    const render = createIsolatedRenderer({ command: spin }).render(task(), { signal: stop.signal });
    render.catch(() => {});
    await until(async () => await Bun.file(started).exists());
    stop.abort(new Failure("job_timeout", "too long", { transient: true }));
    expect(render).rejects.toMatchObject({ code: "job_timeout" });
    await render.catch(() => {});
    expect(() => process.kill(Number(readFileSync(started, "utf8")), 0)).toThrow();
  }, 240_000);

  test("ends by itself when the service that waits for it is gone", async () => {
    const child = Bun.spawn(RENDER_ISOLATED, { stdin: "pipe", stdout: "ignore", stderr: "ignore" });
    child.stdin.write(`${JSON.stringify(task())}\n`);
    await child.stdin.end();
    expect(await child.exited).toBe(1);
  }, 240_000);
});

function task() {
  return {
    dataSet: new TextEncoder().encode(JSON.stringify(dataSet())),
    options: OPTIONS,
    output: join(temporaryFolder(), "report.pdf"),
  };
}

import { expect, test } from "bun:test";
import { join } from "node:path";
import { SHARE } from "../../src/pipeline/attempt.ts";
import type { Stages } from "../../src/pipeline/stage.ts";
import { createRenderPool } from "../../src/render/threads/pool.ts";
import { newPipelineWorld } from "../pipeline/pipeline-world.ts";
import { OPTIONS } from "../render/data-sets.ts";
import { until } from "../until.ts";
import { temporaryFolder } from "./binary.ts";

const world = newPipelineWorld();

test("a render stuck for ever is ended at the job's timeout, thread and all, and the job's next attempt completes", async () => {
  const folder = temporaryFolder();
  const pool = createRenderPool({ threads: 1, workerFile: join(import.meta.dir, "../render/misbehaving-worker.ts") });
  const stages: Stages = {
    plan: () => [{ kind: "agents", main: true, madeOf: "data", share: SHARE.rendering }],
    gather: async () => "{}",
    async render({ job }, { dataSet }, { signal }) {
      // Stuck at the first attempt only, as a report is that meets an overloaded machine.
      const task = {
        dataSet: job.attempts === 1 ? dataSet : new TextEncoder().encode("well"),
        options: OPTIONS,
        output: join(folder, job.id),
      };
      return { ...(await pool.render(task, { signal })), path: job.id, sha256: "0", bytes: 1, pages: 1 };
    },
    deliver: async () => ({ to: folder, url: null }),
  };
  const [stuck = "", neighbour = ""] = [
    ...(await world.posts(1, { dataSet: "spin" })),
    ...(await world.posts(1, { dataSet: "well" })),
  ];
  world.start(stages, { renderSlots: 1, jobTimeoutMs: 500 });
  await world.until("completed", stuck, neighbour);

  expect(await world.queue.attempts(stuck)).toMatchObject([
    { outcome: "failed", error: { code: "job_timeout" } },
    { outcome: "completed", error: null },
  ]);
  // The job's end may be seen before its thread has reported it.
  await until(() => pool.busy() === 0, 30_000, "the render thread to be free");
  await pool.close();
}, 120_000);

import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DeliveryTarget } from "../src/delivery/delivery.ts";
import type { PipelineOptions } from "../src/pipeline/pipeline.ts";
import type { deliverToAll as DeliverToAll } from "../src/pipeline/targets.ts";
import type { Claim, NewJob } from "../src/queue/job.ts";
import type { Queue } from "../src/queue/queue.ts";

/*
 * `bun bench/cost-jobs.ts TREE JOBS`: jobs of one document through the queue, the pipeline and the delivery ledger of a source
 * tree, this one or an earlier one, with stages that do nothing. Prints the milliseconds of processor time.
 */
const [, , tree = "", jobs = "3000"] = process.argv;
const earlier = !existsSync(join(tree, "src/pipeline/target-slots.ts"));
const moduleOf = async <Module>(...paths: readonly string[]): Promise<Module> =>
  import(paths.map((path) => join(tree, path)).find(existsSync) ?? "") as Promise<Module>;
const { openSqliteQueue } = await moduleOf<typeof import("../src/queue/sqlite/queue.ts")>("src/queue/sqlite/queue.ts");
const { createPipeline } = await moduleOf<typeof import("../src/pipeline/pipeline.ts")>(
  ...["src/pipeline/pipeline.ts", "src/queue/pipeline.ts"],
);
const { deliverToAll } = await moduleOf<{ readonly deliverToAll: typeof DeliverToAll }>(
  ...["src/pipeline/targets.ts", "src/delivery/targets.ts"],
);

const folder = mkdtempSync(join(tmpdir(), "agentlink-bench-"));
const queue: Queue = openSqliteQueue({ path: join(folder, "agentlink.db"), queueLimit: 1_000_000 });
const done = Promise.withResolvers<void>();
let left = Number(jobs);
queue.subscribe(({ status }) => {
  if (status !== "completed") return;
  left -= 1;
  if (left === 0) done.resolve();
});
const JOB: NewJob = {
  ...{ client: "bench", priority: 5, suburb: "Manly", state: "NSW", postcode: "2095", idempotency: null },
  ...{ request: '{"suburb":"Manly","state":"NSW"}', dataSet: '{"agents":[]}' },
};
const target = {
  ...{ target: "folder", arrivesWithinMs: 0 },
  pathFor: ({ id }) => `NSW/Manly/${id}.pdf`,
  deliver: async (_, __, path) => ({ to: path, url: null }),
  find: async () => null,
} as Pick<DeliveryTarget, "target" | "arrivesWithinMs" | "pathFor" | "deliver" | "find"> as DeliveryTarget;
const rendered = ({ job }: Claim) => {
  const file = { path: `reports/${job.id}.pdf`, sha256: "0".repeat(64), bytes: 1, pages: 1 };
  return earlier ? file : { ...file, kind: "agents", filename: "2026-07-01 Manly agents report.pdf" };
};
const options: PipelineOptions = {
  ...{ queue, renderSlots: 8, gatherSlots: 8, deliverSlots: 8, jobTimeoutMs: 60_000, maxAttempts: 5 },
  renderBlockedBy: () => null,
  stages: {
    plan: () => [{ kind: "agents", main: true, madeOf: "data", share: [0.45, 0.85] }],
    gather: async () => "{}",
    render: async (claim) => rendered(claim),
    deliver: (claim, documents, step) =>
      deliverToAll(queue, [target], claim, documents, {
        ...{ ...step, completes: true },
        slots: { enter: async () => () => {} },
      }),
  },
};

const before = process.cpuUsage();
for (let i = 0; i < Number(jobs); i += 500)
  await queue.submit(Array.from({ length: Math.min(500, Number(jobs) - i) }, () => JOB));
const pipeline = createPipeline(options);
pipeline.start();
await done.promise;
const { user, system } = process.cpuUsage(before);
console.log(Math.round((user + system) / 1_000));
await pipeline.stop(0);
await queue.close();
rmSync(folder, { recursive: true });
process.exit(0);

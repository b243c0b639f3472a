// What each stage of a job does: gather its data set, render its PDF, deliver that.
import type { Delivery } from "../delivery/delivery.ts";
import { Failure } from "../failure.ts";
import type { DescriptorWatch } from "../host/descriptors.ts";
import type { ReportFile } from "../queue/job.ts";
import type { Queue } from "../queue/queue.ts";
import type { MemoryGuard } from "../render/memory.ts";
import type { RenderPool } from "../render/pool.ts";
import type { Decision, State } from "../report/data-set.ts";
import { gatherDataSet } from "../report/sources/gather.ts";
import type { Source } from "../report/sources/source.ts";
import type { Reports } from "../storage/reports/reports.ts";
import type { Stages } from "./pipeline.ts";
import { isIntact, readRequest, renderTask } from "./render-again.ts";
import { deliverToAll } from "./targets.ts";

export interface StageDependencies {
  /** Whether reports have agents' e-mail addresses. */
  readonly printEmails: boolean;
  readonly queue: Queue;
  /** In the order in which they are asked. */
  readonly sources: readonly Source[];
  /** What a person decided of people and sales that are one: goes with each data set. */
  readonly decisions: () => readonly Decision[];
  readonly pool: RenderPool;
  readonly isolated: Pick<RenderPool, "render">;
  readonly descriptors: Pick<DescriptorWatch, "scarce">;
  readonly memory: MemoryGuard;
  readonly reports: Reports;
  readonly deliveries: readonly Delivery[];
}

/** The data set's JSON is not read for it: it may be large. */
function withDecisions(dataSet: string, decisions: readonly Decision[]): string {
  if (decisions.length === 0) return dataSet;
  return `${dataSet.trimEnd().slice(0, -1)},"decisions":${JSON.stringify(decisions)}}`;
}

/** The stages over the service's parts. A job runs through them in order; the pipeline decides when. */
export function createStages(dependencies: StageDependencies): Stages {
  const { printEmails, queue, sources, pool, isolated, descriptors, memory, reports, deliveries } = dependencies;
  return {
    async gather({ job }) {
      const { include_surrounding_suburbs, report, region = null, area = null } = readRequest(job);
      const place = { suburb: job.suburb, state: job.state as State, postcode: job.postcode, region, area };
      const of = report === "agency" ? "rentals" : "sales";
      const dataSet = await gatherDataSet(sources, place, include_surrounding_suburbs ?? false, of);
      if (dataSet !== null) return withDecisions(dataSet, dependencies.decisions());
      const name = [job.suburb, job.state, job.postcode].filter((part) => part !== null).join(" ");
      throw new Failure(
        "no_data",
        `no data for ${name}: send it as "data" in the request, or fill the catalogue with \`agentlink import\` or PUT /api/catalogue`,
      );
    },

    async render({ job }, dataSet, step) {
      const output = await reports.draft(job);
      const task = renderTask(job, dataSet, output, printEmails);
      const { signal, progress: onProgress } = step;
      const keep = async (rendered: Omit<ReportFile, "path">) => ({
        path: await reports.keep(job, output, rendered.sha256),
        ...rendered,
      });
      if (job.alone || descriptors.scarce()) return keep(await isolated.render(task, { signal, onProgress }));
      const tooLarge = new AbortController();
      const leave = memory.enter(dataSet.length, (reason) => tooLarge.abort(reason));
      try {
        return await keep(await pool.render(task, { signal: AbortSignal.any([signal, tooLarge.signal]), onProgress }));
      } finally {
        leave();
      }
    },

    async deliver(claim, report, step) {
      if (!(await reports.fetch(report)) || !(await isIntact(reports.root, report)))
        throw new Failure("report_gone", `the report ${report.path} is gone, or not as it was rendered`);
      return deliverToAll(queue, deliveries, claim, report, step);
    },
  };
}

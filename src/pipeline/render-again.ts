// What a job is rendered from, and how a PDF that is gone is made again: from the stored data set, to the same bytes.
import { rm } from "node:fs/promises";
import { join } from "node:path";
import PQueue from "p-queue";
import { Failure } from "../failure.ts";
import type { Job, ReportFile } from "../queue/job.ts";
import type { Queue } from "../queue/queue.ts";
import type { RenderPool, RenderTask } from "../render/pool.ts";
import type { State } from "../report/data-set.ts";
import { reportDay } from "../report/day.ts";
import { planDocuments } from "../report/documents.ts";
import { reportOptions } from "../report/options.ts";
import type { ReportRequest } from "../report/request.ts";
import type { Reports } from "../storage/reports/reports.ts";

/**
 * What renders a job's report into `output`.
 * @throws Failure "request_unreadable", permanent: a report without its agency and its brand would be the wrong one.
 */
export function renderTask(
  job: Job,
  dataSet: Uint8Array<ArrayBuffer>,
  output: string,
  printEmails: boolean,
): RenderTask {
  const { suburb, postcode } = job;
  const known = {
    ...{ suburb, postcode, printEmails, state: job.state as State },
    date: reportDay(job.createdAt, job.state),
  };
  const request = readRequest(job);
  const [kind] = planDocuments(request);
  return { kind, dataSet, options: reportOptions(request, known), output };
}

/** @throws Failure "request_unreadable", permanent. */
export function readRequest({ request }: Job): ReportRequest {
  try {
    return JSON.parse(request) as ReportRequest;
  } catch (cause) {
    throw new Failure("request_unreadable", "the request that was kept is not JSON any more: post it again", { cause });
  }
}

/** Whether the PDF below the root is the one that was rendered: neither cut short nor changed. */
export async function isIntact(root: string, { path, bytes, sha256 }: ReportFile): Promise<boolean> {
  const file = Bun.file(join(root, path));
  if (!(await file.exists()) || file.size !== bytes) return false;
  const hash = new Bun.CryptoHasher("sha256");
  for await (const chunk of file.stream()) hash.update(chunk);
  return hash.digest("hex") === sha256;
}

interface RenderAgainParts {
  readonly queue: Pick<Queue, "dataSet">;
  readonly reports: Reports;
  /** Renders in a process of its own: no job's render waits for it, and its death harms none. */
  readonly isolated: Pick<RenderPool, "render">;
  readonly printEmails: boolean;
}

/**
 * Answers whether the PDF of a job that has one is there, and renders one that is gone again where the job does not run
 * and its data set is stored: that is, until the job is completed. One at a time.
 * @throws Failure "report_gone" where another version of this program made it, whose bytes this one cannot make.
 */
export function createRenderAgain({ queue, reports, isolated, printEmails }: RenderAgainParts) {
  const places = new PQueue({ concurrency: 1 });
  const begun = new Map<string, Promise<boolean>>();

  async function again(job: Job, report: ReportFile): Promise<boolean> {
    const dataSet = await queue.dataSet(job.id);
    if (dataSet === null) return false;
    const output = await reports.draft(job);
    const { sha256 } = await isolated.render(renderTask(job, dataSet, output, printEmails), {});
    if (sha256 !== report.sha256) {
      await rm(output, { force: true });
      throw new Failure(
        "report_gone",
        `The PDF of job ${job.id} was removed, and this version of agentlink makes another one. Retry the job.`,
      );
    }
    await reports.keep(job, output, sha256);
    return true;
  }

  return async (report: ReportFile, job: Job): Promise<boolean> => {
    const isThere = async () =>
      (await reports.fetch(report)) && Bun.file(join(reports.root, report.path)).size === report.bytes;
    if (await isThere()) return true;
    if (job.status === "running") return false;
    const running = begun.get(job.id) ?? places.add(() => again(job, report)).finally(() => void begun.delete(job.id));
    begun.set(job.id, running);
    return running;
  };
}

// What a job is rendered from, and how a missing PDF is made again: from the stored data set, to the same bytes.

import { rm } from "node:fs/promises";
import { join } from "node:path";
import PQueue from "p-queue";
import { asFailure, Failure } from "../failure.ts";
import { sha256OfFile } from "../host/hash.ts";
import type { DocumentFile, Job, ReportFile } from "../queue/job.ts";
import type { Queue } from "../queue/queue.ts";
import type { CompletePart, RenderTask } from "../render/render.ts";
import type { Renderer } from "../render/threads/renderer.ts";
import { type DiscountSettings, discountRule } from "../report/commission/discount.ts";
import type { State } from "../report/data-set.ts";
import { reportDay } from "../report/day.ts";
import { DOCUMENT_KINDS, type DocumentPlan, planDocuments } from "../report/documents.ts";
import { reportOptions } from "../report/options.ts";
import type { ReportRequest } from "../report/request/request.ts";
import type { Reports } from "../storage/reports/reports.ts";
import { messages } from "./messages.ts";

/** The operator's settings for documents. */
export interface RenderSettings extends DiscountSettings {
  /** Whether reports have agents' e-mail addresses. */
  readonly printEmails: boolean;
  /** Whose day their date is; null or left out: that of the locality. */
  readonly reportDateZone?: string | null;
  /** The default of reports whose request names none. */
  readonly edition: "full" | "brief";
  /** "v1": the old service's contract, which includes a page for a report without data. */
  readonly statusContract?: string;
  /** PDFs before and behind the others in a complete document; null for none. */
  readonly completeFront: string | null;
  readonly completeBack: string | null;
}

/** The documents that a job is to have. @throws Failure "request_unreadable", permanent. */
export function planOf(job: Job, settings: Pick<RenderSettings, "edition">): DocumentPlan {
  return planDocuments(readRequest(job), settings);
}

/**
 * What renders one document of a job into `output`; `root` is where the paths of the job's documents begin.
 * @throws Failure "request_unreadable", permanent: a report without its agency and its brand would be the wrong one.
 */
export function renderTask(
  job: Job,
  source: {
    readonly kind: string;
    readonly dataSet: Uint8Array<ArrayBuffer>;
    readonly documents: readonly DocumentFile[];
  },
  output: string,
  settings: RenderSettings & { readonly root: string },
): RenderTask {
  const { suburb, postcode } = job;
  const known = {
    ...{ suburb, postcode, printEmails: settings.printEmails, state: job.state as State },
    ...{ edition: settings.edition, discount: discountRule(settings), emptyIsPage: settings.statusContract === "v1" },
    date: reportDay(job.createdAt, job, settings.reportDateZone),
  };
  const kind = DOCUMENT_KINDS.find((each) => each === source.kind);
  if (kind === undefined) throw new Failure("no_such_document", messages.documentUnknown(source.kind));
  const task = { kind, dataSet: source.dataSet, options: reportOptions(readRequest(job), known), output };
  return kind === "complete" ? { ...task, parts: partsOf(source.documents, settings) } : task;
}

/** The files of a complete document, in its order: the operator's front, the main document, the others, the back. */
function partsOf(
  documents: readonly DocumentFile[],
  { completeFront, completeBack, root }: RenderSettings & { readonly root: string },
): readonly CompletePart[] {
  const kinds: readonly string[] = DOCUMENT_KINDS;
  const rankOf = ({ kind }: DocumentFile) => kinds.indexOf(kind);
  const made = documents.filter(({ kind }) => kind !== "complete").toSorted((a, b) => rankOf(a) - rankOf(b));
  const fixed = (path: string | null) => (path === null ? [] : [{ path, fixed: true }]);
  const parts = made.map(({ path }) => ({ path: join(root, path), fixed: false }));
  return [...fixed(completeFront), ...parts, ...fixed(completeBack)];
}

/** @throws Failure "request_unreadable", permanent. */
export function readRequest({ request }: Job): ReportRequest {
  try {
    return JSON.parse(request) as ReportRequest;
  } catch (cause) {
    throw new Failure("request_unreadable", messages.requestNotJson, { cause });
  }
}

/** Whether the PDF below the root is the one that was rendered: neither cut short nor changed. */
export async function isIntact(root: string, { path, bytes, sha256 }: ReportFile): Promise<boolean> {
  const file = Bun.file(join(root, path));
  if (!(await file.exists()) || file.size !== bytes) return false;
  return (await sha256OfFile(join(root, path))) === sha256;
}

interface RenderAgainDependencies extends RenderSettings {
  readonly queue: Pick<Queue, "dataSet" | "request">;
  readonly reports: Reports;
  /** Renders in a process of its own: no job's render waits for it, and its death harms none. */
  readonly renderer: Pick<Renderer, "render">;
}

/**
 * Returns whether the PDF of a job's document exists, and renders a missing one again if the job does not run and
 * its data set is stored: that is, until the job is completed. One at a time.
 * @throws Failure "report_gone" where another version of this program made it, whose bytes this one cannot make.
 */
export function createRenderAgain({ queue, reports, renderer, ...settings }: RenderAgainDependencies) {
  const renders = new PQueue({ concurrency: 1 });
  /** Written by `running` and what `createRenderAgain` returns. */
  const begun = new Map<string, Promise<boolean>>();

  async function again(shown: Job, { kind, sha256: before }: DocumentFile): Promise<boolean> {
    // A complete document is made of the others' files.
    const dataSet = kind === "complete" ? new Uint8Array(0) : await queue.dataSet(shown.id);
    const request = await queue.request(shown.id);
    if (dataSet === null || request === null) return false;
    const job = { ...shown, request };
    const documents = job.documents.filter((each) => each.kind !== kind);
    if (kind === "complete")
      for (const each of documents) if (!(await isThere(each)) && !(await again(job, each))) return false;
    const output = await reports.draft(job, kind);
    const task = renderTask(job, { kind, dataSet, documents }, output, { ...settings, root: reports.root });
    const { sha256 } = await renderer.render(task, { isolated: true });
    if (sha256 !== before) {
      await rm(output, { force: true });
      throw new Failure("report_gone", messages.pdfDeleted(job.id));
    }
    await reports.store(job, output, sha256, kind);
    return true;
  }

  const isThere = async (document: DocumentFile) =>
    (await reports.fetch(document)) && Bun.file(join(reports.root, document.path)).size === document.bytes;

  return async (document: DocumentFile, job: Job): Promise<boolean> => {
    if (await isThere(document)) return true;
    if (job.status === "running") return false;
    const name = `${job.id} ${document.kind}`;
    const running = begun.get(name) ?? renders.add(() => again(job, document)).finally(() => void begun.delete(name));
    begun.set(name, running);
    return running;
  };
}

/**
 * Checks the operator's PDFs for complete documents: what cannot be joined is reported at the start, and not as a warning of
 * each job. @throws Failure "config" that names the setting.
 */
export async function checkOwnPdfs({
  completeFront,
  completeBack,
}: Pick<RenderSettings, "completeFront" | "completeBack">): Promise<void> {
  const own = { AGENTLINK_COMPLETE_FRONT: completeFront, AGENTLINK_COMPLETE_BACK: completeBack };
  for (const [variable, path] of Object.entries(own)) {
    if (path === null) continue;
    // What joins PDFs is a megabyte of code that most services never need here.
    const { checkPart } = await import("../render/joined/complete.ts");
    await checkPart(path).catch((error) => {
      throw new Failure("config", `${variable}: ${asFailure(error).message}`, { cause: error });
    });
  }
}

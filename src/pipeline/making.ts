// A job's documents, one after the other: each is stored before the next is begun, so that a crash repeats none.

import { asFailure, Failure } from "../failure.ts";
import { type DocumentFile, toDocumentFile } from "../queue/job.ts";
import type { Queue } from "../queue/queue.ts";
import type { RunningAttempt } from "./attempt.ts";
import { messages } from "./messages.ts";
import { checkpoint } from "./persisting.ts";
import type { PlannedDocument, Stages } from "./stage.ts";

/** What documents are made with. */
export interface Making {
  readonly queue: Queue;
  readonly stages: Pick<Stages, "plan" | "render">;
  /** Longest one may take. */
  readonly jobTimeoutMs: number;
}

/** The rendered documents of a job. */
export interface Made {
  readonly documents: readonly DocumentFile[];
  /** Stores its documents that are not stored; false if the job was cancelled. */
  store(): Promise<boolean>;
}

const NO_DATA = new Uint8Array(0);

/**
 * Makes the job's documents that are not made yet, each stored before the next is begun, and all but the storing of the
 * last, for which no render slot is reserved. Returns null when the job was cancelled.
 */
export async function makeDocuments(attempt: RunningAttempt, making: Making): Promise<Made | null> {
  const { queue, stages } = making;
  const { claim } = attempt;
  const plan = stages.plan(claim);
  const documents: DocumentFile[] = plan.flatMap(({ kind }) =>
    claim.job.documents.filter((each) => each.kind === kind),
  );
  const open = plan.filter(({ kind }) => !documents.some((each) => each.kind === kind));
  const warnings: string[] = [];
  let store: Made["store"] | null = null;
  for (const planned of open) {
    // The one before.
    if (store !== null && !(await checkpoint(attempt, store))) return null;
    const made = await makeOne(attempt, planned, documents, making);
    if (made === null) return null;
    const more = planned !== open.at(-1);
    warnings.push(...made.warnings);
    if (made.document !== null) documents.push(made.document);
    const last = made.document ?? documents.at(-1);
    if (last === undefined) throw new Failure("no_documents", messages.needsOtherDocuments(planned.kind));
    const main = plan.some(({ kind, main }) => main && kind === last.kind);
    store = () => queue.rendered(claim, last, { main, more, warnings: [...new Set(warnings)] });
  }
  // All exist already, from an attempt that ended before it could record them.
  const [first] = documents;
  if (store === null && first !== undefined) store = () => queue.rendered(claim, first, { main: false });
  if (store === null) throw new Failure("no_documents", messages.noDocument);
  const isMain = ({ kind }: DocumentFile) => plan.some((planned) => planned.main && planned.kind === kind);
  // They were made in another order; the job's report is where the main one is delivered.
  return { documents: documents.toSorted((a, b) => Number(isMain(b)) - Number(isMain(a))), store };
}

/** Returns null when the job was cancelled; a document of null where one that is an addition cannot be made. */
async function makeOne(
  attempt: RunningAttempt,
  planned: PlannedDocument,
  documents: readonly DocumentFile[],
  { queue, stages, jobTimeoutMs }: Making,
) {
  const { claim } = attempt;
  const dataSet = planned.madeOf === "data" ? await checkpoint(attempt, () => queue.dataSet(claim.job.id)) : NO_DATA;
  if (dataSet === null) throw new Failure("data_set_gone", messages.dataSetMissing);
  // Should the process die before this is stored, it did not die of the render.
  if (!(await checkpoint(attempt, () => queue.rendering(claim)))) return null;
  const source = { ...planned, dataSet, documents: [...documents] };
  const { kind: document, share } = planned;
  try {
    const { warnings = [], ...made } = await attempt.step(
      "rendering",
      jobTimeoutMs,
      (step) => stages.render(claim, source, step),
      { document, share },
    );
    return { document: toDocumentFile({ kind: planned.kind, ...made }), warnings };
  } catch (error) {
    const { message, transient, options: particulars } = asFailure(error);
    const isAddition = planned.madeOf === "documents" && !attempt.signal.aborted;
    if (!isAddition || (transient && !particulars.crashed)) throw error;
    return { document: null, warnings: [messages.documentFailed(planned.kind, message)] };
  }
}

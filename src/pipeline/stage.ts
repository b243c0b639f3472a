// What each stage of a job does: the interface between the pipeline, which decides when, and what does it.
import type { AllDelivered, Claim, DocumentFile, RenderedDocument } from "../queue/job.ts";
import type { ProgressShare, Step } from "./attempt.ts";

/** What a job does, stage by stage; the composition root brings them. Each may throw a Failure, transient or permanent. */
export interface Stages {
  /**
   * The documents that the job is to have, in the order in which they are made. The same for every attempt.
   * @throws Failure where the request cannot be read.
   */
  plan(claim: Claim): readonly PlannedDocument[];
  /** Returns the data set as JSON text. */
  gather(claim: Claim, step: Step): Promise<string>;
  /**
   * Returns one finished document. A job that is `alone` is under suspicion of having brought a process down: it is
   * rendered in a process of its own, so that the death of this one is never its fault.
   */
  render(claim: Claim, source: RenderSource, step: Step): Promise<RenderedDocument & { readonly warnings?: Warnings }>;
  /**
   * Writes the target path down with `queue.delivering` before anything is put there; when that returns false, puts
   * nothing. After a cancel it throws the reason of `step.cancel` where nothing has arrived, and nothing will.
   * Documents whose PDF is missing are named by its Failure "report_gone" as `details.kinds`.
   */
  deliver(claim: Claim, documents: readonly DocumentFile[], step: Step): Promise<AllDelivered>;
}

/** A document that a job is to have. */
export interface PlannedDocument {
  readonly kind: string;
  /** It is the job's report. */
  readonly main: boolean;
  /**
   * Its input. A document made from the files of the others is an addition: if it cannot be made, that is a warning,
   * not a failure of the job.
   */
  readonly madeOf: "data" | "documents";
  /** The part of the whole job that its making is, for the progress. */
  readonly share: ProgressShare;
}

/** What a document is made from. */
export interface RenderSource extends PlannedDocument {
  /** JSON in UTF-8, in a buffer of its own; empty for one that is made of documents. */
  readonly dataSet: Uint8Array<ArrayBuffer>;
  /** Those of the job that are rendered. */
  readonly documents: readonly DocumentFile[];
}

/** Oddities of a document's data, in words for the client. */
export type Warnings = readonly string[];

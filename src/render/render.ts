/*
 * Draws the model of a report as a PDF: sections, charts, fonts.
 * It runs in threads, and in a separate process for a job that may have crashed one.
 * Not here: where the data comes from, where a PDF goes, and jobs.
 */

import type { MessagePort } from "node:worker_threads";
import type { DocumentFacts, DocumentKind } from "../report/documents.ts";
import type { ReportOptions } from "../report/report.ts";

/** One of the PDFs that a complete document is made of. */
export interface CompletePart {
  /** Absolute. */
  readonly path: string;
  /** The operator's, and none of the job's documents. */
  readonly fixed: boolean;
}

/** One document to render. */
export interface RenderTask {
  /** "agents" when left out. */
  readonly kind?: DocumentKind;
  /** Of a complete document: the PDFs that it is made of. It needs no data set. */
  readonly parts?: readonly CompletePart[];
  /** A DataSet, JSON in UTF-8, in a buffer of its own: that goes to the thread, and is empty here from then on. */
  readonly dataSet: Uint8Array<ArrayBuffer>;
  readonly options: ReportOptions;
  /** Absolute path of the file to write; written beside it, synced and renamed, so a half PDF is never there. */
  readonly output: string;
}

export interface Rendered {
  readonly sha256: string;
  readonly bytes: number;
  readonly pages: number;
  /** What of the document the job's status repeats. */
  readonly facts?: DocumentFacts;
  /** What is odd about what it was made from, in words for those who requested it; stored with the job. */
  readonly warnings?: readonly string[];
}

/** Called with the part that is done, 0–1, and what is being made, in the words of the report. */
export type RenderProgress = (done: number, section: string) => void;

/** The same as a message, from a thread or a process of its own. */
export interface RenderStep {
  readonly done: number;
  readonly section: string;
}

/** What a render thread receives. */
export interface WorkerTask extends RenderTask {
  /** Takes RenderSteps. */
  readonly progress: MessagePort;
}

/** Where a report is written before it has its name. */
export function partOf(output: string): string {
  return `${output}.part`;
}

import type { MessagePort } from "node:worker_threads";
import { asFailure, Failure, type FailureOptions } from "../failure.ts";
import type { ReportOptions } from "../report/report.ts";

/** One report to render: everything crosses the thread boundary as text, parsed on the other side. */
export interface RenderTask {
  /** A DataSet as JSON text. */
  readonly dataSet: string;
  readonly options: ReportOptions;
  /** Absolute path of the file to write; written beside it, synced and renamed, so a half PDF is never there. */
  readonly output: string;
}

export interface Rendered {
  readonly sha256: string;
  readonly bytes: number;
  readonly pages: number;
}

/** What a render thread is handed. */
export interface WorkerTask extends RenderTask {
  /** Takes the part that is done, 0–1. */
  readonly progress: MessagePort;
  /** Whether the thread is to collect its garbage first: the process has grown past what its threads should need. */
  readonly collect: boolean;
}

/**
 * What a render thread answers. An error that is thrown across threads loses everything but its message, so a failure
 * is an answer, too.
 */
export type Outcome<T> =
  | { readonly value: T }
  | { readonly failure: { readonly code: string; readonly message: string; readonly options: FailureOptions } };

/** In the thread: what the work came to. */
export async function outcomeOf<T>(work: () => Promise<T>): Promise<Outcome<T>> {
  try {
    return { value: await work() };
  } catch (error) {
    const { code, message, options } = asFailure(error);
    const cause = options.cause instanceof Error ? { cause: options.cause.stack ?? options.cause.message } : {};
    return { failure: { code, message, options: { ...options, ...cause } } };
  }
}

/** In the main thread: the value, or the failure thrown. */
export function returned<T>(outcome: Outcome<T>): T {
  if ("value" in outcome) return outcome.value;
  const { code, message, options } = outcome.failure;
  throw new Failure(code, message, options);
}

/** Where a report is written before it has its name. */
export function partOf(output: string): string {
  return `${output}.part`;
}

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

export interface RenderPool {
  readonly threads: number;
  /** Renders now under way. */
  busy(): number;
  /**
   * Renders in a thread of its own. An abort ends the thread, however busy it is, and rejects with the signal's reason.
   * @throws Failure "no_data" (permanent) for a data set without anything to report; "render_crashed" (transient)
   *   when the thread died; "disk_full" (transient).
   */
  render(task: RenderTask, options: { readonly signal?: AbortSignal; readonly onProgress?: (done: number) => void }): Promise<Rendered>;
  close(): Promise<void>;
}

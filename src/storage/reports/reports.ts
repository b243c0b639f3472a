/*
 * Where finished PDFs are stored until their jobs are pruned: the data folder, a folder that hosts share, or a bucket.
 * The path of a PDF is the same in all of them.
 * Not here: delivery: targets have their own copies.
 */

import { FIRST_KIND, type Job, type ReportFile } from "../../queue/job.ts";

/** Where the finished PDFs are stored, from their rendering until their jobs are pruned. */
export interface Reports {
  /** The folder that the paths of reports begin at, on this host. */
  readonly root: string;
  /** Where a PDF of the job is to be rendered, by the kind of its document; its folder is there. "agents" by default. */
  draft(job: Job, kind?: string): Promise<string>;
  /**
   * Stores what was rendered, for every host that may request it. Returns its path.
   * @throws Failure "reports_unreachable" (transient).
   */
  store(job: Job, draft: string, sha256: string, kind?: string): Promise<string>;
  /**
   * Makes sure that the report is below the root; false if it is missing.
   * @throws Failure "reports_unreachable" (transient).
   */
  fetch(report: ReportFile): Promise<boolean>;
  /**
   * Stores a file that was put below the root under this path, for every host, where that takes more than its being
   * there.
   */
  adopt?(path: string): Promise<void>;
  /**
   * Removes a PDF of a deleted job, with drafts and others of that job in its folder; the path is as `keep`
   * returned it. Returns whether there was one.
   */
  remove(path: string): Promise<boolean>;
  /** What was written before the time, with the id of the job whose it is or was; nothing where others may store theirs. */
  old(before: Date): AsyncIterable<{ readonly id: string; readonly path: string }>;
  /** Removes what is in the way on this host: empty folders, and copies that can be made again. */
  tidy(): Promise<void>;
}

/** The folder of a day's reports. */
export function dayOf({ createdAt }: Job): string {
  return `reports/${createdAt.slice(0, 10)}`;
}

/** Of a document in the folder of one host. */
export function ownName(job: Job, kind = FIRST_KIND): string {
  return kind === FIRST_KIND ? `${job.id}.pdf` : `${job.id}-${kind}.pdf`;
}

/** Of a report that several hosts can see: two attempts with different content have different names. */
export function sharedName(job: Job, sha256: string): string {
  return `${dayOf(job)}/${job.id}-${sha256.slice(0, 12)}.pdf`;
}

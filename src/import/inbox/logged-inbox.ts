import { mkdir } from "node:fs/promises";
import type { Logger } from "pino";
import type { Importer } from "../importer.ts";
import { messages } from "../messages.ts";
import { startInbox } from "./inbox.ts";

/** A job that failed for lack of data that exists now. */
export interface ServedJob {
  readonly job_id: string;
  readonly suburb: string;
  readonly state: string;
}

/** Files that a CRM drops are imported as they come. Returns what ends that. */
export function openInbox(
  folder: string,
  importer: Importer,
  log: Logger,
  servedNow: () => Promise<readonly ServedJob[]>,
): () => Promise<void> {
  const noteServed = async (file: string) => {
    const jobs = await servedNow();
    if (jobs.length === 0) return;
    const localities = [...new Set(jobs.map(({ suburb, state }) => `${suburb} ${state}`))].join(", ");
    const ids = jobs.map(({ job_id }) => job_id);
    log.info({ file, failed_jobs: ids }, messages.inboxServes(file, localities, ids.join(" ")));
  };
  const inbox = startInbox({
    folder,
    importer,
    makeFolder: async (path) => void (await mkdir(path, { recursive: true })),
    onImported: (file, { reading, archive, changes, warnings }) => {
      log.info(
        {
          file,
          changes: changes.kinds,
          ...(reading === null ? {} : { rows: reading.rows, left_out: reading.left_out }),
          ...(archive === null ? {} : { feeds: archive.feeds, registers: archive.registers }),
          ...(warnings.length === 0 ? {} : { warnings }),
        },
        `${file} was imported`,
      );
      noteServed(file).catch((error) => log.warn({ err: error }, messages.inboxJobsUnknown));
    },
    onFailed: (file, reason, then) => {
      if (then === "moved") log.error({ file, reason }, messages.inboxFailed(file, reason));
      else if (then === "left") log.warn({ file, reason }, messages.inboxIgnored(file, reason));
      else log.warn({ file, reason }, messages.inboxRetried(file, reason));
    },
  });
  return () => inbox.stop();
}

import { mkdir } from "node:fs/promises";
import type { Logger } from "pino";
import type { Importer } from "./importer.ts";
import { startInbox } from "./inbox.ts";

interface ServedJob {
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
    const places = [...new Set(jobs.map(({ suburb, state }) => `${suburb} ${state}`))].join(", ");
    const ids = jobs.map(({ job_id }) => job_id);
    log.info(
      { file, failed_jobs: ids },
      `${file} has data that failed jobs lacked (${places}): agentlink jobs retry ${ids.join(" ")}`,
    );
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
      noteServed(file).catch((error) => log.warn({ err: error }, "failed jobs that could be retried cannot be listed"));
    },
    onFailed: (file, reason, then) => {
      if (then === "moved") log.error({ file, reason }, `${file} cannot be imported, and is in failed/: ${reason}`);
      else if (then === "left") log.warn({ file, reason }, `${file} in the inbox is not imported: ${reason}`);
      else log.warn({ file, reason }, `${file} cannot be imported now and will be retried: ${reason}`);
    },
  });
  return () => inbox.stop();
}

import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Logger } from "pino";
import { Failure } from "../failure.ts";
import { messages } from "./messages.ts";

/**
 * Notices a data folder that has lost its jobs. An empty file, which a crashed disk leaves of a database, would be taken
 * for a first start that did not end; but where PDFs of jobs are stored it is none.
 * @throws Failure "database_damaged" for an empty file. One that is gone may have been deleted on purpose: it is logged.
 */
export function noticeLostJobs(dataDir: string, path: string, log: Logger): void {
  const isThere = existsSync(path);
  if ((isThere && statSync(path).size > 0) || !hasReports(dataDir)) return;
  if (isThere) throw new Failure("database_damaged", messages.databaseEmptied(path));
  log.error({ path }, messages.databaseGone(path));
}

function hasReports(dataDir: string): boolean {
  const reports = join(dataDir, "reports");
  if (!existsSync(reports)) return false;
  return readdirSync(reports, { recursive: true }).some((name) => String(name).endsWith(".pdf"));
}

import type { ApiReportRequest } from "../client/client.ts";
import { Failure } from "../failure.ts";
import { EXIT } from "./exit.ts";
import { messages } from "./messages.ts";
import { readJson } from "./read-json.ts";
import { readText } from "./read-text.ts";
import type { SubmitCommandOptions } from "./submit.ts";
import { withService } from "./with-service.ts";

/**
 * Requests all reports of a file, JSON (a list of requests, or `{"reports": […]}`) or CSV (a row each), and prints a job
 * id a line. All are accepted or none. Returns the exit code.
 */
export async function submitBatch(
  file: string,
  {
    config,
    idempotencyKey,
    json,
    terminal,
  }: Pick<SubmitCommandOptions, "config" | "idempotencyKey" | "json" | "terminal">,
): Promise<number> {
  const requests = /\.(csv|tsv|txt)$/i.test(file) ? await readText(file) : await readRequests(file);
  const { jobs, warnings } = await withService(config, (client) =>
    client.submitBatch(requests, idempotencyKey === undefined ? {} : { idempotencyKey }),
  );
  for (const warning of warnings) terminal.err(`warning: ${warning}`);
  for (const job of jobs) for (const warning of job.warnings) terminal.err(`warning: ${job.job_id}: ${warning}`);
  if (json) terminal.out(JSON.stringify({ jobs, warnings }));
  else for (const { job_id } of jobs) terminal.out(job_id);
  return EXIT.done;
}

async function readRequests(file: string): Promise<readonly ApiReportRequest[]> {
  const value = await readJson(file, "a batch");
  const list = typeof value === "object" && value !== null && "reports" in value ? value.reports : value;
  if (Array.isArray(list)) return list as readonly ApiReportRequest[];
  throw new Failure("usage", messages.batchShape(file));
}

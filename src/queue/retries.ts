import { Failure } from "../failure.ts";
import { MOST_RETRIES } from "./job.ts";
import { messages } from "./messages.ts";
import type { JobListQuery, JobPage, JobSelection } from "./queue.ts";

/** In one write; between two of them the others have their turn. */
const AT_ONCE = 100;

/** For a job whose manual retries have reached their limit. */
export function retriedTooOften(id: string): Failure {
  return new Failure("job_retried_too_often", messages.retriedTooOften(id, MOST_RETRIES));
}

/**
 * Retries all failed jobs of a selection that were there at the call: page by page, so that none is skipped, and the
 * oldest before the others. Returns how many.
 */
export async function retryInParts(
  filter: JobSelection,
  list: (query: JobListQuery) => Promise<JobPage>,
  retry: (part: readonly string[]) => Promise<number>,
): Promise<number> {
  const ids: string[] = [];
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const page = await list({ status: "failed", ...filter, limit: AT_ONCE, ...(cursor && { cursor }) });
    ids.push(...page.jobs.map(({ id }) => id));
    cursor = page.nextCursor;
  }
  let retried = 0;
  for (let rest = ids.reverse(); rest.length > 0; rest = rest.slice(AT_ONCE))
    retried += await retry(rest.slice(0, AT_ONCE));
  return retried;
}

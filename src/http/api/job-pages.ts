import type { Turns } from "../../host/turns.ts";
import type { JobListQuery, JobPage, Queue } from "../../queue/queue.ts";

/** Jobs read, and worked on by who asked, in one turn of the event loop: a few milliseconds. */
const A_PAGE = 50;

/**
 * All jobs that pass a filter, in the order of the list, a page at a time. Each page has a turn of the event loop of its
 * own: the database responds at once, so a hundred thousand jobs would else be read before anybody else is served. Ends
 * after `most`; the last page's cursor is where the rest begins.
 */
export async function* readJobPages(
  { queue, turns }: { readonly queue: Pick<Queue, "list">; readonly turns: Turns },
  filter: Omit<JobListQuery, "limit">,
  most = Number.POSITIVE_INFINITY,
): AsyncGenerator<JobPage> {
  let left = most;
  for (let cursor = filter.cursor ?? null; left > 0; ) {
    await turns.next();
    const limit = Math.min(A_PAGE, left);
    const page = await queue.list({ ...filter, limit, ...(cursor !== null && { cursor }) });
    yield page;
    left -= page.jobs.length;
    cursor = page.nextCursor;
    if (cursor === null) return;
  }
}

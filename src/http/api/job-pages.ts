import { type Access, keyUnknown } from "../../access/access.ts";
import type { Caller } from "../../access/caller.ts";
import type { Turns } from "../../host/scheduling/turns.ts";
import type { JobListQuery, JobPage, Queue } from "../../queue/queue.ts";

/** Jobs read, and processed by the caller, in one turn of the event loop: a few milliseconds. */
const A_PAGE = 50;

interface JobPagesDependencies {
  readonly queue: Pick<Queue, "list">;
  readonly turns: Turns;
  readonly access: Pick<Access, "remains">;
}

/**
 * All jobs that pass a filter, in the order of the list, a page at a time. Each page has a turn of the event loop of its
 * own: the database responds at once, so otherwise a hundred thousand jobs would be read before the next request is served. Ends
 * after `most`; the last page's cursor is where the rest begins.
 * @throws Failure "key_unknown" before the first page that is read after the caller's key or session has ended: a file
 *   that is read slowly may take hours.
 */
export async function* readJobPages(
  { queue, turns, access }: JobPagesDependencies,
  caller: Caller,
  filter: Omit<JobListQuery, "limit">,
  most = Number.POSITIVE_INFINITY,
): AsyncGenerator<JobPage> {
  let left = most;
  for (let cursor = filter.cursor ?? null; left > 0; ) {
    await requireRemains(access, caller);
    // From here to the page nothing else is waited for: a turn reckons what is done in it.
    await turns.next();
    const limit = Math.min(A_PAGE, left);
    const page = await queue.list({ ...filter, limit, ...(cursor !== null && { cursor }) });
    yield page;
    left -= page.jobs.length;
    cursor = page.nextCursor;
    if (cursor === null) return;
  }
}

/** @throws Failure "key_unknown" where the key or session of who was let in has ended since. */
export async function requireRemains(access: Pick<Access, "remains">, caller: Caller): Promise<void> {
  if (!(await access.remains(caller))) throw keyUnknown();
}

import type { ServedJob } from "../../import/inbox/logged-inbox.ts";
import type { Queue } from "../../queue/queue.ts";
import { findSuburb } from "../../report/localities/suburbs.ts";
import type { Catalogue } from "../../report/sources/catalogue.ts";

const LATEST_FAILED = 200;

/** The latest jobs that failed for lack of data and whose locality has data now. */
export async function jobsServedNow(
  queue: Pick<Queue, "list">,
  catalogue: Pick<Catalogue, "hasData">,
): Promise<readonly ServedJob[]> {
  const { jobs } = await queue.list({ status: "failed", limit: LATEST_FAILED });
  return jobs.flatMap(({ id, suburb, state, postcode, error }) => {
    const locality = error?.code === "no_data" ? findSuburb({ suburb, state, postcode }) : null;
    return locality !== null && catalogue.hasData(locality) ? [{ job_id: id, suburb, state }] : [];
  });
}

import type { Job } from "./job.ts";
import { metadataOf } from "./request.ts";

/** Characters of requests that are looked at between two turns of the event loop: two hundred logos are a hundred megabytes. */
const LOOK_AT = 1_000_000;

/** Jobs as a list has them: of each request, the metadata alone. They are taken one by one, so that others have their turn. */
export async function listed(jobs: Iterable<Job>): Promise<readonly Job[]> {
  const list: Job[] = [];
  let looked = 0;
  for (const job of jobs) {
    list.push({ ...job, request: metadataOf(job.request) });
    looked += job.request.length;
    if (looked < LOOK_AT) continue;
    looked = 0;
    await new Promise((resolve) => setImmediate(resolve));
  }
  return list;
}

import type { JobFilter } from "../client/client.ts";
import { confirmed } from "./confirm.ts";
import type { JobsOptions } from "./jobs.ts";
import { withService } from "./with-service.ts";

/** No more are counted before they are asked about. */
const COUNTED = 200;

/** Attempts all failed jobs of a filter again, once it is confirmed. */
export async function retryAllFailed(
  filter: Omit<JobFilter, "status">,
  { yes, config, json, out, err }: JobsOptions & { readonly yes: boolean },
): Promise<void> {
  const found = await withService(config, (client) => client.list({ ...filter, status: "failed", limit: COUNTED }));
  const n = found.jobs.length;
  if (n > 0) {
    const many = found.next_cursor === null ? `${n} failed ${n === 1 ? "job" : "jobs"}` : `more than ${n} failed jobs`;
    await confirmed(`Try ${many} again?`, yes);
  } else if (!json) err("there are no such jobs");
  const retried = n === 0 ? 0 : await withService(config, (client) => client.retryAll({ ...filter, status: "failed" }));
  if (json) out(JSON.stringify({ retried }));
  else if (n > 0) out(`${retried} ${retried === 1 ? "job is" : "jobs are"} queued again`);
}

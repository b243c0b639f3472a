import { type Asking, askService } from "./asking.ts";
import { confirmed } from "./confirm.ts";

interface PruneOptions {
  readonly config: Asking;
  readonly olderThanMs: number;
  readonly yes: boolean;
  readonly json: boolean;
  readonly out: (line: string) => void;
}

/** Has the running service remove jobs that ended so long ago, with their PDFs. */
export async function prune({ config, olderThanMs, yes, json, out }: PruneOptions): Promise<void> {
  const endedBefore = new Date(Date.now() - olderThanMs).toISOString();
  await confirmed(`Remove the jobs that ended before ${endedBefore}, and their PDFs?`, yes);
  const removed = await askService(config, (client) => client.prune(endedBefore));
  out(json ? JSON.stringify({ removed }) : `${removed} ${removed === 1 ? "job" : "jobs"} removed`);
}

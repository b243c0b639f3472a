import { confirmed } from "./confirm.ts";
import { messages } from "./messages.ts";
import { type ServiceAddress, withService } from "./with-service.ts";

interface PruneOptions {
  readonly config: ServiceAddress;
  readonly olderThanMs: number;
  readonly yes: boolean;
  readonly json: boolean;
  readonly out: (line: string) => void;
}

/** Has the running service remove jobs that ended so long ago, with their PDFs. */
export async function prune({ config, olderThanMs, yes, json, out }: PruneOptions): Promise<void> {
  const endedBefore = new Date(Date.now() - olderThanMs).toISOString();
  await confirmed(messages.confirmPrune(endedBefore), yes);
  const pruned = await withService(config, (client) => client.prune(endedBefore));
  if (json) return out(JSON.stringify(pruned));
  const { removed, retained, reports_removed, reports_left } = pruned;
  out(`${many(removed, "job")} and ${many(reports_removed, "PDF")} removed`);
  if (retained > 0) out(messages.pruneRetained(many(retained, "job")));
  if (reports_left > 0) out(messages.pruneLeft(many(reports_left, "PDF")));
}

function many(count: number, what: string): string {
  return `${count} ${count === 1 ? what : `${what}s`}`;
}

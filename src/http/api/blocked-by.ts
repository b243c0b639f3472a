import type { Queue } from "../../queue/queue.ts";

/** Why queued jobs are not begun, where something other than the line is in their way. */
export interface BlockedBy {
  /** Any job. */
  readonly all: string | null;
  /** Those that wait for data from the operator's own source. */
  readonly gathering: string | null;
  /** Those whose report is rendered and only to be delivered. */
  readonly delivering: string | null;
}

interface BlockingDependencies {
  readonly queue: Pick<Queue, "paused">;
  readonly gatherBlockedBy: () => string | null;
  readonly deliverBlockedBy: () => string | null;
}

export async function readBlocks({
  queue,
  gatherBlockedBy,
  deliverBlockedBy,
}: BlockingDependencies): Promise<BlockedBy> {
  const all = (await queue.paused()) === null ? null : "paused";
  return { all, gathering: gatherBlockedBy(), delivering: deliverBlockedBy() };
}

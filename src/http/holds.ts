import type { Queue } from "../queue/queue.ts";

/** Why queued jobs are not begun, where something other than the line is in their way. */
export interface Holds {
  /** Any job. */
  readonly all: string | null;
  /** Those whose report is rendered and only to be delivered. */
  readonly delivering: string | null;
}

export const NO_HOLDS: Holds = { all: null, delivering: null };

interface HoldingParts {
  readonly queue: Pick<Queue, "paused">;
  readonly holdDeliver: () => string | null;
}

export async function holdsOf({ queue, holdDeliver }: HoldingParts): Promise<Holds> {
  return { all: (await queue.paused()) === null ? null : "paused", delivering: holdDeliver() };
}

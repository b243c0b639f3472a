import type { MigrationSource, MigrationTarget, StoredJob } from "./stored-job.ts";

export interface Moved {
  /** Put into the target by this run. */
  readonly moved: number;
  /** There already, from a run that was cut short. */
  readonly before: number;
}

/**
 * Takes every job from the one to the other. Whenever it is cut short, the source is whole, and the next run goes on;
 * only when all are there is the target opened and the source left.
 */
export async function moveJobs(
  source: MigrationSource,
  target: MigrationTarget,
  options: {
    readonly onJob: (kept: StoredJob) => Promise<void>;
    /** All jobs are there, and no service works on either side: the time for what else belongs to them. */
    readonly onAll: () => Promise<void>;
    readonly onProgress: (done: number, of: number) => void;
  },
): Promise<Moved> {
  const total = await source.count();
  let [moved, before] = [0, 0];
  for await (const kept of source.jobs()) {
    await options.onJob(kept);
    if (await target.put(kept)) moved += 1;
    else before += 1;
    options.onProgress(moved + before, total);
  }
  // Before it is left: what was held back by somebody must not begin by itself elsewhere.
  await target.pause(await source.paused(), await source.actions());
  await target.usage(await source.usage());
  await options.onAll();
  // The source is left first: a crash between the two leaves both closed, and never both open.
  await source.leave();
  await target.open();
  return { moved, before };
}

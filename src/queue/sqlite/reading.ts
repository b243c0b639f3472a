import type { JobListQuery, Pause, Queue } from "../queue.ts";
import type { StatisticsWindow } from "../statistics.ts";
import type { UsageRange } from "../usage.ts";
import type { createCounts } from "./counts.ts";
import type { createHistory } from "./history.ts";
import type { createJobSearch } from "./job-search.ts";
import type { createListing } from "./listing.ts";
import type { createPause } from "./pause.ts";
import type { createPruning } from "./pruning.ts";
import type { createStatistics } from "./statistics.ts";
import type { createUsage } from "./usage.ts";

interface ReadingDependencies {
  readonly listing: ReturnType<typeof createListing>;
  readonly finding: ReturnType<typeof createJobSearch>;
  readonly counts: ReturnType<typeof createCounts>;
  readonly history: ReturnType<typeof createHistory>;
  readonly statistics: ReturnType<typeof createStatistics>;
  readonly usage: ReturnType<typeof createUsage>;
  readonly pause: ReturnType<typeof createPause>;
  readonly pruning: ReturnType<typeof createPruning>;
  readonly paused: () => Pause | null;
  /** Does it while the queue is open. */
  readonly read: <T>(work: () => T | Promise<T>) => Promise<T>;
}

/** Reads of the queue: it needs no transaction, and waits for none. */
export function createReading(dependencies: ReadingDependencies) {
  const { listing, finding, counts, history, statistics, usage, pause, pruning, paused, read } = dependencies;
  return {
    actions: (limit: number) => read(() => pause.actions(limit)),
    removals: (limit: number) => read(() => pruning.removals(limit)),
    get: (id: string) => read(() => listing.get(id)),
    request: (id: string) => read(() => listing.request(id)),
    find: (fragment: string, options) => read(() => finding.find(fragment, options)),
    attempts: (id: string) => read(() => listing.attempts(id)),
    dataSet: (id: string) => read(() => listing.dataSet(id)),
    deliveries: (id: string) => read(() => listing.deliveries(id)),
    list: (filter: JobListQuery) => read(() => listing.list(filter)),
    position: (id: string) => read(() => listing.position(id)),
    counts: () => read(() => counts.all()),
    open: () => read(() => counts.open()),
    paused: () => read(paused),
    oldestQueuedAt: () => read(() => counts.oldestQueuedAt()),
    statistics: (window: StatisticsWindow) => read(() => statistics(window)),
    usage: (range: UsageRange) => read(() => usage.months(range)),
    events: (after: number, limit: number) => read(() => history.events(after, limit)),
    changesOf: (client: string, after: number, limit: number) => read(() => history.changesOf(client, after, limit)),
    latestEvent: () => read(() => history.latestEvent()),
    history: (id: string) => read(() => history.history(id)),
  } satisfies Partial<Queue>;
}

import { type ReadonlySignal, signal } from "@preact/signals";
import { get } from "../api.ts";
import { onJob, onSync } from "../live.ts";
import type { ShownJob, ShownJobList } from "../responses.ts";
import { asQuery, type JobListFilter, stillFits } from "./filter.ts";

/** The jobs of a filter, newest first: as many as have been requested, as they are now. */
export interface JobRows {
  readonly jobs: ReadonlySignal<readonly ShownJob[]>;
  /** "loading" before the first rows; "more" while the next ones come; "all" once the last is there. */
  readonly phase: ReadonlySignal<"loading" | "some" | "more" | "all">;
  readonly problem: ReadonlySignal<string | null>;
  /** Requests the next rows, where there are any and none are on their way. */
  more(): void;
  close(): void;
}

const PAGE_SIZE = 200;
/** Jobs that come by the hundred are requested a few times, not each for itself. */
const RECHECK_MS = 700;

interface RowsOptions {
  readonly pageSize?: number;
  /** "ended": the latest end first. */
  readonly order?: "created" | "ended";
  /** The jobs that are read without a request of the viewer. */
  readonly atLeast?: number;
}

export function openRows(
  filter: JobListFilter,
  { pageSize = PAGE_SIZE, order = "created", atLeast = 0 }: RowsOptions = {},
): JobRows {
  const jobs = signal<readonly ShownJob[]>([]);
  const phase = signal<"loading" | "some" | "more" | "all">("loading");
  const problem = signal<string | null>(null);
  const controller = new AbortController();
  let cursor: string | null = null;
  let again: ReturnType<typeof setTimeout> | undefined;

  /** Changes that came while rows are on their way, which may be from before them. */
  const changedSince = new Map<string, ShownJob>();
  let onTheirWay = 0;

  const page = async (from: string | null): Promise<ShownJobList> => {
    const query = asQuery(filter);
    query.set("limit", String(pageSize));
    if (order !== "created") query.set("order", order);
    if (from !== null) query.set("cursor", from);
    onTheirWay += 1;
    try {
      const { jobs, next_cursor } = await get<ShownJobList>(`api/jobs?${query}`, controller.signal);
      const asTheyAre = jobs.map((job) => changedSince.get(job.job_id) ?? job);
      return { jobs: asTheyAre.filter((job) => !changedSince.has(job.job_id) || stillFits(filter, job)), next_cursor };
    } finally {
      onTheirWay -= 1;
      if (onTheirWay === 0) changedSince.clear();
    }
  };

  const load = async (work: () => Promise<void>) => {
    try {
      await work();
      problem.value = null;
    } catch (error) {
      if (!controller.signal.aborted) problem.value = error instanceof Error ? error.message : String(error);
    }
  };

  /** Reads the newest rows; those that are further down stay where they meet the rows that are known. */
  const refresh = () =>
    load(async () => {
      const first = await page(null);
      const last = first.jobs.at(-1);
      const below = last === undefined ? -1 : jobs.value.findIndex(({ job_id }) => job_id === last.job_id);
      if (below === -1 || first.next_cursor === null) {
        // More is new than fits into a page, or everything fits into one: begin from there.
        jobs.value = first.jobs;
        cursor = first.next_cursor;
      } else {
        jobs.value = [...first.jobs, ...jobs.value.slice(below + 1)];
      }
      phase.value = cursor === null ? "all" : "some";
    });

  /** Reads up to the position before. */
  const resume = () => {
    if (jobs.value.length < atLeast && phase.value === "some") more();
  };

  const more = () => {
    if (phase.value !== "some" || cursor === null) return;
    const from = cursor;
    phase.value = "more";
    void load(async () => {
      const next = await page(from);
      const known = new Set(jobs.value.map(({ job_id }) => job_id));
      jobs.value = [...jobs.value, ...next.jobs.filter(({ job_id }) => !known.has(job_id))];
      cursor = next.next_cursor;
      phase.value = cursor === null ? "all" : "some";
    }).then(() => {
      if (phase.value === "more") phase.value = "some";
      resume();
    });
  };

  const changed = (job: ShownJob) => {
    if (onTheirWay > 0) changedSince.set(job.job_id, job);
    const at = jobs.value.findIndex(({ job_id }) => job_id === job.job_id);
    if (at !== -1) {
      jobs.value = stillFits(filter, job) ? jobs.value.with(at, job) : jobs.value.toSpliced(at, 1);
    } else if (stillFits(filter, job)) {
      again ??= setTimeout(() => {
        again = undefined;
        void refresh();
      }, RECHECK_MS);
    }
  };

  const stops = [onJob(changed), onSync(() => void refresh())];
  void refresh().then(resume);
  return {
    jobs,
    phase,
    problem,
    more,
    close() {
      controller.abort();
      clearTimeout(again);
      for (const stop of stops) stop();
    },
  };
}

import { Type as t } from "@sinclair/typebox";
import { Elysia } from "elysia";
import { type Caller, sees } from "../../../access/caller.ts";
import { Failure } from "../../../failure.ts";
import { ENDED, type Job, STATUSES, type Status } from "../../../queue/job.ts";
import type { JobSelection } from "../../../queue/queue.ts";
import { nullable } from "../../../views/nullable.ts";
import { readJson } from "../../body.ts";
import { errors } from "../../errors.ts";
import { messages } from "../../messages.ts";
import { operation, ref } from "../../openapi/operation.ts";
import { json } from "../../response.ts";
import { actorOf } from "../audited.ts";
import { type Acted, actedOf, ownOf, Selected } from "../job-filter.ts";
import { readJobPages } from "../job-pages.ts";
import type { Shared } from "../shared.ts";

/** Jobs that one call acts on at most; the rest is for the next, with its cursor. */
const A_CALL = 1_000;
/** And those that one call counts. */
const COUNTED = 10_000;
/** Jobs that something is done to in one turn of the event loop. */
const A_TURN = 50;
/** Jobs that the audit list names, of a selection. */
const NAMED = 10;

const OPEN = STATUSES.filter((status) => !ENDED.has(status));
const OVER = STATUSES.filter((status) => ENDED.has(status));
const AGAIN: readonly Status[] = ["failed", "cancelled", "waiting"];

const count = (description: string) => t.Integer({ minimum: 0, description });
const nextCursor = () =>
  nullable(
    t.String({ description: `Cursor for the next call if more than ${A_CALL} jobs match; null when all are done` }),
  );
/** How many jobs a selection has. */
export const JobsCounted = t.Object({
  count: count("Number of jobs that match"),
  by_status: t.Record(t.String(), t.Integer({ minimum: 0 })),
  complete: t.Boolean({ description: "False if more jobs match than are counted" }),
});

export const JobsCancelled = t.Object({
  cancelled: count("Jobs that were cancelled"),
  requested: count("Jobs that end at their next step, or complete if their report is delivered first"),
  unchanged: count("Jobs that had ended or do not exist"),
  next_cursor: nextCursor(),
});

export const JobsRetried = t.Object({
  retried: t.Integer({ minimum: 0 }),
  unchanged: t.Optional(
    count("With ids: jobs whose status does not allow a retry, that were retried too often, or that do not exist"),
  ),
});

export const JobsDeleted = t.Object({
  deleted: count("Number of deleted jobs; their files are deleted within ten minutes"),
  retained: count(
    "Not deleted: their callback is not delivered yet, or they have an Idempotency-Key of the last 24 hours",
  ),
  unchanged: count("Jobs that have not ended or do not exist"),
  next_cursor: nextCursor(),
});

/** What a person does to many jobs at once: those that are named, or all that pass a filter. */
export function selectionRoutes(shared: Shared) {
  const { queue, admission, limits, noteChange, turns } = shared;
  /** Those of the jobs that the caller may know of. */
  async function named(caller: Caller, ids: readonly string[]): Promise<readonly Job[]> {
    const jobs: Job[] = [];
    for (let at = 0; at < ids.length; at += A_TURN) {
      await turns.next();
      const part = await Promise.all(ids.slice(at, at + A_TURN).map((id) => queue.get(id)));
      for (const job of part) if (job !== null && sees(caller, job)) jobs.push(job);
    }
    return jobs;
  }

  /** As many of the jobs as one call acts on, of these statuses alone, and where the next continues. */
  async function some(caller: Caller, acted: Acted, statuses: readonly Status[]) {
    if ("ids" in acted) {
      const jobs = await named(caller, acted.ids);
      return { jobs: jobs.filter(({ status }) => statuses.includes(status)), others: acted.ids.length, cursor: null };
    }
    const filter = { ...acted.filter, ...ownOf(caller), status: both(acted.filter, statuses) };
    const jobs: Job[] = [];
    let cursor = acted.cursor;
    for await (const page of readJobPages(shared, caller, { ...filter, ...(cursor !== null && { cursor }) }, A_CALL)) {
      jobs.push(...page.jobs);
      cursor = page.nextCursor;
    }
    return { jobs, others: jobs.length, cursor };
  }

  const read = async (request: Request) => actedOf((await readJson(request, limits)).value);

  /** To cancel or delete everything must be requested explicitly. */
  const readNarrowed = async (request: Request) => {
    const acted = await read(request);
    if ("filter" in acted && Object.keys(acted.filter).length === 0) throw errors.emptySelection();
    return acted;
  };

  return new Elysia()
    .use(admission)
    .post(
      "/api/jobs/count",
      async ({ request, caller }) => {
        const acted = await read(request);
        const counts = Object.fromEntries(STATUSES.map((status) => [status, 0])) as Record<Status, number>;
        const add = (jobs: readonly Job[]) => {
          for (const { status } of jobs) counts[status] += 1;
        };
        let cursor: string | null = "ids" in acted ? null : acted.cursor;
        if ("ids" in acted) add(await named(caller, acted.ids));
        else {
          const filter = { ...acted.filter, ...ownOf(caller), ...(cursor !== null && { cursor }) };
          for await (const page of readJobPages(shared, caller, filter, COUNTED)) {
            add(page.jobs);
            cursor = page.nextCursor;
          }
        }
        const count = STATUSES.reduce((sum, status) => sum + counts[status], 0);
        return json<typeof JobsCounted>({ count, by_status: counts, complete: cursor === null });
      },
      { parse: "none", detail: COUNT },
    )
    .post(
      "/api/jobs/cancel",
      async ({ request, caller }) => {
        const acted = await readNarrowed(request);
        const { jobs, others, cursor } = await some(caller, acted, OPEN);
        const by = actorOf(caller, request);
        let cancelled = 0;
        let requested = 0;
        for (let at = 0; at < jobs.length; at += A_TURN) {
          await turns.next();
          const part = await Promise.all(jobs.slice(at, at + A_TURN).map(({ id }) => queue.cancel(id, by)));
          for (const job of part) {
            if (job?.status === "cancelled") cancelled += 1;
            else if (job?.cancelRequested) requested += 1;
          }
        }
        noteChange(request, { subject: subjectOf(acted), detail: `${cancelled} cancelled, ${requested} requested` });
        return json<typeof JobsCancelled>({
          cancelled,
          requested,
          unchanged: others - cancelled - requested,
          next_cursor: cursor,
        });
      },
      { parse: "none", detail: CANCEL },
    )
    .post(
      "/api/jobs/retry",
      async ({ request, caller }) => {
        const acted = await read(request);
        const by = actorOf(caller, request);
        if ("filter" in acted) {
          if (acted.cursor !== null) throw errors.retryCursor();
          const retried = await queue.retryAll({ ...acted.filter, ...ownOf(caller) }, by);
          noteChange(request, { subject: subjectOf(acted), detail: `${retried} retried` });
          return json<typeof JobsRetried>({ retried });
        }
        const { jobs, others } = await some(caller, acted, AGAIN);
        let retried = 0;
        for (let at = 0; at < jobs.length; at += A_TURN) {
          await turns.next();
          const part = jobs.slice(at, at + A_TURN).map(async ({ id }) => {
            // One that was retried too often is left as it is, as the others of a filter are.
            const job = await queue.retry(id, by).catch(unlessTooOften);
            return job !== null && !AGAIN.includes(job.status);
          });
          retried += (await Promise.all(part)).filter(Boolean).length;
        }
        noteChange(request, { subject: subjectOf(acted), detail: `${retried} retried` });
        return json<typeof JobsRetried>({ retried, unchanged: others - retried });
      },
      { parse: "none", detail: RETRY },
    )
    .post(
      "/api/jobs/delete",
      async ({ request, caller }) => {
        const acted = await readNarrowed(request);
        const { jobs, others, cursor } = await some(caller, acted, OVER);
        const { removed, retained } = await queue.remove(jobs.map(({ id }) => id));
        const first = jobs.slice(0, NAMED).map(({ id, suburb, state }) => `${id} ${suburb} ${state}`);
        const more = jobs.length > NAMED ? `, and ${jobs.length - NAMED} more` : "";
        const which = jobs.length === 0 ? "" : `: ${first.join(", ")}${more}`;
        noteChange(request, {
          subject: subjectOf(acted),
          detail: `${removed} deleted, ${retained} not deleted${which}`,
        });
        return json<typeof JobsDeleted>({
          deleted: removed,
          retained,
          unchanged: others - removed - retained,
          next_cursor: cursor,
        });
      },
      { parse: "none", detail: DELETE },
    );
}

/** The selection in a line, for the audit list. */
function subjectOf(acted: Acted): string {
  if ("filter" in acted) {
    const parts = Object.entries(acted.filter).map(([name, value]) => `${name} ${[value].flat().join(" or ")}`);
    return parts.length === 0 ? messages.allFailed : `all of ${parts.join(", ")}`;
  }
  const some = acted.ids.slice(0, NAMED).join(", ");
  return acted.ids.length > NAMED ? `${some}, and ${acted.ids.length - NAMED} more` : some;
}

/** The statuses that both allow. */
function both({ status }: JobSelection, allowed: readonly Status[]): readonly Status[] {
  const statuses = typeof status === "string" ? [status] : status;
  return statuses === undefined ? allowed : allowed.filter((each) => statuses.includes(each));
}

function unlessTooOften(error: unknown): null {
  if (error instanceof Failure && error.code === "job_retried_too_often") return null;
  throw error;
}

const SELECTED = {
  description: `{"ids": […]}, or a filter as for GET /api/jobs; at most ${A_CALL} jobs for each call`,
  content: { "application/json": Selected },
} as const;
const problems = [400, 408, 413, 415, 422] as const;

const COUNT = operation({
  operationId: "countJobs",
  tags: ["Jobs"],
  summary: "Count the jobs of a selection",
  description: `Counts at most ${COUNTED.toLocaleString("en")} jobs.`,
  body: SELECTED,
  responses: {
    200: {
      description: "How many, of each status",
      content: {
        "application/json": ref("JobsCounted"),
      },
    },
  },
  problems,
});

const CANCEL = operation({
  operationId: "cancelJobs",
  tags: ["Jobs"],
  summary: "Cancel many jobs",
  description:
    "Cancels the jobs that have not ended, without waiting: a running job ends at its next step, and is counted in `requested`.",
  body: SELECTED,
  responses: {
    200: {
      description: "The result",
      content: {
        "application/json": ref("JobsCancelled"),
      },
    },
  },
  problems,
});

const RETRY = operation({
  operationId: "retryJobs",
  tags: ["Jobs"],
  summary: "Retry many jobs",
  description:
    "With a filter, retries the failed jobs, unless `status` names failed, cancelled or both. With ids, retries failed, cancelled and waiting jobs. Each job resumes at its last checkpoint, with all attempts available again, oldest first.",
  body: { description: "{} selects all failed jobs", content: { "application/json": Selected } },
  responses: {
    200: {
      description: "Number of jobs that are queued again",
      content: {
        "application/json": ref("JobsRetried"),
      },
    },
  },
  problems,
});

const DELETE = operation({
  operationId: "deleteJobs",
  tags: ["Jobs"],
  summary: "Delete many ended jobs, with their PDFs",
  description:
    "Delivered files stay where they are. Jobs with an undelivered callback are not deleted, and neither are jobs with an Idempotency-Key of the last 24 hours, because the same request would make another report. Cancel jobs that have not ended first.",
  body: SELECTED,
  responses: {
    200: {
      description: "The result",
      content: {
        "application/json": ref("JobsDeleted"),
      },
    },
  },
  problems,
});

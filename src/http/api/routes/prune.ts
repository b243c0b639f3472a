import { Type as t } from "@sinclair/typebox";
import { Elysia } from "elysia";
import { requireAdmin } from "../../../access/caller.ts";
import { isCalendarDay } from "../../../report/figures/days.ts";
import { readJson } from "../../body.ts";
import { errors } from "../../errors.ts";
import { operation, ref } from "../../openapi/operation.ts";
import { json } from "../../response.ts";
import type { Shared } from "../shared.ts";

export const JobsPruned = t.Object({
  removed: t.Integer({ minimum: 0, description: "Number of deleted jobs" }),
  retained: t.Integer({
    minimum: 0,
    description:
      "Old jobs that were not deleted: their callback is not delivered yet, or they have an Idempotency-Key of the last 24 hours",
  }),
  reports_removed: t.Integer({ minimum: 0, description: "Deleted PDFs, including those left by earlier prunes" }),
  reports_left: t.Integer({ minimum: 0, description: "PDFs that could not be deleted; they will be retried" }),
});

/** Old jobs removed before their time. */
export function pruneRoutes({ admission, limits, prune, noteChange }: Shared) {
  return new Elysia().use(admission).post(
    "/api/jobs/prune",
    async ({ request, caller }) => {
      requireAdmin(caller);
      const { value } = await readJson(request, limits);
      const endedBefore = endedBeforeOf(value);
      const { removed, retained, reportsRemoved, reportsLeft } = await prune(endedBefore);
      noteChange(request, {
        subject: `ended before ${endedBefore.toISOString()}`,
        detail: `${removed} deleted, ${retained} not deleted`,
      });
      return json<typeof JobsPruned>({ removed, retained, reports_removed: reportsRemoved, reports_left: reportsLeft });
    },
    { parse: "none", detail: PRUNE },
  );
}

function endedBeforeOf(body: unknown): Date {
  const given = typeof body === "object" && body !== null && "ended_before" in body ? body.ended_before : null;
  const form = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})$/;
  if (typeof given !== "string" || !form.test(given)) throw errors.time("ended_before", given);
  const time = new Date(given);
  // The engine takes the 30th of February for the 2nd of March, and jobs would be deleted that were to stay.
  if (Number.isNaN(time.getTime()) || !isCalendarDay(given.slice(0, 10))) throw errors.time("ended_before", given);
  return time;
}

const PRUNE = operation({
  operationId: "pruneJobs",
  tags: ["Jobs"],
  summary: "Delete old jobs",
  description:
    "Deletes jobs that ended before the given time, with their PDFs. Delivered files stay. The service itself deletes jobs that are older than the retention. Requires an admin key.",
  body: {
    content: {
      "application/json": t.Object({ ended_before: t.String({ format: "date-time" }) }),
    },
  },
  responses: {
    200: {
      description: "The number of deleted jobs and PDFs",
      content: {
        "application/json": ref("JobsPruned"),
      },
    },
  },
  problems: [400, 408, 413, 415, 422],
});

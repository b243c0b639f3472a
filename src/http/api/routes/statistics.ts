import { Type as t } from "@sinclair/typebox";
import { Elysia } from "elysia";
import { requireSeesAll } from "../../../access/caller.ts";
import { type StatisticsBucket, WINDOWS } from "../../../queue/statistics.ts";
import { nullable, time, type Viewed } from "../../../views/nullable.ts";
import { operation, ref } from "../../openapi/operation.ts";
import { choice, defineQuery } from "../../query.ts";
import { json } from "../../response.ts";
import type { Shared } from "../shared.ts";

const count = () => t.Integer({ minimum: 0 });
const seconds = (description: string) => nullable(t.Number({ minimum: 0, description }));

/** What ended recently. */
export const StatisticsView = t.Object({
  window: t.Union([t.Literal("hour"), t.Literal("day")]),
  bucket_seconds: t.Integer(),
  buckets: t.Array(
    t.Object({
      at: time("Start of the interval"),
      completed: count(),
      failed: count(),
      cancelled: count(),
      median_seconds: seconds(
        "Median run time of the attempts of a completed job, without the waits between them; null if no job completed",
      ),
      p95_seconds: seconds("95th percentile of the same time"),
    }),
    { description: "Oldest first; the last interval is not complete" },
  ),
});

/** Throughput and duration, for charts. */
export function statisticsRoutes({ queue, admission }: Shared) {
  return new Elysia().use(admission).get(
    "/api/statistics",
    async ({ request, caller }) => {
      requireSeesAll(caller);
      const { window } = QUERY.read(request);
      const buckets = await queue.statistics(window);
      return json<typeof StatisticsView>({
        window,
        bucket_seconds: WINDOWS[window].bucketMs / 1_000,
        buckets: buckets.map(view),
      });
    },
    { detail: STATISTICS },
  );
}

const QUERY = defineQuery({ window: choice("Period of the counts", ["hour", "day"], "hour") });

function view({ at, completed, failed, cancelled, medianSeconds, p95Seconds }: StatisticsBucket) {
  const bucket = { at, completed, failed, cancelled, median_seconds: medianSeconds, p95_seconds: p95Seconds };
  return bucket satisfies Viewed<typeof StatisticsView>["buckets"][number];
}

const STATISTICS = operation({
  operationId: "statistics",
  tags: ["Service"],
  summary: "Count the jobs that ended in the last hour or day, with run times",
  description: "`hour` has 60 intervals of a minute, `day` 96 intervals of 15 minutes. Requires a viewer or admin key.",
  parameters: QUERY.parameters,
  responses: { 200: { description: "The counts", content: { "application/json": ref("Statistics") } } },
  problems: [422],
});

import { Type as t } from "@sinclair/typebox";
import { Elysia } from "elysia";
import { requireAdmin, requireSeesAll, seesSurroundings } from "../../../access/caller.ts";
import { nullable, time } from "../../../views/nullable.ts";
import { disclosedReason, targetProblem } from "../../../views/views.ts";
import { readJson } from "../../body.ts";
import { errors } from "../../errors.ts";
import { operation, ref } from "../../openapi/operation.ts";
import { inPath } from "../../path.ts";
import { json } from "../../response.ts";
import type { Shared } from "../shared.ts";

const count = (description: string) => t.Integer({ minimum: 0, description });

const Target = t.Object({
  target: t.String(),
  problem: nullable(t.String({ description: "The problem to fix, or when the next attempt is made" })),
  last_success_at: nullable(time("When it last accepted a report")),
  last_failure_at: nullable(time("When a delivery last failed")),
  failing_since: nullable(time("Since when every delivery has failed")),
  failures: count("Number of failed deliveries since then"),
  last_error: nullable(t.String()),
});

const Host = t.Object({
  host: nullable(t.String({ description: "Shown only to admins" })),
  pending: count("Callbacks still to be sent"),
  failing: count("Of those, the ones whose last attempt failed"),
  failing_since: nullable(time("When the attempts of the oldest failing callback started")),
  error: nullable(t.String({ description: "Why its last attempt failed" })),
});

export const Deliveries = t.Object({
  targets: t.Array(Target),
  waiting: count("Jobs that wait for their next attempt, for any reason"),
  callbacks: t.Array(Host, { description: "Callbacks by host, failing ones first, at most 200 hosts" }),
});

export const DeliveryTest = t.Object({ target: t.String(), ok: t.Boolean(), problem: nullable(t.String()) });

export const CallbacksResent = t.Object({ resent: count("Callbacks that are due now") });

/** Where reports and callbacks go, and how that is going. */
export function deliveryRoutes({ queue, admission, health, testTarget, callbacks, limits, noteChange }: Shared) {
  return new Elysia()
    .use(admission)
    .get(
      "/api/deliveries",
      async ({ caller }) => {
        requireSeesAll(caller);
        const admin = seesSurroundings(caller);
        const [{ deliveries }, hosts, counts] = await Promise.all([health(), queue.callbacks.hosts(), queue.counts()]);
        return json<typeof Deliveries>({
          targets: deliveries.map(({ target, problem, record }) => ({
            target,
            problem: disclosedReason(problem, admin, targetProblem(target)),
            last_success_at: record.lastSuccessAt,
            last_failure_at: record.lastFailureAt,
            failing_since: record.failingSince,
            failures: record.failures,
            last_error: disclosedReason(record.lastError, admin),
          })),
          waiting: counts.waiting,
          callbacks: hosts.map(({ host, pending, failing, failingSince, error }) => ({
            host: admin ? host : null,
            pending,
            failing,
            failing_since: failingSince,
            error: disclosedReason(error, admin),
          })),
        });
      },
      { detail: LIST },
    )
    .post(
      "/api/deliveries/:target/test",
      async ({ request, params, caller }) => {
        requireAdmin(caller);
        const problem = await testTarget(params.target);
        if (problem === undefined) throw errors.unknownTarget(params.target);
        noteChange(request, { subject: params.target, detail: problem ?? "can be used" });
        return json<typeof DeliveryTest>({ target: params.target, ok: problem === null, problem });
      },
      { parse: "none", detail: TEST },
    )
    .post(
      "/api/callbacks/resend",
      async ({ request, caller }) => {
        requireAdmin(caller);
        const { value } = await readJson(request, limits);
        const host = typeof value === "object" && value !== null && "host" in value ? value.host : null;
        if (typeof host !== "string" || host === "" || host.length > 300)
          throw errors.valueFrom("host", "/api/deliveries", host);
        const jobs = await queue.callbacks.failing(host);
        for (const job of jobs) {
          const callback = await queue.callbacks.resend(job);
          if (callback !== null) callbacks.wake(callback.url);
        }
        noteChange(request, { subject: host, detail: `${jobs.length} sent again` });
        return json<typeof CallbacksResent>({ resent: jobs.length });
      },
      { parse: "none", detail: RESEND },
    );
}

const LIST = operation({
  operationId: "listDeliveries",
  tags: ["Service"],
  summary: "List delivery targets and callback receivers, with their status",
  description: "Requires a viewer or admin key; only an admin sees the hosts and the reasons for problems.",
  responses: {
    200: {
      description: "Targets, and receiving hosts of callbacks",
      content: { "application/json": ref("Deliveries") },
    },
  },
});

const TEST = operation({
  operationId: "testDelivery",
  tags: ["Service"],
  summary: "Test a delivery target now",
  description:
    "Runs the same checks as at startup: they find wrong settings, and deliver nothing. Requires an admin key.",
  parameters: [inPath("target", "folder, dropbox or s3")],
  responses: {
    200: {
      description: "The result of the test",
      content: {
        "application/json": ref("DeliveryTest"),
      },
    },
  },
  problems: [404],
});

const RESEND = operation({
  operationId: "resendCallbacks",
  tags: ["Service"],
  summary: "Send the failing callbacks to a host again now",
  description: "At most 1,000; each is retried for another 24 hours. Requires an admin key.",
  body: { content: { "application/json": t.Object({ host: t.String() }) } },
  responses: {
    200: {
      description: "The number of callbacks that are sent again",
      content: { "application/json": ref("CallbacksResent") },
    },
  },
  problems: [400, 408, 413, 415, 422],
});

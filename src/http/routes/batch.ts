import { Type as t } from "@sinclair/typebox";
import { Elysia } from "elysia";
import { Failure } from "../../failure.ts";
import type { NewJob } from "../../queue/job.ts";
import { Accepted, acceptedView, toNewJob } from "../accept.ts";
import type { Caller } from "../access.ts";
import { json } from "../answer.ts";
import { readJson } from "../body.ts";
import { idempotencyOf } from "../idempotency.ts";
import { operation, ref } from "../openapi/operation.ts";
import { type CallbackParts, originOf } from "../parts.ts";
import { isKnown } from "../problem.ts";
import type { Shared } from "../shared.ts";

const MAX_BATCH = 1_000;

/** The answer to a batch, in the order of its requests. */
export const AcceptedBatch = t.Object({
  jobs: t.Array(t.Pick(Accepted, ["job_id", "status", "stage", "status_url", "warnings"])),
  warnings: t.Array(t.String(), { description: "What was not taken from the batch itself" }),
});

/** Many reports in one call, all accepted or none. */
export function batchRoutes(shared: Shared) {
  const { queue, limits, publicUrl } = shared;

  return new Elysia().use(shared.admission).post(
    "/api/generate-agents-reports",
    async ({ request, caller }) => {
      const body = await readJson(request, limits);
      const key = idempotencyOf(request.headers, body.bytes);
      const { reports, warnings } = parseBatch(body.value);
      const parsed = parseAll(reports, caller, key, shared.callbacks);
      const submitted = await queue.submit(parsed.map(({ job }) => job));
      const origin = originOf(publicUrl, request);
      const replayed = submitted.every(({ created }) => !created);
      return json(
        { jobs: submitted.map((each, at) => acceptedView(each, origin, parsed[at]?.warnings ?? [])), warnings },
        replayed ? { "Idempotency-Replayed": "true" } : {},
      );
    },
    { parse: "none", detail: BATCH },
  );
}

function parseBatch(value: unknown): { readonly reports: readonly unknown[]; readonly warnings: readonly string[] } {
  const reports = isRecord(value) ? value.reports : undefined;
  if (!isRecord(value) || !Array.isArray(reports) || reports.length === 0 || reports.length > MAX_BATCH) {
    const detail = `a list of 1 to ${MAX_BATCH} requests`;
    throw new Failure("invalid_request", `Send {"reports": […]}, ${detail}.`, {
      details: { problems: [{ path: "/reports", message: detail }] },
    });
  }
  const unknown = Object.keys(value).filter((name) => name !== "reports");
  return { reports, warnings: unknown.map((name) => `${name} is not a field of a batch and was left out`) };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** All of them, or one failure that names what is wrong with each bad one. */
function parseAll(
  reports: readonly unknown[],
  caller: Caller,
  key: ReturnType<typeof idempotencyOf>,
  callbacks: CallbackParts,
) {
  const parsed: { readonly job: NewJob; readonly warnings: readonly string[] }[] = [];
  const problems: Record<string, unknown>[] = [];
  for (const [item, report] of reports.entries()) {
    try {
      parsed.push(toNewJob(report, caller, key && { ...key, item }, callbacks));
    } catch (error) {
      if (!(error instanceof Failure) || !isKnown(error.code)) throw error;
      problems.push({ index: item, code: error.code, message: error.message, ...error.options.details });
    }
  }
  if (problems.length === 0) return parsed;
  throw new Failure(
    "invalid_request",
    `${problems.length} of the ${reports.length} requests are not valid, so none was accepted.`,
    { details: { problems } },
  );
}

const BATCH = operation({
  operationId: "generateAgentsReports",
  tags: ["Reports"],
  summary: "Ask for many reports",
  description: "All are accepted or none. An Idempotency-Key covers the whole batch.",
  parameters: [
    {
      name: "Idempotency-Key",
      in: "header",
      description: "The same key and body within 24 hours give the same jobs, once.",
      schema: { type: "string", minLength: 1, maxLength: 255 },
    },
  ],
  body: {
    content: {
      "application/json": t.Object({
        reports: t.Array(t.Unsafe(ref("ReportRequest")), { minItems: 1, maxItems: MAX_BATCH }),
      }),
    },
  },
  answers: {
    200: {
      description: "All accepted, in the order of the requests",
      headers: { "Idempotency-Replayed": '"true" when the key named jobs that were there already' },
      content: { "application/json": ref("AcceptedBatch") },
    },
  },
  problems: [400, 408, 413, 415, 422, 429, 507],
});

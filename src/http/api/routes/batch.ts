import { Type as t } from "@sinclair/typebox";
import { Elysia } from "elysia";
import { eachOrAll, MAX_BATCH } from "../../../parsing/requests.ts";
import { originOf } from "../../http.ts";
import { operation, ref } from "../../openapi/operation.ts";
import { json } from "../../response.ts";
import { Accepted, acceptedView, advisedEach, toNewJob, withinPriority } from "../accept.ts";
import type { Shared } from "../shared.ts";

/** The response to a batch, in the order of its requests. */
export const AcceptedBatch = t.Object({
  jobs: t.Array(t.Pick(Accepted, ["job_id", "status", "stage", "status_url", "warnings"])),
  warnings: t.Array(t.String(), { description: "Fields of the batch that were ignored" }),
});

/** Many reports in one call, all accepted or none. */
export function batchRoutes(shared: Shared) {
  const { queue, publicUrl } = shared;

  return new Elysia().use(shared.admission).post(
    "/api/generate-agents-reports",
    async ({ request, caller }) => {
      const {
        parsed: { parsed: read, warnings },
        key,
      } = await shared.reader.batch(request, caller.client);
      const advised = await advisedEach(read, shared, shared.turns);
      const parsed = advised.map((each) => withinPriority(each, caller));
      const jobs = eachOrAll(parsed, (each, item) => toNewJob(each, caller, key && { ...key, item }, shared));
      const submitted = await queue.submit(jobs, caller.quota);
      await shared.noteAccepted(request, submitted);
      const origin = originOf(publicUrl, request);
      const replayed = submitted.every(({ created }) => !created);
      return json<typeof AcceptedBatch>(
        {
          jobs: submitted.map((each, at) => acceptedView(each, origin, parsed[at]?.warnings ?? [])),
          warnings,
        },
        replayed ? { "Idempotency-Replayed": "true" } : {},
      );
    },
    { parse: "none", detail: BATCH },
  );
}

const BATCH = operation({
  operationId: "generateAgentsReports",
  tags: ["Reports"],
  summary: "Request many reports",
  description:
    "All requests are accepted, or none. An Idempotency-Key covers the whole batch. In CSV (text/csv, with a header row), a row is a " +
    "request; the columns are its fields, with an underscore for fields of an object (branding_name, delivery_folder, metadata_deal).",
  parameters: [
    {
      name: "Idempotency-Key",
      in: "header",
      description: "The same key and body within 24 hours return the same jobs.",
      schema: { type: "string", minLength: 1, maxLength: 255 },
    },
  ],
  body: {
    content: {
      "application/json": t.Object({
        reports: t.Array(t.Unsafe(ref("ReportRequest")), { minItems: 1, maxItems: MAX_BATCH }),
      }),
      "text/csv": t.String({ examples: ['suburb,state,property_types,min_bedrooms\nManly,NSW,"House,Townhouse",3\n'] }),
    },
  },
  responses: {
    200: {
      description: "All requests were accepted. The jobs are in the order of the requests",
      headers: { "Idempotency-Replayed": '"true" if a previous request with this key created the jobs' },
      content: { "application/json": ref("AcceptedBatch") },
    },
  },
  problems: [400, 408, 413, 415, 422, 429, 507],
});

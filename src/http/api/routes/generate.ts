/*
 * One file for each group of routes: schema, handler and OpenAPI description together.
 * A route reads the request, calls another room, and returns a view.
 * Not here: what other routes use (http/api/), and work that takes longer than a request.
 */

import { Elysia } from "elysia";
import type { Caller } from "../../../access/caller.ts";
import { Failure } from "../../../failure.ts";
import { sha256 } from "../../../host/hash.ts";
import { retryAfter } from "../../../outbound/retry-after.ts";
import type { ParsedRequest } from "../../../parsing/requests.ts";
import { ENDED, type Submitted } from "../../../queue/job.ts";
import { requestOf } from "../../../queue/request.ts";
import { type JobView, statusPath } from "../../../views/job-view.ts";
import { errors } from "../../errors.ts";
import { originOf } from "../../http.ts";
import { messages } from "../../messages.ts";
import { operation, ref } from "../../openapi/operation.ts";
import { preferredWait } from "../../preference.ts";
import { json } from "../../response.ts";
import { type Accepted, acceptedView, advised, toNewJob, withinPriority } from "../accept.ts";
import { type BlockedBy, readBlocks } from "../blocked-by.ts";
import { jobView, retryAfterMs, surroundings } from "../job-status.ts";
import { longPoll, untilEnded } from "../long-poll.ts";
import type { Shared } from "../shared.ts";

/** The old API's calls: one report each. */
export function generateRoutes(shared: Shared) {
  const { queue, publicUrl } = shared;

  const generate = async (what: "agents" | "agency", request: Request, caller: Caller): Promise<Response> => {
    const { parsed: read, key } = await shared.reader.report(request, caller.client);
    const parsed = withinPriority(advised(reportOn(what, read), shared), caller);
    const { warnings } = parsed;
    const idempotency = key && { ...key, fingerprint: fingerprintOf(what, key.fingerprint), item: 0 };
    const job = toNewJob(parsed, caller, idempotency, shared);
    const [[submitted], blocks] = await Promise.all([queue.submit([job], caller.quota), readBlocks(shared)]);
    if (submitted === undefined) throw new Error(messages.noJob);
    await shared.noteAccepted(request, [submitted]);

    // A preference that cannot be met is skipped (RFC 7240): the job is accepted all the same.
    const wait = shared.waiters.room(caller.client) ? preferredWait(request.headers) : null;
    if (wait !== null) return await afterWait(shared, request, caller, submitted, warnings, wait);
    return accepted(shared, submitted, originOf(publicUrl, request), warnings, null, blocks);
  };

  return new Elysia()
    .use(shared.admission)
    .post("/api/generate-agents-report", ({ request, caller }) => generate("agents", request, caller), {
      parse: "none",
      detail: GENERATE,
    })
    .post("/api/generate-agency-report", ({ request, caller }) => generate("agency", request, caller), {
      parse: "none",
      detail: GENERATE_AGENCY,
    });
}

/**
 * The same, with what the call reports on written into the request.
 * @throws Failure "invalid_request" if the body contradicts it.
 */
function reportOn(what: "agents" | "agency", parsed: ParsedRequest): ParsedRequest {
  const request = requestOf(parsed.request);
  const kind = request.report ?? what;
  if (kind !== what) {
    throw errors.otherReport(what, String(kind));
  }
  return what === "agents" ? parsed : { ...parsed, request: JSON.stringify({ ...request, report: what }) };
}

/** The same key and body in the two calls are two requests. */
function fingerprintOf(what: "agents" | "agency", fingerprint: string): string {
  return what === "agents" ? fingerprint : sha256(`${what} ${fingerprint}`);
}

/** The finished job if it ends in time, else the usual response. */
async function afterWait(
  shared: Shared,
  request: Request,
  caller: Caller,
  submitted: Submitted,
  warnings: readonly string[],
  waitS: number,
): Promise<Response> {
  const { id } = submitted.job;
  const ended = await longPoll({ ...shared, caller, request, waitS }, id, () => shared.queue.get(id), untilEnded).catch(
    (error) => {
      // A caller that may no longer read the job still learns that it was accepted, as without a wait: else it sends it
      // again.
      if (error instanceof Failure && error.code === "key_unknown") return null;
      throw error;
    },
  );
  const job = ended ?? submitted.job;
  const around = await surroundings(shared, request, job, null);
  const now = { ...submitted, job };
  if (!ENDED.has(job.status)) return accepted(shared, now, around.origin, warnings, waitS, around.blockers);
  const all = [...new Set([...warnings, ...job.warnings])];
  return json<typeof JobView>(
    { ...jobView(job, around), warnings: all },
    acceptedHeaders(now, retryAfterMs(job, around), waitS),
  );
}

function accepted(
  shared: Shared,
  submitted: Submitted,
  origin: string,
  warnings: readonly string[],
  waitS: number | null,
  blockers: BlockedBy,
): Response {
  const { typicalMs, renderSlots } = shared;
  const around = {
    origin,
    running: null,
    position: 0,
    typicalMs: typicalMs(),
    renderSlots,
    gathersAll: false,
    blockers,
    admin: false,
    folders: [],
  };
  return json<typeof Accepted>(
    acceptedView(submitted, origin, warnings),
    acceptedHeaders(submitted, retryAfterMs(submitted.job, around), waitS),
  );
}

function acceptedHeaders(
  { job, created }: Submitted,
  retryAfterS: number,
  waitS: number | null,
): Record<string, string> {
  const headers: Record<string, string> = { Location: statusPath(job), "Retry-After": retryAfter(retryAfterS) };
  if (!created) headers["Idempotency-Replayed"] = "true";
  if (waitS !== null) headers["Preference-Applied"] = `wait=${waitS}`;
  return headers;
}

const GENERATE_CALL = {
  tags: ["Reports"],
  description:
    "Responds as soon as the request is stored on disk. Poll status_url until status is completed, failed or cancelled; " +
    "Retry-After says when to poll again. A body without a Content-Type is read as JSON.",
  parameters: [
    {
      name: "Idempotency-Key",
      in: "header",
      description: "Any text of your choice. The same key and body within 24 hours return the same job.",
      schema: { type: "string", minLength: 1, maxLength: 255 },
    },
    {
      name: "Prefer",
      in: "header",
      description: "wait=N delays the response up to N seconds (at most 300) until the job has ended (RFC 7240).",
      schema: { type: "string", examples: ["wait=60"] },
    },
  ],
  body: { content: { "application/json": ref("ReportRequest") } },
  responses: {
    200: {
      description: "Accepted",
      headers: {
        Location: "The path of the job's status",
        "Retry-After": "Seconds to wait before the next poll",
        "Idempotency-Replayed": '"true" if a previous request with this key created the job',
        "Preference-Applied": "wait=N, if the request had it",
      },
      content: { "application/json": ref("Accepted") },
    },
  },
  problems: [400, 408, 413, 415, 422, 429, 507],
} satisfies Omit<Parameters<typeof operation>[0], "operationId" | "summary">;

const GENERATE = operation({
  ...GENERATE_CALL,
  operationId: "generateAgentsReport",
  summary: "Request a report on the agents who sell in a suburb",
});

const GENERATE_AGENCY = operation({
  ...GENERATE_CALL,
  operationId: "generateAgencyReport",
  summary: "Request a report on the agencies that let properties in a suburb",
});

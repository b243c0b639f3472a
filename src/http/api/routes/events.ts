import { Elysia } from "elysia";
import { type Caller, seesAll, seesSurroundings } from "../../../access/caller.ts";
import { ENDED } from "../../../queue/job.ts";
import { errors } from "../../errors.ts";
import { originOf } from "../../http.ts";
import { EVENT_STREAM, JOB_ID, operation, ref } from "../../openapi/operation.ts";
import { defineQuery } from "../../query.ts";
import { PROTECTION } from "../../response.ts";
import type { Opening } from "../events/feed.ts";
import type { Listener } from "../events/listener.ts";
import { ownOf } from "../job-filter.ts";
import type { Shared } from "../shared.ts";
import { findJob } from "./status.ts";

/** Seconds a connection that was cut off may take to close. */
const CLOSE_S = 1;

const HEADERS = {
  ...PROTECTION,
  "Content-Type": `${EVENT_STREAM}; charset=utf-8`,
  // nginx passes each event on at once instead of gathering them.
  "X-Accel-Buffering": "no",
} as const;

/** What happens, as it happens: of all jobs the caller may see, and of one. */
export function eventRoutes(shared: Shared) {
  const { queue, feed, connections, access, publicUrl } = shared;

  const stream = async (
    request: Request,
    caller: Caller,
    open: (opening: Opening) => Promise<Listener>,
  ): Promise<Response> => {
    // It would have no reader.
    if (request.method === "HEAD") return new Response(null, { headers: HEADERS });
    const listener = await open({
      origin: originOf(publicUrl, request),
      client: ownOf(caller).client ?? null,
      admin: seesSurroundings(caller),
      owner: caller.client,
      allowed: () => access.remains(caller),
      hurry: () => connections.allowSilence(request, CLOSE_S),
    });
    connections.allowSilence(request, 0);
    if (request.signal.aborted) listener.end();
    request.signal.addEventListener("abort", () => listener.end(), { once: true });
    return new Response(listener.stream, { headers: HEADERS });
  };

  return new Elysia()
    .use(shared.admission)
    .get(
      "/api/events",
      ({ request, caller }) => {
        const after = lastSeen(request);
        const overview = seesAll(caller);
        return stream(request, caller, (opening) => feed.openAll({ ...opening, after, overview }));
      },
      { detail: ALL },
    )
    .get(
      "/api/jobs/:id/events",
      async ({ request, params, caller }) => {
        const after = lastSeen(request);
        const job = await findJob(queue, caller, params.id);
        const known = (await queue.history(job.id)).at(-1)?.id ?? 0;
        // It has ended and its end was sent: this status prevents a browser from reconnecting.
        if (ENDED.has(job.status) && after !== null && after >= known)
          return new Response(null, { status: 204, headers: PROTECTION });
        return stream(request, caller, (opening) => feed.openJob({ ...opening, job: job.id }));
      },
      { detail: ONE },
    );
}

/** The event to continue after, null without one: the browser sends it in a header, and a page that opens again in the query. */
function lastSeen(request: Request): number | null {
  const header = request.headers.get("last-event-id");
  if (header !== null && /^\d{1,15}$/.test(header)) return Number(header);
  return QUERY.read(request).after;
}

const QUERY = defineQuery({
  after: {
    description: "The same, for clients that cannot set headers",
    schema: { type: "integer", minimum: 0 },
    read(given, name) {
      if (given !== null && !/^\d{1,15}$/.test(given)) throw errors.eventId(name, given);
      return given === null ? null : Number(given);
    },
  },
});

const AFTER = [
  {
    name: "Last-Event-ID",
    in: "header",
    description: "The id of the last event received; browsers send it automatically when they reconnect",
    schema: { type: "string" },
  },
  ...QUERY.parameters,
] as const;

const WORDS =
  "`event: job` has an `id` and, as its data, the job as `GET /api/job-status/{id}` returns it. Ids remain valid after a restart. " +
  "The data of each event is JSON, with the schema JobEvent, ProgressEvent, OverviewEvent or QueueEvent. " +
  "A comment is sent every 15 seconds. A stream whose client does not read in time is closed; resume it with Last-Event-ID.";

const ALL = operation({
  operationId: "watchJobs",
  tags: ["Jobs"],
  summary: "Follow all jobs with server-sent events",
  description: `${WORDS} With a viewer or admin key, \`event: overview\` has the response of \`GET /api/overview\`, every 2 seconds. With other keys, \`event: queue\` says whether and since when the queue is paused.`,
  parameters: AFTER,
  responses: {
    200: {
      description: "An endless stream",
      content: {
        [EVENT_STREAM]: {
          oneOf: [ref("JobEvent"), ref("ProgressEvent"), ref("OverviewEvent"), ref("QueueEvent")],
        },
      },
    },
  },
  problems: [422],
});

const ONE = operation({
  operationId: "watchJob",
  tags: ["Jobs"],
  summary: "Follow one job with server-sent events",
  description: `The first event is the current state; the stream ends with the job. ${WORDS}`,
  parameters: [JOB_ID, ...AFTER],
  responses: {
    200: {
      description: "A stream that ends with the job",
      content: { [EVENT_STREAM]: { oneOf: [ref("JobEvent"), ref("ProgressEvent")] } },
    },
    204: { description: "The end of the job was already sent: do not reconnect" },
  },
  problems: [404, 409, 422],
});

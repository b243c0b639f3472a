/*
 * Changes of jobs as server-sent events: read once for all streams, in order, with ids to resume from.
 * Each listener has a bounded buffer; one that is too slow is cut off and resumes.
 * Not here: routes, and where changes are stored.
 */

import { type TSchema, Type as t } from "@sinclair/typebox";
import { STAGES } from "../../../queue/job.ts";
import { JobView } from "../../../views/job-view.ts";
import { nullable, time, type Viewed } from "../../../views/nullable.ts";
import { ref } from "../../openapi/operation.ts";
import { Overview } from "../overview.ts";

/** How far a running job is. */
export const JobProgress = t.Object(
  {
    job_id: t.String(),
    stage: t.Union(STAGES.map((stage) => t.Literal(stage))),
    progress: t.Integer({ minimum: 0, maximum: 100, description: "Progress of the whole job, in percent" }),
    section: nullable(
      t.String({ description: 'The section of the document that is being rendered, such as "market"' }),
    ),
    document: nullable(t.String({ description: "The kind of the document that is being rendered or delivered" })),
    waiting_for: nullable(t.String({ description: 'Why it does not continue, such as "memory"; null if it does' })),
  },
  { description: "Progress of a running job" },
);

/** Whether anything new is started, for those who may not know by whom it was paused. */
export const QueueState = t.Object({ paused: nullable(t.Object({ since: time("When the queue was paused") })) });

/** The data of each event, by its name: the compiler checks what is sent against it, and the OpenAPI document has it. */
const DATA = { job: JobView, progress: JobProgress, overview: Overview, queue: QueueState } as const;

export type EventName = keyof typeof DATA;

/** The way events go over the wire: https://html.spec.whatwg.org/multipage/server-sent-events.html. */
export interface WireEvent<Name extends EventName> {
  readonly event: Name;
  /** What `Last-Event-ID` continues after; events without one are not repeated. */
  readonly id?: number;
  readonly data: Viewed<(typeof DATA)[Name]>;
}

const RETRY_MS = 2_000;

/** JSON has no line breaks of its own. */
export function encoded<Name extends EventName>({ event, id, data }: WireEvent<Name>): string {
  return `event: ${event}\n${id === undefined ? "" : `id: ${id}\n`}data: ${JSON.stringify(data)}\n\n`;
}

/** First of all: how soon to come back, and, without anything being dispatched, what to come back with. */
export function opening(position: number): string {
  return `retry: ${RETRY_MS}\nid: ${position}\n\n`;
}

/** A comment is no event; it prevents proxies from closing the connection. */
export const COMMENT = ":\n\n";

/** An event as OpenAPI 3.2 describes one (4.14.4): its fields, and the JSON that is in `data`. */
function described(event: EventName, data: ReturnType<typeof ref>, description: string, more: Record<string, TSchema>) {
  return t.Object(
    {
      event: t.Literal(event),
      ...more,
      data: t.String({ contentMediaType: "application/json", contentSchema: data }),
    },
    { description },
  );
}

const ID = { id: t.String({ description: "The id to send as Last-Event-ID to resume after this event" }) };

export const JobEvent = described("job", ref("Job"), "A job has changed: its current state", ID);
export const ProgressEvent = described(
  "progress",
  ref("JobProgress"),
  "A running job has progressed; at most 4 a second for a job",
  {},
);
export const OverviewEvent = described(
  "overview",
  ref("Overview"),
  "Every 2 seconds, to viewer and admin keys, in the stream of all jobs",
  {},
);
export const QueueEvent = described(
  "queue",
  ref("QueueState"),
  "At the beginning and after each change, to other keys, in the stream of all jobs",
  {},
);

/** The way events go over the wire: https://html.spec.whatwg.org/multipage/server-sent-events.html. */
export interface WireEvent {
  readonly event: "job" | "progress" | "overview" | "queue";
  /** What `Last-Event-ID` goes on after; events without one are not repeated. */
  readonly id?: number;
  /** JSON, which has no line breaks of its own. */
  readonly data: string;
}

const RETRY_MS = 2_000;

export function encoded({ event, id, data }: WireEvent): string {
  return `event: ${event}\n${id === undefined ? "" : `id: ${id}\n`}data: ${data}\n\n`;
}

/** First of all: how soon to come back, and, without anything being dispatched, what to come back with. */
export function opening(position: number): string {
  return `retry: ${RETRY_MS}\nid: ${position}\n\n`;
}

/** Nobody is told of a comment; it keeps those between awake. */
export const COMMENT = ":\n\n";

import { createParser } from "eventsource-parser";
import { sleep } from "../outbound/sleep.ts";
import type { Schemas } from "./api.ts";
import { ApiError } from "./api-error.ts";
import type { Exchange } from "./exchange.ts";
import { messages } from "./messages.ts";

/** The events that the service sends while they happen. */
export type ServiceEvent =
  /** A job's status or stage has changed: the job as it is by then. `id` only grows; it is what `after` takes. */
  | { readonly type: "job"; readonly id: string; readonly job: Schemas["Job"] & { readonly client: string } }
  /** How far a running job is. */
  | { readonly type: "progress"; readonly progress: JobProgress }
  /** The state of the service; for callers who see everything, from the stream of all jobs. */
  | { readonly type: "overview"; readonly overview: Schemas["Overview"] };

export type JobProgress = Schemas["JobProgress"];

export interface EventsOptions {
  /** One job's events, which end with it; all that the caller sees by default. */
  readonly job?: string;
  /** Resume after the event of this id; from now on by default. */
  readonly after?: string;
  readonly signal?: AbortSignal;
}

/** The service sends something every 15 s: after so long without a byte the connection is dead. */
const SILENCE_MS = 45_000;
const AGAIN_MS = 2_000;

/**
 * The events, and after any break of the connection those that were missed. For one job it ends with the job; for all
 * it continues until the loop is left or the signal aborted. Ends with an ApiError when the service cannot be reached
 * for longer than the exchange retries.
 */
export async function* events(
  exchange: Exchange,
  { job, after, signal }: EventsOptions,
): AsyncGenerator<ServiceEvent, void, undefined> {
  const path = job === undefined ? "/api/events" : `/api/jobs/${encodeURIComponent(job)}/events`;
  let last = after;
  let againMs = AGAIN_MS;
  for (;;) {
    signal?.throwIfAborted();
    const connection = new AbortController();
    const ends = signal === undefined ? connection.signal : AbortSignal.any([signal, connection.signal]);
    let silence: ReturnType<typeof setTimeout> | undefined;
    const received = () => {
      clearTimeout(silence);
      silence = setTimeout(() => connection.abort(new Error(messages.noEvents)), SILENCE_MS);
    };
    try {
      received();
      const headers = { Accept: "text/event-stream", ...(last === undefined ? {} : { "Last-Event-ID": last }) };
      const body = await exchange.send(path, { headers, resendable: true, timeoutMs: null, signal: ends }, streamOf);
      const waiting: ServiceEvent[] = [];
      const parser = createParser({
        onEvent: ({ event, id, data }) => {
          if (id !== undefined) last = id;
          const parsed = parse(event, id, data);
          if (parsed !== null) waiting.push(parsed);
        },
        onRetry: (ms) => {
          againMs = ms;
        },
      });
      const decoder = new TextDecoder();
      for await (const chunk of body) {
        received();
        parser.feed(decoder.decode(chunk, { stream: true }));
        for (const parsed of waiting.splice(0)) {
          yield parsed;
          if (
            job !== undefined &&
            parsed.type === "job" &&
            ["completed", "failed", "cancelled"].includes(parsed.job.stage)
          )
            return;
        }
      }
    } catch (error) {
      signal?.throwIfAborted();
      if (error instanceof ApiError) throw error;
      // A break: what was missed comes after the last id.
    } finally {
      clearTimeout(silence);
      connection.abort();
    }
    await sleep(againMs, signal);
  }
}

async function streamOf({ body, url, status }: Response): Promise<ReadableStream<Uint8Array>> {
  if (body === null) throw new ApiError(messages.notEvents(url), { code: "not_understood", status });
  return body;
}

/** Null for an event of a newer service that this client does not know. */
function parse(event: string | undefined, id: string | undefined, data: string): ServiceEvent | null {
  if (event === "job" && id !== undefined) return { type: event, id, job: JSON.parse(data) };
  if (event === "progress") return { type: event, progress: JSON.parse(data) };
  return event === "overview" ? { type: event, overview: JSON.parse(data) } : null;
}

/*
 * The client for programs and the command line: typed calls, retries that duplicate nothing, events that resume.
 * Its types are generated from the service's OpenAPI document by `bun run client`.
 * Not here: any other part of the service, except the parser of Retry-After and sleep.ts of outbound/.
 */

import type { Queries, Schemas } from "./api.ts";
import { ApiError } from "./api-error.ts";
import { type EventsOptions, events, type ServiceEvent } from "./events.ts";
import { createExchange, type Fetch } from "./exchange.ts";
import { messages } from "./messages.ts";
import { downloadReport, type Report } from "./report.ts";

export { ApiError, type ApiErrorCode } from "./api-error.ts";
export type { EventsOptions, JobProgress, ServiceEvent } from "./events.ts";
export type { Report } from "./report.ts";
export type Accepted = Schemas["Accepted"];
export type AuditList = Schemas["AuditList"];
export type ApiAuditEntry = AuditList["entries"][number];
export type AcceptedBatch = Schemas["AcceptedBatch"];
export type ApiJob = Schemas["Job"];
export type ApiJobDetail = Schemas["JobDetail"];
export type JobList = Schemas["JobList"];
export type ApiOverview = Schemas["Overview"];
export type Paused = Schemas["Paused"];
export type ApiReportRequest = Schemas["ReportRequest"];
export type ApiUsage = Schemas["Usage"];
export type Pruned = Schemas["JobsPruned"];
/** How many jobs a selection is. */
export type JobCount = Schemas["JobsCounted"];
/** The result of one call for a selection; fields of other actions are left out. */
export type SelectionChange = Partial<Schemas["JobsCancelled"] & Schemas["JobsRetried"] & Schemas["JobsDeleted"]>;
/** Which jobs; all that the caller sees by default. */
export type JobFilter = Omit<Queries["listJobs"], "order" | keyof PageQuery>;
/** Of the audit list; all of it by default. */
export type AuditQuery = Omit<Queries["listAudit"], keyof PageQuery>;
/** Months as 2026-11, both included. */
export type UsageQuery = Queries["usage"];

export interface ClientOptions {
  /** Such as "https://reports.example.com". */
  readonly url: string;
  /** As `agentlink keys create` prints it; none is needed on the service's own machine while it has no keys. */
  readonly key?: string | null;
  /** How long a call that is refused for the moment (429, 503) is sent again and again; 60 s. */
  readonly retryForMs?: number;
  /** The same where nothing responds; `retryForMs` by default. 0 fails at once. */
  readonly unreachableMs?: number;
  /** Instead of the global one. */
  readonly fetch?: Fetch;
}

/** For a call that can be ended early. */
export interface Interruptible {
  readonly signal?: AbortSignal;
}

export interface SubmitOptions extends Interruptible {
  /**
   * Made again for each call by default. Give your own where your program may be started again before it got a
   * response.
   */
  readonly idempotencyKey?: string;
  /** Delay the response until the job has ended, for so long at most; 300 s is the service's limit. */
  readonly waitS?: number;
}

export type BatchOptions = Pick<SubmitOptions, "idempotencyKey" | "signal">;

export interface WaitOptions extends Interruptible {
  /** No longer than that; for ever by default. */
  readonly timeoutMs?: number;
  /** Called with the job at first and after each change of its status or stage. */
  readonly onChange?: (job: ApiJob) => void;
}

/** Jobs by their whole ids, 1,000 at most, or all that a filter matches. */
export type JobSelector = JobFilter | { readonly ids: readonly string[] };

export interface PageQuery {
  readonly limit?: number;
  readonly cursor?: string;
}

/** The service's API. Every call rejects with an {@link ApiError}. */
export interface Client {
  /** Requests a report; what is sent again by itself is accepted once. */
  submit(request: ApiReportRequest, options?: SubmitOptions): Promise<Accepted>;
  /** Requests up to 1,000 at once, all or none: a list of requests, or a table of them as CSV. */
  submitBatch(requests: readonly ApiReportRequest[] | string, options?: BatchOptions): Promise<AcceptedBatch>;
  /**
   * The job when it has ended, however it has: check its status. Rides out a restart of the service.
   * @throws ApiError "still_running" when the time is over.
   */
  wait(id: string, options?: WaitOptions): Promise<ApiJob>;
  get(id: string, options?: Interruptible): Promise<ApiJob>;
  /** All there is to know about a job: its attempts, deliveries, callbacks and changes. */
  detail(id: string, options?: Interruptible): Promise<ApiJobDetail>;
  /** A page of jobs, newest first. */
  list(filter?: JobFilter & PageQuery, options?: Interruptible): Promise<JobList>;
  /** All of them, in pages of `limit`. */
  each(filter?: JobFilter & Pick<PageQuery, "limit">, options?: Interruptible): AsyncIterable<ApiJob>;
  cancel(id: string, options?: Interruptible): Promise<ApiJob>;
  /** Attempts a failed, cancelled or waiting job now. */
  retry(id: string, options?: Interruptible): Promise<ApiJob>;
  /** Failed jobs that the catalogue would serve now. */
  servedJobs(options?: Interruptible): Promise<readonly Schemas["CatalogueFailedJobs"]["failed_jobs"][number][]>;
  /** Delivers a completed draft, unchanged. */
  send(id: string, options?: Interruptible): Promise<ApiJob>;
  /** Attempts all failed jobs of the filter again, or of the status it names; returns how many. */
  retryAll(filter?: JobFilter, options?: Interruptible): Promise<number>;
  /** How many jobs a selection is, before something is done to it. */
  count(selection: JobSelector, options?: Interruptible): Promise<JobCount>;
  /** Cancels, retries or deletes a selection, 1,000 jobs a call; `cursor` is the next_cursor of the call before. */
  changeAll(
    action: "cancel" | "retry" | "delete",
    selection: JobSelector,
    options?: Interruptible & { readonly cursor?: string },
  ): Promise<SelectionChange>;
  /** The PDFs of many jobs as one zip, 1,000 at most, in the order that they come: nothing of it is buffered. */
  downloadReports(
    selection: JobFilter | { readonly ids: string },
    options?: Interruptible,
  ): Promise<ReadableStream<Uint8Array>>;
  /** What happens, while it happens; after a break of the connection what was missed. */
  events(options?: EventsOptions): AsyncIterable<ServiceEvent>;
  /** The PDF of the main document, or of the kind that is named, checked against its hash. */
  downloadReport(id: string, options?: Interruptible & { readonly kind?: string }): Promise<Report>;
  /**
   * Reports by client and month, as 2026-11: the last twelve by default; one's own, or all clients' with a key that
   * sees all.
   */
  usage(range?: UsageQuery, options?: Interruptible): Promise<ApiUsage>;
  /** The state of the service. Needs an admin key, like the next three. */
  overview(options?: Interruptible): Promise<ApiOverview>;
  /** Starts nothing new until it is resumed. */
  pause(options?: Interruptible): Promise<Paused>;
  resume(options?: Interruptible): Promise<Paused>;
  /** Removes jobs that ended before the time (ISO 8601) and their PDFs; returns how many. Delivered files stay. */
  prune(endedBefore: string, options?: Interruptible): Promise<Pruned>;
  /** Who did what, a page of it, the latest first. Requires a viewer or admin key. */
  audit(filter?: AuditQuery & PageQuery, options?: Interruptible): Promise<AuditList>;
  /** Whether the service does its work. @throws ApiError "not_ready", with what is wrong in `problems`. */
  ready(options?: Interruptible): Promise<{ readonly status: string; readonly version: string }>;
}

const RETRY_FOR_MS = 60_000;
/** How long one long poll for a job's status lasts; less than the timeout of common proxies. */
const LONG_POLL_S = 50;
/** How much longer than the long poll its response may take. */
const LATE_MS = 15_000;

/** A client of the service at this address. Nothing stays open between calls. */
export function createClient(options: ClientOptions): Client {
  const { key = null, retryForMs = RETRY_FOR_MS, unreachableMs = retryForMs } = options;
  const url = options.url.replace(/\/+$/, "");
  const fetch: Fetch = options.fetch ?? ((address, init) => globalThis.fetch(address, init));
  const exchange = createExchange({ url, key, retryForMs, unreachableMs, fetch });
  const at = (id: string) => `/api/jobs/${encodeURIComponent(id)}`;

  const read = <T>(path: string, { signal }: Interruptible = {}) =>
    exchange.send(path, { resendable: true, signal }, (response) => json<T>(response));
  const change = <T>(path: string, resendable: boolean, { signal }: Interruptible = {}, body?: unknown) =>
    exchange.send(path, { method: "POST", resendable, signal, body }, (response) => json<T>(response));

  const client: Client = {
    async submit(request, { idempotencyKey = crypto.randomUUID(), waitS = 0, signal } = {}) {
      if (!IDEMPOTENCY_KEY.test(idempotencyKey)) throw unusableKey(idempotencyKey);
      return exchange.send(
        request.report === "agency" ? "/api/generate-agency-report" : "/api/generate-agents-report",
        {
          method: "POST",
          body: request,
          headers: { "Idempotency-Key": idempotencyKey, ...(waitS > 0 ? { Prefer: `wait=${waitS}` } : {}) },
          timeoutMs: waitS * 1_000 + LATE_MS * 2,
          resendable: true,
          signal,
        },
        (response) => json<Accepted>(response),
      );
    },

    async submitBatch(requests, { idempotencyKey = crypto.randomUUID(), signal } = {}) {
      if (!IDEMPOTENCY_KEY.test(idempotencyKey)) throw unusableKey(idempotencyKey);
      const table = typeof requests === "string";
      return exchange.send(
        "/api/generate-agents-reports",
        {
          method: "POST",
          ...(table ? { text: requests } : { body: { reports: requests } }),
          headers: { "Idempotency-Key": idempotencyKey, ...(table ? { "Content-Type": "text/csv" } : {}) },
          resendable: true,
          signal,
        },
        (response) => json<AcceptedBatch>(response),
      );
    },

    async wait(id, { signal, timeoutMs = Number.POSITIVE_INFINITY, onChange } = {}) {
      const deadline = performance.now() + timeoutMs;
      const poll = (waitS: number) =>
        exchange.send(
          // The changes in between are not needed: the long poll lasts until the end.
          `/api/job-status/${encodeURIComponent(id)}?wait=${waitS}${onChange === undefined ? "&until=ended" : ""}`,
          { resendable: true, timeoutMs: waitS * 1_000 + LATE_MS, signal },
          (response) => json<ApiJob>(response),
        );
      for (let waitS = 0; ; ) {
        const job = await poll(waitS);
        onChange?.(job);
        if (hasEnded(job)) return job;
        const leftS = Math.ceil((deadline - performance.now()) / 1_000);
        if (leftS <= 0)
          throw new ApiError(messages.stillRunning(id, job.stage, timeoutMs / 1_000), {
            code: "still_running",
            status: 0,
            details: { job },
          });
        waitS = Math.min(LONG_POLL_S, leftS);
      }
    },

    get: (id, options) => read(`/api/job-status/${encodeURIComponent(id)}`, options),

    list: (filter = {}, options) => read(`/api/jobs${query(filter)}`, options),

    detail: (id, options) => read(at(id), options),

    async *each(filter = {}, options) {
      for (let cursor: string | null = ""; cursor !== null; ) {
        const page: JobList = await client.list(
          { limit: 200, ...filter, ...(cursor === "" ? {} : { cursor }) },
          options,
        );
        yield* page.jobs;
        cursor = page.next_cursor;
      }
    },

    // A cancelled job is returned as it is, so this request may be sent twice.
    cancel: (id, options) => change(`${at(id)}/cancel`, true, options),

    // Sent twice, it could wake a job that has failed again in between.
    retry: (id, options) => change(`${at(id)}/retry`, false, options),

    // One that was sent already is returned as it is.
    send: (id, options) => change(`${at(id)}/send`, true, options),

    async retryAll(filter = {}, options) {
      const { retried } = await change<{ readonly retried: number }>("/api/jobs/retry", false, options, filter);
      return retried;
    },

    count: (selection, options) => change("/api/jobs/count", true, options, selection),

    // A job that was retried may have failed again before the call is repeated.
    changeAll: (action, selection, { cursor, ...options } = {}) =>
      change(`/api/jobs/${action}`, action !== "retry", options, cursor ? { ...selection, cursor } : selection),

    downloadReports: (selection, { signal } = {}) =>
      exchange.send(
        `/api/jobs/reports.zip${query(selection)}`,
        { headers: { Accept: "application/zip" }, timeoutMs: null, resendable: true, signal },
        async (response) => response.body ?? new Blob([]).stream(),
      ),

    async servedJobs(options) {
      const { failed_jobs } = await read<Schemas["CatalogueFailedJobs"]>("/api/catalogue/failed-jobs", options);
      return failed_jobs;
    },

    events: (options = {}) => events(exchange, options),

    downloadReport: (id, { signal, kind } = {}) =>
      downloadReport(exchange, `${at(id)}/${kind === undefined ? "report" : `documents/${kind}`}.pdf`, signal),

    usage: (range = {}, options) => read(`/api/usage${query(range)}`, options),

    overview: (options) => read("/api/overview", options),
    pause: (options) => change("/api/queue/pause", true, options),
    resume: (options) => change("/api/queue/resume", true, options),

    async prune(endedBefore, options) {
      const body = { ended_before: endedBefore };
      return change<Pruned>("/api/jobs/prune", true, options, body);
    },

    audit: (filter = {}, options) => read(`/api/audit${query(filter)}`, options),
    ready: (options) => read("/readyz", options),
  };
  return client;
}

/** Whichever words its status has: see AGENTLINK_STATUS_CONTRACT. */
export function hasEnded({ stage }: Pick<ApiJob, "stage">): boolean {
  return stage === "completed" || stage === "failed" || stage === "cancelled";
}

/** What the service takes: what a header can contain, and no blanks at its ends, which a header loses. */
const IDEMPOTENCY_KEY = /^[\x21-\x7e](?:[\x20-\x7e]{0,253}[\x21-\x7e])?$/;

function unusableKey(key: string): ApiError {
  const why =
    key.length > 255
      ? messages.keyTooLong(key.length)
      : key === ""
        ? messages.keyEmpty
        : messages.keyCharacters(JSON.stringify(key));
  return new ApiError(messages.unusableKey(why), {
    code: "invalid_idempotency_key",
    status: 0,
  });
}

async function json<T>(response: Response): Promise<T> {
  const text = await response.text();
  try {
    return JSON.parse(text) as T;
  } catch (cause) {
    throw new ApiError(messages.notJson(response.url), {
      code: "not_understood",
      status: response.status,
      cause,
    });
  }
}

function query(parameters: object): string {
  const given = Object.entries(parameters).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, String(value)]],
  );
  return given.length === 0 ? "" : `?${new URLSearchParams(given)}`;
}

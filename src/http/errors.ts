import { Failure, type FailureOptions } from "../failure.ts";
import { quoted, shownValue } from "../text/visible-text.ts";
import type { ProblemCode } from "./problem.ts";

/**
 * The sentences of all errors that the API itself responds with: what happened, then what to do. A change of wording is a
 * change here. Failures of other rooms (the queue, an import, a delivery) bring their own sentence.
 */
export const errors = {
  // The wire
  badHost: () => failure("bad_host", "Send one Host header with the name or address of the service and its port."),
  contentEncoding: (encoding: string) =>
    failure(
      "unsupported_media_type",
      `Content-Encoding ${quoted(encoding)} is not supported. Send the body uncompressed.`,
    ),
  notJson: (contentType: string) =>
    failure(
      "unsupported_media_type",
      `Send JSON in UTF-8 (Content-Type: application/json), not ${quoted(contentType)}.`,
    ),
  notCsv: (contentType: string) =>
    failure("unsupported_media_type", `Send CSV in UTF-8 (Content-Type: text/csv), not ${quoted(contentType)}.`),
  notRows: (types: readonly string[]) =>
    failure("unsupported_media_type", `Send the rows with one of these content types: ${types.join(", ")}.`),
  notFeed: (types: readonly string[]) =>
    failure("unsupported_media_type", `Send REAXML with one of these content types: ${types.join(", ")}.`),
  notFile: (types: readonly string[]) =>
    failure("unsupported_media_type", `Send the file with one of these content types: ${types.join(", ")}.`),
  bodyTooSlow: (seconds: number) =>
    failure("body_too_slow", `The body was not complete after ${seconds} s. Send the request again.`),
  bodyCutShort: (cause: unknown) =>
    failure("body_cut_short", "The connection closed before the body was complete. Send the request again.", { cause }),
  bodyTooLarge: (maxBytes: number) =>
    failure("too_large", `The body may have at most ${maxBytes} bytes. Send less, or split it into several requests.`, {
      details: { max_bytes: maxBytes },
    }),
  idempotencyKey: () =>
    failure(
      "invalid_idempotency_key",
      "An Idempotency-Key must have 1 to 255 printable ASCII characters. Send one, such as a UUID, or omit the header.",
    ),
  range: (sizeBytes: number) =>
    failure("range_not_satisfiable", `The PDF has ${sizeBytes} bytes; the requested range is beyond its end.`),

  noChecks: () =>
    failure("checks_failed", "This process cannot start another one. Run agentlink doctor on the service's machine."),

  // Limits
  bodiesWaiting: (retryAfterMs: number) =>
    busy("bodies_waiting", "Too many large requests are arriving at once. Try again in a moment.", retryAfterMs),
  uploadsWaiting: () =>
    busy("catalogue_busy", "Other uploads are in progress. Send the file again when they are done.", 10_000),
  unreadResponses: () =>
    busy("too_many_unread", "Too many long responses of this client are unread. Read them, or request shorter pages."),
  longResponses: () => busy("too_many_unread", "Too many long responses are being sent. Try again later."),
  downloads: (what: string) =>
    busy("too_many_unread", `Other ${what} are being sent. Try again when they are complete.`, 10_000),
  ownLongPolls: (limit: number) =>
    busy(
      "too_many_waits",
      `This client has ${limit} open long polls, which is the limit. Send the request without wait, or wait for fewer jobs.`,
    ),
  longPolls: () =>
    busy("too_many_waits", "Too many long polls are open. Send the request without wait, or try again later."),
  ownStreams: (limit: number) =>
    busy(
      "too_many_streams",
      `This client has ${limit} open event streams, which is the limit. Close some, or follow all jobs with one stream.`,
      10_000,
    ),
  streams: () => busy("too_many_streams", "Too many event streams are open. Try again later.", 10_000),

  // Addresses
  noSuchAddress: (path: string) => failure("not_found", `There is nothing at ${path}. GET /docs lists all endpoints.`),
  missingInAddress: (path: string, name: string, shown: string) =>
    failure("not_found", `${path} lacks the ${name}: the address is ${shown}.`),
  method: (path: string, method: string, allowed: string) =>
    failure("method_not_allowed", `${path} does not support ${method}. Use ${allowed}.`),

  // Parameters and fields
  parameter: (name: string, rule: string, given: unknown) => invalid(name, rule, given),
  text: (name: string) => invalid(name, "must be text"),
  longText: (name: string, most: number, given: string) =>
    invalid(name, `must have at most ${most} characters, not ${given.length}`),
  oneOf: (name: string, words: readonly string[], given: unknown) =>
    invalid(name, words.length === 2 ? `must be ${words.join(" or ")}` : `must be one of ${words.join(", ")}`, given),
  someOf: (name: string, words: readonly string[], given: string) =>
    invalid(name, `must be one or more of ${words.join(", ")}, separated by commas`, given),
  wholeNumber: (name: string, least: number, most: number, given: unknown) =>
    invalid(name, `must be a whole number from ${least} to ${most}`, given),
  seconds: (name: string, most: number, given: string) =>
    invalid(name, `must be a whole number of seconds from 0 to ${most}`, given),
  time: (name: string, given: unknown) => invalid(name, "must be a time such as 2026-11-24T08:00:00Z", given),
  timeOrDay: (name: string, given: string) =>
    invalid(name, "must be a time such as 2026-11-24T08:00:00Z, or a day such as 2026-11-24", given),
  day: (name: string, given: string) => invalid(name, "must be a day such as 2026-11-24", given),
  jobIds: (most: number, given: unknown) => invalid("ids", `must be a list of 1 to ${most} complete job ids`, given),
  tooManyIds: (most: number, given: number) => invalid("ids", `must have at most ${most} job ids, not ${given}`),
  idsOrFilter: () => invalid("ids", "must be sent without a filter: send either ids or a filter"),
  clock: (name: string, given: string) =>
    invalid(name, "must be UTC, suburb, or a time zone such as Australia/Sydney", given),
  eventId: (name: string, given: string) => invalid(name, "must be the id of an event, a whole number", given),
  pageToken: (name: string, given: string) =>
    invalid(name, "must be the value of `next` from the previous page", given),
  valueFrom: (name: string, path: string, given: unknown) => invalid(name, `must be a value from GET ${path}`, given),
  suburbQuery: (most: number, given: string) =>
    invalid("q", `must be the beginning of a suburb's name or a postcode, at most ${most} characters`, given),
  suburbAndState: (missing: string) =>
    invalid(missing, "is required here, because suburb and state must be sent together"),
  monthOrDay: (name: string, given: string) =>
    invalid(name, "must be a month such as 2026-11, or a day of it such as 2026-11-24", given),
  notAfter: (name: string, other: string, value: string) =>
    invalid(name, `must not be later than \`${other}\` (${value})`),
  mostMonths: (name: string, most: number) => invalid(name, `must be at most ${most} months before the end`),
  keyName: (given: unknown) =>
    invalid(
      "name",
      "must be 1 to 64 letters, digits, dots, hyphens and underscores, beginning with a letter or digit",
      given,
    ),
  dropboxAppKey: (given: unknown) =>
    invalid("app_key", "must be the app key that the App Console shows under Settings", given),
  noDropboxRedirect: () =>
    invalid("redirect", "must be false: Dropbox sends a browser only to AGENTLINK_PUBLIC_URL, with https"),
  unknownParameter: (name: string, known: readonly string[]) =>
    invalid(
      name.slice(0, 100),
      known.length === 0
        ? "unknown parameter. This endpoint has no parameters"
        : `unknown parameter. Use ${choice(known)}`,
    ),
  unknownField: (name: string, known: readonly string[]) =>
    invalid(name.slice(0, 100), `unknown field. Use ${choice(known)}`),
  notObject: (fields: readonly string[]) =>
    failure("invalid_request", `Send a JSON object with any of these fields: ${fields.join(", ")}.`),
  emptySelection: () =>
    failure(
      "invalid_request",
      'Select jobs with {"ids": […]} or a filter such as {"status": "failed"}. An empty filter would select all jobs.',
    ),
  retryCursor: () => failure("invalid_request", "cursor: a retry has no cursor. It retries all selected jobs."),
  unknownMap: (name: string, saved: readonly string[], builtIn: readonly string[]) =>
    invalid(
      "map",
      `there is no map ${quoted(name)}. Saved maps: ${saved.join(", ") || "none"}. Built-in maps: ${builtIn.join(", ")}. Save one with PUT /api/catalogue-maps/{name}`,
    ),
  brokenMap: (why: string) =>
    invalid("map", `looks like JSON but is not valid: ${why}. Send the name of a saved map, or a complete map`),
  mapName: () => failure("bad_map", "A map's name must have 1 to 60 letters, digits, dots, hyphens and underscores."),
  callbackUrl: (why: string) =>
    failure("invalid_request", `The callback_url cannot be used: ${why}`, {
      details: { problems: [{ path: "/callback_url", message: why }] },
    }),
  otherReport: (here: string, requested: string) => {
    const message = `must be "${here}" or absent here. To request the other report, use POST /api/generate-${requested}-report`;
    return failure("invalid_request", `The request is not valid: /report ${message}`, {
      details: { problems: [{ path: "/report", message }] },
    });
  },

  // Jobs
  noJobId: () => failure("unknown_job", "The address has no job id. Add the job's id to it."),
  badJobId: () =>
    failure(
      "unknown_job",
      "The job id in the address has a percent sign that begins no UTF-8 character. Send the id as it is.",
    ),
  unknownJob: (id: string) =>
    failure(
      "unknown_job",
      `There is no job ${quoted(id)}. It was never accepted, or was deleted after the retention time.`,
    ),
  jobNotFoundAsBefore: (explanation: string) => failure("unknown_job", "Job not found", { details: { explanation } }),
  ambiguousId: (id: string, names: string, jobs: readonly unknown[]) =>
    failure("ambiguous_id", `Several jobs match ${quoted(id)}: ${names}. Use more of the id.`, { details: { jobs } }),
  notCancellable: (id: string, status: string, endedAt: string | null) =>
    failure("job_not_cancellable", `Job ${id} already ${status === "failed" ? "failed" : "completed"} at ${endedAt}.`),
  completedNeedsNoRetry: (id: string) =>
    failure("job_not_retryable", `Job ${id} has completed. Request a new report instead.`),
  notRetryable: (id: string, status: string) =>
    failure(
      "job_not_retryable",
      `Job ${id} is ${status} and needs no retry. Only failed, cancelled and waiting jobs can be retried.`,
    ),
  notDraft: (id: string) =>
    failure("job_not_sendable", `Job ${id} is not a draft: it is delivered without being sent.`),
  draftEnded: (id: string, status: "failed" | "cancelled") =>
    failure("job_not_sendable", `Draft ${id} ${status === "failed" ? "has failed" : "was cancelled"}. Retry it first.`),
  draftNotRendered: (id: string) =>
    failure("job_not_sendable", `Draft ${id} is not rendered yet. Send it when its status is completed.`),
  unknownCause: () =>
    failure("unknown_cause", "No failed job has this cause any more. GET /api/failures lists the current causes."),

  // Documents
  noSuchFile: (file: string, files: readonly string[]) =>
    failure("not_found", `Jobs have no document ${quoted(file)}. The documents are ${files.join(", ")}.`),
  noSuchDocument: (id: string, kind: string, kinds: readonly string[]) =>
    failure("report_not_ready", `Job ${id} has no document ${quoted(kind)}. It has ${kinds.join(", ")}.`),
  notRenderedYet: (id: string, status: string) =>
    failure("report_not_ready", `Job ${id} is ${status}, and its PDF is not ready. Check its status and try again.`),
  endedWithoutDocument: (id: string, status: string, error: string | null) =>
    failure(
      "report_not_ready",
      `Job ${id} ${status === "cancelled" ? "was cancelled" : status} without a PDF${error === null ? "" : `: ${error}`}.`,
    ),
  renderedAgain: (id: string) =>
    failure("report_gone", `The PDF of job ${id} was deleted and is being rendered again. Try again soon.`),
  reportGone: (id: string) => failure("report_gone", `The PDF of job ${id} was deleted. Request the report again.`),
  noReports: () => failure("report_not_ready", "None of these jobs has a report."),

  unknownAgency: (id: string) =>
    failure("not_found", `There is no agency ${quoted(id)}. GET /api/agencies lists all agencies.`),

  // Saved views and territories
  tooManyNamed: (noun: string, most: number) =>
    invalid("name", `a client may save at most ${most} of one kind (${noun}). Remove one first`),
  unknownNamed: (noun: string, name: string, list: string) =>
    failure("not_found", `There is no saved ${noun} ${quoted(name)}. ${list} lists all of them.`),
  namedOfAnother: (noun: string, name: string, client: string) =>
    failure("scope_needed", `The ${noun} ${name} was shared by ${client}. Only they or an admin may change it.`),
  nameOfRecord: (most: number) => invalid("name", `must have 1 to ${most} characters, without a slash`),
  territorySuburbs: (most: number) =>
    invalid("suburbs", `must be a list of 1 to ${most} lines, such as ["Manly NSW 2095", "Fairlight NSW"]`),
  noSuburbs: (problems: readonly { readonly path: string; readonly message: string }[]) =>
    failure(
      "invalid_request",
      problems
        .map(({ path, message }) => `${path.slice(1)}: ${message}`)
        .join("; ")
        .slice(0, 2_000),
      {
        details: { problems: problems.slice(0, 100) },
      },
    ),
  viewQuery: (most: number, given: unknown) =>
    invalid(
      "query",
      `must be text such as status=failed&since=7d, with at most ${most} characters`,
      typeof given === "string" ? undefined : given,
    ),

  // Callbacks and deliveries
  noCallback: (id: string) =>
    failure("no_callback", `Job ${id} has no callback: the request had no callback_url, and no default is configured.`),
  noCallbackYet: (id: string) =>
    failure("no_callback", `Job ${id} has not ended, so there is no callback yet. Wait for its end.`),
  unknownTarget: (target: string) =>
    failure("not_found", `There is no delivery target ${quoted(target)}. GET /api/deliveries lists the targets.`),

  // Keys
  unknownKey: (id: string) => failure("unknown_key", `There is no key ${quoted(id)}. GET /api/keys lists all keys.`),
  unknownActiveKey: (id: string) =>
    failure("unknown_key", `There is no active key ${quoted(id)}. GET /api/keys lists all keys.`),
  onlyQuota: () =>
    failure(
      "invalid_request",
      'Send {"quota": "20/day"}, or null for no limit. No other field of a key can be changed.',
    ),
  firstKeyNotAdmin: () =>
    failure(
      "first_key_not_admin",
      "The first key must have the scope admin, because every request needs a key from then on. Create an admin key, sign in with it, then create the other keys.",
    ),

  // The catalogue
  unknownKind: (kind: string, kinds: readonly string[]) =>
    failure("not_found", `The catalogue has no kind ${quoted(kind)}. It has ${kinds.join(", ")}.`),
  unknownRowsOfLocality: (kind: string, kinds: readonly string[]) =>
    failure("not_found", `A suburb has no list ${quoted(kind)}. It has ${kinds.join(", ")} and people.`),
  unknownLocality: (locality: string) =>
    failure("not_found", `The catalogue has no data for ${locality}. Import its sales, listings or agents.`),
  unknownImport: (id: string) =>
    failure("unknown_import", `There is no import ${quoted(id)}. GET /api/catalogue/imports lists them.`),
  unknownRow: (kind: string, id: string | undefined) =>
    failure("not_found", `The catalogue has no ${kind} with the id ${quoted(id ?? "")}.`),
  unknownSavedMap: (name: string) =>
    failure("not_found", `There is no map ${quoted(name)}. GET /api/catalogue-maps lists all maps.`),
  feedNotRows: () => failure("bad_header", "This is XML, not a table of rows. POST feeds to /api/import/reaxml."),
} as const;

function failure(code: ProblemCode, message: string, options: FailureOptions = {}): Failure {
  return new Failure(code, message, options);
}

function busy(code: ProblemCode, message: string, retryAfterMs = 5_000): Failure {
  return failure(code, message, { transient: true, retryAfterMs });
}

/** What is wrong with a parameter or a field; `given` is its value where the sentence is about that. */
function invalid(name: string, rule: string, given?: unknown): Failure {
  const message = given === undefined || given === null || given === "" ? rule : `${rule}, not ${shownValue(given)}`;
  return failure("invalid_request", `${name}: ${message}.`, {
    details: { problems: [{ parameter: name, message }] },
  });
}

function choice(known: readonly string[]): string {
  return known.length === 1 ? `only ${known[0]}` : `one of ${known.join(", ")}`;
}

import { Type as t } from "@sinclair/typebox";
import { asFailure, Failure } from "../failure.ts";
import { retryAfter } from "../outbound/retry-after.ts";
import { type Extra, PROTECTION, whole } from "./response.ts";

/** The one table of what a failure is over HTTP. A code that is not in it is a defect of ours: 500 without details. */
const STATUS = {
  bad_host: [400, "The Host header cannot be used"],
  bad_json: [400, "The body is not JSON"],
  json_too_deep: [400, "The body is nested too deeply"],
  not_utf8: [400, "The body is not UTF-8"],
  body_cut_short: [400, "The body ended early"],
  invalid_idempotency_key: [400, "The Idempotency-Key cannot be used"],
  key_required: [401, "An API key is required"],
  key_unknown: [401, "Unknown API key"],
  scope_needed: [403, "The key may not do this"],
  access_denied: [403, "Not allowed from here"],
  host_not_allowed: [403, "Not allowed under this name"],
  cross_site: [403, "Not allowed from another site"],
  not_found: [404, "No such address"],
  unknown_job: [404, "No such job"],
  report_not_ready: [404, "No report yet"],
  report_gone: [404, "The report is gone"],
  unknown_import: [404, "No such import"],
  unknown_cause: [404, "No such cause of failure"],
  unknown_key: [404, "No such key"],
  method_not_allowed: [405, "Method not allowed"],
  body_too_slow: [408, "The body arrived too slowly"],
  ambiguous_id: [409, "Several jobs match this id"],
  first_key_not_admin: [409, "The first key must be an admin key"],
  last_admin_key: [409, "This is the last admin key"],
  sample_mixed: [409, "Sample data cannot be mixed with your own"],
  dropbox_link_expired: [409, "Dropbox was not linked"],
  import_undone: [409, "The import was undone already"],
  import_not_undoable: [409, "The import cannot be undone"],
  job_not_cancellable: [409, "The job cannot be cancelled"],
  no_callback: [409, "There is no callback to send"],
  job_retried_too_often: [409, "The job was retried too often"],
  job_not_retryable: [409, "The job cannot be retried"],
  job_not_sendable: [409, "The job cannot be sent"],
  too_large: [413, "The body is too large"],
  unsupported_media_type: [415, "Unsupported Content-Type"],
  range_not_satisfiable: [416, "No such range of the report"],
  invalid_request: [422, "The request is not valid"],
  unknown_suburb: [422, "No such suburb"],
  unknown_state: [422, "No such state"],
  postcode_mismatch: [422, "The suburb has another postcode"],
  invalid_data_set: [422, "The data set is not valid"],
  bad_cursor: [422, "The cursor cannot be used"],
  bad_header: [422, "The columns cannot be recognised"],
  bad_amounts: [422, "The amounts are not in Australian dollars, weeks or square metres"],
  bad_rows: [422, "Some rows are not valid"],
  unknown_kind: [422, "Unknown kind of rows"],
  bad_workbook: [422, "The workbook cannot be read"],
  bad_sheet: [422, "No such sheet"],
  bad_zip: [422, "The zip cannot be read"],
  bad_reaxml: [422, "The feed cannot be read"],
  dropbox_app: [422, "Dropbox does not know the app"],
  dropbox_code: [422, "Dropbox did not accept the code"],
  dropbox_refused: [422, "Dropbox does not allow what the app needs"],
  bad_map: [422, "The map of columns is not valid"],
  not_storable: [422, "The request contains text that cannot be stored"],
  idempotency_conflict: [422, "The Idempotency-Key was used with another body"],
  queue_full: [429, "The queue is full"],
  quota_reached: [429, "The quota is used up"],
  rate_limited: [429, "Too many requests with this key"],
  too_many_streams: [429, "Too many streams are open"],
  too_many_waits: [429, "Too many long polls are open"],
  too_many_unread: [429, "Too many unread responses"],
  internal: [500, "Internal error"],
  bodies_waiting: [503, "Too many large requests"],
  catalogue_busy: [503, "The catalogue is busy"],
  catalogue_closed: [503, "The service is stopping"],
  database_busy: [503, "The database is busy"],
  queue_closed: [503, "The service is stopping"],
  dropbox_unreachable: [503, "Dropbox does not respond"],
  checks_failed: [503, "The checks could not be run"],
  not_ready: [503, "Not ready"],
  redis_unavailable: [503, "Redis does not respond"],
  redis_full: [503, "Redis is full"],
  store_closed: [503, "The jobs were moved"],
  store_newer: [503, "The jobs belong to a newer version"],
  reports_unreachable: [503, "The reports cannot be reached"],
  keys_lost: [503, "The keys are lost"],
  keys_unreadable: [503, "The keys cannot be read"],
  audit_unavailable: [503, "The audit list cannot be read"],
  records_unavailable: [503, "Stored records cannot be read"],
  sessions_unavailable: [503, "Sessions cannot be read"],
  disk_error: [503, "The disk reports an error"],
  database_read_only: [503, "The database cannot be written"],
  disk_full: [507, "The disk is full"],
} as const satisfies Readonly<Record<string, readonly [status: number, title: string]>>;

export type ProblemCode = keyof typeof STATUS;

/** RFC 9457, with `code` for programs. `detail` is what the clients of the old API read. */
export const Problem = t.Object(
  {
    type: t.String({ description: "urn:agentlink:problem: followed by the code" }),
    title: t.String({ description: "The same for all problems with this code" }),
    status: t.Integer({ minimum: 400, maximum: 599 }),
    detail: t.String({ description: "What happened and what to do about it" }),
    instance: t.Optional(t.String({ description: "The requested path" })),
    code: t.Union(
      (Object.keys(STATUS) as ProblemCode[]).map((code) => t.Literal(code)),
      { description: "Stable code for programs" },
    ),
    problems: t.Optional(
      t.Array(t.Record(t.String(), t.Unknown()), { description: "All faults, each with its field or row" }),
    ),
    details: t.Optional(t.Record(t.String(), t.Unknown(), { description: "Details, such as the nearest suburbs" })),
  },
  { description: "RFC 9457 problem document" },
);

/** Whether a failure has a status of its own and the client may see it as it is. */
function isKnown(code: string): code is ProblemCode {
  return Object.hasOwn(STATUS, code) && code !== "internal";
}

/** Failures of what the service depends on: their words may name its folders, hosts and buckets. */
const OF_THE_OPERATOR: ReadonlySet<string> = new Set([
  "catalogue_busy",
  "database_busy",
  "disk_full",
  "redis_full",
  "redis_unavailable",
  "reports_unreachable",
  "store_closed",
  "store_newer",
] satisfies ProblemCode[]);

/** The same failure for those who are not to know where the service stores what. */
export function withoutWhere(error: unknown): unknown {
  const { code, options } = asFailure(error);
  if (!isKnown(code) || !OF_THE_OPERATOR.has(code)) return error;
  const [, title] = STATUS[code];
  const { transient = false, retryAfterMs } = options;
  return new Failure(code, `${title}. Try again later; the service's log has the details.`, {
    transient,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });
}

/** The default Retry-After of a busy or restarting service. */
const RETRY_AFTER_MS = 5_000;

/** Any thrown value as a problem document. `Retry-After` comes from the failure where it names a time. */
export function problem(error: unknown, instance?: string, extra?: Extra): Response {
  const failure = asFailure(error);
  const known = isKnown(failure.code);
  const code: ProblemCode = isKnown(failure.code) ? failure.code : "internal";
  const [status, title] = STATUS[code];
  const body = {
    type: `urn:agentlink:problem:${code}`,
    title,
    status,
    detail: known
      ? asSentence(failure.message)
      : "Internal error. Try again; the service's log has the cause under the X-Request-Id of this response.",
    ...(instance === undefined ? {} : { instance }),
    code,
    ...(known ? particulars(failure) : {}),
  };
  const retryAfterMs = failure.options.retryAfterMs ?? (status === 503 ? RETRY_AFTER_MS : undefined);
  const text = JSON.stringify(body);
  const response = new Response(text, {
    status,
    headers: {
      ...PROTECTION,
      "Content-Type": "application/problem+json",
      ...(retryAfterMs === undefined ? {} : { "Retry-After": retryAfter(retryAfterMs) }),
      // RFC 6750, section 3: how to authenticate, and whether the credentials are invalid.
      ...(status === 401
        ? { "WWW-Authenticate": `Bearer realm="agentlink"${code === "key_unknown" ? ', error="invalid_token"' : ""}` }
        : {}),
      // The rest of a body that is not read would be taken for the next request.
      ...(status === 408 || status === 413 || code === "bodies_waiting" ? { Connection: "close" } : {}),
      ...extra,
    },
  });
  return whole(response, text);
}

/**
 * A message that begins with a small letter, since the command line prints it after a colon, as a sentence of its own. The
 * name of a field, a file or a program at its beginning stays as it is.
 */
function asSentence(message: string): string {
  const begins = /^(?!agentlink\b)[a-z]+(?=,? )/.test(message);
  return begins ? message.charAt(0).toUpperCase() + message.slice(1) : message;
}

function particulars({ options: { details } }: Failure): Record<string, unknown> {
  if (details === undefined) return {};
  // Rows of an upload are reported as the fields of a request are.
  const { rows, problems = rows, ...rest } = details;
  return {
    ...(Array.isArray(problems) ? { problems } : {}),
    ...(Object.keys(rest).length > 0 ? { details: rest } : {}),
  };
}

import { parseRetryAfter } from "../outbound/retry-after.ts";
import type { Schemas } from "./api.ts";
import { messages } from "./messages.ts";

/** The codes of the service's problem documents, and what the client finds by itself. */
export type ApiErrorCode =
  | Schemas["Problem"]["code"]
  /** Nothing responded. */
  | "unreachable"
  /** Something responded, but not as the service would: a proxy, another program. */
  | "not_understood"
  /** The time to wait is over; the job continues. */
  | "still_running";

export interface ApiErrorFields {
  readonly code: ApiErrorCode;
  /** Of the response; 0 where there was none. */
  readonly status: number;
  readonly problems?: readonly Readonly<Record<string, unknown>>[];
  readonly details?: Readonly<Record<string, unknown>>;
  /** What the service's log has it under. */
  readonly requestId?: string | null;
  /** How long the service requested a pause, in milliseconds. */
  readonly retryAfterMs?: number | null;
  readonly cause?: unknown;
}

/** Every call of the client that fails rejects with this (but an abort, which rejects with the signal's reason). */
export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly code: ApiErrorCode;
  readonly status: number;
  readonly problems: readonly Readonly<Record<string, unknown>>[];
  readonly details: Readonly<Record<string, unknown>>;
  readonly requestId: string | null;
  readonly retryAfterMs: number | null;

  /** `message` is for people: what happened and what to do about it. */
  constructor(message: string, fields: ApiErrorFields) {
    super(message, { cause: fields.cause });
    this.code = fields.code;
    this.status = fields.status;
    this.problems = fields.problems ?? [];
    this.details = fields.details ?? {};
    this.requestId = fields.requestId ?? null;
    this.retryAfterMs = fields.retryAfterMs ?? null;
  }
}

/** A response that is no success, as an error. Reads the body. */
export async function errorOf(response: Response): Promise<ApiError> {
  const { status, headers } = response;
  const requestId = headers.get("x-request-id");
  const retryAfterMs = parseRetryAfter(headers.get("retry-after"), new Date()) ?? null;
  const text = await response.text();
  const problem = parseProblem(text);
  if (problem === null) {
    const shown = text.replaceAll(/\s+/g, " ").trim().slice(0, 200);
    return new ApiError(messages.respondedWith(response.url, status, shown === "" ? "" : `: ${shown}`), {
      code: "not_understood",
      status,
      requestId,
      retryAfterMs,
    });
  }
  const { code, detail, problems = [], details = {} } = problem;
  // "Job not found" is what clients of the old service compare with; what to do is beside it.
  const { explanation } = details;
  const message = typeof explanation === "string" ? explanation : detail;
  return new ApiError(message, { code, status, problems, details, requestId, retryAfterMs });
}

function parseProblem(text: string): Schemas["Problem"] | null {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== "object" || value === null || !("code" in value) || !("detail" in value)) return null;
    return typeof value.code === "string" && typeof value.detail === "string" ? (value as Schemas["Problem"]) : null;
  } catch {
    // Not JSON: something between this client and the service has responded.
    return null;
  }
}

import type { DropboxResponseError } from "dropbox";
import { Failure } from "../../failure.ts";
import { badResponse } from "../../outbound/bad-response.ts";
import { parseRetryAfter } from "../../outbound/retry-after.ts";
import { messages } from "../messages.ts";
import { Refused } from "../refused.ts";

/** What an unsuccessful request means, whichever it was. */
export type DropboxRefusal =
  /** No response, half of one, or a server's own problem: the same request may be sent again. */
  | { readonly kind: "no_response"; readonly message: string }
  /** All requests of this account have to wait. */
  | { readonly kind: "throttled"; readonly retryAfterMs: number | undefined; readonly message: string }
  /** The token is invalid, or lacks a permission. */
  | { readonly kind: "unauthorised"; readonly message: string }
  /** The account, or its team, does not allow the app this. */
  | { readonly kind: "forbidden"; readonly message: string }
  /** The namespace of the paths does not exist, or no longer exists. */
  | { readonly kind: "no such root"; readonly message: string }
  /** The endpoint's own error: its tags from the outside in, such as ["path", "conflict", "file"]. */
  | { readonly kind: "refused"; readonly tags: readonly string[]; readonly error: unknown; readonly message: string };

/**
 * Sorts what a call threw, by status and `.tag`, never by a text.
 * https://www.dropbox.com/developers/documentation/http/documentation#error-handling
 */
export function sortRefusal(thrown: unknown): DropboxRefusal {
  if (!isResponse(thrown)) {
    // The error itself may contain the request, and so a token: only its name is passed on.
    const name = thrown instanceof Error ? thrown.name : "error";
    return { kind: "no_response", message: badResponse("Dropbox", thrown) ?? messages.dropboxUnreachable(name) };
  }
  const { status } = thrown;
  const body: unknown = thrown.error;
  const error = member(body, "error");
  const tags = tagsOf(error);
  const detail = typeof body === "string" ? body.slice(0, 300) : text(member(body, "error_summary"));
  const message = messages.dropboxResponded(status, detail);
  if (status >= 500 || status === 408) return { kind: "no_response", message };
  if (status === 429 || tags.includes("too_many_write_operations"))
    return { kind: "throttled", retryAfterMs: retryAfter(thrown.headers, error), message };
  if (status === 401) return { kind: "unauthorised", message: unauthorised(tags, error) };
  if (status === 403 || tags[0] === "invalid_account_type")
    return { kind: "forbidden", message: forbidden(tags, detail) };
  if (tags.includes("invalid_root") || (status === 422 && tags.includes("no_permission")))
    return { kind: "no such root", message: messages.dropboxRoot };
  return { kind: "refused", tags, error, message };
}

/** By its name: the class would load the whole package with whatever may deliver. */
function isResponse(thrown: unknown): thrown is DropboxResponseError<unknown> {
  return thrown instanceof Error && thrown.name === "DropboxResponseError";
}

/**
 * A failure for an endpoint's unhandled error, with what to do: a Refused where the operator has to fix something,
 * transient where another attempt may help, else permanent.
 */
export function explainRefusal(refusal: Extract<DropboxRefusal, { kind: "refused" }>, path: string): Failure {
  const { tags, message } = refusal;
  const has = (...names: string[]) => names.some((name) => tags.includes(name));
  const detail = tags.join("/");
  if (
    has(
      "insufficient_space",
      "team_folder_insufficient_space",
      "member_folder_insufficient_space",
      "insufficient_quota",
    )
  )
    return new Refused("no room", "dropbox_full", messages.dropboxFull(path));
  if (has("upload_traffic_limit_reached"))
    return new Refused("no room", "dropbox_traffic", messages.dropboxTraffic(message));
  if (has("malformed_path", "disallowed_name"))
    return new Refused("path", "delivery_path", messages.dropboxPath(path, detail));
  if (has("no_write_permission", "access_restricted", "team_folder", "no_permission", "locked", "restricted_content"))
    return new Refused("path", "delivery_denied", messages.dropboxDenied(path, detail));
  if (has("conflict")) return new Refused("taken", "delivery_taken", messages.dropboxConflict(path, detail));
  if (has("content_hash_mismatch", "operation_suppressed", "other"))
    return new Failure("dropbox_refused", `${message} (${path})`, { transient: true });
  return new Failure("dropbox_refused", `${message} (${path})`);
}

/** The `.tag`s of an error, from the outside in. */
function tagsOf(error: unknown): readonly string[] {
  const tags: string[] = [];
  for (let at: unknown = error; at !== undefined; ) {
    const tag = text(member(at, ".tag"));
    if (tag !== "") tags.push(tag);
    // A union's value is beside its tag under the tag's name; that of `path` in files/upload, and of a 429, under "reason".
    at = (tag === "" ? undefined : member(at, tag)) ?? member(at, "reason");
  }
  return tags;
}

function retryAfter(headers: unknown, error: unknown): number | undefined {
  const inBody = member(error, "retry_after") ?? member(member(error, "reason"), "retry_after");
  const now = new Date();
  const fromHeader = headers instanceof Headers ? parseRetryAfter(headers.get("retry-after"), now) : undefined;
  return fromHeader ?? (typeof inBody === "number" ? parseRetryAfter(String(inBody), now) : undefined);
}

function forbidden(tags: readonly string[], detail: string): string {
  return messages.dropboxForbidden(tags.join("/") || detail || "403");
}

function unauthorised(tags: readonly string[], error: unknown): string {
  const scope = text(member(error, "required_scope"));
  if (tags.includes("missing_scope")) return messages.dropboxScope(scope);
  if (tags.includes("user_suspended")) return messages.dropboxSuspended;
  return messages.dropboxToken(tags.join("/") || "401");
}

/** A member of a value that came over the network, undefined where there is none. */
export function member(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

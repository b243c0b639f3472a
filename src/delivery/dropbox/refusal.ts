import { DropboxResponseError } from "dropbox";
import { Failure } from "../../failure.ts";
import { parseRetryAfter } from "../../outbound/retry-after.ts";
import { Refused } from "../refused.ts";

/** What an unsuccessful request means, whichever it was. */
export type DropboxRefusal =
  /** No answer, half of one, or a server's own trouble: the same request may be sent again. */
  | { readonly kind: "unanswered"; readonly message: string }
  /** All requests of this account have to wait. */
  | { readonly kind: "throttled"; readonly retryAfterMs: number | undefined; readonly message: string }
  /** The token, or what it may do, is not good. */
  | { readonly kind: "unauthorised"; readonly message: string }
  /** The account, or its team, does not allow the app this. */
  | { readonly kind: "forbidden"; readonly message: string }
  /** The space that paths are in is not there, or not any more. */
  | { readonly kind: "no such root"; readonly message: string }
  /** The endpoint's own error: its tags from the outside in, such as ["path", "conflict", "file"]. */
  | { readonly kind: "refused"; readonly tags: readonly string[]; readonly error: unknown; readonly message: string };

/** Sorts what a call threw, by status and `.tag`, never by a text. https://www.dropbox.com/developers/documentation/http/documentation#error-handling */
export function sortRefusal(thrown: unknown): DropboxRefusal {
  if (!(thrown instanceof DropboxResponseError)) {
    // The error itself may hold the request, and so a token: only its name goes on.
    const name = thrown instanceof Error ? thrown.name : "error";
    return { kind: "unanswered", message: `Dropbox cannot be reached, or its response broke off (${name})` };
  }
  const { status } = thrown;
  const body: unknown = thrown.error;
  const error = member(body, "error");
  const tags = tagsOf(error);
  const said = typeof body === "string" ? body.slice(0, 300) : text(member(body, "error_summary"));
  const message = `Dropbox responded with ${status}${said === "" ? "" : `: ${said}`}`;
  if (status >= 500 || status === 408) return { kind: "unanswered", message };
  if (status === 429 || tags.includes("too_many_write_operations"))
    return { kind: "throttled", retryAfterMs: retryAfter(thrown.headers, error), message };
  if (status === 401) return { kind: "unauthorised", message: unauthorised(tags, error) };
  if (status === 403 || tags[0] === "invalid_account_type")
    return { kind: "forbidden", message: forbidden(tags, said) };
  if (tags.includes("invalid_root") || (status === 422 && tags.includes("no_permission")))
    return { kind: "no such root", message: NO_SUCH_ROOT };
  return { kind: "refused", tags, error, message };
}

const NO_SUCH_ROOT =
  "AGENTLINK_DROPBOX_PATH_ROOT is not a space of this account: set it to `team`, to the number of a namespace it can see, or leave it empty";

/**
 * A failure for an endpoint's error that nobody handled, with what to do: a Refused where something has to be put right,
 * transient where another attempt may help, else permanent.
 */
export function explainRefusal(refusal: Extract<DropboxRefusal, { kind: "refused" }>, path: string): Failure {
  const { tags, message } = refusal;
  const has = (...names: string[]) => names.some((name) => tags.includes(name));
  const said = tags.join("/");
  if (
    has(
      "insufficient_space",
      "team_folder_insufficient_space",
      "member_folder_insufficient_space",
      "insufficient_quota",
    )
  )
    return new Refused("no room", "dropbox_full", `the Dropbox has no room left for ${path}: free some`);
  if (has("upload_traffic_limit_reached"))
    return new Refused(
      "no room",
      "dropbox_traffic",
      `the Dropbox team has used up this month's data transport limit (${message}): raise it, or wait for the next month`,
    );
  if (has("malformed_path", "disallowed_name"))
    return new Refused(
      "place",
      "delivery_path",
      `Dropbox does not allow the path ${path} (${said}): correct AGENTLINK_DROPBOX_FOLDER, or the job's delivery.folder and filename`,
    );
  if (has("no_write_permission", "access_restricted", "team_folder", "no_permission", "locked", "restricted_content"))
    return new Refused(
      "place",
      "delivery_denied",
      `the Dropbox account may not write ${path} (${said}): give it the right to, or set another AGENTLINK_DROPBOX_FOLDER (or AGENTLINK_DROPBOX_PATH_ROOT)`,
    );
  if (has("conflict"))
    return new Refused(
      "taken",
      "delivery_taken",
      `a file stands in the way of ${path} in Dropbox (${said}): move it or choose another delivery.folder`,
    );
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

function forbidden(tags: readonly string[], said: string): string {
  const what = tags.join("/") || said || "403";
  return `Dropbox forbids the app this account (${what}): ask the team's administrator to allow the app and the account, or run \`agentlink dropbox login\` with another account and set its AGENTLINK_DROPBOX_REFRESH_TOKEN`;
}

function unauthorised(tags: readonly string[], error: unknown): string {
  const scope = text(member(error, "required_scope"));
  if (tags.includes("missing_scope"))
    return `the Dropbox app lacks the permission ${scope}: tick it in the app's Permissions, then run \`agentlink dropbox login\` again for a new refresh token`;
  if (tags.includes("user_suspended")) return "the Dropbox account is suspended: ask the team's administrator";
  return `Dropbox refuses the access token (${tags.join("/") || "401"}): run \`agentlink dropbox login\` again and set the new AGENTLINK_DROPBOX_REFRESH_TOKEN`;
}

/** A member of a value that came over the network, undefined where there is none. */
export function member(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

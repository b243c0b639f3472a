import { DropboxResponseError } from "dropbox";
import { Failure } from "../../failure.ts";

/** What an unsuccessful request means, whichever it was. */
export type Refusal =
  /** No answer, half of one, or a server's own trouble: the same request may be sent again. */
  | { readonly kind: "unanswered"; readonly message: string }
  /** All requests of this account have to wait. */
  | { readonly kind: "throttled"; readonly retryAfterMs: number; readonly message: string }
  /** The token, or what it may do, is not good. */
  | { readonly kind: "unauthorised"; readonly message: string }
  /** The endpoint's own error: its tags from the outside in, such as ["path", "conflict", "file"]. */
  | { readonly kind: "refused"; readonly tags: readonly string[]; readonly error: unknown; readonly message: string };

/** Where Dropbox names no time. */
const PAUSE_MS = 5_000;

/** Sorts what a call threw, by status and `.tag`, never by a text. https://www.dropbox.com/developers/documentation/http/documentation#error-handling */
export function sortRefusal(thrown: unknown): Refusal {
  if (!(thrown instanceof DropboxResponseError)) {
    // The error itself may hold the request, and so a token: only its name goes on.
    const name = thrown instanceof Error ? thrown.name : "error";
    return { kind: "unanswered", message: `Dropbox cannot be reached, or its answer broke off (${name})` };
  }
  const { status } = thrown;
  const body: unknown = thrown.error;
  const error = member(body, "error");
  const tags = tagsOf(error);
  const said = typeof body === "string" ? body.slice(0, 300) : text(member(body, "error_summary"));
  const message = `Dropbox answered ${status}${said === "" ? "" : `: ${said}`}`;
  if (status >= 500 || status === 408) return { kind: "unanswered", message };
  if (status === 429 || tags.includes("too_many_write_operations"))
    return { kind: "throttled", retryAfterMs: retryAfter(thrown.headers, error), message };
  if (status === 401) return { kind: "unauthorised", message: unauthorised(tags, error) };
  return { kind: "refused", tags, error, message };
}

/** A Failure for an endpoint's error that nobody handled: permanent where another try cannot help, with what to do. */
export function explainRefusal(refusal: Extract<Refusal, { kind: "refused" }>, path: string): Failure {
  const { tags, message } = refusal;
  const has = (...names: string[]) => names.some((name) => tags.includes(name));
  if (has("insufficient_space", "team_folder_insufficient_space", "member_folder_insufficient_space"))
    return new Failure("dropbox_full", `the Dropbox has no room left for ${path}: free some, then retry the job`);
  if (has("upload_traffic_limit_reached"))
    return new Failure(
      "dropbox_traffic",
      `the Dropbox team has used up this month's data transport limit (${message})`,
    );
  if (has("malformed_path", "disallowed_name"))
    return new Failure(
      "delivery_path",
      `Dropbox does not allow the path ${path} (${tags.join("/")}): choose another delivery.folder or filename`,
    );
  if (has("no_write_permission", "access_restricted", "team_folder", "no_permission"))
    return new Failure(
      "delivery_denied",
      `the Dropbox account may not write ${path} (${tags.join("/")}): give it the right to, or set another AGENTLINK_DROPBOX_FOLDER`,
    );
  if (has("invalid_root"))
    return new Failure(
      "dropbox_path_root",
      "AGENTLINK_DROPBOX_PATH_ROOT is not a namespace of this account: set it to `team`, to a namespace it can see, or leave it empty",
    );
  if (has("conflict"))
    return new Failure(
      "delivery_taken",
      `a file stands in the way of ${path} in Dropbox (${tags.join("/")}): move it or choose another delivery.folder`,
    );
  if (has("content_hash_mismatch", "operation_suppressed", "locked", "other"))
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

function retryAfter(headers: unknown, error: unknown): number {
  const header = headers instanceof Headers ? Number(headers.get("retry-after") ?? Number.NaN) : Number.NaN;
  const inBody = Number(member(error, "retry_after") ?? member(member(error, "reason"), "retry_after") ?? Number.NaN);
  const seconds = [header, inBody].find((value) => Number.isFinite(value) && value >= 0);
  return seconds === undefined ? PAUSE_MS : Math.max(250, seconds * 1_000);
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

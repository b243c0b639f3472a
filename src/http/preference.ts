import { invalidParameter } from "./query.ts";

/** Longest a request is held open, in seconds. */
export const MAX_WAIT_S = 300;

/** Seconds the client would wait (`Prefer: wait=N`, RFC 7240 section 4.3), 300 at most; null when it did not say. */
export function preferredWait(headers: Headers): number | null {
  const prefer = headers.get("prefer");
  if (prefer === null) return null;
  for (const preference of prefer.split(",")) {
    // A preference may carry parameters after a semicolon; the first of a name counts (section 2).
    const match = /^\s*wait\s*=\s*"?(\d{1,9})"?\s*(?:;.*)?$/i.exec(preference);
    if (match !== null) return Math.min(Number(match[1]), MAX_WAIT_S);
  }
  return null;
}

/**
 * Seconds to wait from the query (`?wait=N`), which is a demand and not a wish, else from `Prefer`.
 * @throws Failure "invalid_request" for anything but a whole number of seconds.
 */
export function demandedWait(query: URLSearchParams): number | null {
  const wait = query.get("wait");
  if (wait === null) return null;
  if (!/^\d{1,9}$/.test(wait)) {
    throw invalidParameter("wait", `a whole number of seconds, 0 to ${MAX_WAIT_S}`);
  }
  return Math.min(Number(wait), MAX_WAIT_S);
}

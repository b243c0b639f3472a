import { errors } from "./errors.ts";
import type { QueryParameter } from "./query.ts";

/** The longest that a request may wait, in seconds. */
const MAX_WAIT_S = 300;

/** Seconds the client would wait (`Prefer: wait=N`, RFC 7240 section 4.3), 300 at most; null when it named none. */
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

/** `?wait=N`: a demand and not a preference. Whole seconds, more than are possible count as those; null where there is none. */
export const WAIT: QueryParameter<number | null> = {
  description: `Long poll: wait up to this many seconds (at most ${MAX_WAIT_S}) until the job has changed or ended`,
  schema: { type: "integer", minimum: 0 },
  read(given, name) {
    if (given === null) return null;
    if (!/^\d{1,9}$/.test(given)) throw errors.seconds(name, MAX_WAIT_S, given);
    return Math.min(Number(given), MAX_WAIT_S);
  },
};

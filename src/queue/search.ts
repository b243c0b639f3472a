import { STATUSES, type Status } from "./job.ts";
import type { JobSelection } from "./queue.ts";

/** Words beyond these are skipped. */
const WORDS = 8;
/** A piece of an id of this length matches nothing else, and few jobs: ids of one minute have the same beginning. */
const PIECE_OF_ID = /^[0-9a-f-]*[0-9a-f]{8}[0-9a-f-]*$/;
/** From here on a word is also compared with the end of the ids. */
export const SHORTEST_END = 4;

/**
 * The words of a search. Each is the beginning or the end of an id, the beginning of a word of the suburb, of a state or a
 * postcode, or a part of the client.
 */
export function wordsOf({ search = "" }: JobSelection): readonly string[] {
  return search
    .toLowerCase()
    .split(/[\s,]+/)
    .filter((word) => word !== "")
    .slice(0, WORDS);
}

/** The word of a search that can only be a piece of an id. */
export function idIn(selection: JobSelection): string | undefined {
  return wordsOf(selection).find((word) => PIECE_OF_ID.test(word));
}

/** The statuses that are selected, each once; undefined for any. */
export function statusesOf({ status }: JobSelection): readonly Status[] | undefined {
  const named = typeof status === "string" ? [status] : status;
  return named === undefined || STATUSES.every((each) => named.includes(each)) ? undefined : [...new Set(named)];
}

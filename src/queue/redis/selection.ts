import { type Job, STATUSES } from "../job.ts";
import type { JobSelection } from "../queue.ts";
import type { Keys } from "./keys.ts";

/** Words beyond these are passed over. */
const WORDS = 8;
/** So much of an id is nothing else's beginning, and names few jobs: all of one minute have it in common. */
const ID_BEGINNING = /^[0-9a-f]{8}[0-9a-f-]*$/;

/** Where the jobs of a selection are found, and what they must pass. */
export interface Way {
  /** Indexes by the time of creation; each job is in one of them at most. */
  readonly indexes: readonly string[];
  /** The beginning of the ids, where a word is one. */
  readonly id: string | undefined;
  /** Everything in the indexes passes. */
  readonly whole: boolean;
  passes(job: Job): boolean;
}

export function wayTo(selection: JobSelection, keys: Keys): Way {
  const { client, suburb, state, createdAfter, createdBefore } = selection;
  const words = wordsOf(selection.search ?? "");
  const named = typeof selection.status === "string" ? [selection.status] : selection.status;
  const statuses = named === undefined || STATUSES.every((each) => named.includes(each)) ? undefined : new Set(named);
  const byStatus = statuses === undefined ? undefined : [...statuses].map(keys.jobsOf);
  const indexes = byStatus ?? [client === undefined ? keys.jobs : keys.jobsOfClient(client)];
  return {
    indexes,
    id: words.find((word) => ID_BEGINNING.test(word)),
    whole:
      suburb === undefined &&
      state === undefined &&
      words.length === 0 &&
      (client === undefined || byStatus === undefined),
    passes: (job) =>
      (statuses === undefined || statuses.has(job.status)) &&
      (client === undefined || job.client === client) &&
      (suburb === undefined || job.suburb.toLowerCase() === suburb.toLowerCase()) &&
      (state === undefined || job.state === state) &&
      (createdBefore === undefined || job.createdAt < createdBefore) &&
      (createdAfter === undefined || job.createdAt >= createdAfter) &&
      words.every((word) => matches(job, word)),
  };
}

function wordsOf(search: string): readonly string[] {
  return search
    .toLowerCase()
    .split(/[\s,]+/)
    .filter((word) => word !== "")
    .slice(0, WORDS);
}

/** A word may be the beginning of an id, of a word of the suburb, of a state or a postcode, or a part of the client. */
function matches({ id, suburb, state, postcode, client }: Job, word: string): boolean {
  return (
    id.startsWith(word) ||
    ` ${suburb.toLowerCase().replaceAll("-", " ")}`.includes(` ${word}`) ||
    state.toLowerCase().startsWith(word) ||
    (postcode?.startsWith(word) ?? false) ||
    client.toLowerCase().includes(word)
  );
}

import type { Job } from "../job.ts";
import type { JobListQuery, JobSelection, ListOrder } from "../queue.ts";
import { requestOf } from "../request.ts";
import { idIn, SHORTEST_END, statusesOf, wordsOf } from "../search.ts";
import type { RedisKeyNames } from "./keys.ts";

/** Where the jobs of a selection are found, and what they must pass. */
export interface RedisQueryPlan {
  /** Indexes by the time, or the length of it, that the list is ordered by; each job is in one of them at most. */
  readonly indexes: readonly string[];
  readonly msOf: (job: Job) => number;
  /** The beginning or the end of the ids, where a word is one. */
  readonly id: string | undefined;
  passes(job: Job): boolean;
}

export function queryPlan(selection: JobListQuery, keys: RedisKeyNames): RedisQueryPlan {
  const { client, suburb, state, createdAfter, createdBefore } = selection;
  const words = wordsOf(selection);
  const statuses = statusesOf(selection);
  const byStatus = statuses?.map(keys.jobsOf);
  const byCreation = byStatus ?? [client === undefined ? keys.jobs : keys.jobsOfClient(client)];
  const { order = "created" } = selection;
  const ended = order !== "created";
  return {
    indexes: order === "ended" ? [keys.ended] : order === "duration" ? [keys.durations] : byCreation,
    msOf: MS_OF[order],
    id: idIn(selection),
    passes: (job) =>
      (!ended || job.endedAt !== null) &&
      (statuses === undefined || statuses.includes(job.status)) &&
      (client === undefined || job.client === client) &&
      (suburb === undefined || job.suburb.toLowerCase() === suburb.toLowerCase()) &&
      (state === undefined || job.state === state) &&
      (createdBefore === undefined || job.createdAt < createdBefore) &&
      (createdAfter === undefined || job.createdAt >= createdAfter) &&
      fits(job, selection) &&
      words.every((word) => matches(job, word)),
  };
}

const MS_OF: Readonly<Record<ListOrder, (job: Job) => number>> = {
  created: ({ createdAt }) => Date.parse(createdAt),
  ended: ({ endedAt }) => Date.parse(endedAt ?? ""),
  duration: ({ ranMs }) => ranMs,
};

/** What a person remembers of a job beside its suburb and time, but where it was not delivered. */
function fits(job: Job, selection: JobSelection): boolean {
  const { endedAfter, endedBefore, errorCode, error, errorCodes } = selection;
  const { preparedFor, filename, document, metadata, draft } = selection;
  const has = (text: unknown, part: string) =>
    String(text ?? "")
      .toLowerCase()
      .includes(part.toLowerCase());
  const requested = requestOf(job.request);
  return (
    (endedAfter === undefined || (job.endedAt !== null && job.endedAt >= endedAfter)) &&
    (endedBefore === undefined || (job.endedAt !== null && job.endedAt < endedBefore)) &&
    (errorCode === undefined || job.error?.code === errorCode) &&
    (error === undefined || (job.error !== null && has(job.error.message, error))) &&
    (error === undefined || errorCodes === undefined || errorCodes.includes(job.error?.code ?? "")) &&
    (preparedFor === undefined || (requested.prepared_for != null && has(requested.prepared_for, preparedFor))) &&
    (filename === undefined || job.documents.some((each) => has(each.filename, filename))) &&
    (document === undefined || job.documents.some(({ kind }) => kind === document)) &&
    (metadata === undefined || (requested.metadata != null && has(JSON.stringify(requested.metadata), metadata))) &&
    (draft === undefined || job.draft === draft)
  );
}

/** As {@link wordsOf} describes. */
function matches({ id, suburb, state, postcode, client }: Job, word: string): boolean {
  return (
    id.startsWith(word) ||
    (word.length >= SHORTEST_END && id.endsWith(word)) ||
    ` ${suburb.toLowerCase().replaceAll("-", " ")}`.includes(` ${word}`) ||
    state.toLowerCase().startsWith(word) ||
    (postcode?.startsWith(word) ?? false) ||
    client.toLowerCase().includes(word)
  );
}

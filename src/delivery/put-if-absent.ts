import { Failure } from "../failure.ts";
import type { Job } from "../queue/job.ts";
import { messages } from "./messages.ts";
import { shortId } from "./path.ts";

/** A target, as seen by what puts one file there once. */
export interface PutIfAbsentStore {
  /** What is at this path now: nothing, this very report, or something that is not ours to overwrite. */
  check(path: string, signal: AbortSignal): Promise<"nothing" | "this report" | "something else">;
  /** Puts the report there unless something is there by now; false when it should be examined again. */
  put(path: string): Promise<boolean>;
}

/** Checks and puts of one name; after more, another writer wins each race for it. */
const ROUNDS = 4;

/**
 * Puts a job's report at its path, or where another's file is there, at the path with the job's short id in the name.
 * What is there already with the right content is recognised, and nothing is ever overwritten. Returns the path.
 * Aborted, it checks and begins nothing more; what is being put is the store's to end.
 * @throws Failure "delivery_taken" (permanent) when both names are others'.
 */
export async function putIfAbsent(
  job: Job,
  path: string,
  store: PutIfAbsentStore,
  signal: AbortSignal,
): Promise<string> {
  for (const candidate of candidates(job, path)) {
    for (let round = 1; ; round += 1) {
      signal.throwIfAborted();
      const there = await store.check(candidate, signal);
      if (there === "this report") return candidate;
      if (there === "something else") break;
      signal.throwIfAborted();
      if (await store.put(candidate)) return candidate;
      if (round === ROUNDS)
        throw new Failure("delivery_unsettled", messages.unsettled(candidate), {
          transient: true,
        });
    }
  }
  throw new Failure("delivery_taken", messages.namesTaken(path));
}

/** Where of the two the report is; null where it is at neither. */
export async function findDelivered(
  job: Job,
  path: string,
  check: PutIfAbsentStore["check"],
  signal: AbortSignal,
): Promise<string | null> {
  for (const candidate of candidates(job, path)) {
    const there = await check(candidate, signal);
    if (there === "this report") return candidate;
    if (there === "nothing") return null;
  }
  return null;
}

function candidates(job: Job, path: string): readonly string[] {
  return [path, secondChoice(job, path)];
}

function secondChoice(job: Job, path: string): string {
  return path.replace(/(\.pdf)?$/, ` ${shortId(job)}.pdf`);
}

// Retries the writes of an attempt until the queue can store them: no finished work is lost to a full disk.
import { asFailure, Failure } from "../failure.ts";
import type { RunningAttempt } from "./attempt.ts";

/** How long between two attempts of a write that the queue could not store. */
const WRITE_AGAIN_MS = 250;
const WRITE_AGAIN_AT_MOST_MS = 5_000;

/** Retries what the queue cannot do at the moment, until it can: no finished work is lost to a full disk. */
export async function checkpoint<T>(attempt: RunningAttempt, write: () => Promise<T>): Promise<T> {
  for (let waitMs = WRITE_AGAIN_MS; ; waitMs = Math.min(2 * waitMs, WRITE_AGAIN_AT_MOST_MS)) {
    try {
      return await attempt.unlessAborted(write());
    } catch (error) {
      attempt.signal.throwIfAborted();
      if (!(error instanceof Failure) || !error.transient) throw error;
      await attempt.unlessAborted(Bun.sleep(waitMs));
    }
  }
}

/** For the end of an attempt, which has no alternative: this gives up only when the service stops. */
export async function persist(write: () => Promise<boolean>, isStopped: () => boolean): Promise<boolean> {
  for (let waitMs = WRITE_AGAIN_MS; ; waitMs = Math.min(2 * waitMs, WRITE_AGAIN_AT_MOST_MS)) {
    try {
      return await write();
    } catch (error) {
      // The job stays this process's until it can be written; the next process would recover it.
      if (isStopped() || asFailure(error).code === "queue_closed") return false;
      await Bun.sleep(waitMs);
    }
  }
}

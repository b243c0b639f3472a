// What an attempt has to store, stored again until the queue can: no finished work is thrown away for a full disk.
import { asFailure, Failure } from "../failure.ts";
import type { RunningAttempt } from "./attempt.ts";

/** How long between two attempts of a write that the queue could not store. */
const WRITE_AGAIN_MS = 250;
const WRITE_AGAIN_AT_MOST_MS = 5_000;

/** Does what the queue cannot do just now again, until it can: no finished work is thrown away for a full disk. */
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

/** For the end of an attempt: there is nothing else to do with it, so this gives up only when the service stops. */
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

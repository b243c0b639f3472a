import { type Access, keyUnknown } from "../../access/access.ts";
import type { Caller } from "../../access/caller.ts";
import { ENDED, type Job } from "../../queue/job.ts";
import type { JobChange } from "../../queue/queue.ts";
import type { Connections } from "../connections.ts";
import type { Waiters } from "./waiters.ts";

interface LongPoll {
  readonly waiters: Waiters;
  readonly connections: Connections;
  readonly access: Pick<Access, "remains">;
  readonly caller: Caller;
  readonly request: Request;
  readonly waitS: number;
}

/** Seconds a connection may idle once its long poll is served. */
const AFTERWARDS_S = 30;

/**
 * Reads a job, leaves the request open until it changes as requested, or the time is up, and reads it again.
 * @throws Failure "key_unknown" when the caller's key was revoked, or its session ended, in the meantime.
 * `condition` returns what to wait for from the job's current state; null: nothing, respond at once.
 */
export async function longPoll(
  { waiters, connections, access, caller, request, waitS }: LongPoll,
  id: string,
  read: () => Promise<Job | null>,
  condition: (job: Job) => ((change: JobChange) => boolean) | null,
): Promise<Job | null> {
  if (waitS === 0) return read();
  const watch = waiters.watch(id, caller.client);
  try {
    const job = await read();
    const isIt = job === null ? null : condition(job);
    if (isIt === null) return job;
    // The server's own idle timeout would cut a long poll.
    connections.allowSilence(request, 0);
    const allowed = () => access.remains(caller);
    const began = performance.now();
    await watch.until(isIt, { timeoutMs: waitS * 1_000, disconnected: request.signal, allowed });
    connections.noteReserved(request, performance.now() - began);
    connections.allowSilence(request, AFTERWARDS_S);
    if (!(await allowed())) throw keyUnknown();
    return await read();
  } finally {
    watch.end();
  }
}

/** For {@link longPoll}: until the job has ended. */
export function untilEnded(job: Job) {
  return ENDED.has(job.status) ? null : (change: Pick<JobChange, "status">) => ENDED.has(change.status);
}

/** For {@link longPoll}: until its status or stage is another one than now. */
export function untilChanged(job: Job) {
  if (ENDED.has(job.status)) return null;
  return (change: JobChange) => change.status !== job.status || change.stage !== job.stage;
}

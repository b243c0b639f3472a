import { Failure } from "../failure.ts";
import { messages } from "./messages.ts";

/** When to come back; an outage is over when it is over. */
const RETRY_AFTER_MS = 5_000;

/** The error of Redis when it is full. */
const FULL = /^OOM |^MISCONF /;
const CLOSED = /AGENTLINK_CLOSED (.*)/;
const NEWER = /AGENTLINK_NEWER/;
/** Behind what a script raised Redis 7 names where it did. */
const IDENTITY = /AGENTLINK_IDENTITY (.*?)(?: script: [0-9a-f]+, on @user_script:\d+\.)?$/;
/** The errors of a server that is just starting, is failing over or has lost its replicas. */
const PASSING = /^(LOADING|READONLY|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|NOREPLICAS|BUSY|UNBLOCKED|NOTREADY)\b/;

/** What Redis or the way to it threw, named. No job is to blame for it, so none loses an attempt by it. */
export function redisFailure(error: unknown): unknown {
  if (error instanceof Failure || !(error instanceof Error)) return error;
  const options = { transient: true, uncounted: true, retryAfterMs: RETRY_AFTER_MS, cause: error };
  if (NEWER.test(error.message)) return new Failure("store_newer", messages.newerFormat, options);
  const [, closed] = CLOSED.exec(error.message) ?? [];
  if (closed !== undefined) return new Failure("store_closed", messages.closed(closed), options);
  const [, owner] = IDENTITY.exec(error.message) ?? [];
  if (owner !== undefined) return new Failure("identity_taken", identityTaken(owner), options);
  if (FULL.test(error.message)) return new Failure("redis_full", messages.full, options);
  if (error.name === "ReplyError" && !PASSING.test(error.message)) return error;
  return new Failure("redis_unavailable", messages.noResponse(error.message), options);
}

/** `owner` is who has the name now: where it is. */
export function identityTaken(owner: string): string {
  return messages.nameTaken(owner);
}

import { Failure } from "../failure.ts";
import type { Job } from "../queue/job.ts";
import type { Quota } from "../queue/quota.ts";
import { covers, SCOPES, type Scope } from "./keys/scope.ts";
import { messages } from "./messages.ts";

/** Who calls: the queue is shared fairly between clients. */
export interface Caller {
  readonly client: string;
  readonly scope: Scope;
  /** The key that was shown; null where none was needed. */
  readonly keyId: string | null;
  /** 0–9: a higher priority in a request is lowered to this. */
  readonly maxPriority: number;
  /** How much its client may request; null: as much as it likes. */
  readonly quota: Quota | null;
  /** The session that it was shown by; null where the request itself has it. */
  readonly session: string | null;
}

/** Whether a caller may know of the jobs of all clients, and of the service as a whole. */
export function seesAll({ scope }: Pick<Caller, "scope">): boolean {
  return covers(scope, "viewer");
}

/**
 * Whether a caller may know what surrounds the service: its folders, hosts, accounts and settings, and what receivers
 * responded. Who sees the jobs of all clients does not see that by it. What is withheld from all others is in src/views.
 */
export function seesSurroundings({ scope }: Pick<Caller, "scope">): boolean {
  return scope === "admin";
}

/** Whether a caller may know of a job: of its client's own, and of all clients' with a key that sees all. */
export function sees(caller: Caller, job: Pick<Job, "client">): boolean {
  return seesAll(caller) || job.client === caller.client;
}

/** @throws Failure "scope_needed" for a caller who may not see the service as a whole. */
export function requireSeesAll({ scope }: Pick<Caller, "scope">): void {
  if (!covers(scope, "viewer")) throw needs("viewer", scope);
}

/** @throws Failure "scope_needed" for a caller who may not administer the service as a whole. */
export function requireAdmin({ scope }: Caller): void {
  if (scope !== "admin") throw needs("admin", scope);
}

/** For a call that takes another scope than the key has. */
export function needs(needed: Scope, has: Scope): Failure {
  const enough = needed === "metrics" || needed === "viewer" ? SCOPES.filter((each) => covers(each, needed)) : [needed];
  const either = enough.join(", ").replace(/, (\w+)$/, " or $1");
  return new Failure("scope_needed", messages.scope(either, has), {
    details: { needed, has },
  });
}

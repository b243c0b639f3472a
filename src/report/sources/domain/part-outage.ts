// One part of Domain may be down while the others respond: a report then goes without it, without waiting for all of
// Domain.
import { Failure } from "../../../failure.ts";
import { messages } from "../messages.ts";
import type { DomainCall } from "./endpoints.ts";

export interface PartOutages {
  /** Whether calls of this part are not worth sending now. */
  isDown(call: DomainCall): boolean;
  succeeded(call: DomainCall): void;
  /** After a failed call: whether the fault is limited to its part, because another part responds. */
  isItsOwn(call: DomainCall): Promise<boolean>;
}

/** There is no report without sales: everything waits for this part. */
const NEEDED = "v1/listingSearch";
/** From so many failures in a row on a part is down; one may be about one agency alone. */
const FAILURES = 3;
const DOWN_MS = 60_000;

/** `responds`: sends a call that is not of the part, and returns whether Domain responded. */
export function createPartOutages({
  responds,
  now,
}: {
  readonly responds: (except: string) => Promise<boolean>;
  readonly now: () => Date;
}): PartOutages {
  /** By part. Written by `isItsOwn`; `succeeded` removes it. */
  const failures = new Map<string, { inARow: number; at: number }>();
  /** By part. Written by `check`; `isItsOwn` removes it. */
  const results = new Map<string, { readonly at: number; readonly result: Promise<boolean> }>();

  /** What one check found is true for all that fail together. */
  function check(part: string): Promise<boolean> {
    const at = now().getTime();
    const last = results.get(part);
    if (last !== undefined && at - last.at < DOWN_MS) return last.result;
    const result = responds(part).catch(() => false);
    results.set(part, { at, result });
    return result;
  }

  return {
    isDown(call) {
      const known = failures.get(partOf(call));
      return known !== undefined && known.inARow >= FAILURES && now().getTime() - known.at < DOWN_MS;
    },
    succeeded: (call) => void failures.delete(partOf(call)),
    async isItsOwn(call) {
      const part = partOf(call);
      if (part === NEEDED || !(await check(part))) {
        results.delete(part);
        return false;
      }
      const before = failures.get(part)?.inARow ?? 0;
      failures.set(part, { inARow: before + 1, at: now().getTime() });
      return true;
    },
  };
}

/** "v1/agencies" of "/v1/agencies/123?x". */
export function partOf({ path }: DomainCall): string {
  return path.split(/[/?]/).slice(1, 3).join("/");
}

/** For a call of a part that is down while the others respond. */
export function partAway(call: DomainCall, cause?: Failure): Failure {
  const what = cause === undefined ? messages.noResponses : cause.message;
  return new Failure("domain_unavailable", `Domain: ${partOf(call)}: ${what}`, {
    transient: true,
    uncounted: true,
    ...(cause === undefined ? {} : { cause }),
  });
}

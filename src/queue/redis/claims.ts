import {
  type AllDelivered,
  type Claim,
  type Delivered,
  type JobError,
  LANES,
  type ReleaseReason,
  type RenderedDocument,
  toDocumentFile,
} from "../job.ts";
import type { FailOptions, RenderedOptions, Room } from "../queue.ts";
import type { Leases } from "./leases.ts";
import { ledgerName, toFields, toJob } from "./record.ts";
import type { Scripts } from "./script.ts";

export interface ClaimDependencies {
  readonly scripts: Scripts;
  readonly leases: Leases;
  /** This host: what it had leased before it died is recovered in its name. */
  readonly holder: string;
  readonly leaseMs: number;
  /** In which a job is counted that is completed now, as 2026-11. */
  readonly month: () => string;
}

/** Taking jobs, storing what they reach, and ending them: a script each, see lua/claim.lua and lua/attempt.lua. */
export function createClaims({ scripts, leases, holder, leaseMs, month }: ClaimDependencies) {
  const step = async (operation: string, claim: Claim, ...args: readonly (string | number)[]): Promise<boolean> =>
    (await scripts.run(operation, [claim.job.id, claim.token, ...args])) === 1;

  /** Whatever the result, the attempt is over: it no longer has a lease to extend. */
  const end = async (operation: string, claim: Claim, ...args: readonly (string | number)[]): Promise<boolean> => {
    const done = await step(operation, claim, ...args);
    leases.forget(claim);
    return done;
  };

  return {
    claim: (room: Room): Promise<readonly Claim[]> =>
      leases.take(async () => {
        const rooms = LANES.map((lane) => Math.max(0, room[lane] ?? 0));
        const taken = (await scripts.run("claim", [holder, leaseMs, ...rooms])) as readonly [
          string,
          string,
          unknown,
          string,
        ][];
        return taken.map(([token, id, flat, change]) => ({
          claim: { token: Number(token), job: toJob(id, toFields(flat) ?? {}) },
          change: Number(change),
        }));
      }),

    gathered: (claim: Claim, dataSet: string) => step("gathered", claim, dataSet),
    rendering: (claim: Claim) => step("rendering", claim),
    rendered(
      claim: Claim,
      document: RenderedDocument,
      { main = true, more = false, warnings = [] }: RenderedOptions = {},
    ) {
      const file = toDocumentFile(document);
      const { path, sha256, bytes, pages } = file;
      const report = main ? JSON.stringify({ path, sha256, bytes, pages }) : "";
      return step(
        "rendered",
        claim,
        JSON.stringify({ ...file, delivered: null }),
        report,
        more ? "1" : "0",
        JSON.stringify(warnings),
      );
    },
    delivering: (claim: Claim, target: string, path: string, kind?: string) =>
      step("delivering", claim, ledgerName(target, kind), path),
    delivered: (claim: Claim, target: string, { to, url }: Delivered, kind?: string) =>
      step("delivered", claim, ledgerName(target, kind), to, url ?? ""),

    async renderAgain(claim: Claim, kinds?: readonly string[]) {
      const done = await step("render_again", claim, kinds === undefined ? "" : JSON.stringify(kinds));
      if (done) leases.forget(claim);
      return done;
    },
    withdrawn: (claim: Claim, target: string, kind?: string) => step("withdrawn", claim, ledgerName(target, kind)),

    complete(claim: Claim, delivered: AllDelivered | null) {
      const { to, url, documents, arrived } = delivered ?? {};
      const main = delivered === null ? "" : JSON.stringify({ to, url });
      const args = [documents === undefined ? "" : JSON.stringify(documents), month()];
      if (arrived !== undefined) args.push(ledgerName(arrived.target, arrived.kind), arrived.to, arrived.url ?? "");
      return end("complete", claim, main, ...args);
    },
    fail(
      claim: Claim,
      error: JobError,
      retryInMs: number | null,
      { crashed = false, uncounted = false, waitsFor = [] }: FailOptions = {},
    ) {
      const flags = [crashed ? "1" : "0", uncounted ? "1" : "0", waitsFor.join(",")];
      return end("fail", claim, error.code, error.message, retryInMs ?? "", ...flags);
    },
    async cancelled(claim: Claim) {
      const response = await scripts.run("cancelled", [claim.job.id, claim.token]);
      if (response !== "continues") leases.forget(claim);
      return response === 1;
    },
    release: (claim: Claim, reason: ReleaseReason) => end("release", claim, reason),
  };
}

import { SHARE } from "../../src/pipeline/attempt.ts";
import type { Step } from "../../src/pipeline/pipeline.ts";
import type { Stages } from "../../src/pipeline/stage.ts";
import type { Claim, DocumentFile } from "../../src/queue/job.ts";
import { aReport } from "../queue/builders.ts";

type Did = "gather" | "render" | "deliver";

/** Stages that do nothing but record their calls; a test replaces what it is about. */
export function fakeStages(changes: Partial<Stages> = {}) {
  const log: { readonly did: Did; readonly id: string }[] = [];
  const now: Record<Did, number> = { gather: 0, render: 0, deliver: 0 };
  const most: Record<Did, number> = { gather: 0, render: 0, deliver: 0 };

  async function noted<T>(did: Did, claim: Claim, work: () => Promise<T>): Promise<T> {
    log.push({ did, id: claim.job.id });
    now[did] += 1;
    most[did] = Math.max(most[did], now[did]);
    try {
      return await work();
    } finally {
      now[did] -= 1;
    }
  }

  const stages: Stages = {
    plan: changes.plan ?? (() => [{ kind: "agents", main: true, madeOf: "data", share: SHARE.rendering }]),
    gather: (claim, step) =>
      noted("gather", claim, async () => (changes.gather ? changes.gather(claim, step) : '{"agents":[]}')),
    render: (claim, source, step) =>
      noted("render", claim, async () =>
        changes.render ? changes.render(claim, source, step) : aReport(claim.job.id),
      ),
    deliver: (claim: Claim, documents: readonly DocumentFile[], step: Step) =>
      noted("deliver", claim, async () =>
        changes.deliver ? changes.deliver(claim, documents, step) : { to: `/delivered/${claim.job.id}.pdf`, url: null },
      ),
  };

  return {
    stages,
    /** At once, at most, so far. */
    most,
    /** The jobs a stage was called for, in order. */
    did: (what: Did) => log.filter(({ did }) => did === what).map(({ id }) => id),
  };
}

import type { DeliveryTarget } from "../delivery/delivery.ts";
import type { Outbound, OutboundResponse } from "../outbound/outbound.ts";
import type { Stages } from "../pipeline/stage.ts";
import type { Stage } from "../queue/job.ts";
import type { Metrics } from "./metrics.ts";

/** The same stages, with the time each takes recorded. */
export function measuredStages(stages: Stages, metrics: Metrics): Stages {
  const timed = async <T>(stage: Stage, work: () => Promise<T>): Promise<T> => {
    const began = performance.now();
    let outcome: "done" | "failed" = "failed";
    try {
      const result = await work();
      outcome = "done";
      return result;
    } finally {
      metrics.stage(stage, performance.now() - began, outcome);
    }
  };
  return {
    ...stages,
    gather: (claim, step) => timed("gathering", () => stages.gather(claim, step)),
    async render(claim, source, step) {
      const rendered = await timed("rendering", () => stages.render(claim, source, step));
      metrics.document(source.kind);
      return rendered;
    },
    deliver: (claim, documents, step) => timed("delivering", () => stages.deliver(claim, documents, step)),
  };
}

/** The same target, with the time each report takes to get there recorded, and whether it is reached. */
export function measuredDelivery(delivery: DeliveryTarget, metrics: Metrics): DeliveryTarget {
  const reach = metrics.dependency(delivery.target);
  return {
    ...delivery,
    async deliver(job, report, path, signal, passage) {
      const began = performance.now();
      let outcome: "done" | "failed" = "failed";
      try {
        const delivered = await reach.attempt(() => delivery.deliver(job, report, path, signal, passage));
        outcome = "done";
        return delivered;
      } finally {
        metrics.upload(delivery.target, performance.now() - began, outcome, report.bytes);
      }
    },
  };
}

/** The same way out to a dependency of this name, with whether it is reached. */
export function measuredOutbound(outbound: Outbound, metrics: Metrics, name: string): Outbound {
  const reach = metrics.dependency(name);
  const isAway = ({ status }: OutboundResponse) => status >= 500 || status === 429 || status === 401 || status === 403;
  return { ...outbound, request: (...requested) => reach.attempt(() => outbound.request(...requested), isAway) };
}

// The pipeline of the service: its stages, its slots, and what wakes the jobs that wait for something outside.

import type { LinkedTargets } from "../delivery/linked-targets.ts";
import type { Renderer } from "../render/threads/renderer.ts";
import { createPipeline, type Pipeline, type PipelineOptions } from "./pipeline.ts";
import type { Sources } from "./sources.ts";
import type { Stages } from "./stage.ts";
import { createStages, type StageDependencies } from "./stages.ts";
import { createTargetSlots } from "./target-slots.ts";
import { createWaker, type Waker } from "./waker.ts";

export const GATHERS_AT_ONCE = 4;
/** To each target; jobs have as many slots together, so that those that hang at one leave room for the others. */
const DELIVERIES_AT_ONCE = 4;

interface JobDependencies
  extends Omit<StageDependencies, "sources" | "partners" | "pictures" | "deliveries" | "slots" | "renderer">,
    Pick<PipelineOptions, "jobTimeoutMs" | "maxAttempts"> {
  readonly sources: Sources;
  readonly targets: LinkedTargets;
  readonly renderer: Renderer;
  /** The same stages, with what is measured of them. */
  readonly measured: (stages: Stages) => Stages;
  /** Called with the number of jobs that are due since a dependency works again. */
  readonly onWoken: (dependency: string, jobs: number) => void;
}

export interface Jobs extends Pipeline {
  /** The circuit of this dependency has closed: all that wait for it are due. */
  closed(dependency: string): void;
}

/** Builds it from what the service has; nothing is claimed before `start()`. */
export function openJobs(dependencies: JobDependencies): Jobs {
  const { queue, sources, targets, renderer, measured, onWoken, jobTimeoutMs, maxAttempts } = dependencies;
  const stages = createStages({
    ...dependencies,
    sources: sources.all,
    partners: sources.partners,
    pictures: sources.pictures,
    deliveries: targets.targets,
    slots: createTargetSlots({ slots: DELIVERIES_AT_ONCE }),
  });
  const pipeline = createPipeline({
    queue,
    stages: measured(stages),
    renderSlots: renderer.threads,
    gatherSlots: GATHERS_AT_ONCE,
    deliverSlots: DELIVERIES_AT_ONCE * targets.all.length,
    jobTimeoutMs,
    maxAttempts,
    renderBlockedBy: renderer.blockedBy,
    deliveriesAtOnce() {
      const atBest = DELIVERIES_AT_ONCE * targets.targets().length;
      return { now: targets.slots(atBest), atBest };
    },
  });
  /** Both are written by `start`. */
  let waker: Waker | null = null;
  let unsubscribe = () => {};
  return {
    ...pipeline,
    closed: (dependency) => waker?.closed(dependency),
    start() {
      // Before the pipeline is notified and claims: a manual retry starts at once, even if a circuit breaker is open.
      unsubscribe = queue.subscribe(({ manual }) => {
        if (!manual) return;
        sources.probeNow();
        targets.probeNow();
      });
      waker = createWaker({
        queue,
        dependencies: [
          ...[...sources.breakers].map(([name, breaker]) => ({ name, breaker })),
          ...targets.all.map(({ target, breaker }) => ({ name: target, breaker })),
        ],
        onWoken,
      });
      pipeline.start();
    },
    async stop(graceMs) {
      waker?.close();
      unsubscribe();
      await pipeline.stop(graceMs);
    },
  };
}

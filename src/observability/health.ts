import { statfs } from "node:fs/promises";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { countDescriptors } from "../host/descriptors.ts";
import type { TargetRecord } from "../queue/target-records.ts";

/** Lag is reported for so long: what stopped for a moment is seen, and what is over is forgotten. */
const LAG_WINDOW_MS = 5_000;
const LAG_RESOLUTION_MS = 20;

/** The state of the process and its surroundings. */
export interface HealthSnapshot {
  readonly startedAt: string;
  readonly memory: { readonly usedBytes: number; readonly limitBytes: number };
  /** Of those that render. */
  readonly threads: { readonly busy: number; readonly total: number };
  /** The one with the data folder. */
  readonly disk: { readonly freeBytes: number; readonly totalBytes: number };
  /** How late the event loop recently was, at the 99th percentile. */
  readonly eventLoopLagMs: number;
  /** Files and connections that the process has open, and may have; null where the system does not report it. */
  readonly descriptors: { readonly open: number; readonly limit: number } | null;
  /**
   * What an operator has to fix about each target, or null; and the result of the deliveries to it, before the start,
   * too.
   */
  readonly deliveries: readonly {
    readonly target: string;
    readonly problem: string | null;
    readonly record: TargetRecord;
  }[];
  /** Why jobs wait for the operator's own data source, or null. */
  readonly sourceProblem: string | null;
  readonly callbackProblem: string | null;
}

export interface HealthDependencies {
  readonly dataDir: string;
  readonly memoryLimitBytes: number;
  readonly threads: () => HealthSnapshot["threads"];
  readonly deliveries: () => Promise<HealthSnapshot["deliveries"]>;
  readonly sourceProblem: () => string | null;
  readonly callbackProblem: () => string | null;
}

export interface HealthMonitor {
  read(): Promise<HealthSnapshot>;
  close(): void;
}

/** The state of the process and its surroundings, measured while it runs. */
export function watchHealth(dependencies: HealthDependencies): HealthMonitor {
  const startedAt = new Date().toISOString();
  const lag = monitorEventLoopDelay({ resolution: LAG_RESOLUTION_MS });
  /** Written by `timer`. */
  let lastLagMs = 0;
  lag.enable();
  const lagOf = () => (lag.count === 0 ? 0 : Math.max(0, lag.percentile(99) / 1e6));
  const timer = setInterval(() => {
    lastLagMs = lagOf();
    lag.reset();
  }, LAG_WINDOW_MS);
  timer.unref();

  return {
    async read() {
      const [disk, deliveries, descriptors] = await Promise.all([
        statfs(dependencies.dataDir),
        dependencies.deliveries(),
        countDescriptors(),
      ]);
      return {
        startedAt,
        memory: { usedBytes: process.memoryUsage.rss(), limitBytes: dependencies.memoryLimitBytes },
        threads: dependencies.threads(),
        // What is free to the service: a file system reserves some for root.
        disk: { freeBytes: disk.bavail * disk.bsize, totalBytes: disk.blocks * disk.bsize },
        eventLoopLagMs: Math.max(lastLagMs, lagOf()),
        descriptors,
        deliveries,
        sourceProblem: dependencies.sourceProblem(),
        callbackProblem: dependencies.callbackProblem(),
      };
    },
    close() {
      clearInterval(timer);
      lag.disable();
    },
  };
}

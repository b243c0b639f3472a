import { statfs } from "node:fs/promises";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { countDescriptors } from "../host/descriptors.ts";
import type { Vitals } from "../http/http.ts";

/** Lag is told of so long: what stopped for a moment is seen, and what is over is forgotten. */
const LAG_WINDOW_MS = 5_000;
const LAG_RESOLUTION_MS = 20;

export interface VitalParts {
  readonly dataDir: string;
  readonly memoryLimitBytes: number;
  readonly threads: () => Vitals["threads"];
  readonly deliveries: () => Promise<Vitals["deliveries"]>;
  readonly sourceTrouble: () => string | null;
  readonly callbackTrouble: () => string | null;
}

export interface VitalSigns {
  read(): Promise<Vitals>;
  close(): void;
}

/** How the process and its surroundings are, measured while it runs. */
export function watchVitals(parts: VitalParts): VitalSigns {
  const startedAt = new Date().toISOString();
  const lag = monitorEventLoopDelay({ resolution: LAG_RESOLUTION_MS });
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
        statfs(parts.dataDir),
        parts.deliveries(),
        countDescriptors(),
      ]);
      return {
        startedAt,
        memory: { usedBytes: process.memoryUsage.rss(), limitBytes: parts.memoryLimitBytes },
        threads: parts.threads(),
        // What is free to the service: a file system keeps some for root alone.
        disk: { freeBytes: disk.bavail * disk.bsize, totalBytes: disk.blocks * disk.bsize },
        eventLoopLagMs: Math.max(lastLagMs, lagOf()),
        descriptors,
        deliveries,
        sourceTrouble: parts.sourceTrouble(),
        callbackTrouble: parts.callbackTrouble(),
      };
    },
    close() {
      clearInterval(timer);
      lag.disable();
    },
  };
}

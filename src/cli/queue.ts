import type { ApiOverview, Paused } from "../client/client.ts";
import { type TimePrinter, timesIn } from "./clock.ts";
import { callbackWords, deliveryWords } from "./doctor/work.ts";
import { messages } from "./messages.ts";
import { type ServiceAddress, withService } from "./with-service.ts";

interface QueueOptions {
  readonly config: ServiceAddress;
  readonly clock: TimePrinter;
  readonly json: boolean;
  readonly out: (line: string) => void;
}

/** Pauses or resumes the queue. */
export function setQueuePaused(what: "pause" | "resume", { config, clock, json, out }: QueueOptions): Promise<void> {
  return withService(config, async (client) => {
    const paused = await client[what]();
    out(json ? JSON.stringify(paused) : describePause(paused, clock));
  });
}

/** Prints the state of the queue and the service. */
export function queueStatus({ config, clock, json, out }: QueueOptions): Promise<void> {
  return withService(config, async (client) => {
    const overview = await client.overview();
    if (json) return out(JSON.stringify(overview));
    for (const [name, value] of linesOf(overview, clock)) out(`${name.padEnd(14)}${value}`);
  });
}

function describePause({ paused }: Paused, clock: TimePrinter): string {
  return paused === null ? "running" : messages.paused(paused.by, clock(paused.since));
}

function linesOf(overview: ApiOverview, clock: TimePrinter): readonly (readonly [string, string])[] {
  const { counts, memory, threads, disk, deliveries, callbacks, ready, oldest_queued_at: oldest } = overview;
  return [
    ["service", `${overview.version}, up since ${clock(overview.started_at)}`],
    ["queue", describePause(overview, clock)],
    [
      "jobs",
      Object.entries(counts)
        .map(([status, n]) => `${n} ${status}`)
        .join(", "),
    ],
    ...(oldest === null ? [] : [["oldest queued", clock(oldest)] as const]),
    ["renders", `${threads.busy} of ${threads.total} threads`],
    ["memory", `${megabytes(memory.used_bytes)} of ${megabytes(memory.limit_bytes)}`],
    ["disk", `${megabytes(disk.free_bytes)} of ${megabytes(disk.total_bytes)} free`],
    ...deliveries.map((delivery) => [delivery.target, deliveryWords(delivery, clock)] as const),
    ["callbacks", callbackWords(callbacks, clock)],
    ["ready", ready.ok ? "yes" : timesIn(ready.problems.join("; "), clock)],
  ];
}

function megabytes(bytes: number): string {
  return bytes < 10e9 ? `${Math.round(bytes / 1e6)} MB` : `${Math.round(bytes / 1e9)} GB`;
}

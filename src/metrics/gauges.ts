import { Counter, Gauge, type Registry } from "prom-client";
import type { Vitals } from "../http/parts.ts";
import { STATUSES } from "../queue/job.ts";
import type { Queue } from "../queue/queue.ts";

/** What is looked up when somebody asks for the metrics. */
export interface Gauged {
  readonly version: string;
  readonly queue: Pick<Queue, "counts" | "oldestQueuedAt" | "paused"> & {
    readonly callbacks: Pick<Queue["callbacks"], "counts">;
  };
  readonly queueLimit: number;
  readonly vitals: () => Promise<Vitals>;
  readonly problems: () => Promise<readonly string[]>;
}

/** Each name stands once, with what it is for. */
const GAUGES = {
  agentlink_oldest_queued_seconds: "How long the job accepted first of all queued ones has been queued; 0 when none is",
  agentlink_queue_limit: "Jobs not yet ended past which requests are answered 429",
  agentlink_paused: "1 while the queue is paused",
  agentlink_ready: "1 while /readyz says that the service does its work",
  agentlink_renders: "Reports that are rendered now",
  agentlink_render_threads: "Reports that can be rendered at once",
  agentlink_memory_bytes: "Memory of the process (resident)",
  agentlink_memory_limit_bytes: "Memory the process may use",
  agentlink_disk_free_bytes: "Free on the disk that holds the data folder",
  agentlink_disk_bytes: "Size of the disk that holds the data folder",
  agentlink_event_loop_lag_seconds: "How late the event loop lately was, at the 99th percentile",
  agentlink_start_time_seconds: "When the process began, since 1970",
} as const;

/** Answers how to look everything up, so that all of one answer is of one moment. */
export function registerGauges(registry: Registry, gauged: Gauged): () => Promise<void> {
  const registers = [registry];
  const names = Object.keys(GAUGES) as (keyof typeof GAUGES)[];
  const gauges = new Map(names.map((name) => [name, new Gauge({ name, help: GAUGES[name], registers })]));
  const set = (name: keyof typeof GAUGES, value: number) => gauges.get(name)?.set(value);

  const troubles = new Gauge({
    name: "agentlink_delivery_trouble",
    help: "1 while nothing is delivered to a target until an operator has put something right",
    labelNames: ["target"],
    registers,
  });
  const callbacks = new Gauge({
    name: "agentlink_callbacks",
    help: "Callbacks of jobs that are kept: still to be sent (pending), those of them whose last attempt failed (failing), given up (failed)",
    labelNames: ["status"],
    registers,
  });
  new Gauge({ name: "agentlink_build_info", help: "1, with the version", labelNames: ["version"], registers }).set(
    { version: gauged.version },
    1,
  );
  const cpu = new Counter({
    name: "agentlink_cpu_seconds_total",
    help: "Processor time of the process",
    registers,
  });
  const jobs = new Gauge({
    name: "agentlink_jobs",
    help: "Jobs by status, of those that are kept",
    labelNames: ["status"],
    registers,
  });

  return async () => {
    const { queue } = gauged;
    const [counts, oldest, paused, outbox, vitals, problems] = await Promise.all([
      queue.counts(),
      queue.oldestQueuedAt(),
      queue.paused(),
      queue.callbacks.counts(),
      gauged.vitals(),
      gauged.problems(),
    ]);
    for (const status of STATUSES) jobs.set({ status }, counts[status]);
    set("agentlink_oldest_queued_seconds", oldest === null ? 0 : Math.max(0, Date.now() - Date.parse(oldest)) / 1_000);
    set("agentlink_queue_limit", gauged.queueLimit);
    set("agentlink_paused", paused === null ? 0 : 1);
    set("agentlink_ready", problems.length === 0 ? 1 : 0);
    set("agentlink_renders", vitals.threads.busy);
    set("agentlink_render_threads", vitals.threads.total);
    set("agentlink_memory_bytes", vitals.memory.usedBytes);
    set("agentlink_memory_limit_bytes", vitals.memory.limitBytes);
    set("agentlink_disk_free_bytes", vitals.disk.freeBytes);
    set("agentlink_disk_bytes", vitals.disk.totalBytes);
    set("agentlink_event_loop_lag_seconds", vitals.eventLoopLagMs / 1_000);
    set("agentlink_start_time_seconds", Date.parse(vitals.startedAt) / 1_000);
    callbacks.set({ status: "pending" }, outbox.pending);
    callbacks.set({ status: "failing" }, outbox.failing);
    callbacks.set({ status: "failed" }, outbox.failed);
    for (const { target, trouble } of vitals.deliveries) troubles.set({ target }, trouble === null ? 0 : 1);
    const { user, system } = process.cpuUsage();
    cpu.reset();
    cpu.inc((user + system) / 1e6);
  };
}

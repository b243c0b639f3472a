import { Counter, Gauge, type Registry } from "prom-client";
import { type CircuitBreaker, OPEN_REASONS } from "../outbound/circuit-breaker.ts";
import { STATUSES } from "../queue/job.ts";
import type { Queue } from "../queue/queue.ts";
import type { Vitals } from "./health.ts";
import type { Reach } from "./reach.ts";

/** What is looked up when somebody asks for the metrics. */
export interface Gauged {
  readonly version: string;
  readonly queue: Pick<Queue, "counts" | "oldestQueuedAt" | "paused"> & {
    readonly callbacks: Pick<Queue["callbacks"], "counts">;
  };
  readonly queueLimit: number;
  readonly vitals: () => Promise<Vitals>;
  /** Requests held open because they asked for it, streams of events, and renders that wait for memory. */
  readonly open: () => { readonly held: number; readonly streams: number; readonly waitForMemory: number };
  /** How far this host's clock is ahead of the one that the jobs go by. */
  readonly clockAheadMs: () => number;
  /** The circuit breakers, by the dependency's name. */
  readonly breakers: () => ReadonlyMap<string, Pick<CircuitBreaker, "open">>;
  readonly reaches: ReadonlyMap<string, Reach>;
  readonly problems: () => Promise<readonly string[]>;
}

/** Each name stands once, with what it is for. */
const GAUGES = {
  agentlink_oldest_queued_seconds: "How long the job accepted first of all queued ones has been queued; 0 when none is",
  agentlink_queue_limit: "Jobs not yet ended past which requests are answered 429",
  agentlink_paused: "1 while the queue is paused",
  agentlink_data_folder_copied: "1 while nothing is started because the data folder may be a copy of another one",
  agentlink_ready: "1 while /readyz says that the service does its work",
  agentlink_renders: "Reports that are rendered now",
  agentlink_render_threads: "Reports that can be rendered at once",
  agentlink_renders_waiting_for_memory: "Reports that could be rendered now, but for the memory that it takes",
  agentlink_memory_bytes: "Memory of the process (resident)",
  agentlink_memory_limit_bytes: "Memory the process may use",
  agentlink_disk_free_bytes: "Free on the disk that holds the data folder",
  agentlink_disk_bytes: "Size of the disk that holds the data folder",
  agentlink_event_loop_lag_seconds: "How late the event loop lately was, at the 99th percentile",
  agentlink_oldest_callback_seconds:
    "How long the callback has been tried in vain that has been so for longest; 0 when none is",
  agentlink_held_requests: "Requests that are held open now because they asked for it (wait, Prefer: wait)",
  agentlink_event_streams: "Streams of events that are open now",
  agentlink_open_descriptors: "Files and connections that the process has open; 0 where the system does not tell",
  agentlink_max_descriptors: "Files and connections that the process may have open; 0 where the system does not tell",
  agentlink_clock_ahead_seconds: "How far this host's clock is ahead of Redis's, by which jobs go; 0 without Redis",
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
  const failing = new Gauge({
    name: "agentlink_dependency_failing_seconds",
    help: "How long attempts to reach a delivery target or the data source have failed or hung without one that came through; 0 while they do",
    labelNames: ["dependency"],
    registers,
  });
  const circuits = new Gauge({
    name: "agentlink_circuit_open",
    help: "1 while the circuit breaker of a delivery target or the data source is open for this reason: nothing is sent but a probe now and then",
    labelNames: ["dependency", "reason"],
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

  /** Jobs' times are of the clock that they go by. */
  function secondsSince(time: string | null): number {
    return time === null ? 0 : Math.max(0, Date.now() - gauged.clockAheadMs() - Date.parse(time)) / 1_000;
  }

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
    set("agentlink_oldest_queued_seconds", secondsSince(oldest));
    set("agentlink_queue_limit", gauged.queueLimit);
    set("agentlink_paused", paused === null ? 0 : 1);
    set("agentlink_data_folder_copied", paused?.reason === undefined ? 0 : 1);
    set("agentlink_ready", problems.length === 0 ? 1 : 0);
    set("agentlink_renders", vitals.threads.busy);
    set("agentlink_render_threads", vitals.threads.total);
    set("agentlink_memory_bytes", vitals.memory.usedBytes);
    set("agentlink_memory_limit_bytes", vitals.memory.limitBytes);
    set("agentlink_disk_free_bytes", vitals.disk.freeBytes);
    set("agentlink_disk_bytes", vitals.disk.totalBytes);
    set("agentlink_event_loop_lag_seconds", vitals.eventLoopLagMs / 1_000);
    set("agentlink_start_time_seconds", Date.parse(vitals.startedAt) / 1_000);
    const { held, streams, waitForMemory } = gauged.open();
    set("agentlink_held_requests", held);
    set("agentlink_event_streams", streams);
    set("agentlink_renders_waiting_for_memory", waitForMemory);
    set("agentlink_open_descriptors", vitals.descriptors?.open ?? 0);
    set("agentlink_max_descriptors", vitals.descriptors?.limit ?? 0);
    set("agentlink_clock_ahead_seconds", gauged.clockAheadMs() / 1_000);
    set("agentlink_oldest_callback_seconds", secondsSince(outbox.oldestFailing?.since ?? null));
    for (const [dependency, breaker] of gauged.breakers()) {
      const open = breaker.open()?.reason;
      for (const reason of OPEN_REASONS) circuits.set({ dependency, reason }, reason === open ? 1 : 0);
    }
    for (const [dependency, reach] of gauged.reaches) failing.set({ dependency }, reach.failingMs() / 1_000);
    callbacks.set({ status: "pending" }, outbox.pending);
    callbacks.set({ status: "failing" }, outbox.failing);
    callbacks.set({ status: "failed" }, outbox.failed);
    for (const { target, trouble } of vitals.deliveries) troubles.set({ target }, trouble === null ? 0 : 1);
    const { user, system } = process.cpuUsage();
    cpu.reset();
    cpu.inc((user + system) / 1e6);
  };
}

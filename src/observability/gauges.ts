import { Counter, Gauge, type Registry } from "prom-client";
import type { CircuitBreaker } from "../outbound/circuit-breaker.ts";
import { OPEN_REASONS } from "../outbound/open-circuit.ts";
import { STATUSES } from "../queue/job.ts";
import type { Queue } from "../queue/queue.ts";
import type { HealthSnapshot } from "./health.ts";
import type { Reach } from "./reach.ts";

/** What is read when the metrics are requested. */
export interface Gauged {
  readonly version: string;
  readonly queue: Pick<Queue, "counts" | "oldestQueuedAt" | "paused"> & {
    readonly callbacks: Pick<Queue["callbacks"], "counts">;
  };
  readonly queueLimit: number;
  readonly health: () => Promise<HealthSnapshot>;
  /** Open long polls and event streams, and renders that wait for memory. */
  readonly open: () => { readonly longPolls: number; readonly streams: number; readonly waitForMemory: number };
  /** How far this host's clock is ahead of the jobs' clock. */
  readonly clockAheadMs: () => number;
  /** The circuit breakers, by the dependency's name. */
  readonly breakers: () => ReadonlyMap<string, Pick<CircuitBreaker, "open">>;
  readonly reaches: ReadonlyMap<string, Reach>;
  readonly problems: () => Promise<readonly string[]>;
}

/** Each name once, with its meaning. */
const GAUGES = {
  agentlink_oldest_queued_seconds: "Age of the oldest queued job; 0 when none is queued",
  agentlink_queue_limit: "Number of open jobs at which new requests get 429",
  agentlink_paused: "1 while the queue is paused",
  agentlink_data_folder_copied: "1 while no jobs start, because the data folder may be a copy of another one",
  agentlink_ready: "1 while /readyz reports ready",
  agentlink_renders: "Reports that are being rendered",
  agentlink_render_threads: "Reports that can be rendered at once",
  agentlink_renders_waiting_for_memory: "Reports that wait for memory before they can be rendered",
  agentlink_memory_bytes: "Memory of the process (resident)",
  agentlink_memory_limit_bytes: "Memory limit of the process",
  agentlink_disk_free_bytes: "Free space on the disk that holds the data folder",
  agentlink_disk_bytes: "Size of the disk that holds the data folder",
  agentlink_event_loop_lag_seconds: "Event loop delay, 99th percentile",
  agentlink_oldest_callback_seconds: "How long the longest failing callback has been retried; 0 when none fails",
  agentlink_long_polls: "Open long polls (wait, Prefer: wait)",
  agentlink_event_streams: "Open event streams",
  agentlink_open_descriptors: "Open file descriptors of the process; 0 where the system does not report them",
  agentlink_max_descriptors: "Limit of open file descriptors; 0 where the system does not report it",
  agentlink_clock_ahead_seconds:
    "How far this host's clock is ahead of Redis's clock, which times all jobs; 0 without Redis",
  agentlink_start_time_seconds: "Start time of the process, in seconds since 1970",
} as const;

/** Returns a function that reads everything at once, so that all figures of one response are of one moment. */
export function registerGauges(registry: Registry, gauged: Gauged): () => Promise<void> {
  const registers = [registry];
  const names = Object.keys(GAUGES) as (keyof typeof GAUGES)[];
  const gauges = new Map(names.map((name) => [name, new Gauge({ name, help: GAUGES[name], registers })]));
  const set = (name: keyof typeof GAUGES, value: number) => gauges.get(name)?.set(value);

  const deliveryProblems = new Gauge({
    name: "agentlink_delivery_problem",
    help: "1 while nothing is delivered to a target: it is unreachable, asks for a pause, or an operator has to fix a problem",
    labelNames: ["target"],
    registers,
  });
  const failing = new Gauge({
    name: "agentlink_dependency_failing_seconds",
    help: "How long all requests to a delivery target or the data source have failed or hung; 0 while they succeed",
    labelNames: ["dependency"],
    registers,
  });
  const circuits = new Gauge({
    name: "agentlink_circuit_open",
    help: "1 while the circuit breaker of a delivery target or the data source is open for this reason: only probes are sent",
    labelNames: ["dependency", "reason"],
    registers,
  });
  const callbacks = new Gauge({
    name: "agentlink_callbacks",
    help: "Callbacks of stored jobs: still to be sent (pending), those of them whose last attempt failed (failing), given up (failed)",
    labelNames: ["status"],
    registers,
  });
  new Gauge({
    name: "agentlink_build_info",
    help: "Always 1; the label is the version",
    labelNames: ["version"],
    registers,
  }).set({ version: gauged.version }, 1);
  const cpu = new Counter({
    name: "agentlink_cpu_seconds_total",
    help: "Processor time of the process",
    registers,
  });
  const jobs = new Gauge({
    name: "agentlink_jobs",
    help: "Stored jobs by status",
    labelNames: ["status"],
    registers,
  });

  /** Jobs' times are from the jobs' clock. */
  function secondsSince(time: string | null): number {
    return time === null ? 0 : Math.max(0, Date.now() - gauged.clockAheadMs() - Date.parse(time)) / 1_000;
  }

  return async () => {
    const { queue } = gauged;
    const [counts, oldest, paused, outbox, health, problems] = await Promise.all([
      queue.counts(),
      queue.oldestQueuedAt(),
      queue.paused(),
      queue.callbacks.counts(),
      gauged.health(),
      gauged.problems(),
    ]);
    for (const status of STATUSES) jobs.set({ status }, counts[status]);
    set("agentlink_oldest_queued_seconds", secondsSince(oldest));
    set("agentlink_queue_limit", gauged.queueLimit);
    set("agentlink_paused", paused === null ? 0 : 1);
    set("agentlink_data_folder_copied", paused?.reason === undefined ? 0 : 1);
    set("agentlink_ready", problems.length === 0 ? 1 : 0);
    set("agentlink_renders", health.threads.busy);
    set("agentlink_render_threads", health.threads.total);
    set("agentlink_memory_bytes", health.memory.usedBytes);
    set("agentlink_memory_limit_bytes", health.memory.limitBytes);
    set("agentlink_disk_free_bytes", health.disk.freeBytes);
    set("agentlink_disk_bytes", health.disk.totalBytes);
    set("agentlink_event_loop_lag_seconds", health.eventLoopLagMs / 1_000);
    set("agentlink_start_time_seconds", Date.parse(health.startedAt) / 1_000);
    const { longPolls, streams, waitForMemory } = gauged.open();
    set("agentlink_long_polls", longPolls);
    set("agentlink_event_streams", streams);
    set("agentlink_renders_waiting_for_memory", waitForMemory);
    set("agentlink_open_descriptors", health.descriptors?.open ?? 0);
    set("agentlink_max_descriptors", health.descriptors?.limit ?? 0);
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
    for (const { target, problem } of health.deliveries) deliveryProblems.set({ target }, problem === null ? 0 : 1);
    const { user, system } = process.cpuUsage();
    cpu.reset();
    cpu.inc((user + system) / 1e6);
  };
}

import { Counter, Histogram, Registry } from "prom-client";
import type { Job, Stage, Status } from "../queue/job.ts";
import { type Gauged, registerGauges } from "./gauges.ts";
import { createReach, type Reach } from "./reach.ts";

/** From a report of a few tables to one that takes all the time there is. */
const STAGE_SECONDS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600];
const JOB_SECONDS = [0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3_600, 14_400, 86_400];
const HTTP_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60, 300];
const METHODS: ReadonlySet<string> = new Set(["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"]);

/** One response of the HTTP server. */
export interface MeasuredResponse {
  readonly method: string;
  readonly route: string;
  readonly status: number;
  readonly ms: number;
  /** How long of that was a long poll. */
  readonly longPollMs: number;
}

/** What is measured while the service works. Each set of labels is small and known: never a path or a suburb. */
export interface Metrics {
  stage(stage: Stage, ms: number, outcome: "done" | "failed"): void;
  /** A document of this kind was made. */
  document(kind: string): void;
  /** An attempt failed, with this code. */
  failedAttempt(code: string): void;
  ended(job: Job): void;
  /** An attempt ended with its process, and its job has this status now. */
  recovered(blamed: boolean, status: Status): void;
  upload(target: string, ms: number, outcome: "done" | "failed", bytes: number): void;
  callback(outcome: "delivered" | "retry" | "given_up", ms: number): void;
  response(reply: MeasuredResponse): void;
  /** Where attempts to reach a dependency of this name ("dropbox", "source") are noted. */
  dependency(name: string): Reach;
  /** As Prometheus reads it. */
  text(): Promise<string>;
}

export function createMetrics(gauged: Omit<Gauged, "reaches">): Metrics {
  const registry = new Registry();
  const registers = [registry];
  /** Written by `dependency`. */
  const reaches = new Map<string, Reach>();
  const readGauges = registerGauges(registry, { ...gauged, reaches });

  const stages = new Histogram({
    name: "agentlink_stage_seconds",
    help: "Duration of a stage of an attempt, by stage and outcome",
    labelNames: ["stage", "outcome"],
    buckets: STAGE_SECONDS,
    registers,
  });
  const documents = new Counter({
    name: "agentlink_documents_total",
    help: "Documents rendered, by kind",
    labelNames: ["kind"],
    registers,
  });
  const failures = new Counter({
    name: "agentlink_attempts_failed_total",
    help: "Failed attempts of jobs, by error code",
    labelNames: ["code"],
    registers,
  });
  const ends = new Counter({
    name: "agentlink_jobs_ended_total",
    help: "Jobs that ended, by status",
    labelNames: ["status"],
    registers,
  });
  const recovered = new Counter({
    name: "agentlink_jobs_recovered_total",
    help: "Attempts that ended with their process, by whether the attempt may have crashed it (it was rendering), and the status of the job afterwards",
    labelNames: ["blamed", "status"],
    registers,
  });
  const jobAttempts = new Histogram({
    name: "agentlink_job_attempts",
    help: "Attempts per ended job",
    buckets: [1, 2, 3, 4, 5, 10],
    registers,
  });
  const ran = new Histogram({
    name: "agentlink_job_seconds",
    help: "Run time of all attempts of a completed job, without the waits between them",
    buckets: JOB_SECONDS,
    registers,
  });
  const waited = new Histogram({
    name: "agentlink_job_queued_seconds",
    help: "Time from the acceptance of a completed job to its first attempt",
    buckets: JOB_SECONDS,
    registers,
  });
  const uploads = new Histogram({
    name: "agentlink_upload_seconds",
    help: "Duration of the delivery of a report to a target, by target and outcome",
    labelNames: ["target", "outcome"],
    buckets: STAGE_SECONDS,
    registers,
  });
  const uploaded = new Counter({
    name: "agentlink_uploaded_bytes_total",
    help: "Bytes of the reports delivered to a target",
    labelNames: ["target"],
    registers,
  });
  const callbacks = new Histogram({
    name: "agentlink_callback_seconds",
    help: "Duration of an attempt to send a callback, by outcome",
    labelNames: ["outcome"],
    buckets: HTTP_SECONDS,
    registers,
  });
  const requests = new Histogram({
    name: "agentlink_http_seconds",
    help: "Duration of requests, by route, method and status, without the time of long polls",
    labelNames: ["route", "method", "status"],
    buckets: HTTP_SECONDS,
    registers,
  });
  // A rate over something that begins with its first event never shows that one.
  for (const status of ["completed", "failed", "cancelled"] satisfies Status[]) ends.inc({ status }, 0);
  failures.inc({ code: "poisonous" }, 0);
  for (const blamed of ["true", "false"]) recovered.inc({ blamed, status: "queued" }, 0);

  return {
    document: (kind) => documents.inc({ kind }),
    stage: (stage, ms, outcome) => stages.observe({ stage, outcome }, ms / 1_000),
    failedAttempt: (code) => failures.inc({ code }),
    recovered: (blamed, status) => recovered.inc({ blamed: String(blamed), status }),
    ended(job) {
      ends.inc({ status: job.status });
      if (job.attempts > 0) jobAttempts.observe(job.attempts);
      const { createdAt, startedAt, ranMs } = job;
      if (job.status !== "completed" || startedAt === null) return;
      waited.observe(secondsBetween(createdAt, startedAt));
      ran.observe(ranMs / 1_000);
    },
    upload(target, ms, outcome, bytes) {
      uploads.observe({ target, outcome }, ms / 1_000);
      if (outcome === "done") uploaded.inc({ target }, bytes);
    },
    callback: (outcome, ms) => callbacks.observe({ outcome }, ms / 1_000),
    response({ route, method, status, ms, longPollMs }) {
      const took = Math.max(0, ms - longPollMs);
      requests.observe({ route, method: METHODS.has(method) ? method : "other", status }, took / 1_000);
    },
    dependency(name) {
      const reach = reaches.get(name) ?? createReach();
      reaches.set(name, reach);
      return reach;
    },
    async text() {
      await readGauges();
      return registry.metrics();
    },
  };
}

function secondsBetween(from: string, to: string): number {
  return Math.max(0, Date.parse(to) - Date.parse(from)) / 1_000;
}

import { expect, test } from "bun:test";
import { resolve } from "node:path";
import { NOTHING_DELIVERED } from "../../src/delivery/record.ts";
import type { HealthSnapshot } from "../../src/observability/health.ts";
import { measuredDelivery, measuredStages } from "../../src/observability/measured.ts";
import { createMetrics } from "../../src/observability/metrics.ts";
import { createCircuitBreaker } from "../../src/outbound/circuit-breaker.ts";
import { type Claim, toDocumentFile } from "../../src/queue/job.ts";
import { fakeStages } from "../pipeline/stages.ts";
import { aReport, claimOne, finish, post } from "../queue/builders.ts";
import { sqliteStorage } from "../queue/sqlite-storage.ts";

const DEPLOY = resolve(import.meta.dir, "../../deploy");

const VITALS: HealthSnapshot = {
  startedAt: "2026-11-24T08:00:00.000Z",
  memory: { usedBytes: 100_000_000, limitBytes: 4_000_000_000 },
  threads: { busy: 1, total: 2 },
  disk: { freeBytes: 10_000_000_000, totalBytes: 40_000_000_000 },
  eventLoopLagMs: 12.5,
  descriptors: { open: 40, limit: 20_000 },
  deliveries: [
    { target: "folder", problem: null, record: NOTHING_DELIVERED },
    { target: "dropbox", problem: "the refresh token was revoked", record: NOTHING_DELIVERED },
  ],
  sourceProblem: null,
  callbackProblem: null,
};

/** Metrics of a queue with a job of each kind, with something of everything measured. */
async function measured() {
  const storage = await sqliteStorage();
  const queue = await storage.open({ queueLimit: 100, now: () => new Date() });
  const breaker = createCircuitBreaker();
  breaker.recordRefusal("credentials", "delivery_credentials", "the refresh token was revoked");
  const metrics = createMetrics({
    version: "1.2.3",
    queue,
    queueLimit: 100,
    health: async () => VITALS,
    problems: async () => ["the disk is full"],
    open: () => ({ longPolls: 3, streams: 2, waitForMemory: 1 }),
    clockAheadMs: () => -1_500,
    breakers: () => new Map([["dropbox", breaker]]),
  });
  const done = await post(queue);
  await finish(queue, await claimOne(queue));
  const open = await post(queue);
  const job = await queue.get(done);
  if (job === null) throw new Error("the job is gone");
  metrics.ended(job);
  metrics.failedAttempt("network");
  metrics.callback("retry", 40);
  metrics.response({
    method: "POST",
    route: "/api/generate-agents-report",
    status: 200,
    ms: 60_003,
    longPollMs: 60_000,
  });
  metrics.response({ method: "BREW", route: "other", status: 405, ms: 1, longPollMs: 0 });
  const { stages } = fakeStages({ deliver: () => Promise.reject(new Error("the network is gone")) });
  const timed = measuredStages(stages, metrics);
  const claim: Claim = { job, token: 1 };
  const step = { signal: new AbortController().signal, cancel: new AbortController().signal, progress: () => {} };
  await timed.gather(claim, step);
  const [planned] = timed.plan(claim);
  if (planned === undefined) throw new Error("nothing is planned");
  await timed.render(claim, { ...planned, dataSet: new TextEncoder().encode("{}"), documents: [] }, step);
  await timed.deliver(claim, [toDocumentFile(aReport(done))], step).catch(() => {});
  const target = measuredDelivery(
    {
      target: "folder",
      pathFor: () => "a.pdf",
      deliver: async () => ({ to: "/a.pdf", url: null }),
      find: async () => null,
      arrivesWithinMs: 0,
      breaker: createCircuitBreaker(),
      check: async () => {},
      problem: async () => null,
    },
    metrics,
  );
  expect(target.pathFor(job)).toBe("a.pdf");
  await target.deliver(job, aReport(done), "a.pdf", step.signal);
  const text = await metrics.text();
  await queue.close();
  await storage.remove();
  return { text, ids: [done, open] };
}

test("every measurement is exposed, once, in the words of Prometheus", async () => {
  const { text, ids } = await measured();
  for (const line of [
    'agentlink_jobs{status="queued"} 1',
    'agentlink_jobs{status="completed"} 1',
    'agentlink_jobs{status="failed"} 0',
    "agentlink_queue_limit 100",
    "agentlink_paused 0",
    "agentlink_ready 0",
    "agentlink_renders 1",
    "agentlink_render_threads 2",
    "agentlink_memory_bytes 100000000",
    "agentlink_disk_free_bytes 10000000000",
    "agentlink_event_loop_lag_seconds 0.0125",
    'agentlink_delivery_problem{target="folder"} 0',
    'agentlink_delivery_problem{target="dropbox"} 1',
    'agentlink_callbacks{status="pending"} 0',
    'agentlink_callbacks{status="failing"} 0',
    'agentlink_build_info{version="1.2.3"} 1',
    'agentlink_jobs_ended_total{status="completed"} 1',
    'agentlink_jobs_ended_total{status="failed"} 0',
    'agentlink_attempts_failed_total{code="network"} 1',
    "agentlink_job_attempts_count 1",
    "agentlink_job_seconds_count 1",
    "agentlink_job_queued_seconds_count 1",
    'agentlink_stage_seconds_count{stage="gathering",outcome="done"} 1',
    'agentlink_stage_seconds_count{stage="rendering",outcome="done"} 1',
    'agentlink_stage_seconds_count{stage="delivering",outcome="failed"} 1',
    'agentlink_upload_seconds_count{target="folder",outcome="done"} 1',
    'agentlink_uploaded_bytes_total{target="folder"} 1000',
    'agentlink_callback_seconds_count{outcome="retry"} 1',
    'agentlink_http_seconds_count{route="/api/generate-agents-report",method="POST",status="200"} 1',
    'agentlink_http_seconds_bucket{le="0.005",route="/api/generate-agents-report",method="POST",status="200"} 1',
    'agentlink_circuit_open{dependency="dropbox",reason="credentials"} 1',
    'agentlink_circuit_open{dependency="dropbox",reason="outage"} 0',
    "agentlink_long_polls 3",
    "agentlink_event_streams 2",
    "agentlink_renders_waiting_for_memory 1",
    "agentlink_open_descriptors 40",
    "agentlink_max_descriptors 20000",
    "agentlink_clock_ahead_seconds -1.5",
    "agentlink_oldest_callback_seconds 0",
    'agentlink_dependency_failing_seconds{dependency="folder"} 0',
    'agentlink_attempts_failed_total{code="poisonous"} 0',
    'agentlink_http_seconds_count{route="other",method="other",status="405"} 1',
  ])
    expect(text.split("\n")).toContain(line);
  expect(text).toMatch(/^agentlink_oldest_queued_seconds [\d.e-]+$/m);
  expect(text).toMatch(/^agentlink_cpu_seconds_total [\d.]+$/m);
  for (const id of ids) expect(text).not.toContain(id);
  expect(text).not.toContain("Manly");
});

test("every metric that the dashboard and the alerts name is one that there is", async () => {
  const { text } = await measured();
  const there = new Set([...text.matchAll(/^(agentlink_\w+?)(?:\{|\s)/gm)].map(([, name]) => name));
  for (const file of ["grafana/agentlink.json", "prometheus/alerts.yml"]) {
    const named = [...(await Bun.file(resolve(DEPLOY, file)).text()).matchAll(/\bagentlink_\w+/g)].map(
      ([name]) => name,
    );
    expect(named.length).toBeGreaterThan(10);
    expect([...new Set(named)].filter((name) => !there.has(name))).toEqual([]);
  }
});

test("every metric is explained in docs/monitoring.md", async () => {
  const { text } = await measured();
  const document = await Bun.file(resolve(DEPLOY, "../docs/monitoring.md")).text();
  const names = [...text.matchAll(/^# TYPE (\w+)/gm)].map(([, name]) => name ?? "");
  expect(names.length).toBeGreaterThan(20);
  expect(names.filter((name) => !document.includes(`\`${name}\``))).toEqual([]);
});

import type { Attempt, JobEvent } from "../queue/job.ts";
import { openMover } from "../queue/redis/mover.ts";
import { ledgerName, recordOf } from "../queue/redis/record.ts";
import { nameOfKey } from "../queue/redis/submit.ts";
import { writeUsage } from "../queue/redis/usage.ts";
import { requestedText } from "../queue/request.ts";
import { messages } from "./messages.ts";
import type { MigrationTarget, StoredCallback, StoredJob } from "./stored-job.ts";

/**
 * Puts jobs into Redis, where no service works below this prefix until all are there. A run that was cut short is taken
 * up by the next.
 * @throws Failure "redis", or "move_mixed" where other jobs are there already.
 */
export async function openRedisTarget(url: string, prefix: string): Promise<MigrationTarget> {
  const mover = await openMover(url, prefix);
  await mover.close({ why: messages.movingHere, jobsGo: "here" });
  return {
    put: async (job) => (await mover.run("put", [JSON.stringify(toText(job))])) === 1,
    async pause(pause, actions) {
      await mover.run("store_pause", pause === null ? [] : [pause.since, pause.by]);
      await mover.client.del(mover.keys.actions);
      if (actions.length > 0)
        await mover.client.rpush(mover.keys.actions, ...actions.map((each) => JSON.stringify(each)));
    },
    usage: (usage) => writeUsage(mover.client, mover.keys, usage),
    open: async () => void (await mover.run("open_after_move", [])),
    close: async () => mover.end(),
  };
}

function toText(stored: StoredJob) {
  const { job } = stored;
  return {
    id: job.id,
    fields: flat({
      v: "1",
      ...recordOf(job),
      callback_url: stored.callbackUrl ?? "",
      callback_request: requestedText(job.request),
      total_attempts: String(stored.totalAttempts),
      crashes: String(stored.crashes),
      created_ms: msOf(job.createdAt),
      started_ms: msOf(job.startedAt),
      ended_ms: msOf(job.endedAt),
      lease_token: "",
      holder: "",
      queue: "",
      ...endsOf(stored.callbacks),
      idempotency_key: json(stored.idempotency[0] ?? null),
    }),
    run_ms: msOf(job.runAt) || "0",
    data: stored.dataSet ?? undefined,
    attempts: stored.attempts.flatMap(attemptFields),
    deliveries: stored.deliveries.flatMap(deliveryFields),
    history: stored.history.map(historyLine),
    last_event: String(stored.history.at(-1)?.id ?? 0),
    keys: stored.idempotency.map(({ key, item, fingerprint, expiresAt }) => ({
      name: nameOfKey(job.client, key, item),
      fingerprint,
      expires_ms: msOf(expiresAt),
    })),
    callbacks: stored.callbacks.map((callback) => callbackText(job.id, callback)),
  };
}

/** How often it ended in each way, as the ids of callbacks count. */
function endsOf(callbacks: readonly StoredCallback[]): Record<string, string> {
  const ends = Object.groupBy(callbacks, ({ job }) => `ends_${job.status}`);
  return Object.fromEntries(Object.entries(ends).map(([name, all = []]) => [name, String(all.length)]));
}

function callbackText(jobId: string, callback: StoredCallback) {
  const { id, url, host, status, attempts, createdAt, since, nextAttemptAt, endedAt, job, attemptLog } = callback;
  const snapshot = Object.entries(recordOf(job)).map(([name, value]) => [`job.${name}`, value] as const);
  const nextMs = msOf(nextAttemptAt) || (status === "pending" ? "0" : "");
  return {
    id,
    status,
    next_ms: nextMs || "0",
    failing: status === "pending" && nextAttemptAt !== null && nextAttemptAt > since,
    fields: flat({
      ...{ id, job_id: jobId, status, url, host, attempts: String(attempts), created_at: createdAt, since },
      ...{ next_attempt_ms: nextMs, ended_at: endedAt ?? "" },
      ...Object.fromEntries(snapshot),
    }),
    attempt_log: attemptLog.map((each) => JSON.stringify(each)),
  };
}

function attemptFields(attempt: Attempt): readonly string[] {
  const { number, startedAt, gatheredAt, renderedAt, endedAt, outcome, releaseReason, error } = attempt;
  const fields = {
    ...{ started_at: startedAt, gathered_at: gatheredAt, rendered_at: renderedAt, ended_at: endedAt, outcome },
    ...{ error_code: error?.code ?? null, error: error?.message ?? null },
    release_reason: releaseReason,
  };
  return Object.entries(fields).flatMap(([name, value]) => (value === null ? [] : [`${number}:${name}`, value]));
}

function deliveryFields(delivery: StoredJob["deliveries"][number]): readonly string[] {
  const { path, createdAt, delivered, deliveredAt, inFlightSince } = delivery;
  const name = ledgerName(delivery.target, delivery.kind);
  const fields = {
    ...{ path, created_at: createdAt, in_flight_since: inFlightSince },
    ...(delivered && { to: delivered.to, url: delivered.url ?? "", delivered_at: deliveredAt ?? "" }),
  };
  return Object.entries(fields).flatMap(([field, value]) => (value === null ? [] : [`${name}:${field}`, value]));
}

function historyLine({ id, at, from, to, actor }: JobEvent): string {
  return [id, at, from?.status ?? "", from?.stage ?? "", to.status, to.stage, actor ?? ""].join("|");
}

function flat(fields: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(fields).flat();
}

function json(value: unknown): string {
  return value === null ? "" : JSON.stringify(value);
}

function msOf(time: string | null): string {
  return time ? String(Date.parse(time)) : "";
}

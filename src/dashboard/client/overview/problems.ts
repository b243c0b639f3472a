import type { ShownOverview } from "../responses.ts";
import { ago, many, timesIn } from "../words.ts";
import { messages } from "./messages.tsx";

/** From which share on a value is shown in red: it is time to act. */
export const MEMORY_HIGH = 0.9;
export const DISK_HIGH = 0.9;
export const LAG_HIGH_MS = 250;

/**
 * Everything about the service that is not well, one sentence each, the worst first; nothing where all is. What the page
 * marks as bad anywhere is among them, so that it never reports "well" beside it.
 */
export function problemsOf(overview: ShownOverview): readonly string[] {
  const { ready, memory, disk, deliveries, callbacks, counts } = overview;
  const found: string[] = [...ready.problems];
  const add = (is: boolean, sentence: () => string) => {
    if (is) found.push(sentence());
  };
  add(overview.catalogue.state === "empty" && !overview.catalogue.other_source, () => messages.noDataYet);
  for (const { target, ok, problem, failures } of deliveries) {
    const isReported = problem !== null && ready.problems.some((each) => timeless(each).includes(timeless(problem)));
    add(!ok && !isReported, () =>
      problem === null
        ? `${failures === 1 ? "the last delivery" : `the last ${failures} deliveries`} to ${target} failed`
        : `${target}: ${problem}`,
    );
  }
  add(callbacks.failing > 0, () => `${many(callbacks.failing, "callback")} ${is(callbacks.failing)} failing`);
  add(callbacks.failed > 0, () => `${many(callbacks.failed, "callback")} ${has(callbacks.failed)} been given up`);
  add(counts.waiting > 0, () => `${many(counts.waiting, "job")} ${waits(counts.waiting)} for another attempt`);
  add(overview.failed_last_hour > 0, () => messages.failedLastHour(many(overview.failed_last_hour, "job")));
  add(memory.used_bytes >= MEMORY_HIGH * memory.limit_bytes, () => messages.memoryFull);
  add(disk.total_bytes - disk.free_bytes >= DISK_HIGH * disk.total_bytes, () => messages.diskFull);
  add(overview.event_loop_lag_ms >= LAG_HIGH_MS, () => messages.slow);
  return found.map((sentence) => timesIn(sentence));
}

/** Both contain the time of the next attempt, and were made at two moments. */
function timeless(text: string): string {
  return text.replaceAll(/\d{4}-\d{2}-\d{2}T[\d:.]+Z/g, "");
}

/** What is known of a target: a configured target may not work. */
export function deliveryWords(delivery: ShownOverview["deliveries"][number], nowMs: number): string {
  const { failing_since, failures, last_success_at, last_failure_at } = delivery;
  const [problem, last_error] = [delivery.problem, delivery.last_error].map((text) => text && timesIn(text, nowMs));
  const success = last_success_at === null ? messages.neverDelivered : `last delivered ${ago(last_success_at, nowMs)}`;
  if (failing_since !== null)
    return messages.failingSince(
      ago(failing_since, nowMs),
      many(failures, "time"),
      last_error ?? problem ?? "",
      success,
    );
  if (problem) return `${problem}; ${success}`;
  return last_failure_at === null ? success : `${success}, last failed ${ago(last_failure_at, nowMs)}`;
}

export function callbackWords(
  { pending, failing, failed, oldest_failing, problem }: ShownOverview["callbacks"],
  nowMs: number,
): string {
  if (problem !== null) return timesIn(problem, nowMs);
  const onTheWay = pending - failing;
  const parts = [
    ...(failing > 0
      ? [
          `${many(failing, "callback")} failing${oldest_failing === null ? "" : ` since ${ago(oldest_failing.since, nowMs)}, ${many(oldest_failing.attempts, "attempt")}: ${oldest_failing.error ?? "no response"}`}`,
        ]
      : []),
    ...(onTheWay > 0 ? [`${many(onTheWay, "callback")} on the way`] : []),
    ...(failed > 0 ? [`${many(failed, "callback")} given up`] : []),
  ];
  return parts.length === 0 ? "none to send" : parts.join("; ");
}

const is = (n: number) => (n === 1 ? "is" : "are");
const has = (n: number) => (n === 1 ? "has" : "have");
const waits = (n: number) => (n === 1 ? "waits" : "wait");

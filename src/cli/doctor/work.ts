import { ApiError, type ApiOverview, createClient } from "../../client/client.ts";
import { plural } from "../../report/wording.ts";
import { type TimePrinter, timesIn } from "../clock.ts";
import { type Finding, ok, warn } from "./finding.ts";
import { messages } from "./messages.ts";

/**
 * The work of a running service: a service that is ready may fail at all of it, and one that is not, at more than
 * it reports. Nothing if none responds, which was reported already.
 */
export async function checkWork(url: string, key: string | null, clock: TimePrinter): Promise<readonly Finding[]> {
  try {
    return workFindings(await createClient({ url, key, retryForMs: 0 }).overview(), clock);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (error.code === "unreachable" || error.code === "not_understood") return [];
    return [warn("work", messages.workUnknown(error.message), messages.useAdmin)];
  }
}

/** What an overview states about deliveries, callbacks and jobs. */
export function workFindings(overview: ApiOverview, clock: TimePrinter): readonly Finding[] {
  const { deliveries, callbacks, counts, paused, failed_last_hour: failed } = overview;
  const findings = deliveries.map((delivery) => {
    const what = `reports to ${delivery.target}`;
    return delivery.ok
      ? ok(what, deliveryWords(delivery, clock))
      : warn(what, deliveryWords(delivery, clock), messages.fixProblemWaiting);
  });
  findings.push(
    callbacks.failing + callbacks.failed === 0
      ? ok("callbacks", callbackWords(callbacks, clock))
      : warn("callbacks", callbackWords(callbacks, clock), messages.checkReceiver),
  );
  if (paused !== null)
    findings.push(warn("queue", `paused by ${paused.by} since ${clock(paused.since)}`, "agentlink queue resume"));
  if (counts.waiting + failed > 0)
    findings.push(warn("jobs", messages.jobsWaitAnother(counts.waiting, failed), messages.listWaiting));
  return findings;
}

function failing(
  { problem, failing_since, failures, last_error }: ApiOverview["deliveries"][number],
  clock: TimePrinter,
): string {
  if (failing_since === null) return problem === null ? "fails" : timesIn(problem, clock);
  return messages.failingSince(
    clock(failing_since),
    plural(failures, "time"),
    timesIn(last_error ?? problem ?? "", clock),
  );
}

/** "2 failing (since …), 1 on the way, 3 given up". */
export function callbackWords(
  { pending, failing, failed, oldest_failing: oldest }: ApiOverview["callbacks"],
  clock: TimePrinter,
): string {
  const since =
    oldest === null
      ? ""
      : ` (since ${clock(oldest.since)}, ${plural(oldest.attempts, "attempt")}: ${oldest.error ?? "no response"})`;
  const parts = [
    ...(failing === 0 ? [] : [`${failing} failing${since}`]),
    ...(pending === failing ? [] : [`${pending - failing} on the way`]),
    ...(failed === 0 ? [] : [`${failed} given up`]),
  ];
  return parts.length === 0 ? "none to send" : parts.join(", ");
}

/** How a target does, in a line. */
export function deliveryWords(delivery: ApiOverview["deliveries"][number], clock: TimePrinter): string {
  const { ok: works, last_success_at: last } = delivery;
  const success = last === null ? messages.noDelivery : `last delivered at ${clock(last)}`;
  return works ? success : `${failing(delivery, clock)}; ${success}`;
}

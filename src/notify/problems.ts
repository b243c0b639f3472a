import type { HealthSnapshot } from "../observability/health.ts";
import type { Queue } from "../queue/queue.ts";
import type { NotifiedProblem } from "./notify.ts";

export interface ProblemDependencies {
  readonly queue: Pick<Queue, "statistics" | "callbacks">;
  readonly health: () => Promise<HealthSnapshot>;
  readonly host: string;
  /** So many failed jobs in an hour are a problem. */
  readonly notifyFailures: number;
  /** Less free bytes than this are one. */
  readonly notifyDisk: number;
  readonly publicUrl: string | null;
}

/** What is wrong now that somebody has to see to. */
export async function problemsNow(parts: ProblemDependencies): Promise<readonly NotifiedProblem[]> {
  const { queue, host, notifyFailures, notifyDisk } = parts;
  const [health, hosts, hour] = await Promise.all([parts.health(), queue.callbacks.hosts(), queue.statistics("hour")]);
  const failed = hour.reduce((sum, each) => sum + each.failed, 0);
  const problems: (NotifiedProblem | null)[] = [
    ...health.deliveries.map(({ target, problem }) =>
      problem === null
        ? null
        : {
            id: `target:${target}`,
            subject: `reports cannot be delivered to ${target}`,
            text: `Reports cannot be delivered to ${target}: ${problem}. Jobs wait, and resume automatically when the target works again; nothing is lost.`,
          },
    ),
    health.sourceProblem === null
      ? null
      : {
          id: "source",
          subject: "the data source does not work",
          text: `Jobs wait for data: ${health.sourceProblem}. They resume automatically when the source works again.`,
        },
    ...hosts.map(({ host, failing, failingSince }) =>
      failingSince === null
        ? null
        : {
            id: `callbacks:${host}`,
            subject: `callbacks to ${host} fail`,
            text: `${host} has not accepted callbacks since ${failingSince}; ${failing} will be retried for a day. Contact the operator of the receiver.`,
          },
    ),
    health.callbackProblem === null
      ? null
      : { id: `callbacks-unread:${host}`, subject: "callbacks are not sent", text: `${health.callbackProblem}.` },
    failed < notifyFailures
      ? null
      : {
          id: "failures",
          subject: "many reports fail",
          text: `${notifyFailures} or more reports failed in the last hour. The page Failures of the dashboard shows the causes.`,
        },
    health.disk.freeBytes >= notifyDisk
      ? null
      : {
          id: `disk:${host}`,
          subject: `the disk of ${host} is nearly full`,
          text: `The disk of the data folder on ${host} has ${Math.round(health.disk.freeBytes / 1e6)} MB free. Free some space: below 200 MB the service refuses new requests.`,
        },
  ];
  return problems.filter((problem) => problem !== null);
}

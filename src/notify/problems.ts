import type { HealthSnapshot } from "../observability/health.ts";
import type { CallbackHost } from "../queue/callback.ts";
import type { Queue } from "../queue/queue.ts";
import type { Quota } from "../queue/quota.ts";
import { type Calendar, monthOf } from "../queue/usage.ts";
import { messages } from "./messages.ts";
import type { NotifiedProblem } from "./notify.ts";

export interface ProblemDependencies {
  readonly queue: Pick<Queue, "statistics" | "callbacks" | "usage">;
  readonly health: () => Promise<HealthSnapshot>;
  readonly host: string;
  /** Clients' keys: of several of one name each has its client's quota. */
  readonly keys: () => readonly ClientKey[] | Promise<readonly ClientKey[]>;
  /** Whose months are counted. */
  readonly calendar: Pick<Calendar, "dayOf">;
  /** What is left of the data source's calls today; null where it has no such limit, or has not stated one. */
  readonly dataQuota: () => { readonly left: number; readonly limit: number | null } | null;
  /** The number of failed jobs in an hour that is a problem. */
  readonly notifyFailures: number;
  /** Fewer free bytes than this are a problem. */
  readonly notifyDisk: number;
  readonly publicUrl: string | null;
}

interface ClientKey {
  readonly name: string;
  readonly quota: Quota | null;
  readonly revokedAt: string | null;
}

/** Hosts of callbacks that have a message of their own. */
const HOSTS_BY_NAME = 5;
/** Less than this part of a quota left is short. */
const SHORT = 0.1;

/** The current problems that need a person. */
export async function problemsNow(dependencies: ProblemDependencies): Promise<readonly NotifiedProblem[]> {
  const { queue, host, notifyFailures, notifyDisk } = dependencies;
  const [health, hosts, hour, quotas] = await Promise.all([
    dependencies.health(),
    queue.callbacks.hosts(),
    queue.statistics("hour"),
    shortQuotas(dependencies),
  ]);
  const failed = hour.reduce((sum, each) => sum + each.failed, 0);
  const problems: (NotifiedProblem | null)[] = [
    ...health.deliveries.map(({ target, problem }) =>
      problem === null
        ? null
        : {
            id: `target:${target}`,
            subject: messages.targetSubject(target),
            text: messages.target(target, problem),
          },
    ),
    health.sourceProblem === null
      ? null
      : {
          id: "source",
          subject: messages.sourceSubject,
          text: messages.source(health.sourceProblem),
        },
    ...failingHosts(hosts),
    health.callbackProblem === null
      ? null
      : { id: `callbacks-unread:${host}`, subject: messages.callbacksSubject, text: `${health.callbackProblem}.` },
    failed < notifyFailures
      ? null
      : {
          id: "failures",
          subject: "many reports fail",
          text: messages.failures(notifyFailures),
        },
    health.disk.freeBytes >= notifyDisk
      ? null
      : {
          id: `disk:${host}`,
          subject: messages.diskSubject(host),
          text: messages.disk(host, Math.round(health.disk.freeBytes / 1e6)),
        },
    ...quotas,
    shortData(dependencies.dataQuota()),
  ];
  return problems.filter((problem) => problem !== null);
}

/**
 * Hosts that do not accept callbacks: clients choose them, and one who names hundreds must not use up the hour's messages
 * for what else is wrong. The first have a message each, all others one together.
 */
function failingHosts(hosts: readonly CallbackHost[]): readonly NotifiedProblem[] {
  const failing = hosts.flatMap(({ host, failing: count, failingSince }) =>
    failingSince === null
      ? []
      : [
          {
            id: `callbacks:${host}`,
            subject: `callbacks to ${host} fail`,
            text: messages.callbackHost(host, failingSince, count),
          },
        ],
  );
  if (failing.length <= HOSTS_BY_NAME) return failing;
  const others = { id: "callbacks", subject: messages.callbackHostsSubject, text: messages.callbackHosts };
  return [...failing.slice(0, HOSTS_BY_NAME), others];
}

/**
 * Clients who have nearly requested all that they may this month. A day's quota is full again before a person could
 * help.
 */
async function shortQuotas({
  queue,
  keys,
  calendar,
}: Pick<ProblemDependencies, "queue" | "keys" | "calendar">): Promise<readonly NotifiedProblem[]> {
  const limits = new Map<string, number>();
  for (const { name, quota, revokedAt } of await keys())
    if (revokedAt === null && quota !== null && quota.perMonth !== null) limits.set(name, quota.perMonth);
  if (limits.size === 0) return [];
  const month = monthOf(calendar.dayOf(new Date()));
  const used = new Map((await queue.usage({ from: month, to: month })).map((each) => [each.client, each.accepted]));
  return [...limits].flatMap(([client, limit]) => {
    const left = Math.max(0, limit - (used.get(client) ?? 0));
    if (left > SHORT * limit) return [];
    const what = left === 0 ? "all" : `${limit - left}`;
    return [
      {
        id: `quota:${client}`,
        subject: left === 0 ? messages.quotaUsedUp(client) : messages.quotaNearlyUsedUp(client),
        text: messages.quota(client, what, limit),
      },
    ];
  });
}

function shortData(quota: ReturnType<ProblemDependencies["dataQuota"]>): NotifiedProblem | null {
  if (quota === null || quota.left > SHORT * (quota.limit ?? 0)) return null;
  const { left, limit } = quota;
  return {
    id: "source-quota",
    subject: left <= 0 ? messages.domainUsedUp : messages.domainNearlyUsedUp,
    text: left <= 0 ? messages.domainRefuses : messages.domainCallsLeft(left, limit),
  };
}

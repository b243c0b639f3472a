/*
 * The queue in Redis, for several hosts: BullMQ's queues with the records of the jobs beside them.
 * What must happen together is one script (lua/).
 * Not here: SQLite, and the connection to Redis (redis/).
 */

import { withinTime } from "../../host/scheduling/within-time.ts";
import { parseRedisAddress } from "../../redis/address.ts";
import { redisFailure } from "../../redis/failures.ts";
import type { NewJob, Stage, Status } from "../job.ts";
import { messages } from "../messages.ts";
import type { JobChange, Queue } from "../queue.ts";
import type { Quota } from "../quota.ts";
import type { RecoveredJob } from "../recovery.ts";
import type { StatisticsWindow } from "../statistics.ts";
import { type Calendar, monthOf, UTC_CALENDAR } from "../usage.ts";
import { createAdmission } from "./admission.ts";
import { createCallbacks } from "./callbacks.ts";
import { followChanges, type NumberedChange } from "./changes.ts";
import { createClaims } from "./claims.ts";
import { watchDue } from "./due.ts";
import { createConfirmation } from "./durability.ts";
import { COMPATIBLE_FORMAT, FORMAT, upgradeFormat } from "./format.ts";
import { createHistory } from "./history.ts";
import { ANYWHERE, type HostLocation, takeName } from "./identity.ts";
import { keysBelow } from "./keys.ts";
import { type Leases, startLeases } from "./leases.ts";
import { openLink } from "./link.ts";
import { createListing } from "./listing.ts";
import { createOperations } from "./operations.ts";
import { notifyRecovered, RECOVERY_ERRORS_TEXT } from "./recovery.ts";
import { createScripts } from "./script.ts";
import { createStatistics } from "./statistics.ts";
import { createSubmit } from "./submit.ts";
import { createTargetRecords } from "./target-records.ts";

const LEASE_MS = 30_000;
/** The longest that the queue continues trying to put its jobs back when it is closed. */
const CLOSE_MS = 3_000;

export interface RedisQueueOptions {
  /** As `AGENTLINK_REDIS_URL`. */
  readonly url: string;
  /** Several installations may share one Redis, each below a prefix of its own. */
  readonly prefix: string;
  /** This host, the same over restarts: what its process had leased when it died is recovered at once. */
  readonly holder: string;
  /** Jobs not yet ended: past that `submit` is refused. It is shared out between the clients: see share.ts. */
  readonly queueLimit: number;
  /** How many clients there are; those that have jobs are known. */
  readonly clients?: () => number;
  /** Called with the running jobs of a process that ended: an earlier one of this host, or one of another host. */
  readonly onRecovered?: (jobs: readonly RecoveredJob[]) => void;
  readonly leaseMs?: number;
  /** A request is accepted when it is on Redis's disk, and on this number of replicas. */
  readonly durable?: boolean;
  readonly replicas?: number;
  /** In place of Redis's own clock. */
  readonly now?: () => Date;
  /** Where the process that has the name is, so that a copy of it is found out. Left out, the name is this process's at once. */
  readonly location?: HostLocation;
  /** Whose months and days are counted; UTC's by default. */
  readonly calendar?: Calendar;
  /** The format that this program knows, and the oldest that may work beside it. */
  readonly format?: number;
  readonly compatible?: number;
  /** Called with what an operator should know of this Redis. */
  readonly onWarning?: (warning: string) => void;
}

/** The jobs, and their clock. */
export interface RedisQueue extends Queue {
  now(): Date;
  /** How far this host's own clock is ahead of Redis's, in milliseconds. */
  clockAheadMs(): number;
}

/**
 * Opens the jobs in Redis, for any number of hosts.
 * @throws Failure "redis" when it cannot be reached or used, "store_newer", "identity_taken" where another process that
 *   lives has the holder's name.
 */
export async function openRedisQueue(options: RedisQueueOptions): Promise<RedisQueue> {
  const { holder, queueLimit, leaseMs = LEASE_MS, location = ANYWHERE, clients = () => 0 } = options;
  const { calendar = UTC_CALENDAR } = options;
  const { format = FORMAT, compatible = COMPATIBLE_FORMAT, durable = false, replicas = 0 } = options;
  const origin = Bun.randomUUIDv7();
  const keys = keysBelow(options.prefix);
  const link = await openLink(parseRedisAddress(options.url), durable);
  const { client, durability } = link;
  for (const warning of link.warnings) options.onWarning?.(warning);
  /** Written by `subscribe`. */
  const listeners = new Set<(change: JobChange) => void>();
  /** Written by `close`. */
  let closing: Promise<void> | null = null;

  const notify = (changes: readonly JobChange[]) => {
    for (const change of changes) for (const listener of listeners) listener(change);
  };
  /** Late changes are not passed on, whichever host made them: see {@link Leases.isBefore}. Written by `openRedisQueue`, once there are leases. */
  let isLate: Leases["isBefore"] = () => false;
  const notifyNews = (news: readonly NumberedChange[]) =>
    notify(news.flatMap(({ number, change }) => (isLate(number, change.id) ? [] : [change])));
  const scripts = createScripts({
    client,
    keys,
    ...(options.now === undefined ? {} : { now: options.now }),
    holder,
    origin,
    format,
    onChanges(changes) {
      if (changes.some(({ status }) => status === "waiting")) due.poll();
      notifyNews(
        changes.map(({ number, id, status, stage, cancelRequested, manual }) => ({
          number,
          change: { id, status: status as Status, stage: stage as Stage, cancelRequested, ...(manual && { manual }) },
        })),
      );
    },
  });
  const { now } = scripts;
  const listing = createListing(client, keys, scripts);
  const { get } = listing;
  const notifyOfRecovered = notifyRecovered(get, options.onRecovered ?? (() => {}));
  const due = watchDue({ scripts, leaseMs, onQueued: (change) => notify([change]) });
  const stopFollowing = await begin().catch((error) => {
    due.close();
    link.close();
    throw redisFailure(error);
  });
  const leases = startLeases({
    scripts,
    holder,
    leaseMs,
    compatible,
    connectedForMs: link.connectedForMs,
    onEmptied: () => options.onWarning?.(messages.redisEmptied),
    onRecovered: (jobs) => void notifyOfRecovered(jobs).catch(() => {}),
    onLost: ({ job: { id, stage } }) => notify([{ id, status: "queued", stage, cancelRequested: false }]),
  });
  isLate = leases.isBefore;
  const confirm = createConfirmation(link.posts, durability, replicas);
  const month = () => monthOf(calendar.dayOf(now()));
  const claims = createClaims({ scripts, leases, holder, leaseMs, month });
  const posts = { client, posts: link.posts, confirm, keys, get, scripts };
  const submit = createSubmit({ ...posts, queueLimit, clients, now, calendar });
  const history = createHistory(client, keys);
  const statistics = createStatistics(client, keys, now);
  const callbacks = createCallbacks({ client, keys, scripts, holder });
  const targets = createTargetRecords(client, keys);
  const { through, each, settled } = createAdmission(() => closing !== null);

  async function begin(): Promise<() => void> {
    await upgradeFormat(scripts, compatible);
    await scripts.run("open", [compatible]);
    await takeName(scripts, location, leaseMs);
    const own = await scripts.run("recover_own", [holder, RECOVERY_ERRORS_TEXT]);
    await notifyOfRecovered(own);
    return followChanges({ client: link.waiting, keys, origin, onChanges: notifyNews });
  }

  async function close(): Promise<void> {
    due.close();
    stopFollowing();
    const ended = settled().then(() =>
      Promise.allSettled(leases.current().map((claim) => claims.release(claim, "stopping"))),
    );
    const left = ended.then(() => scripts.run("leave", [])).catch(() => {});
    // Where Redis is away this cannot be written: the leases run out, and another host takes the jobs up.
    await withinTime(left, CLOSE_MS);
    leases.close();
    link.close();
  }

  return {
    submit: (jobs: readonly NewJob[], quota?: Quota | null) => through(() => submit(jobs, quota)),
    ...each(claims),
    ...each(createOperations({ scripts, client, keys, listing })),
    ...each(listing),
    ...each(history),
    statistics: (window: StatisticsWindow) => through(() => statistics(window)),

    callbacks: each(callbacks),
    targets: each(targets),

    subscribe(listener: (change: JobChange) => void) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },

    now,
    clockAheadMs: scripts.clockAheadMs,

    close() {
      closing ??= close();
      return closing;
    },
  };
}

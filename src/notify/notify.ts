/*
 * Notifies the people who run the service of a problem, and of its end, by mail and by webhook.
 * Sends one message for each problem, across restarts and hosts.
 * Not here: callbacks of jobs (delivery/), and the detection of problems: problems.ts only puts them into words.
 */

import type { Logger } from "pino";
import { asFailure } from "../failure.ts";
import { sha256 } from "../host/hash.ts";
import type { Records } from "../storage/records/records.ts";
import { messages } from "./messages.ts";
import { type Channel, createSender, type Message } from "./sender.ts";

/** Something that prevents the service from doing its work, in words for people: what happened, then what to do. */
export interface NotifiedProblem {
  /** The same as long as it is the same problem, such as "target:dropbox". */
  readonly id: string;
  readonly subject: string;
  readonly text: string;
}

export interface NotifierDependencies {
  readonly channels: readonly Channel[];
  readonly records: Records;
  readonly problems: () => Promise<readonly NotifiedProblem[]>;
  /** How long a problem lasts before a notification, and how long it is over before its end is reported. */
  readonly afterMs: number;
  /** This host, as others call it. */
  readonly host: string;
  /** Where the dashboard is; null where it is not known. */
  readonly publicUrl: string | null;
  readonly now?: () => number;
  readonly log: Pick<Logger, "warn" | "info">;
}

export interface Notifier {
  /** Checks once; also done automatically, from time to time. Never throws. */
  check(): Promise<void>;
  stop(): Promise<void>;
}

/** What is stored of a problem that was reported. */
interface Notified {
  readonly subject: string;
  readonly text: string;
  readonly since: number;
  /** Who reports it. */
  readonly host: string;
  /** When it was last seen: a dead host cannot report its end, so another one does. */
  readonly seenAt: number;
  /** Which channels took the message. */
  readonly sent: readonly string[];
  /** Since when it is over; null while it is not. */
  readonly overAt: number | null;
  /** Which channels took that. */
  readonly sentOver: readonly string[];
}

const POLL_EVERY_MS = 15_000;
/** A problem that comes and goes is reported once in this time. */
const QUIET_MS = 3_600_000;
/** A host that has not reported its problem for so long counts as stopped. */
const GONE_MS = 15 * 60_000;
const SEEN_EVERY_MS = 5 * 60_000;
const REMEMBERED = 200;
/** How long a stopping service waits for a message that is being sent. */
const STOP_MS = 1_000;

/** Begins to watch for problems. */
export function startNotifier(dependencies: NotifierDependencies): Notifier {
  const { channels, records, afterMs, host, log, now = Date.now } = dependencies;
  const stopping = new AbortController();
  const { send } = createSender({ channels, now, log, signal: stopping.signal });
  /** By problem, when it was first seen here, and since when it is resolved. Both are written by `checkNow`. */
  const firstSeen = new Map<string, number>();
  const resolvedSince = new Map<string, number>();
  /** One at a time, for all callers. Written by `check`. */
  let checking: Promise<void> | null = null;
  /** Written by `stop`. */
  let stopped = false;

  const read = async () =>
    new Map(
      (await records.last("problem", REMEMBERED)).map(({ name, value }) => [name, JSON.parse(value) as Notified]),
    );
  const write = (id: string, notified: Notified) => records.put("problem", id, JSON.stringify(notified));

  function body(
    id: string,
    { subject, text, since }: Pick<Notified, "subject" | "text" | "since">,
    over: boolean,
  ): Message {
    const where = dependencies.publicUrl === null ? `Host: ${host}` : `${dependencies.publicUrl} (host ${host})`;
    const at = `${new Date(since).toISOString().slice(0, 16).replace("T", " ")} UTC`;
    const of = sha256(JSON.stringify([id, since, over])).slice(0, 16);
    return over
      ? {
          id: of,
          subject: `AgentLink: resolved: ${subject}`,
          text: messages.resolved(text, at, where),
        }
      : { id: of, subject: `AgentLink: ${subject}`, text: `${text}\n\nSince ${at}.\n${where}` };
  }

  const isComplete = (sent: readonly string[]) => channels.every(({ name }) => sent.includes(name));

  async function begin(problem: NotifiedProblem, since: number, known: Notified | undefined): Promise<void> {
    const { id, subject, text } = problem;
    if (known?.overAt != null && now() - known.overAt < QUIET_MS) return;
    const fresh = { subject, text, since, host, seenAt: now(), sent: [], overAt: null, sentOver: [] };
    if (known === undefined) {
      // Of several hosts that see it one reports it.
      if (!(await records.putIfAbsent("problem", id, JSON.stringify(fresh)))) return;
    } else await write(id, fresh);
    await advance(id, fresh);
  }

  /** Notifies channels that failed before, and records that the problem persists. */
  async function advance(id: string, notified: Notified): Promise<void> {
    // A problem that another host reports belongs to that host until it is resolved: recording it here as well would
    // hide its end.
    if (notified.host !== host && now() - notified.seenAt <= GONE_MS) return;
    const sent = isComplete(notified.sent) ? notified.sent : await send(body(id, notified, false), notified.sent);
    if (sent.length === notified.sent.length && now() - notified.seenAt < SEEN_EVERY_MS) return;
    await write(id, { ...notified, host, seenAt: now(), sent });
  }

  async function end(id: string, notified: Notified): Promise<void> {
    if (notified.host !== host && now() - notified.seenAt < GONE_MS) return;
    // A problem that was not notified needs no notification of its end.
    if (notified.sent.length === 0) return void (await records.remove("problem", id));
    const overAt = notified.overAt ?? now();
    // Only channels that were notified.
    const others = channels.flatMap(({ name }) => (notified.sent.includes(name) ? [] : [name]));
    const sentOver = await send(body(id, notified, true), [...new Set([...notified.sentOver, ...others])]);
    await write(id, { ...notified, host, overAt, sentOver });
  }

  async function checkNow(): Promise<void> {
    const [problems, known] = await Promise.all([dependencies.problems(), read()]);
    const ids = new Set(problems.map(({ id }) => id));
    for (const id of firstSeen.keys()) if (!ids.has(id)) firstSeen.delete(id);
    for (const problem of problems) {
      const { id } = problem;
      resolvedSince.delete(id);
      const since = firstSeen.get(id) ?? now();
      firstSeen.set(id, since);
      const notified = known.get(id);
      if (notified !== undefined && notified.overAt === null) await advance(id, notified);
      else if (now() - since >= afterMs) await begin(problem, since, notified);
    }
    for (const [id, notified] of known) {
      if (ids.has(id) || (notified.overAt !== null && isComplete(notified.sentOver))) continue;
      const since = resolvedSince.get(id) ?? now();
      resolvedSince.set(id, since);
      if (now() - since >= afterMs) await end(id, notified);
    }
    await records.trim("problem", REMEMBERED);
  }

  function check(): Promise<void> {
    checking ??= checkNow()
      .catch((error) => {
        log.warn({ err: asFailure(error) }, messages.problemsUnknown);
      })
      .finally(() => {
        checking = null;
      });
    return checking;
  }

  const timer = setInterval(
    () => void (!stopped && check()),
    Math.min(POLL_EVERY_MS, Math.max(250, Math.round(afterMs / 2))),
  );
  timer.unref();
  return {
    check,
    async stop() {
      stopped = true;
      clearInterval(timer);
      const end = setTimeout(() => stopping.abort(), STOP_MS);
      await checking;
      clearTimeout(end);
    },
  };
}

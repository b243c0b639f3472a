import type { Logger } from "pino";
import type { Turns } from "../../../host/scheduling/turns.ts";
import type { Running } from "../../../pipeline/attempt.ts";
import { ENDED } from "../../../queue/job.ts";
import type { Queue } from "../../../queue/queue.ts";
import { messages } from "../../messages.ts";
import type { StatusDependencies } from "../job-status.ts";
import type { OverviewDependencies } from "../overview.ts";
import { createCatchUp } from "./catch-up.ts";
import { type ChangeWriter, createChanges, type NumberedJob, writeShared } from "./changes.ts";
import { createFigures } from "./figures.ts";
import type { EventAudience, Listener, ListenerOptions } from "./listener.ts";
import { createListeners } from "./listeners.ts";
import { createQueueWatch } from "./watch.ts";
import { opening } from "./wire.ts";

/** Changes read in one go for all. */
const AT_ONCE = 200;

export interface EventFeedDependencies extends StatusDependencies, OverviewDependencies {
  /** Those of all long work of the service. */
  readonly turns: Turns;
  readonly queue: Queue;
  readonly running: () => ReadonlyMap<string, Running>;
  readonly log: Logger;
}

/**
 * What happens, sent to all listeners. The stored history is read once for all of them, each job is written out
 * once for all that see the same, and the ids on the wire are those of the history: a listener that was cut off, or whose
 * service was started again, resumes where it was.
 */
export interface Feed {
  /** Opens a stream of all jobs the audience sees, from an event on; from now on where none is named. */
  openAll(options: Opening & { readonly after: number | null; readonly overview: boolean }): Promise<Listener>;
  /** Opens a stream of one job: how it is now, and each change until it has ended. */
  openJob(options: Opening & { readonly job: string }): Promise<Listener>;
  /** Streams open now. */
  readonly size: number;
  /** Of what was sent to them and not taken yet. */
  readonly reservedBytes: number;
  /** Cuts off those that have something to take. */
  shed(): void;
  /** Ends all streams, and every later one at once. */
  close(): void;
}

export type Opening = EventAudience & Pick<ListenerOptions, "allowed" | "hurry">;
const utf8 = new TextEncoder();

export function createFeed(dependencies: EventFeedDependencies): Feed {
  const { queue, turns } = dependencies;
  const changes = createChanges(dependencies);
  const listeners = createListeners(
    () => [watch, figures].map((each) => each.start()),
    () => [watch, figures].map((each) => each.stop()),
  );
  const watch = createQueueWatch(queue, { onChange: () => void notify(), onTick: poll });
  const { live } = listeners;
  const figures = createFigures({ ...dependencies, live, refused });
  const catchUp = createCatchUp({
    queue,
    turns,
    changes,
    sentUpTo: () => position,
    promote: (listener) => void (listeners.promote(listener) && notify()),
  });
  /** Up to here the live ones have received everything. Written by `notifyAll`, and by `standAtLatest` while there are none. */
  let position = 0;
  /** Set while events are sent to the live ones. Written by `notify`. */
  let notifying: Promise<void> | null = null;
  /** Written by `close`. */
  let closed = false;

  function poll(): void {
    listeners.checkAllowed(refused);
    void notify();
  }

  /** What the queue cannot read now is read again: nothing is skipped. */
  function refused(error: unknown): void {
    if (!closed) dependencies.log.debug({ err: error }, messages.eventsUnreadable);
  }

  /** Sends everything new to the live ones. */
  function notify(): Promise<void> {
    notifying ??= notifyAll()
      .catch(refused)
      .finally(() => {
        notifying = null;
      });
    return notifying;
  }

  async function notifyAll(): Promise<void> {
    for (let more = true; more && live.size > 0; ) {
      const events = await queue.events(position, AT_ONCE);
      const jobs = await changes.jobsOf(events);
      const write = await changes.writer();
      const positions = await changes.positionsOf(jobs, live);
      // From here to the end nothing is waited for: who joins in the meantime has all of it or none.
      position = Math.max(position, events.at(-1)?.id ?? 0);
      const written = writeShared(jobs, write);
      for (const listener of [...live]) {
        if (listener.job === null) sendAll(listener, written(listener));
        else sendOne(listener, jobs, write, positions);
      }
      more = events.length === AT_ONCE;
      // A change in the database may concern every job: between two parts, other work gets its turn.
      if (more) await new Promise(setImmediate);
    }
  }

  function sendAll(listener: Listener, part: Uint8Array): void {
    // A listener that cannot take it at once gets it by itself, as fast as it reads.
    if (!listener.fits(part)) comeAfter(listener);
    else {
      if (part.length > 0) listener.send(part);
      listener.position = Math.max(position, listener.position);
    }
  }

  function comeAfter(listener: Listener): void {
    listeners.sendBack(listener);
    void catchUp(listener).catch((error) => {
      refused(error);
      listener.cut();
    });
  }

  function sendOne(
    listener: Listener,
    jobs: readonly NumberedJob[],
    write: ChangeWriter,
    positions: ReadonlyMap<string, number>,
  ): void {
    const mine = jobs.filter(([job, id]) => job.id === listener.job && id > listener.position);
    if (mine.length > 0) listener.send(utf8.encode(write(mine, listener, positions)));
    listener.position = Math.max(position, listener.position);
    if (mine.some(([job]) => ENDED.has(job.status))) listener.end();
  }

  /** No event was sent since, so the position is behind. */
  async function standAtLatest(): Promise<number> {
    const latest = await queue.latestEvent();
    if (live.size === 0) position = Math.max(position, latest);
    return latest;
  }

  return {
    async openAll({ after, overview: withOverview, ...audience }) {
      const latest = await standAtLatest();
      const from = after === null ? latest : Math.min(after, latest);
      const listener = listeners.admit({ ...audience, job: null, position: from });
      listener.send(utf8.encode(opening(from)));
      await figures.offerFirst(listener, withOverview);
      comeAfter(listener);
      return listener;
    },

    async openJob({ job: id, ...audience }) {
      const latest = await standAtLatest();
      const listener = listeners.admit({ ...audience, job: id, position: latest });
      listener.send(utf8.encode(opening(latest)));
      const queuePosition = await queue.position(id);
      // Whatever was sent since it was read is sent to it again: the changes of one job are few.
      if (await sendJob(listener, latest, queuePosition)) promote(listener);
      return listener;
    },
    get size() {
      return listeners.all.length;
    },
    get reservedBytes() {
      return listeners.reservedBytes();
    },
    shed: listeners.shed,
    close() {
      closed = true;
      listeners.close();
    },
  };

  function promote(listener: Listener): void {
    if (!listeners.promote(listener)) return;
    if (listener.position < position) void sendJob(listener, position, null).catch(() => listener.cut());
    void notify();
  }

  /** Sends the state of its one job; false if that has ended or was deleted, which ends the stream. */
  async function sendJob(listener: Listener, at: number, queuePosition: number | null): Promise<boolean> {
    const now = await changes.current(listener, at, queuePosition);
    if (now !== null) listener.send(utf8.encode(now.text));
    if (now?.ended === false) return true;
    listener.end();
    return false;
  }
}

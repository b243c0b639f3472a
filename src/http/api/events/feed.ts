import type { Logger } from "pino";
import { Failure } from "../../../failure.ts";
import type { Turns } from "../../../host/turns.ts";
import type { Running } from "../../../pipeline/attempt.ts";
import { ENDED, type Job, type JobEvent } from "../../../queue/job.ts";
import type { Queue } from "../../../queue/queue.ts";
import { holdsOf } from "../holds.ts";
import { around, jobView, type ViewParts } from "../job-status.ts";
import { type OverviewParts, overviewOf } from "../overview.ts";
import { type Audience, createListener, type Listener, type ListenerOptions } from "./listener.ts";
import { createProgress } from "./progress.ts";
import { COMMENT, encoded, opening } from "./wire.ts";

/** Changes that come within this time go out together. */
const GATHER_MS = 100;
const PROGRESS_EVERY_MS = 250;
const OVERVIEW_EVERY_MS = 2_000;
const COMMENT_EVERY_MS = 15_000;
/** Another host's changes are seen, and who may not listen any more is cut off, within this time. */
const LOOK_EVERY_MS = 1_000;
/** Changes read in one go for all. */
const AT_ONCE = 200;
/** Those of one that catches up: in each turn of the event loop one of them has its turn. */
const CATCH_UP_AT_ONCE = 50;
/** How long a listener that catches up may take for what was sent last. */
const CATCH_UP_MS = 10_000;
/** Sent in one part to one that catches up. */
const PART_BYTES = 32_768;
/** Streams open at once: of one client, and together. What is unsent of each is at most its buffer and one part. */
const STREAMS = { ofClient: 100, together: 1_000 } as const;
const COME_BACK_MS = 10_000;

export interface FeedParts extends ViewParts, OverviewParts {
  /** Those of all long work of the service. */
  readonly turns: Turns;
  readonly queue: Queue;
  readonly running: () => ReadonlyMap<string, Running>;
  readonly log: Logger;
}

/**
 * What happens, told to everybody who listens. The kept history is read once for all of them, each job is written out
 * once for all that see the same, and the ids on the wire are those of the history: a listener that was cut off, or whose
 * service was started again, goes on where it was.
 */
export interface Feed {
  /** Opens a stream of all jobs the audience sees, from an event on; from now on where none is named. */
  openAll(options: Opening & { readonly after: number | null; readonly overview: boolean }): Promise<Listener>;
  /** Opens a stream of one job: how it is now, and each change until it has ended. */
  openJob(options: Opening & { readonly job: string }): Promise<Listener>;
  /** Streams open now. */
  readonly size: number;
  /** Of what was sent to them and not taken yet. */
  readonly heldBytes: number;
  /** Cuts off those that have something to take. */
  shed(): void;
  /** Ends all streams, and every later one at once. */
  close(): void;
}

export type Opening = Audience & Pick<ListenerOptions, "allowed" | "hurry">;
type Told = readonly [job: Job, id: number];

const utf8 = new TextEncoder();

export function createFeed(parts: FeedParts): Feed {
  const { queue, turns } = parts;
  /** Up to here the live ones have been told. */
  let position = 0;
  const live = new Set<Listener>();
  const joining = new Set<Listener>();
  const overviewers = new WeakSet<Listener>();
  const timers: Timer[] = [];
  const progress = createProgress(queue, parts.running);
  let unsubscribe = () => {};
  let gathering: Timer | null = null;
  let telling: Promise<void> | null = null;
  /** Whether the queue is paused, as it was last told. */
  let pause: Uint8Array | null = null;
  let overview: { readonly part: Uint8Array; readonly at: number } | null = null;
  let closed = false;

  function admit(options: Omit<ListenerOptions, "onGone">): Listener {
    const open = [...live, ...joining];
    const own = open.filter(({ owner }) => owner === options.owner).length;
    if (own >= STREAMS.ofClient || open.length >= STREAMS.together) throw tooManyStreams(own);
    const listener = createListener({ ...options, onGone: leave });
    joining.add(listener);
    if (timers.length === 0) start();
    if (closed) listener.end();
    return listener;
  }

  function leave(listener: Listener): void {
    live.delete(listener);
    joining.delete(listener);
    if (live.size + joining.size === 0) stop();
  }

  function start(): void {
    unsubscribe = queue.subscribe(() => {
      gathering ??= setTimeout(() => {
        gathering = null;
        void tell();
      }, GATHER_MS);
    });
    timers.push(
      setInterval(() => void offerProgress(), PROGRESS_EVERY_MS),
      setInterval(() => void offerOverview(), OVERVIEW_EVERY_MS),
      setInterval(() => void offerPause().catch(refused), LOOK_EVERY_MS),
      setInterval(look, LOOK_EVERY_MS),
      setInterval(() => {
        const comment = utf8.encode(COMMENT);
        for (const listener of live) listener.offer(listensToQueue(listener) && pause !== null ? pause : comment);
      }, COMMENT_EVERY_MS),
    );
    for (const timer of timers) timer.unref();
  }

  function stop(): void {
    for (const timer of timers.splice(0)) clearInterval(timer);
    clearTimeout(gathering ?? undefined);
    gathering = null;
    unsubscribe();
    pause = null;
    progress.forget();
  }

  function look(): void {
    for (const listener of [...live, ...joining])
      void listener.allowed().then((allowed) => allowed || listener.cut(), refused);
    void tell();
  }

  /** What the queue cannot tell now it is asked for again: nothing is passed over. */
  function refused(error: unknown): void {
    if (!closed) parts.log.debug({ err: error }, "events cannot be read just now");
  }

  /** Tells everything new to the live ones. */
  function tell(): Promise<void> {
    telling ??= tellOnce()
      .catch(refused)
      .finally(() => {
        telling = null;
      });
    return telling;
  }

  async function tellOnce(): Promise<void> {
    for (let more = true; more && live.size > 0; ) {
      const events = await queue.events(position, AT_ONCE);
      const told = await jobsOf(events);
      const write = await writer();
      const places = await placesOf(told);
      // From here to the end nothing is waited for: who joins meanwhile has all of it or none.
      position = Math.max(position, events.at(-1)?.id ?? 0);
      const parts = new Map<string, Uint8Array>();
      for (const listener of [...live]) {
        if (listener.job === null) sendAll(listener, told, write, parts);
        else sendOne(listener, told, write, places);
      }
      more = events.length === AT_ONCE;
      // A hand in the database may have changed every job: between two parts the others have their turn.
      if (more) await new Promise(setImmediate);
    }
  }

  function sendAll(listener: Listener, told: readonly Told[], write: Writer, parts: Map<string, Uint8Array>): void {
    const key = `${listener.position} ${listener.client} ${listener.origin}`;
    const part = parts.get(key) ?? utf8.encode(write(seenBy(listener, told), listener));
    parts.set(key, part);
    // One that cannot take it at once is told by itself, as fast as it reads.
    if (!listener.fits(part)) comeAfter(listener);
    else {
      if (part.length > 0) listener.send(part);
      listener.position = Math.max(position, listener.position);
    }
  }

  function comeAfter(listener: Listener): void {
    live.delete(listener);
    joining.add(listener);
    void catchUp(listener).catch((error) => {
      refused(error);
      listener.cut();
    });
  }

  function sendOne(
    listener: Listener,
    told: readonly Told[],
    write: Writer,
    places: ReadonlyMap<string, number>,
  ): void {
    const mine = told.filter(([job, id]) => job.id === listener.job && id > listener.position);
    if (mine.length > 0) listener.send(utf8.encode(write(mine, listener, places)));
    listener.position = Math.max(position, listener.position);
    if (mine.some(([job]) => ENDED.has(job.status))) listener.end();
  }

  /** The jobs as they are now, each with its last event of these: what lay between is over already. */
  async function jobsOf(events: readonly Pick<JobEvent, "id" | "jobId">[]): Promise<readonly Told[]> {
    const latest = new Map<string, number>();
    for (const { jobId, id } of events) {
      latest.delete(jobId);
      latest.set(jobId, id);
    }
    const jobs = await Promise.all([...latest.keys()].map((id) => queue.get(id)));
    return jobs.flatMap((job): Told[] => (job === null ? [] : [[job, latest.get(job.id) ?? 0]]));
  }

  /** Of the queued ones that somebody follows alone. */
  async function placesOf(told: readonly Told[]): Promise<ReadonlyMap<string, number>> {
    const followed = new Set([...live].map(({ job }) => job));
    const ids = told.flatMap(([{ id, status }]) => (status === "queued" && followed.has(id) ? [id] : []));
    const places = await Promise.all(ids.map(async (id) => [id, await queue.position(id)] as const));
    return new Map(places.flatMap(([id, place]) => (place === null ? [] : [[id, place]])));
  }

  type Writer = (told: readonly Told[], audience: Audience, places?: ReadonlyMap<string, number>) => string;

  async function writer(): Promise<Writer> {
    const holds = await holdsOf(parts);
    // Who sees everybody's jobs is an admin.
    return (told, { origin, client }, places) =>
      told
        .map(([job, id]) => {
          const view = jobView(job, around(parts, origin, job, places?.get(job.id) ?? null, holds, client === null));
          return encoded({ event: "job", id, data: JSON.stringify(view) });
        })
        .join("");
  }

  /**
   * Tells a newcomer what it has missed, as fast as it takes it, and lets it in when it knows what the others know. Of who
   * sees one client's jobs, the changes of these alone are read.
   */
  async function catchUp(listener: Listener): Promise<void> {
    await taken(listener);
    while (!listener.gone && listener.position < position) {
      await turns.next();
      const upTo = position;
      const { client, position: from } = listener;
      const changes =
        client === null
          ? await queue.events(from, CATCH_UP_AT_ONCE)
          : await queue.changesOf(client, from, CATCH_UP_AT_ONCE);
      const told = seenBy(listener, await jobsOf(changes));
      const write = await writer();
      for (const part of partsOf(told, (each) => utf8.encode(write([each], listener)))) {
        if (listener.gone) return;
        listener.send(part.bytes);
        listener.position = part.id;
        await taken(listener);
      }
      const last = changes.at(-1)?.id ?? upTo;
      // Where there are no more, the rest is of jobs that were removed, or of others'.
      listener.position = changes.length < CATCH_UP_AT_ONCE ? Math.max(last, upTo) : last;
    }
    joining.delete(listener);
    if (listener.gone) return;
    live.add(listener);
    void tell();
  }

  /** Resolves when the listener has taken what was sent; one that takes too long is cut off. */
  async function taken(listener: Listener): Promise<void> {
    const late = setTimeout(() => listener.cut(), CATCH_UP_MS);
    await listener.drained();
    clearTimeout(late);
  }

  /** Nobody was told meanwhile, so the position is behind. */
  async function standAtLatest(): Promise<number> {
    const latest = await queue.latestEvent();
    if (live.size === 0) position = Math.max(position, latest);
    return latest;
  }

  async function offerProgress(): Promise<void> {
    try {
      const steps = await progress.steps();
      if (steps.length === 0) return;
      const parts = new Map<string | null, Uint8Array>();
      for (const listener of live) {
        const { client, job } = listener;
        const mine = steps.filter(
          (step) => (job === null || step.id === job) && (client === null || step.client === client),
        );
        if (mine.length === 0) continue;
        const key = `${job} ${client}`;
        const part = parts.get(key) ?? utf8.encode(mine.map(({ text }) => text).join(""));
        parts.set(key, part);
        listener.offer(part);
      }
    } catch (error) {
      refused(error);
    }
  }

  async function offerOverview(): Promise<void> {
    const listening = [...live].filter((listener) => overviewers.has(listener));
    if (listening.length === 0) return;
    const part = await currentOverview(OVERVIEW_EVERY_MS / 2).catch(refused);
    for (const listener of listening) if (part) listener.offer(part);
  }

  /** Whoever is told of the figures knows it from them. */
  function listensToQueue(listener: Listener): boolean {
    return listener.job === null && !overviewers.has(listener);
  }

  /** By whom is for those who look after the service. */
  async function currentPause(): Promise<Uint8Array> {
    const paused = await queue.paused();
    const data = JSON.stringify({ paused: paused === null ? null : { since: paused.since } });
    return utf8.encode(encoded({ event: "queue", data }));
  }

  async function offerPause(): Promise<void> {
    const listening = [...live].filter(listensToQueue);
    if (listening.length === 0) return;
    const before = pause;
    pause = await currentPause();
    if (before !== null && Buffer.compare(before, pause) === 0) return;
    for (const listener of listening) listener.offer(pause);
  }

  /** No older than so many milliseconds. */
  async function currentOverview(maxAgeMs: number): Promise<Uint8Array> {
    if (overview !== null && performance.now() - overview.at < maxAgeMs) return overview.part;
    const data = JSON.stringify(await overviewOf(parts));
    overview = { part: utf8.encode(encoded({ event: "overview", data })), at: performance.now() };
    return overview.part;
  }

  return {
    async openAll({ after, overview: wanted, ...audience }) {
      const latest = await standAtLatest();
      const from = after === null ? latest : Math.min(after, latest);
      const listener = admit({ ...audience, job: null, position: from });
      listener.send(utf8.encode(opening(from)));
      if (wanted) {
        overviewers.add(listener);
        const part = await currentOverview(OVERVIEW_EVERY_MS).catch(refused);
        if (part) listener.offer(part);
      } else {
        const part = await currentPause().catch(refused);
        if (part) listener.offer(part);
      }
      comeAfter(listener);
      return listener;
    },

    async openJob({ job: id, ...audience }) {
      const latest = await standAtLatest();
      const listener = admit({ ...audience, job: id, position: latest });
      listener.send(utf8.encode(opening(latest)));
      const [job, place, write] = await Promise.all([queue.get(id), queue.position(id), writer()]);
      if (job === null) listener.end();
      else {
        const places = new Map(place === null ? [] : [[id, place]]);
        listener.send(utf8.encode(write([[job, latest]], audience, places)));
        if (ENDED.has(job.status)) listener.end();
        // Whatever was told since it was read is told to it again: the changes of one job are few.
        else letIn(listener);
      }
      return listener;
    },

    get size() {
      return live.size + joining.size;
    },

    get heldBytes() {
      return [...live, ...joining].reduce((sum, { heldBytes }) => sum + heldBytes, 0);
    },

    shed() {
      for (const listener of [...live, ...joining]) if (listener.heldBytes > 0) listener.cut();
    },

    close() {
      closed = true;
      for (const listener of [...live, ...joining]) listener.end();
    },
  };

  function letIn(listener: Listener): void {
    joining.delete(listener);
    if (listener.gone) return;
    live.add(listener);
    if (listener.position < position) void repeat(listener);
    void tell();
  }

  async function repeat(listener: Listener): Promise<void> {
    const job = await queue.get(listener.job ?? "").catch(() => null);
    if (job === null) return listener.cut();
    const write = await writer();
    listener.send(utf8.encode(write([[job, position]], listener)));
    if (ENDED.has(job.status)) listener.end();
  }
}

interface Part {
  readonly bytes: Uint8Array;
  /** Of the last change in it. */
  readonly id: number;
}

/** What is told, in parts of a size that a slow listener takes in one go. */
function* partsOf(told: readonly Told[], encode: (each: Told) => Uint8Array): Generator<Part> {
  let bytes: Uint8Array[] = [];
  let size = 0;
  for (const [index, each] of told.entries()) {
    const encodedJob = encode(each);
    bytes.push(encodedJob);
    size += encodedJob.length;
    if (size < PART_BYTES && index < told.length - 1) continue;
    yield { bytes: Buffer.concat(bytes), id: each[1] };
    bytes = [];
    size = 0;
  }
}

function tooManyStreams(own: number): Failure {
  const detail =
    own >= STREAMS.ofClient
      ? `${own} streams of events are open under this name, and no more may be: close some, or follow all jobs with one.`
      : "Too many streams of events are open. Come back a little later.";
  return new Failure("too_many_streams", detail, { transient: true, retryAfterMs: COME_BACK_MS });
}

function seenBy({ client, position }: Listener, told: readonly Told[]): readonly Told[] {
  return told.filter(([job, id]) => id > position && (client === null || job.client === client));
}

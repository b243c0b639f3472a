import type { Running } from "../../../pipeline/attempt.ts";
import type { Queue } from "../../../queue/queue.ts";
import { percentOf } from "../../../views/status-word.ts";
import { disclosedOverview, type OverviewDependencies, overviewOf } from "../overview.ts";
import type { Listener } from "./listener.ts";
import { COMMENT, encoded } from "./wire.ts";

const PROGRESS_EVERY_MS = 250;
const OVERVIEW_EVERY_MS = 2_000;
const PAUSE_EVERY_MS = 1_000;
const COMMENT_EVERY_MS = 15_000;

const utf8 = new TextEncoder();

export interface FiguresDependencies extends OverviewDependencies {
  readonly queue: Queue;
  readonly running: () => ReadonlyMap<string, Running>;
  /** The listeners. */
  readonly live: ReadonlySet<Listener>;
  /** Of this machine, that only admins see. */
  readonly folders?: readonly string[];
  /** What cannot be read now is read again. */
  readonly refused: (error: unknown) => void;
}

/** Events beside the history, sent again and again to listeners with room: progress, the overview, the queue's pause. */
export interface Figures {
  start(): void;
  stop(): void;
  /** What a new listener gets first: the overview if it subscribed to that, else whether the queue is paused. */
  offerFirst(listener: Listener, overview: boolean): Promise<void>;
}

export function createFigures({ queue, live, refused, folders = [], ...dependencies }: FiguresDependencies): Figures {
  const progress = createProgress(queue, dependencies.running);
  /** Written by `offerFirst`. */
  const overviewers = new WeakSet<Listener>();
  /** Written by `start` and `stop`. */
  const timers: Timer[] = [];
  /** As it was last sent. Written by `offerPause`; `stop` clears it when there is no listener. */
  let pause: Uint8Array | null = null;
  /** The latest, and since when. Written by `currentOverview`. */
  let overview: { readonly part: (listener: Listener) => Uint8Array; readonly at: number } | null = null;

  async function offerProgress(): Promise<void> {
    const steps = await progress.steps();
    if (steps.length === 0) return;
    const written = new Map<string | null, Uint8Array>();
    for (const listener of live) {
      const { client, job } = listener;
      const mine = steps.filter(
        (step) => (job === null || step.id === job) && (client === null || step.client === client),
      );
      if (mine.length === 0) continue;
      const key = `${job} ${client}`;
      const part = written.get(key) ?? utf8.encode(mine.map(({ text }) => text).join(""));
      written.set(key, part);
      listener.offer(part);
    }
  }

  async function offerOverview(): Promise<void> {
    const listening = [...live].filter((listener) => overviewers.has(listener));
    if (listening.length === 0) return;
    const part = await currentOverview(OVERVIEW_EVERY_MS / 2);
    for (const listener of listening) listener.offer(part(listener));
  }

  /** No older than so many milliseconds. */
  async function currentOverview(maxAgeMs: number): Promise<(listener: Listener) => Uint8Array> {
    if (overview !== null && performance.now() - overview.at < maxAgeMs) return overview.part;
    const all = await overviewOf({ ...dependencies, queue });
    const written = new Map<boolean, Uint8Array>();
    const part = ({ admin }: Listener) => {
      const data = () => disclosedOverview(all, admin, folders);
      const one = written.get(admin) ?? utf8.encode(encoded({ event: "overview", data: data() }));
      written.set(admin, one);
      return one;
    };
    overview = { part, at: performance.now() };
    return part;
  }

  /** Clients that receive the figures know it from them. */
  function listensToQueue(listener: Listener): boolean {
    return listener.job === null && !overviewers.has(listener);
  }

  /** By whom is for admins. */
  async function currentPause(): Promise<Uint8Array> {
    const paused = await queue.paused();
    return utf8.encode(encoded({ event: "queue", data: { paused: paused && { since: paused.since } } }));
  }

  async function offerPause(): Promise<void> {
    const listening = [...live].filter(listensToQueue);
    if (listening.length === 0) return;
    const before = pause;
    pause = await currentPause();
    if (before !== null && Buffer.compare(before, pause) === 0) return;
    for (const listener of listening) listener.offer(pause);
  }

  function offerComment(): void {
    const comment = utf8.encode(COMMENT);
    for (const listener of live) listener.offer(listensToQueue(listener) && pause !== null ? pause : comment);
  }

  return {
    start() {
      timers.push(
        setInterval(() => void offerProgress().catch(refused), PROGRESS_EVERY_MS),
        setInterval(() => void offerOverview().catch(refused), OVERVIEW_EVERY_MS),
        setInterval(() => void offerPause().catch(refused), PAUSE_EVERY_MS),
        setInterval(offerComment, COMMENT_EVERY_MS),
      );
      for (const timer of timers) timer.unref();
    },
    stop() {
      for (const timer of timers.splice(0)) clearInterval(timer);
      pause = null;
      progress.forget();
    },
    async offerFirst(listener, withOverview) {
      if (withOverview) overviewers.add(listener);
      const part = withOverview ? currentOverview(OVERVIEW_EVERY_MS).then((of) => of(listener)) : currentPause();
      const first = await part.catch(refused);
      if (first) listener.offer(first);
    },
  };
}

/** How far a running job has come since the last call. */
interface ProgressStep {
  readonly id: string;
  readonly client: string;
  readonly text: string;
}

/** Returns, at each call, the running jobs that have progressed since the call before. */
function createProgress(queue: Pick<Queue, "get">, running: () => ReadonlyMap<string, Running>) {
  /** What was last sent of each job. Written by `steps`; `forget` clears it. */
  const jobs = new Map<string, string>();
  /** Written by `clientOf`; `steps` removes those of jobs that run no more. */
  const clients = new Map<string, string>();

  async function clientOf(id: string): Promise<string | null> {
    const known = clients.get(id);
    if (known !== undefined) return known;
    const client = (await queue.get(id))?.client ?? null;
    if (client !== null) clients.set(id, client);
    return client;
  }

  return {
    async steps(): Promise<readonly ProgressStep[]> {
      const now = running();
      for (const id of jobs.keys()) if (!now.has(id)) jobs.delete(id);
      for (const id of clients.keys()) if (!now.has(id)) clients.delete(id);
      const steps: ProgressStep[] = [];
      for (const [id, { stage, progress, section, document = null, waitingFor }] of now) {
        const data = { job_id: id, stage, progress: percentOf(progress), section, document, waiting_for: waitingFor };
        const text = encoded({ event: "progress", data });
        if (jobs.get(id) === text) continue;
        const client = await clientOf(id);
        if (client === null) continue;
        jobs.set(id, text);
        steps.push({ id, client, text });
      }
      return steps;
    },

    /** No event has been sent. */
    forget(): void {
      jobs.clear();
    },
  };
}

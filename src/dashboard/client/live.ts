import { type Signal, signal } from "@preact/signals";
import { at } from "./address.ts";
import { get, Refusal, signedOut } from "./api.ts";
import { hasEnded } from "./parts/status.tsx";
import type { Progress, ShownJob, ShownOverview } from "./responses.ts";
import { readVisible } from "./visible.ts";

/** The state of the page's updates. "resting": the page is hidden, and it catches up once visible. */
export const connection = signal<"connecting" | "live" | "reconnecting" | "resting">("connecting");

/** The service's figures, as they arrive; null before the first, and for viewers who do not get them. */
export const overview = signal<ShownOverview | null>(null);

/** Since when the queue is paused, for viewers who do not get the figures; null while it is not paused. */
export const pausedForAll = signal<{ readonly since: string } | null>(null);

type JobListener = (job: ShownJob) => void;
const jobListeners = new Set<JobListener>();
const syncListeners = new Set<() => void>();
const progress = new Map<string, Signal<Progress | null>>();

const RECONNECT_MS = 2_000;
/** A browser has six connections to a host, and each open page uses one. */
const REST_AFTER_MS = 15_000;

/** Receives each change of a job. Returns how to stop it. */
export function onJob(listener: JobListener): () => void {
  jobListeners.add(listener);
  return () => void jobListeners.delete(listener);
}

/** Called whenever the connection was made (again): what was read before may have gaps. */
export function onSync(listener: () => void): () => void {
  syncListeners.add(listener);
  return () => void syncListeners.delete(listener);
}

/** How far a running job is; null before it is known. */
export function progressOf(id: string): Signal<Progress | null> {
  const known = progress.get(id);
  if (known !== undefined) return known;
  const made = signal<Progress | null>(null);
  progress.set(id, made);
  return made;
}

/**
 * Listens to the service for as long as the page is open. After a restart it comes back by itself and requests what it
 * missed: a browser's own EventSource does the same for a lost connection, but gives up at a response of a proxy.
 */
export function listen(): void {
  let source: EventSource | null = null;
  let lastId = "";
  let again: ReturnType<typeof setTimeout> | undefined;
  let rest: ReturnType<typeof setTimeout> | undefined;

  const open = () => {
    clearTimeout(again);
    source?.close();
    source = new EventSource(at(`api/events${lastId === "" ? "" : `?after=${lastId}`}`));
    source.onopen = () => {
      connection.value = "live";
      for (const listener of syncListeners) listener();
    };
    source.onerror = () => {
      connection.value = "reconnecting";
      if (source?.readyState !== EventSource.CLOSED) return;
      again = setTimeout(() => void signedInStill().then((is) => is && open()), RECONNECT_MS);
    };
    source.addEventListener("job", (event: MessageEvent<string>) => {
      lastId = event.lastEventId;
      const job = readVisible<ShownJob>(event.data);
      if (hasEnded(job)) progress.delete(job.job_id);
      for (const listener of jobListeners) listener(job);
    });
    source.addEventListener("progress", (event: MessageEvent<string>) => {
      const latest = readVisible<Progress>(event.data);
      progressOf(latest.job_id).value = latest;
    });
    source.addEventListener("queue", (event: MessageEvent<string>) => {
      pausedForAll.value = readVisible<{ readonly paused: { readonly since: string } | null }>(event.data).paused;
    });
    source.addEventListener("overview", (event: MessageEvent<string>) => {
      overview.value = readVisible<ShownOverview>(event.data);
    });
  };

  document.addEventListener("visibilitychange", () => {
    clearTimeout(rest);
    if (!document.hidden) {
      if (source === null) open();
      return;
    }
    rest = setTimeout(() => {
      clearTimeout(again);
      source?.close();
      source = null;
      connection.value = "resting";
    }, REST_AFTER_MS);
  });
  addEventListener("pagehide", () => source?.close());
  open();
}

/** An EventSource does not report why it was refused. */
async function signedInStill(): Promise<boolean> {
  await get("api/jobs?limit=1").catch((error) => {
    if (!(error instanceof Refusal)) throw error;
  });
  return !signedOut.value;
}

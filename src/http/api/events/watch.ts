import type { Queue } from "../../../queue/queue.ts";

/** Changes that come within this time go out together. */
const GATHER_MS = 100;
/** Another host's changes are seen, and listeners whose access has ended are cut off, within this time. */
const POLL_EVERY_MS = 1_000;

/** Watches the queue for those who listen, between `start` and `stop`. */
export interface QueueWatch {
  start(): void;
  stop(): void;
}

/** Calls `onChange` when jobs have changed, and `onTick` at intervals. */
export function createQueueWatch(
  queue: Pick<Queue, "subscribe">,
  { onChange, onTick }: { readonly onChange: () => void; readonly onTick: () => void },
): QueueWatch {
  /** Written by `start`; `stop` ends both. */
  let ticking: Timer | undefined;
  let unsubscribe = () => {};
  /** Set while changes are waited for that go out together. Written by what `start` subscribes, and by `stop`. */
  let gathering: Timer | null = null;

  return {
    start() {
      unsubscribe = queue.subscribe(() => {
        gathering ??= setTimeout(() => {
          gathering = null;
          onChange();
        }, GATHER_MS);
      });
      ticking = setInterval(onTick, POLL_EVERY_MS);
      ticking.unref();
    },
    stop() {
      clearInterval(ticking);
      clearTimeout(gathering ?? undefined);
      gathering = null;
      unsubscribe();
    },
  };
}

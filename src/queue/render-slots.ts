import type { Attempt } from "./attempt.ts";

/** While a render may not start, it is asked so often whether it may. */
const ASK_AGAIN_MS = 200;

interface Waiting {
  readonly attempt: Attempt;
  readonly start: () => void;
}

export interface RenderSlots {
  /** Renders under way. */
  busy(): number;
  /** Waits for a slot: by priority, then the older job. Answers how to give it back. Rejects when the attempt is aborted. */
  enter(attempt: Attempt): Promise<() => void>;
}

/** As many renders at once as there are threads, and none while `hold` names a reason. */
export function createRenderSlots(slots: number, hold: () => string | null): RenderSlots {
  const line: Waiting[] = [];
  let busy = 0;
  let timer: Timer | undefined;

  function next(): void {
    clearTimeout(timer);
    while (busy < slots && line.length > 0) {
      const reason = hold();
      for (const { attempt } of line) attempt.waitingFor = reason ?? "render slot";
      if (reason !== null) {
        timer = setTimeout(next, ASK_AGAIN_MS);
        return;
      }
      busy += 1;
      line.shift()?.start();
    }
  }

  return {
    busy: () => busy,
    enter(attempt) {
      return new Promise((resolve, reject) => {
        const giveUp = () => {
          line.splice(line.indexOf(waiting), 1);
          reject(attempt.signal.reason);
        };
        const waiting: Waiting = {
          attempt,
          start() {
            attempt.signal.removeEventListener("abort", giveUp);
            attempt.waitingFor = null;
            resolve(() => {
              busy -= 1;
              next();
            });
          },
        };
        if (attempt.signal.aborted) {
          reject(attempt.signal.reason);
          return;
        }
        attempt.signal.addEventListener("abort", giveUp, { once: true });
        attempt.waitingFor = "render slot";
        const place = line.findLastIndex((other) => !isBefore(attempt, other.attempt)) + 1;
        line.splice(place, 0, waiting);
        next();
      });
    },
  };
}

function isBefore({ claim: { job: a } }: Attempt, { claim: { job: b } }: Attempt): boolean {
  return a.priority === b.priority ? a.createdAt < b.createdAt : a.priority > b.priority;
}

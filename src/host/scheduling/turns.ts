/** Turns of the event loop for long work: requests are served between any two of them. */
export interface Turns {
  /** Resolves when its turn has come: of however many that wait, in the order in which they arrived, a few continue in each. */
  next(): Promise<void>;
}

/** One turn takes no new work after this long. */
const BUDGET_MS = 5;

export function createTurns(): Turns {
  /** Written by `turn` and `next`. */
  const waiting: (() => void)[] = [];
  /** Written by `turn` and `next`. */
  let scheduled = false;

  async function turn(): Promise<void> {
    const until = performance.now() + BUDGET_MS;
    do {
      waiting.shift()?.();
      // It continues before this does.
      await null;
    } while (waiting.length > 0 && performance.now() < until);
    scheduled = waiting.length > 0;
    if (scheduled) setImmediate(turn);
  }

  return {
    next: () =>
      new Promise((resolve) => {
        waiting.push(resolve);
        if (scheduled) return;
        scheduled = true;
        setImmediate(turn);
      }),
  };
}

/** Turns of the event loop for long work: whoever answers requests has his own between any two of them. */
export interface Turns {
  /** Resolves in a turn of its own: however many wait, one goes on in each, in the order in which they asked. */
  next(): Promise<void>;
}

export function createTurns(): Turns {
  const waiting: (() => void)[] = [];
  let scheduled = false;

  function turn(): void {
    waiting.shift()?.();
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

/*
 * How work shares this machine: in lanes, in turns of the event loop, in threads of lower priority, and not longer than
 * a given time.
 * Not here: the work itself.
 */

/** Work of which only so much runs at once: the rest waits, and its owners take turns. */
export interface Lanes {
  /** Does the work when its owner's turn comes; each owner's in order. */
  run<T>(owner: string, work: () => Promise<T>): Promise<T>;
}

export function createLanes(limits: { readonly ofOwner: number; readonly together: number }): Lanes {
  /** What waits, by owner: whose turn is next comes first. Written by `run`; `beginNext` takes the next. */
  const lines = new Map<string, (() => void)[]>();
  /** By owner, and in all. Both are written by `count`. */
  const running = new Map<string, number>();
  let all = 0;

  const isFree = (owner: string) => all < limits.together && (running.get(owner) ?? 0) < limits.ofOwner;

  function count(owner: string, change: 1 | -1): void {
    const left = (running.get(owner) ?? 0) + change;
    if (left > 0) running.set(owner, left);
    else running.delete(owner);
    all += change;
  }

  function beginNext(): void {
    // One that is returned, to the end of the round, is visited again.
    for (const [owner, line] of lines) {
      if (!isFree(owner)) continue;
      const begin = line.shift();
      lines.delete(owner);
      if (line.length > 0) lines.set(owner, line);
      count(owner, 1);
      begin?.();
    }
  }

  return {
    async run(owner, work) {
      // Nothing waits for an owner that is free: its next one has started.
      if (isFree(owner)) count(owner, 1);
      else
        await new Promise<void>((resolve) => {
          const line = lines.get(owner) ?? [];
          lines.set(owner, line);
          line.push(resolve);
        });
      try {
        return await work();
      } finally {
        count(owner, -1);
        beginNext();
      }
    },
  };
}

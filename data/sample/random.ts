/** Numbers by chance that are the same each time: mulberry32 from a seed. */
export interface Random {
  /** 0 up to, not including, 1. */
  next(): number;
  /** Mean 0, deviation 1, roughly normal, never beyond ±3.5: built of sums, for the same bits on every machine. */
  normal(): number;
  /** Positive, mean 2, with a tail. */
  gamma(): number;
  pick<T>(items: readonly T[]): T;
  weighted<T>(items: readonly (readonly [T, number])[]): T;
}

export function createRandom(seed: number): Random {
  let state = seed;
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const pick = <T>(items: readonly T[]): T => {
    const item = items[Math.floor(next() * items.length)];
    if (item === undefined) throw new Error("there is nothing to pick from");
    return item;
  };
  return {
    next,
    normal: () => Array.from({ length: 12 }, next).reduce((sum, n) => sum + n, -6),
    gamma() {
      const sum = next() + next();
      return sum * sum + next() * next() * 3.3;
    },
    pick,
    weighted(items) {
      let left = next() * items.reduce((sum, [, weight]) => sum + weight, 0);
      for (const [item, weight] of items) {
        left -= weight;
        if (left < 0) return item;
      }
      return pick(items.map(([item]) => item));
    },
  };
}

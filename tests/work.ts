/** A megabyte of small objects. */
const MEASURE = JSON.stringify(
  Array.from({ length: 12_000 }, (_, id) => ({ id, name: `Agency ${id}`, price: 1_000_000 + id, sold: id % 3 === 0 })),
);
const ROUNDS = 3;

/**
 * The processor time of this process for one run of `act`, as a multiple of what it takes to parse a megabyte of JSON:
 * measured in the same moment, so that the machine's speed and whatever else it does cancel out. The least of some rounds.
 */
export function workOf(act: () => unknown, runs = 1): number {
  const ratios = Array.from({ length: ROUNDS }, () => {
    const unit = unitMs();
    return cpuMs(act, runs) / unit;
  });
  return Math.min(...ratios);
}

/** Processor time for parsing a megabyte of JSON here and now: 4 ms on two slow cores. */
export function unitMs(): number {
  return cpuMs(() => JSON.parse(MEASURE), 4);
}

function cpuMs(act: () => unknown, runs: number): number {
  const before = process.cpuUsage();
  for (let run = 0; run < runs; run += 1) act();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000 / runs;
}

import { expect } from "bun:test";
import { tortureCluster } from "../cluster/cluster.ts";
import { withPrograms } from "../programs.ts";

const MINUTE_MS = 60_000;

withPrograms("redis-server")(
  "three hosts that are killed and cut off, on a Redis that is killed, too, do each job exactly once",
  async () => {
    const { faults } = await tortureCluster({
      jobs: 40,
      seed: 20_260_701,
      incidents: 7,
      calmMs: 4_000,
      stallTimeoutMs: 2 * MINUTE_MS,
    });
    expect(faults).toEqual([]);
  },
  6 * MINUTE_MS,
);

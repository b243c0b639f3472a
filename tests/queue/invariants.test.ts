import { afterAll, beforeAll, describe, test } from "bun:test";
import fc from "fast-check";
import { groupWithPrograms } from "../programs.ts";
import type { QueueStorage } from "./contract.ts";
import { type Step, World } from "./invariants-world.ts";
import { type RedisServer, startRedis } from "./redis-server.ts";
import { redisStorage } from "./redis-storage.ts";
import { sqliteStorage } from "./sqlite-storage.ts";

const which = fc.nat(1_000);

const offsets = fc.nat(3);

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({
        do: fc.constant("submit" as const),
        client: fc.nat(4),
        priority: fc.constantFrom(0, 5, 5, 9),
        withData: fc.boolean(),
        count: fc.integer({ min: 1, max: 4 }),
      }),
    },
    {
      weight: 5,
      arbitrary: fc.record({
        do: fc.constant("claim" as const),
        room: fc.record({ gathering: offsets, rendering: offsets, delivering: offsets, isolated: offsets }),
      }),
    },
    { weight: 6, arbitrary: fc.record({ do: fc.constantFrom("advance" as const, "begin" as const), which }) },
    {
      weight: 5,
      arbitrary: fc.record({
        do: fc.constantFrom(
          "release" as const,
          "stale" as const,
          "cancel" as const,
          "retry" as const,
          "acknowledge" as const,
        ),
        which,
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        do: fc.constant("fail" as const),
        which,
        retryInMs: fc.constantFrom(null, 0, 10),
        crashed: fc.boolean(),
      }),
    },
    { weight: 1, arbitrary: fc.record({ do: fc.constant("wait" as const), ms: fc.constantFrom(1, 10) }) },
    {
      weight: 2,
      arbitrary: fc.record({
        do: fc.constantFrom("kill" as const, "restart" as const, "retryAll" as const, "queueByHand" as const),
      }),
    },
  ),
  { minLength: 5, maxLength: 60 },
);

const TITLE =
  "no job is lost, none is claimed twice at once, clients take turns in every lane, and nothing stale has a say";

async function holds(makeStorage: () => Promise<QueueStorage>, numRuns: number): Promise<void> {
  await fc.assert(
    fc.asyncProperty(steps, async (steps) => {
      const world = await World.create(await makeStorage());
      try {
        for (const step of steps) await world.take(step);
        await world.check();
      } finally {
        await world.remove();
      }
    }),
    { numRuns },
  );
}

describe("whatever happens to the queue in SQLite", () => {
  test(TITLE, () => holds(sqliteStorage, 100), 120_000);
});

groupWithPrograms("redis-server")("whatever happens to the queue in Redis", () => {
  let server: RedisServer;
  beforeAll(async () => {
    server = await startRedis();
  });
  afterAll(() => server.remove());

  test(TITLE, () => holds(redisStorage(server), 60), 120_000);
});

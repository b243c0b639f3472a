import type { RedisClient } from "../../redis/redis.ts";
import {
  bucketOf,
  bucketStarts,
  type Statistics,
  type StatisticsBucket,
  type StatisticsWindow,
  WINDOWS,
} from "../statistics.ts";
import type { RedisKeyNames } from "./keys.ts";

const MINUTE_MS = 60_000;

/** The jobs that ended recently, counted, from what the scripts store of each minute. */
export function createStatistics(client: RedisClient, keys: RedisKeyNames, now: () => Date) {
  async function read(startMs: number, bucketMs: number): Promise<StatisticsBucket> {
    const minutes = Array.from({ length: bucketMs / MINUTE_MS }, (_, index) => startMs + index * MINUTE_MS);
    const ended = (await Promise.all(minutes.map((minute) => client.hvals(keys.endedIn(minute))))).flat();
    const count = (status: string) => ended.filter((entry) => entry.startsWith(status)).length;
    const seconds = ended.flatMap((entry) =>
      entry.startsWith("completed ") ? Number(entry.split(" ")[1]) / 1_000 : [],
    );
    return bucketOf(startMs, seconds, { failed: count("failed"), cancelled: count("cancelled") });
  }

  return (window: StatisticsWindow): Promise<Statistics> => {
    const { bucketMs } = WINDOWS[window];
    return Promise.all(bucketStarts(window, now()).map((start) => read(start, bucketMs)));
  };
}

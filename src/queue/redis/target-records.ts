import type { RedisClient } from "../../redis/redis.ts";
import type { TargetRecord, TargetRecords } from "../target-records.ts";
import type { RedisKeyNames } from "./keys.ts";

/** The results of the deliveries to each target, of all hosts. Each field is written by itself: two hosts may write at once. */
export function createTargetRecords(client: RedisClient, keys: RedisKeyNames): TargetRecords {
  return {
    async of(target): Promise<TargetRecord | null> {
      const stored = await client.hgetall(keys.target(target));
      if (Object.keys(stored).length === 0) return null;
      const { last_success_at, last_failure_at, failing_since, failures, last_error } = stored;
      return {
        lastSuccessAt: last_success_at ?? null,
        lastFailureAt: last_failure_at ?? null,
        failingSince: failing_since ?? null,
        failures: Number(failures ?? 0),
        lastError: last_error ?? null,
      };
    },
    async succeeded(target, at) {
      const key = keys.target(target);
      await client
        .multi()
        .hset(key, { last_success_at: at })
        .hdel(key, "failing_since", "failures", "last_error")
        .exec();
    },
    async failed(target, at, error) {
      const key = keys.target(target);
      await client
        .multi()
        .hset(key, { last_failure_at: at, last_error: error })
        .hsetnx(key, "failing_since", at)
        .hincrby(key, "failures", 1)
        .exec();
    },
  };
}

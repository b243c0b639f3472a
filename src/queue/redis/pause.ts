import type { RedisClient } from "../../redis/redis.ts";
import type { Pause, QueueAction } from "../queue.ts";
import type { RedisKeyNames } from "./keys.ts";

/** Whether anything is started; lua/operator.lua writes it. */
export async function readPause(client: RedisClient, keys: RedisKeyNames): Promise<Pause | null> {
  const { since, by } = await client.hgetall(keys.paused);
  return since === undefined || by === undefined ? null : { since, by };
}

/** Who paused and resumed, the latest first. */
export async function readActions(
  client: RedisClient,
  keys: RedisKeyNames,
  limit: number,
): Promise<readonly QueueAction[]> {
  const actions = await client.lrange(keys.actions, 0, limit - 1);
  return actions.map((text) => JSON.parse(text) as QueueAction);
}

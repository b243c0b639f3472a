import type { RedisClient } from "../../redis/connection.ts";
import type { Pause } from "../queue.ts";
import type { Keys } from "./keys.ts";

/** Whether anything is started; lua/operator.lua writes it. */
export async function readPause(client: RedisClient, keys: Keys): Promise<Pause | null> {
  const { since, by } = await client.hgetall(keys.paused);
  return since === undefined || by === undefined ? null : { since, by };
}

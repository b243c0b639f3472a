import { Failure } from "../../failure.ts";
import type { RedisClient } from "../../redis/redis.ts";
import type { Durability } from "../../redis/server.ts";
import { messages } from "../messages.ts";

/** The longest that a post waits for the disk and the replicas. */
const WAIT_MS = 5_000;
const RETRY_AFTER_MS = 5_000;

/**
 * Returns how to wait until every response on this connection so far is on Redis's disk and with as many
 * replicas. Those that wait at the same time wait together.
 */
export function createConfirmation(client: RedisClient, durability: Durability, replicas: number): () => Promise<void> {
  const usesWaitaof = durability === "waitaof";
  if (!usesWaitaof && replicas === 0) return async () => {};
  /** Written by what `createConfirmation` returns. */
  let requested: Promise<void> = Promise.resolve();
  /** Written by `confirm` and what `createConfirmation` returns. */
  let next: Promise<void> | null = null;

  async function confirm(): Promise<void> {
    next = null;
    const response = usesWaitaof
      ? ((await client.call("WAITAOF", "1", String(replicas), String(WAIT_MS))) as readonly number[])
      : [1, (await client.call("WAIT", String(replicas), String(WAIT_MS))) as number];
    const [onDisk = 0, copies = 0] = response;
    if (onDisk >= 1 && copies >= replicas) return;
    const missing = onDisk < 1 ? messages.notSynced : messages.notReplicated(copies, replicas);
    throw new Failure("redis_unavailable", messages.notDurable(missing, WAIT_MS / 1_000), {
      transient: true,
      uncounted: true,
      retryAfterMs: RETRY_AFTER_MS,
    });
  }

  // One that began before this call may have been sent before the last response came: the next one counts.
  return () => {
    next ??= requested = requested.catch(() => {}).then(confirm);
    return next;
  };
}

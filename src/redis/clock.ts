import { messages } from "./messages.ts";
import type { RedisClient } from "./redis.ts";

/**
 * Jobs use Redis's clock. Beyond this difference, what depends on the host's own is refused: signatures, sign-ins,
 * tokens.
 */
const OFF_MS = 60_000;

/** What to report about a host's clock that is so far ahead of Redis's, in milliseconds; null where it is good enough. */
export function clockProblem(aheadMs: number): string | null {
  if (Math.abs(aheadMs) < OFF_MS) return null;
  const seconds = Math.round(Math.abs(aheadMs) / 1_000);
  return messages.clockAway(seconds, aheadMs > 0 ? "ahead of" : "behind");
}

/** How far this host's clock is ahead of Redis's, in milliseconds. */
export async function clockAhead(client: RedisClient): Promise<number> {
  const sentAt = Date.now();
  const [seconds, microseconds] = (await client.time()) as unknown as readonly [number | string, number | string];
  return (sentAt + Date.now()) / 2 - (Number(seconds) * 1_000 + Number(microseconds) / 1_000);
}

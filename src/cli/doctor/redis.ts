import { asFailure } from "../../failure.ts";
import { parseRedisAddress } from "../../redis/address.ts";
import { clockAhead, clockProblem } from "../../redis/clock.ts";
import { connect, createClient, type RedisClient } from "../../redis/redis.ts";
import { checkServer } from "../../redis/server.ts";
import { type Finding, fail, ok, warn } from "./finding.ts";
import { messages } from "./messages.ts";

async function checkHostClock(client: RedisClient): Promise<Finding> {
  const aheadMs = await clockAhead(client);
  const [problem = null, advice = ""] = clockProblem(aheadMs)?.split(/: (.*)/) ?? [];
  if (problem !== null) return fail("clock of Redis", problem, advice);
  return ok("clock of Redis", messages.clockAway((Math.abs(aheadMs) / 1_000).toFixed(1)));
}

/** Whether Redis is reached and can store jobs: its version, its memory policy, whether it writes to its disk. */
export async function checkRedis(url: string, durable: boolean): Promise<readonly Finding[]> {
  const address = parseRedisAddress(url);
  const client = createClient(address);
  try {
    await connect(client, address);
    const { warnings } = await checkServer(client, address, { durable });
    const clock = await checkHostClock(client);
    if (warnings.length === 0) return [ok("redis", messages.redisSuitable), clock];
    return [...warnings.map((warning) => warn("redis", warning, "docs/several-hosts.md")), clock];
  } catch (error) {
    return [fail("redis", asFailure(error).message, "check Redis and AGENTLINK_REDIS_URL: docs/several-hosts.md")];
  } finally {
    client.disconnect();
  }
}

import { asFailure } from "../../failure.ts";
import { parseRedisAddress } from "../../redis/address.ts";
import { connect, createClient } from "../../redis/connection.ts";
import { checkServer } from "../../redis/server.ts";
import { type Finding, fail, ok, warn } from "./finding.ts";

/** Whether Redis is reached and can keep jobs: its version, its memory policy, whether it writes to its disk. */
export async function checkRedis(url: string, durable: boolean): Promise<readonly Finding[]> {
  const address = parseRedisAddress(url);
  const client = createClient(address);
  try {
    await connect(client, address);
    const { warnings } = await checkServer(client, address, { durable });
    if (warnings.length === 0) return [ok("redis", "reached, and fit to keep jobs")];
    return warnings.map((warning) => warn("redis", warning, "docs/several-hosts.md"));
  } catch (error) {
    return [fail("redis", asFailure(error).message, "see to Redis or AGENTLINK_REDIS_URL: docs/several-hosts.md")];
  } finally {
    client.disconnect();
  }
}

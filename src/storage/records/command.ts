import { keysBelow } from "../../queue/redis/keys.ts";
import { parseRedisAddress } from "../../redis/address.ts";
import { redisFailure } from "../../redis/failures.ts";
import { connect, createClient } from "../../redis/redis.ts";
import type { RecordKind } from "./records.ts";
import { openSharedRecords } from "./shared.ts";

/** A record of all hosts, for a command. @throws Failure "redis" where Redis cannot be reached. */
export async function readShared(url: string, prefix: string, kind: RecordKind, name: string): Promise<string | null> {
  const address = parseRedisAddress(url);
  const client = createClient(address);
  try {
    await connect(client, address);
    return await openSharedRecords({ client, base: keysBelow(prefix).base }).get(kind, name);
  } catch (error) {
    throw redisFailure(error);
  } finally {
    client.disconnect();
  }
}

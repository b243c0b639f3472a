import { keysBelow } from "../../queue/redis/keys.ts";
import { parseRedisAddress } from "../../redis/address.ts";
import { redisFailure } from "../../redis/failures.ts";
import { connect, createClient } from "../../redis/redis.ts";
import type { Act, AuditFilter, AuditLog, AuditPage } from "./audit.ts";
import { openSharedAudit } from "./shared.ts";

/** Records what a command did, for all hosts. @throws Failure "redis" where Redis cannot be reached. */
export function recordShared(url: string, prefix: string, act: Act): Promise<void> {
  return withShared(url, prefix, (audit) => audit.record(act));
}

/** A page of the list of all hosts, for a command. @throws Failure "redis". */
export function pageShared(url: string, prefix: string, filter: AuditFilter): Promise<AuditPage> {
  return withShared(url, prefix, (audit) => audit.page(filter));
}

async function withShared<T>(url: string, prefix: string, work: (audit: AuditLog) => Promise<T>): Promise<T> {
  const address = parseRedisAddress(url);
  const client = createClient(address);
  try {
    await connect(client, address);
    return await work(openSharedAudit({ client, base: keysBelow(prefix).base }));
  } catch (error) {
    throw redisFailure(error);
  } finally {
    client.disconnect();
  }
}

import { asFailure, Failure } from "../../failure.ts";
import type { RedisClient } from "../../redis/redis.ts";
import { messages } from "../messages.ts";
import type { RecordKind, Records } from "./records.ts";

/** KEYS: the values by name, the names in the order of their letters. ARGV: the name, the value. */
const PUT_IF_ABSENT = `
  if redis.call('HSETNX', KEYS[1], ARGV[1], ARGV[2]) == 0 then return 0 end
  redis.call('ZADD', KEYS[2], 0, ARGV[1])
  return 1`;

/** Those of all hosts. @throws Failure "records_unavailable" (transient), from every call, where Redis does not respond. */
export function openSharedRecords({ client, base }: { readonly client: RedisClient; readonly base: string }): Records {
  const values = (kind: RecordKind) => `${base}:records:${kind}`;
  const names = (kind: RecordKind) => `${base}:record-names:${kind}`;

  async function attempting<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (cause) {
      const words = messages.recordsUnavailable(asFailure(cause).message);
      throw new Failure("records_unavailable", words, { transient: true, cause });
    }
  }

  return {
    get: (kind, name) => attempting(() => client.hget(values(kind), name)),
    last: (kind, limit) =>
      attempting(async () => {
        const found = await client.zrange(names(kind), "+", "-", "BYLEX", "REV", "LIMIT", 0, limit);
        const texts = found.length === 0 ? [] : await client.hmget(values(kind), ...found);
        return found.flatMap((name, at) => {
          const value = texts[at];
          return value == null ? [] : [{ name, value }];
        });
      }),
    put: (kind, name, value) =>
      attempting(async () => {
        await client.multi().hset(values(kind), name, value).zadd(names(kind), 0, name).exec();
      }),
    putIfAbsent: (kind, name, value) =>
      attempting(async () => (await client.eval(PUT_IF_ABSENT, 2, values(kind), names(kind), name, value)) === 1),
    remove: (kind, name) =>
      attempting(async () => {
        const done = await client.multi().hdel(values(kind), name).zrem(names(kind), name).exec();
        return done?.[0]?.[1] === 1;
      }),
    trim: (kind, most, within = "") =>
      attempting(async () => {
        const [from, to] = within === "" ? ["-", "+"] : [`[${within}`, `(${within}\u{10ffff}`];
        const found = await client.zrange(names(kind), from, to, "BYLEX");
        const old = found.slice(0, Math.max(0, found.length - most));
        if (old.length > 0)
          await client
            .multi()
            .hdel(values(kind), ...old)
            .zrem(names(kind), ...old)
            .exec();
      }),
    close() {},
  };
}

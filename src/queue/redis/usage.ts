import type { RedisClient } from "../../redis/redis.ts";
import {
  FIRST_MONTH,
  inOrder,
  monthsOf,
  USAGE_DAYS,
  type UsageDay,
  type UsageMonth,
  type UsageRange,
} from "../usage.ts";
import type { RedisKeyNames } from "./keys.ts";

const NONE = { accepted: 0, reports: 0, documents: 0, pages: 0 };

/** What the scripts have counted. */
export async function readUsage(
  client: RedisClient,
  keys: RedisKeyNames,
  range: UsageRange,
): Promise<readonly UsageMonth[]> {
  const found: UsageMonth[] = [];
  for (const month of monthsOf(range)) {
    const counted = new Map<string, UsageMonth>();
    for (const [field, count] of Object.entries(await client.hgetall(keys.usage(month)))) {
      const at = field.indexOf(":");
      const name = field.slice(at + 1);
      if (range.client !== undefined && name !== range.client) continue;
      const before = counted.get(name) ?? { month, client: name, ...NONE };
      counted.set(name, { ...before, [field.slice(0, at)]: Number(count) });
    }
    found.push(...counted.values());
  }
  return inOrder(found);
}

const DAY_MS = 24 * 3_600_000;

/** All of it, to be moved elsewhere. */
export async function readAllUsage(client: RedisClient, keys: RedisKeyNames, now: Date) {
  const days: UsageDay[] = [];
  // A day more at the end: somewhere it is tomorrow.
  for (let back = -1; back <= USAGE_DAYS; back += 1) {
    const day = new Date(now.getTime() - back * DAY_MS).toISOString().slice(0, 10);
    for (const [name, count] of Object.entries(await client.hgetall(keys.usageDay(day))))
      days.push({ day, client: name, accepted: Number(count) });
  }
  const to = new Date(now.getTime() + DAY_MS).toISOString().slice(0, 7);
  return { months: await readUsage(client, keys, { from: FIRST_MONTH, to }), days };
}

/** Puts what was counted elsewhere in place of what is here. */
export async function writeUsage(
  client: RedisClient,
  keys: RedisKeyNames,
  { months, days }: { readonly months: readonly UsageMonth[]; readonly days: readonly UsageDay[] },
): Promise<void> {
  for (const { month, client: name, ...counts } of months)
    for (const [what, count] of Object.entries(counts)) await client.hset(keys.usage(month), `${what}:${name}`, count);
  for (const { day, client: name, accepted } of days) {
    await client.hset(keys.usageDay(day), name, accepted);
    await client.expire(keys.usageDay(day), (USAGE_DAYS * DAY_MS) / 1_000);
  }
}

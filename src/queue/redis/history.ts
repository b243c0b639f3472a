import type { RedisClient } from "../../redis/redis.ts";
import type { ClientChange, JobEvent } from "../job.ts";
import type { RedisKeyNames } from "./keys.ts";
import { toEvent, toFields } from "./record.ts";

const MOST = 1_000;

/** The changes of jobs: those of all in one stream, the latest 100,000 of them, and those of each as long as it is stored. */
export function createHistory(client: RedisClient, keys: RedisKeyNames) {
  /** Those from before each client's were separate: of the stream of all. */
  async function changesBefore(clientName: string, after: number, limit: number): Promise<readonly ClientChange[]> {
    const since = Number((await client.get(keys.clientChangesSince)) ?? 0);
    const found: ClientChange[] = [];
    for (let last = after; last < since && found.length < limit; ) {
      const entries = await client.xrange(keys.events, `(${last}-18446744073709551615`, `${since}-0`, "COUNT", MOST);
      const changes = entries.map(([id, flat]) => ({ id: Number.parseInt(id, 10), jobId: toFields(flat)?.job ?? "" }));
      const clients = await Promise.all(changes.map(({ jobId }) => client.hget(keys.job(jobId), "client")));
      found.push(...changes.filter((_, index) => clients[index] === clientName));
      last = entries.length < MOST ? since : (changes.at(-1)?.id ?? since);
    }
    return found.slice(0, limit);
  }

  return {
    async events(after: number, limit: number): Promise<readonly JobEvent[]> {
      const most = Math.min(limit, MOST);
      const found: JobEvent[] = [];
      for (let last = `${after}-18446744073709551615`; found.length < most; ) {
        const entries = await client.xrange(keys.events, `(${last}`, "+", "COUNT", most);
        for (const [id, flat] of entries) {
          const {
            job = "",
            at = "",
            from = "",
            from_stage = "",
            to = "",
            stage = "",
            actor = "",
          } = toFields(flat) ?? {};
          // A cancel request changes neither, and is not part of the history.
          if (from !== to || from_stage !== stage)
            found.push(toEvent(job, [id, at, from, from_stage, to, stage, actor]));
        }
        if (entries.length < most) break;
        last = entries.at(-1)?.[0] ?? last;
      }
      return found.slice(0, most);
    },

    async changesOf(clientName: string, after: number, limit: number): Promise<readonly ClientChange[]> {
      const most = Math.min(limit, MOST);
      const earlier = await changesBefore(clientName, after, most);
      if (earlier.length > 0) return earlier;
      const flat = await client.zrangebyscore(
        keys.clientChanges(clientName),
        `(${after}`,
        "+inf",
        "WITHSCORES",
        "LIMIT",
        0,
        most,
      );
      return flat.flatMap((jobId, at) => (at % 2 === 0 ? [{ jobId, id: Number(flat[at + 1]) }] : []));
    },

    latestEvent: async (): Promise<number> => Number((await client.get(keys.lastEvent)) ?? 0),

    async history(id: string): Promise<readonly JobEvent[]> {
      const lines = await client.lrange(keys.history(id), 0, -1);
      return lines.map((line) => toEvent(id, line.split("|")));
    },
  };
}

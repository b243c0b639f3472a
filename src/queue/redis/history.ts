import type { RedisClient } from "../../redis/connection.ts";
import type { JobEvent } from "../job.ts";
import type { Keys } from "./keys.ts";
import { toEvent, toFields } from "./record.ts";

const MOST = 1_000;

/** The changes of jobs: those of all in one stream, the latest 100,000 of them, and those of each as long as it is kept. */
export function createHistory(client: RedisClient, keys: Keys) {
  return {
    async events(after: number, limit: number): Promise<readonly JobEvent[]> {
      const most = Math.min(limit, MOST);
      const found: JobEvent[] = [];
      for (let last = `${after}-18446744073709551615`; found.length < most; ) {
        const entries = await client.xrange(keys.events, `(${last}`, "+", "COUNT", most);
        for (const [id, flat] of entries) {
          const { job = "", at = "", from = "", from_stage = "", to = "", stage = "", kept } = toFields(flat) ?? {};
          if (kept === "1") found.push(toEvent(job, [id, at, from, from_stage, to, stage]));
        }
        if (entries.length < most) break;
        last = entries.at(-1)?.[0] ?? last;
      }
      return found.slice(0, most);
    },

    latestEvent: async (): Promise<number> => Number((await client.get(keys.lastEvent)) ?? 0),

    async history(id: string): Promise<readonly JobEvent[]> {
      const lines = await client.lrange(keys.history(id), 0, -1);
      return lines.map((line) => toEvent(id, line.split("|")));
    },
  };
}

import type { RedisClient } from "../../redis/redis.ts";
import { type Job, MOST_RETRIES } from "../job.ts";
import type { JobSelection, Queue } from "../queue.ts";
import { inParts, pruneInParts } from "../removal.ts";
import { retriedTooOften, retryInParts } from "../retries.ts";
import type { UsageRange } from "../usage.ts";
import type { RedisKeyNames } from "./keys.ts";
import type { createListing } from "./listing.ts";
import { readActions, readPause } from "./pause.ts";
import type { Scripts } from "./script.ts";
import { readUsage } from "./usage.ts";

const POSITION_LIMIT = 10_000;
const PRUNE_A_SCRIPT = 100;

interface OperationDependencies {
  readonly scripts: Scripts;
  readonly client: RedisClient;
  readonly keys: RedisKeyNames;
  readonly listing: ReturnType<typeof createListing>;
}

/** What people and the service do with stored jobs, one or many: see lua/operator.lua and lua/records.lua. */
export function createOperations({ scripts, client, keys, listing }: OperationDependencies) {
  async function jobAfter(operation: "cancel" | "retry" | "send", id: string, by = ""): Promise<Job | null> {
    const done = await scripts.run(operation, [id, by, MOST_RETRIES]);
    if (done === -1) throw retriedTooOften(id);
    return listing.get(id);
  }

  return {
    wake: async (dependency: string, limit: number) => (await scripts.run("wake", [dependency, limit])) as number,
    cancel: (id: string, by?: string) => jobAfter("cancel", id, by),
    retry: (id: string, by?: string) => jobAfter("retry", id, by),
    send: (id: string, by?: string) => jobAfter("send", id, by),
    retryAll: (filter: JobSelection, by = "") =>
      retryInParts(filter, listing.list, async (part) => {
        return (await scripts.run("retry_each", [by, MOST_RETRIES, ...part])) as number;
      }),
    pause: async (by: string) => void (await scripts.run("pause", [by])),
    resume: async (by = "operator") => void (await scripts.run("resume", [by])),
    prune: (endedBefore: Date, skip = 0) =>
      pruneInParts(
        async (limit, from) => {
          const counts = await scripts.run("prune", [endedBefore.getTime(), limit, from]);
          const [removed, retained] = counts as readonly [number, number];
          return { removed, retained };
        },
        skip,
        PRUNE_A_SCRIPT,
      ),
    remove: (ids: readonly string[]) =>
      inParts(ids, async (part) => {
        const [removed, retained, open] = (await scripts.run("remove_each", [...part])) as [number, number, number];
        return { removed, retained, open };
      }),
    reportsRemoved: async (paths: readonly string[]) =>
      void (paths.length > 0 && (await client.zrem(keys.removals, ...paths))),

    async position(id: string) {
      const ahead = (await scripts.run("position", [id, POSITION_LIMIT])) as string;
      return ahead === "" ? null : Number(ahead);
    },
    open: async () => (await scripts.run("open_jobs", [])) as number,
    paused: () => readPause(client, keys),
    usage: (range: UsageRange) => readUsage(client, keys, range),
    actions: (limit: number) => readActions(client, keys, limit),
    removals: (limit: number) => client.zrange(keys.removals, "0", String(limit - 1)),
  } satisfies Partial<Queue>;
}

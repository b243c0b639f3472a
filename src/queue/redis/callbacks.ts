import type { RedisClient } from "../../redis/redis.ts";
import type { CallbackAttempt, CallbackOutcome, Callbacks } from "../callback.ts";
import type { RedisKeyNames } from "./keys.ts";
import { toCallback, toCallbackAttempt, toFields } from "./record.ts";
import type { Scripts } from "./script.ts";

export interface CallbackQueueDependencies {
  readonly client: RedisClient;
  readonly keys: RedisKeyNames;
  readonly scripts: Scripts;
  readonly holder: string;
}

/** Who is told of the jobs' ends: see lua/callbacks.lua. */
export function createCallbacks({ client, keys, scripts, holder }: CallbackQueueDependencies): Callbacks {
  let lastAddress = "";

  return {
    async due(perAddress, leftAlone = []) {
      const args = [holder, perAddress, lastAddress, JSON.stringify(leftAlone)];
      const [last, found] = (await scripts.run("callbacks_due", args)) as [string, unknown[]];
      lastAddress = last;
      return found.flatMap((flat) => {
        const fields = toFields(flat);
        return fields === null ? [] : [toCallback(fields)];
      });
    },

    async nextDue() {
      const ms = (await scripts.run("callbacks_next", [holder])) as string;
      return ms === "" ? null : new Date(scripts.now().getTime() + Number(ms)).toISOString();
    },

    async recordAttempt(id: string, attempt: CallbackAttempt, outcome: CallbackOutcome) {
      const inMs = (at: Date) => at.getTime() - scripts.now().getTime();
      const [what, againInMs] = typeof outcome === "string" ? [outcome, ""] : ["again", inMs(outcome.againAt)];
      await scripts.run("callback_tried", [id, JSON.stringify(attempt), what, againInMs]);
    },

    async resend(jobId: string) {
      const fields = toFields(await scripts.run("callback_resend", [jobId]));
      return fields === null ? null : toCallback(fields);
    },

    async counts() {
      const [pending, failing, failed, since, attempts, last] = (await scripts.run("callback_counts", [])) as [
        ...[number, number, number],
        ...[string, number, string],
      ];
      const oldestFailing =
        since === "" ? null : { since, attempts, error: last === "" ? null : toCallbackAttempt(last).error };
      return { pending, failing, failed, oldestFailing };
    },

    async of(jobId: string) {
      const ids = await client.lrange(keys.told(jobId), 0, -1);
      const kept = await Promise.all(
        ids.map(async (id) => ({
          fields: await client.hgetall(keys.callback(id)),
          attempts: await client.lrange(keys.tries(id), 0, -1),
        })),
      );
      return kept.flatMap(({ fields, attempts }) =>
        fields.id === undefined ? [] : [{ ...toCallback(fields), attemptLog: attempts.map(toCallbackAttempt) }],
      );
    },
  };
}

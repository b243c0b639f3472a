import type { RedisClient } from "../../redis/redis.ts";
import type { CallbackAttempt, CallbackHost, CallbackOutcome, Callbacks } from "../callback.ts";
import type { RedisKeyNames } from "./keys.ts";
import { toCallback, toCallbackAttempt, toFields } from "./record.ts";
import type { Scripts } from "./script.ts";

/** Read for the hosts of callbacks, and listed. */
const ADDRESSES = 1_000;
const FAILING = 1_000;
const SENT_NOW = 1_000;
const HOSTS = 200;

export interface CallbackQueueDependencies {
  readonly client: RedisClient;
  readonly keys: RedisKeyNames;
  readonly scripts: Scripts;
  readonly holder: string;
}

/** The callbacks of jobs: see lua/callbacks.lua. */
export function createCallbacks({ client, keys, scripts, holder }: CallbackQueueDependencies): Callbacks {
  /** Written by `due`. */
  let lastAddress = "";

  return {
    async due(perAddress, paused = []) {
      const args = [holder, perAddress, lastAddress, JSON.stringify(paused)];
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
      const [what, againInMs] = typeof outcome === "string" ? [outcome, ""] : ["retry", inMs(outcome.againAt)];
      await scripts.run("record_callback_attempt", [id, JSON.stringify(attempt), what, againInMs]);
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

    async failing(host: string): Promise<readonly string[]> {
      const jobs = new Set<string>();
      for (const id of await client.zrange(keys.callbacksFailing, "0", String(FAILING - 1))) {
        const [url, job] = await client.hmget(keys.callback(id), "url", "job_id");
        if (job && hostOf(url ?? "") === host) jobs.add(job);
      }
      return [...jobs];
    },

    async hosts(): Promise<readonly CallbackHost[]> {
      const addresses = await client.zrange(keys.callbackAddresses, "0", String(ADDRESSES - 1));
      const pending = new Map<string, number>();
      for (const address of addresses) {
        const host = hostOf(address);
        pending.set(host, (pending.get(host) ?? 0) + (await client.zcard(keys.callbacksDue(address))));
      }
      // Those that a host is sending just now are due for no other host.
      for (const id of await client.zrange(keys.callbackLeases, "0", String(SENT_NOW - 1))) {
        const host = hostOf((await client.hget(keys.callback(id), "url")) ?? "");
        pending.set(host, (pending.get(host) ?? 0) + 1);
      }
      const failing = new Map<string, { first: string; count: number }>();
      // The one that began to fail first is the first.
      for (const id of await client.zrange(keys.callbacksFailing, "0", String(FAILING - 1))) {
        const host = hostOf((await client.hget(keys.callback(id), "url")) ?? "");
        const known = failing.get(host);
        failing.set(host, { first: known?.first ?? id, count: (known?.count ?? 0) + 1 });
      }
      const names = new Set([...pending.keys(), ...failing.keys()]);
      const hosts = await Promise.all(
        [...names].map(async (host) => {
          const found = failing.get(host);
          const [since, last] =
            found === undefined
              ? [null, null]
              : await Promise.all([
                  client.hget(keys.callback(found.first), "since"),
                  client.lindex(keys.callbackAttempts(found.first), -1),
                ]);
          return {
            host,
            pending: Math.max(pending.get(host) ?? 0, found?.count ?? 0),
            failing: found?.count ?? 0,
            failingSince: since,
            error: last ? toCallbackAttempt(last).error : null,
          };
        }),
      );
      return hosts.toSorted((a, b) => b.failing - a.failing || b.pending - a.pending).slice(0, HOSTS);
    },

    async of(jobId: string) {
      const ids = await client.lrange(keys.callbacksOf(jobId), 0, -1);
      const stored = await Promise.all(
        ids.map(async (id) => ({
          fields: await client.hgetall(keys.callback(id)),
          attempts: await client.lrange(keys.callbackAttempts(id), 0, -1),
        })),
      );
      return stored.flatMap(({ fields, attempts }) =>
        fields.id === undefined ? [] : [{ ...toCallback(fields), attemptLog: attempts.map(toCallbackAttempt) }],
      );
    },
  };
}

/** An earlier program stored the host alone. */
function hostOf(address: string): string {
  return URL.canParse(address) ? new URL(address).host : address;
}

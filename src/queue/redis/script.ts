import { createHasher } from "../../host/hash.ts";
import { redisFailure } from "../../redis/failures.ts";
import type { RedisClient } from "../../redis/redis.ts";
import { bullmqCommands } from "./bullmq.ts";
import type { RedisKeyNames } from "./keys.ts";
import attempt from "./lua/attempt.lua" with { type: "text" };
import callbacks from "./lua/callbacks.lua" with { type: "text" };
import claim from "./lua/claim.lua" with { type: "text" };
import clock from "./lua/clock.lua" with { type: "text" };
import engine from "./lua/engine.lua" with { type: "text" };
import finish from "./lua/finish.lua" with { type: "text" };
import identity from "./lua/identity.lua" with { type: "text" };
import lanes from "./lua/lanes.lua" with { type: "text" };
import leases from "./lua/leases.lua" with { type: "text" };
import move from "./lua/move.lua" with { type: "text" };
import open from "./lua/open.lua" with { type: "text" };
import operator from "./lua/operator.lua" with { type: "text" };
import records from "./lua/records.lua" with { type: "text" };
import start from "./lua/start.lua" with { type: "text" };
import submit from "./lua/submit.lua" with { type: "text" };
import upgrade from "./lua/upgrade.lua" with { type: "text" };

const BODY = [
  start,
  bullmqCommands(),
  engine,
  records,
  clock,
  identity,
  lanes,
  upgrade,
  open,
  submit,
  claim,
  attempt,
  leases,
  operator,
  callbacks,
  move,
  finish,
].join("\n");

/** Scripts that store more are refused when Redis is full; scripts that let jobs end or be deleted must not be. */
const GROWS = script(BODY);
const DRAINS = script(`#!lua flags=allow-oom\n${BODY}`);
const GROWING: ReadonlySet<string> = new Set(["submit", "claim", "put"]);

/** Within this a script's time is that of its response. */
const QUICK_MS = 1_000;

/** A change of a job that a script made. */
export interface ScriptChange {
  /** Grows with each change of any job. */
  readonly number: number;
  readonly id: string;
  readonly from: string;
  readonly status: string;
  readonly stage: string;
  readonly cancelRequested: boolean;
  readonly manual: boolean;
}

export type Arg = string | number;

export interface Scripts {
  /**
   * Runs one operation of lua/, whole or not at all, and returns its result. Listeners are notified of its changes before
   * this resolves.
   * @throws Failure "redis_unavailable", "redis_full", "store_newer": a script that was sent may have run all the same.
   */
  run(operation: string, args: readonly Arg[], client?: RedisClient): Promise<unknown>;
  /** The time by the scripts' clock. */
  now(): Date;
  /** How far this host's own clock is ahead of it, in milliseconds, as far as it is known. */
  clockAheadMs(): number;
}

export interface ScriptDependencies {
  readonly client: RedisClient;
  readonly keys: RedisKeyNames;
  /** Instead of Redis's clock. */
  readonly now?: () => Date;
  /** The host's name. */
  readonly holder: string;
  /** This process: distinguishes its own changes from those of others. */
  readonly origin: string;
  readonly format: number;
  readonly onChanges: (changes: readonly ScriptChange[]) => void;
}

export function createScripts({ client, keys, now, holder, origin, format, onChanges }: ScriptDependencies): Scripts {
  /** Written by `noteClock`. */
  let aheadMs = 0;

  /** A response that took long means little about the time. */
  function noteClock(sentAt: number, durationMs: number, theirs: number): void {
    if (now === undefined && durationMs < QUICK_MS) aheadMs = Math.round(sentAt + durationMs / 2 - theirs);
  }

  return {
    async run(operation, args, on = client) {
      const { text, sha1 } = GROWING.has(operation) ? GROWS : DRAINS;
      const given = [keys.format, operation, now?.().getTime() ?? "", holder, origin, format, ...args];
      const sentAt = Date.now();
      const began = performance.now();
      try {
        const reply = await on
          .evalsha(sha1, 1, ...given)
          .catch((error) => (isUnknownScript(error) ? on.eval(text, 1, ...given) : Promise.reject(error)));
        const [response, changes, at] = reply as [unknown, readonly string[], string];
        noteClock(sentAt, performance.now() - began, Number(at));
        if (changes.length > 0) onChanges(toChanges(changes));
        return response;
      } catch (error) {
        throw redisFailure(error);
      }
    },
    now: () => now?.() ?? new Date(Date.now() - aheadMs),
    clockAheadMs: () => aheadMs,
  };
}

function script(text: string) {
  return { text, sha1: createHasher("sha1").update(text).digest("hex") };
}

function isUnknownScript(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith("NOSCRIPT");
}

function toChanges(flat: readonly string[]): readonly ScriptChange[] {
  const changes: ScriptChange[] = [];
  for (let index = 0; index < flat.length; index += 7) {
    const [number, id = "", from = "", status = "", stage = "", cancel = "", manual = ""] = flat.slice(
      index,
      index + 7,
    );
    changes.push({
      ...{ number: Number(number), id, from, status, stage },
      ...{ cancelRequested: cancel === "1", manual: manual === "1" },
    });
  }
  return changes;
}

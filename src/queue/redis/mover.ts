import { Failure } from "../../failure.ts";
import { parseRedisAddress } from "../../redis/address.ts";
import type { RedisClient } from "../../redis/redis.ts";
import { messages } from "../messages.ts";
import type { Pause, QueueAction } from "../queue.ts";
import { FORMAT, upgradeFormat } from "./format.ts";
import { keysBelow, type RedisKeyNames } from "./keys.ts";
import { openLink } from "./link.ts";
import { readActions, readPause } from "./pause.ts";
import { type Arg, createScripts } from "./script.ts";

/** What the scripts accept while a store is closed. */
const MOVER = "mover";
/** More than the scripts retain. */
const ALL_ACTIONS = 100_000;

/** Redis, as seen by a move of jobs to or from it. */
export interface Mover {
  readonly client: RedisClient;
  readonly keys: RedisKeyNames;
  run(operation: string, args: readonly Arg[]): Promise<unknown>;
  /** Refuses all services from now on, and brings what is stored to this program's format. @throws Failure "move_mixed". */
  close(options: { readonly why: string; readonly jobsGo: "here" | "away" }): Promise<void>;
  /** Whether a move to here was begun, and has not ended. */
  isHalfway(): Promise<boolean>;
  paused(): Promise<Pause | null>;
  /** Who paused and resumed, the latest first. */
  actions(): Promise<readonly QueueAction[]>;
  /** Ends the connection. */
  end(): void;
}

/** @throws Failure "redis". */
export async function openMover(url: string, prefix: string): Promise<Mover> {
  const link = await openLink(parseRedisAddress(url), false);
  const keys = keysBelow(prefix);
  const scripts = createScripts({
    client: link.client,
    keys,
    holder: MOVER,
    origin: MOVER,
    format: FORMAT,
    onChanges: () => {},
  });
  return {
    client: link.client,
    keys,
    run: (operation, args) => scripts.run(operation, args),
    isHalfway: async () => (await link.client.hget(keys.closed, "jobs")) === "here",
    async close({ why, jobsGo }) {
      const response = await scripts.run("close_for_move", [why, jobsGo]);
      if (response === "full") throw new Failure("move_mixed", messages.prefixInUse(keys.base));
      await upgradeFormat(scripts);
    },
    paused: () => readPause(link.client, keys),
    actions: () => readActions(link.client, keys, ALL_ACTIONS),
    end: () => link.close(),
  };
}

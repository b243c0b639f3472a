import type { RedisClient } from "../../redis/redis.ts";
import type { Stage, Status } from "../job.ts";
import type { JobChange } from "../queue.ts";
import type { RedisKeyNames } from "./keys.ts";

const AT_ONCE = 1_000;
const WAIT_MS = 2_000;
/** Between two reads what happens is gathered: a busy cluster is read in few large pieces. */
const GATHER_MS = 20;
const AGAIN_MS = 500;

export interface ChangesDependencies {
  readonly client: RedisClient;
  readonly keys: RedisKeyNames;
  /** Listeners have been notified of changes of this origin already. */
  readonly origin: string;
  readonly onChanges: (changes: readonly NumberedChange[]) => void;
}

export interface NumberedChange {
  /** Grows with each change of any job. */
  readonly number: number;
  readonly change: JobChange;
}

/**
 * Follows the stream of changes, and reports those of other hosts. After an outage it resumes where it was. Returns
 * how to stop it.
 */
export async function followChanges({ client, keys, origin, onChanges }: ChangesDependencies): Promise<() => void> {
  /** Written by `follow`. */
  let last = `${(await client.get(keys.lastEvent)) ?? "0"}-0`;
  /** Written by what `followChanges` returns. */
  let stopped = false;

  async function follow(): Promise<void> {
    while (!stopped) {
      try {
        const streams = await client.xread("COUNT", AT_ONCE, "BLOCK", WAIT_MS, "STREAMS", keys.events, last);
        const entries = streams?.[0]?.[1] ?? [];
        last = entries.at(-1)?.[0] ?? last;
        const changes = entries.flatMap(([id, flat]) => toChange(Number.parseInt(id, 10), flat, origin));
        if (changes.length > 0) onChanges(changes);
        await Bun.sleep(GATHER_MS);
      } catch {
        // Redis is unreachable; each call that needs it gets the error.
        await Bun.sleep(AGAIN_MS);
      }
    }
  }
  void follow();
  return () => {
    stopped = true;
  };
}

function toChange(number: number, flat: readonly string[], origin: string): readonly NumberedChange[] {
  const field = (name: string) => flat[flat.findIndex((value, index) => index % 2 === 0 && value === name) + 1] ?? "";
  if (field("origin") === origin) return [];
  const change: JobChange = {
    id: field("job"),
    status: field("to") as Status,
    stage: field("stage") as Stage,
    cancelRequested: field("cancel") === "1",
    ...(field("manual") === "1" && { manual: true }),
    ...(field("reached") !== "" && { reached: field("reached") }),
    elsewhere: true,
  };
  return [{ number, change }];
}

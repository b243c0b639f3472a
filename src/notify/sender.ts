import type { Logger } from "pino";
import { asFailure } from "../failure.ts";
import { messages } from "./messages.ts";

export interface Message {
  /** The same for each attempt, so that a mail that is sent twice is shown once. */
  readonly id?: string;
  readonly subject: string;
  readonly text: string;
}

/** A way to one person or channel. */
export interface Channel {
  readonly name: string;
  /**
   * Ends within a time of its own, and at once where the signal is aborted.
   * @throws Failure where it was not taken; with `retryAfterMs` where the other side names a time.
   */
  send(message: Message, signal?: AbortSignal): Promise<void>;
}

/** Messages of each channel in an hour, of all problems. */
const AN_HOUR = { messages: 20, ms: 3_600_000 } as const;
/** Between two attempts of a channel that takes nothing. */
const AGAIN_MS = { first: 30_000, most: 30 * 60_000 } as const;

interface SenderOptions {
  readonly channels: readonly Channel[];
  readonly now: () => number;
  readonly log: Pick<Logger, "warn">;
  /** Ends what is being sent, and starts nothing new. */
  readonly signal: AbortSignal;
}

/** Sends a message by all channels, each of which may pause, refuse or take its time by itself. */
export function createSender({ channels, now, log, signal }: SenderOptions) {
  /** By channel, until when it is paused. Written by `sendBy`. */
  const pauses = new Map<string, { readonly until: number; readonly waitMs: number }>();
  /** By channel, when its messages of the last hour were sent. Written by `sendBy`. */
  const sentAt = new Map<string, readonly number[]>();

  /** Sends to those that have not taken it, beside each other: a slow one delays no other. Returns all that have by now. */
  async function send(message: Message, taken: readonly string[]): Promise<readonly string[]> {
    const now = await Promise.all(
      channels.map(async (channel) => taken.includes(channel.name) || (await sendBy(channel, message))),
    );
    return channels.flatMap(({ name }, at) => (now[at] ? [name] : []));
  }

  async function sendBy(channel: Channel, message: Message): Promise<boolean> {
    const { name } = channel;
    const pause = pauses.get(name);
    if (signal.aborted || (pause !== undefined && pause.until > now())) return false;
    const recent = (sentAt.get(name) ?? []).filter((at) => at > now() - AN_HOUR.ms);
    if (recent.length >= AN_HOUR.messages) return false;
    sentAt.set(name, [...recent, now()]);
    try {
      await channel.send(message, signal);
      pauses.delete(name);
      return true;
    } catch (error) {
      if (signal.aborted) return false;
      const failure = asFailure(error);
      const waitMs = Math.min(AGAIN_MS.most, pause === undefined ? AGAIN_MS.first : pause.waitMs * 2);
      const untilMs = Math.max(waitMs, failure.options.retryAfterMs ?? 0);
      pauses.set(name, { until: now() + untilMs, waitMs });
      log.warn({ channel: name, err: failure }, messages.notSent(name, failure.message, Math.round(untilMs / 1_000)));
      return false;
    }
  }

  return { send };
}

import { Failure } from "../failure.ts";
import { messages } from "./messages.ts";

/** A number of requests in a number of seconds. */
export interface Rate {
  readonly requests: number;
  readonly windowS: number;
}

const WINDOWS: Readonly<Record<string, number>> = { s: 1, min: 60, h: 3_600 };

/** Parses a rate such as "60/min". @throws Failure "usage" that states the format. */
export function parseRate(text: string): Rate {
  const [, requests = "", unit = ""] = /^([1-9]\d{0,6})\/(s|min|h)$/.exec(text.trim()) ?? [];
  const windowS = WINDOWS[unit];
  if (windowS === undefined) throw new Failure("usage", messages.badRate);
  return { requests: Number(requests), windowS };
}

/** A rate as text. */
export function formatRate({ requests, windowS }: Rate): string {
  const unit = Object.entries(WINDOWS).find(([, seconds]) => seconds === windowS)?.[0] ?? `${windowS}s`;
  return `${requests}/${unit}`;
}

/** What is left of a rate after a request. */
export interface Allowance {
  readonly admitted: boolean;
  /** Requests that may come at once from now on. */
  readonly left: number;
  /** Until all of the rate is there again. */
  readonly fullInMs: number;
  /** Until the next request is admitted; 0 when it would be now. */
  readonly nextInMs: number;
}

/** Counts the requests of each key against its rate. */
export interface Meter {
  take(id: string, rate: Rate): Allowance;
}

/**
 * A bucket for each key that contains the whole rate and fills evenly, so that no moment, such as the turn of a minute,
 * lets twice the rate through. A refused request takes nothing. `now` is in milliseconds and never goes back.
 */
export function createMeter(now: () => number = () => performance.now()): Meter {
  /** Written by `take`. */
  const buckets = new Map<string, { tokens: number; at: number }>();
  return {
    take(id, { requests, windowS }) {
      const at = now();
      const msPerToken = (windowS * 1_000) / requests;
      const bucket = buckets.get(id) ?? { tokens: requests, at };
      buckets.set(id, bucket);
      bucket.tokens = Math.min(requests, bucket.tokens + (at - bucket.at) / msPerToken);
      bucket.at = at;
      const admitted = bucket.tokens >= 1;
      if (admitted) bucket.tokens -= 1;
      return {
        admitted,
        left: Math.floor(bucket.tokens),
        fullInMs: (requests - bucket.tokens) * msPerToken,
        nextInMs: Math.max(0, (1 - bucket.tokens) * msPerToken),
      };
    },
  };
}

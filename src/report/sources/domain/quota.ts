// How many calls Domain still accepts, from its responses.
import { messages } from "../messages.ts";
import { MINUTE_MS, readQuotaHeaders } from "./quota-headers.ts";

/** The day of Domain's quota ends at 10:00 AEST, which is midnight in Greenwich: Queensland's time, all year. */
function nextQuotaDay(now: Date): Date {
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate() + 1));
}

function isQuotaDay(time: Date): boolean {
  return time.getTime() % 86_400_000 === 0;
}

/** Calls that a response may not know of yet. */
const MOST_UNDER_WAY = 16;

export interface QuotaState {
  readonly minuteLimit: number | null;
  readonly minuteLeft: number | null;
  readonly dayLimit: number | null;
  readonly dayLeft: number | null;
}

/** Why no call may be made now, and until when. */
export interface QuotaWait {
  readonly message: string;
  readonly until: Date;
}

export interface DomainQuota {
  /** Takes the headers of the response to a call of this time into account. */
  read(headers: Headers, sentAt: Date): void;
  /** The quota of the day of this call is used up, as Domain reported. */
  spend(sentAt: Date): void;
  /** A call is made: it is counted until the headers of its response are known. */
  take(): void;
  wait(): QuotaWait | null;
  /** How many calls may be in flight at the same time. */
  concurrency(most: number): number;
  state(): QuotaState;
  /** An immediate attempt is requested. */
  forget(): void;
}

export function createQuota(now: () => Date): DomainQuota {
  /** Both are written by `read`, `take` and `spend`; `current` and `forget` clear them. */
  let minute: { readonly limit: number | null; left: number; readonly until: number } | null = null;
  let day: { readonly limit: number | null; left: number; readonly until: Date } | null = null;

  function current(): void {
    const at = now();
    if (minute !== null && at.getTime() >= minute.until) minute = null;
    if (day !== null && at >= day.until) day = null;
  }

  return {
    read(headers, at) {
      current();
      const reported = readQuotaHeaders(headers, at);
      if (reported.minute.left !== null) {
        // The minute that Domain counts in is at an end a minute after its first response at the latest.
        const until =
          minute?.until ?? Math.min(reported.minute.resetAt ?? Number.POSITIVE_INFINITY, at.getTime() + MINUTE_MS);
        const left = minute === null ? reported.minute.left : least(minute.left, reported.minute.left);
        minute = { limit: reported.minute.limit, left, until };
      }
      if (reported.day.left !== null) {
        const left = day === null ? reported.day.left : least(day.left, reported.day.left);
        // A gateway's window may be shorter than Domain's day.
        const until = new Date(Math.min(nextQuotaDay(at).getTime(), reported.day.resetAt ?? Number.POSITIVE_INFINITY));
        day = { limit: reported.day.limit, left, until };
      }
    },
    spend(at) {
      day = { limit: day?.limit ?? null, left: 0, until: nextQuotaDay(at) };
    },
    take() {
      current();
      if (minute !== null) minute.left -= 1;
      if (day !== null) day.left -= 1;
    },
    wait() {
      current();
      if (day !== null && day.left <= 0)
        return {
          message: messages.dailyQuota(isQuotaDay(day.until) ? "10:00 AEST" : day.until.toISOString()),
          until: day.until,
        };
      if (minute !== null && minute.left <= 0)
        return {
          message: messages.minuteQuota(minute.limit ?? "some"),
          until: new Date(minute.until),
        };
      return null;
    },
    concurrency(most) {
      current();
      const left = Math.min(minute?.left ?? most, day?.left ?? most);
      return Math.max(1, Math.min(most, left));
    },
    state() {
      current();
      return {
        minuteLimit: minute?.limit ?? null,
        minuteLeft: minute?.left ?? null,
        dayLimit: day?.limit ?? null,
        dayLeft: day?.left ?? null,
      };
    },
    forget() {
      minute = null;
      day = null;
    },
  };
}

/** Responses come in any order, so the least counts; one with far more belongs to a new period. */
function least(known: number, reported: number): number {
  return reported > known + MOST_UNDER_WAY ? reported : Math.min(known, reported);
}

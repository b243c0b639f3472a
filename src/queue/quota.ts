import { Failure } from "../failure.ts";
import { messages } from "./messages.ts";
import { type Calendar, monthOf, nextMonth } from "./usage.ts";

/** The requests of a client that are accepted in a day and in a month; null for no limit. */
export interface Quota {
  readonly perDay: number | null;
  readonly perMonth: number | null;
}

/** What a client has requested in a window of its quota, and requests now. */
export interface QuotaUse {
  readonly window: "day" | "month";
  readonly limit: number;
  readonly used: number;
  readonly requested: number;
}

/** The first bound that is passed; null where none is. */
export function pastQuota(quota: Quota, used: { readonly day: number; readonly month: number }, requested: number) {
  const uses: readonly QuotaUse[] = [
    ...(quota.perDay === null ? [] : [{ window: "day", limit: quota.perDay, used: used.day, requested } as const]),
    ...(quota.perMonth === null
      ? []
      : [{ window: "month", limit: quota.perMonth, used: used.month, requested } as const]),
  ];
  // The one that lasts longer determines when to retry.
  return uses.findLast((use) => use.used + requested > use.limit) ?? null;
}

/** Refuses what exceeds a quota, and states when it renews. */
export function quotaReached({ window, limit, used, requested }: QuotaUse, now: Date, calendar: Calendar): Failure {
  const day = calendar.dayOf(now);
  const next = window === "day" ? dayAfter(day) : `${nextMonth(monthOf(day))}-01`;
  const left = limit - used;
  const when = window === "day" ? "today" : "this month";
  const advice = left > 0 ? messages.requestAtMost(left, next) : `Wait until ${next}`;
  return new Failure("quota_reached", messages.quota(limit, window, used, when, requested, advice), {
    transient: true,
    retryAfterMs: Math.max(1_000, calendar.startOf(next).getTime() - now.getTime()),
    details: { window, limit, used },
  });
}

function dayAfter(day: string): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + 24 * 3_600_000).toISOString().slice(0, 10);
}

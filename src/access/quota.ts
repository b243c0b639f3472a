import { Failure } from "../failure.ts";
import type { Quota } from "../queue/quota.ts";
import { messages } from "./messages.ts";

/** Parses "20/day", "300/month" or both with a blank or comma between. @throws Failure "usage" that states the format. */
export function parseQuota(text: string): Quota {
  let quota: Quota = { perDay: null, perMonth: null };
  for (const part of text.trim().split(/[\s,]+/)) {
    const [, reports = "", window] = /^([1-9]\d{0,6})\/(day|month)$/.exec(part) ?? [];
    if (window === undefined || quota[window === "day" ? "perDay" : "perMonth"] !== null)
      throw new Failure("usage", messages.badQuota);
    quota = { ...quota, [window === "day" ? "perDay" : "perMonth"]: Number(reports) };
  }
  return quota;
}

/** A quota as text. */
export function formatQuota({ perDay, perMonth }: Quota): string {
  return [...(perDay === null ? [] : [`${perDay}/day`]), ...(perMonth === null ? [] : [`${perMonth}/month`])].join(" ");
}

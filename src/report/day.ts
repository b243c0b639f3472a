import type { State } from "./data-set.ts";

const TIME_ZONES: Readonly<Record<State, string>> = {
  ACT: "Australia/Sydney",
  NSW: "Australia/Sydney",
  NT: "Australia/Darwin",
  QLD: "Australia/Brisbane",
  SA: "Australia/Adelaide",
  TAS: "Australia/Hobart",
  VIC: "Australia/Melbourne",
  WA: "Australia/Perth",
};

/**
 * The day of a report, ISO: that of the request (an ISO-8601 moment) in the suburb's state. The delivered file, the
 * downloaded one and the cover all have it from here.
 */
export function reportDay(requestedAt: string, state: string): string {
  const format = new Intl.DateTimeFormat("en-CA", {
    timeZone: TIME_ZONES[state as State] ?? "UTC",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
  });
  return format.format(new Date(requestedAt));
}

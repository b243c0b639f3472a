import { signal } from "@preact/signals";

/** Whose clock times are shown by: the reader's own, UTC, or for what belongs to a report its suburb's. */
export const ZONE_CHOICES = ["local", "utc", "suburb"] as const;
export type ZoneChoice = (typeof ZONE_CHOICES)[number];

/** A clock to show a time by. */
export interface Zone {
  /** A name of the tz database. */
  readonly timeZone: string;
  /** Its name is beside the time, since one could take it for another's. */
  readonly named: boolean;
}

const STORED_AS = "agentlink.time-zone";

export const zoneChoice = signal(storedChoice());

/** The zone that this browser is in. */
export function localZone(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone;
}

/** Stores the choice in this browser, where that is allowed. */
export function chooseZone(choice: ZoneChoice): void {
  zoneChoice.value = choice;
  try {
    if (choice === "local") localStorage.removeItem(STORED_AS);
    else localStorage.setItem(STORED_AS, choice);
  } catch {
    // A browser that stores nothing forgets the choice with the page, which is what its owner requested.
  }
}

function storedChoice(): ZoneChoice {
  try {
    const stored = localStorage.getItem(STORED_AS);
    return ZONE_CHOICES.find((choice) => choice === stored) ?? "local";
  } catch {
    return "local";
  }
}

/**
 * The clock for a time by the reader's choice. `suburbZone` is that of the suburb that the time belongs to, null where it
 * belongs to none: such a time is the reader's own by the choice of the suburb's, too.
 */
export function zoneFor(suburbZone: string | null = null): Zone {
  const choice = zoneChoice.value;
  if (choice === "utc") return { timeZone: "UTC", named: true };
  if (choice === "suburb") return { timeZone: suburbZone ?? localZone(), named: true };
  return { timeZone: localZone(), named: suburbZone !== null && suburbZone !== localZone() };
}

/** When a day (2026-11-24), or the `plus`th after it, begins in a zone; null where there is no such day. */
export function startOfDay(day: string, plus: number, { timeZone }: Zone = zoneFor()): Date | null {
  const [year = 0, month = 1, date = 1] = day.split("-").map(Number);
  const utc = Date.UTC(year, month - 1, date + plus);
  if (Number.isNaN(utc)) return null;
  // The offset at a guess may be that of the other side of a change of the clocks: it is looked up again at that moment.
  const guess = utc - aheadMs(utc, timeZone);
  return new Date(utc - aheadMs(guess, timeZone));
}

/** How far a zone's clocks are ahead of UTC at a moment. */
function aheadMs(ms: number, timeZone: string): number {
  const format = new Intl.DateTimeFormat("en-US", { timeZone, timeZoneName: "longOffset" });
  const name = format.formatToParts(ms).find(({ type }) => type === "timeZoneName")?.value ?? "";
  const [, sign, hours = "0", minutes = "0"] = /^GMT(?:([+-])(\d{2}):(\d{2}))?/.exec(name) ?? [];
  return (sign === "-" ? -60_000 : 60_000) * (Number(hours) * 60 + Number(minutes));
}

import { calendarOf } from "../host/time-zone.ts";
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
 * Time zones (tz database) by state, and of localities whose clocks are not those of the state they are listed in by state
 * and the letters of their names.
 */
export const LOCALITY_TIME_ZONES: Readonly<Record<string, string>> = {
  ...TIME_ZONES,
  "NSW brokenhill": "Australia/Broken_Hill",
  "NSW brokenhillnorth": "Australia/Broken_Hill",
  "NSW brokenhillwest": "Australia/Broken_Hill",
  "NSW southbrokenhill": "Australia/Broken_Hill",
  "NSW silverton": "Australia/Broken_Hill",
  "NSW stephenscreek": "Australia/Broken_Hill",
  "NSW mountgipps": "Australia/Broken_Hill",
  "NSW lordhoweisland": "Australia/Lord_Howe",
  "NSW norfolkisland": "Pacific/Norfolk",
  "WA christmasisland": "Indian/Christmas",
  "WA homeislandcocoskeelingislands": "Indian/Cocos",
  "WA westislandcocoskeelingislands": "Indian/Cocos",
  "WA cocklebiddy": "Australia/Eucla",
  "WA madura": "Australia/Eucla",
  "WA mundrabilla": "Australia/Eucla",
  "WA eucla": "Australia/Eucla",
};

/** Where a report is of. */
export interface DatedLocality {
  readonly suburb: string;
  readonly state: string;
}

/** The time zone of a locality (tz database); UTC for a state that Australia does not have. */
export function localityTimeZone({ suburb, state }: DatedLocality): string {
  const letters = suburb.toLowerCase().replace(/[^a-z]/g, "");
  return LOCALITY_TIME_ZONES[`${state} ${letters}`] ?? LOCALITY_TIME_ZONES[state] ?? "UTC";
}

/**
 * The day of a report, ISO: that of the request (an ISO-8601 moment) at the locality, or in the zone that the operator set
 * for all reports (AGENTLINK_REPORT_DATE). The delivered file, the downloaded one and the cover all have it from here.
 */
export function reportDay(requestedAt: string, locality: DatedLocality, zone: string | null = null): string {
  return calendarOf(zone ?? localityTimeZone(locality)).dayOf(new Date(requestedAt));
}

// Values of Domain's JSON, read one by one: a value of another type, or beyond the limits of a data set, is unknown.
import { isCalendarDay } from "../../figures/days.ts";

/** The text without the blanks around it and with single ones in it; null where there is none. */
export function text(value: unknown, maxLength = 200): string | null {
  const given = typeof value === "number" ? String(value) : value;
  if (typeof given !== "string") return null;
  const bare = given.normalize("NFC").replace(/\s+/gu, " ").trim().slice(0, maxLength).trim();
  return bare === "" ? null : bare;
}

/** A number of at least 0. */
export function amount(value: unknown): number | null {
  const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  return typeof number === "number" && Number.isFinite(number) && number >= 0 ? number : null;
}

/** A whole number from 0 to the most a data set takes: 2.5 rooms are 2. */
export function whole(value: unknown, most: number): number | null {
  const number = amount(value);
  return number === null || number > most ? null : Math.floor(number);
}

/** Whole dollars; 0 is no price. */
export function dollars(value: unknown): number | null {
  const number = amount(value);
  return number === null || number === 0 || number > 10_000_000_000 ? null : Math.round(number);
}

/** The day of a local time without a zone: its date as it is written, never converted. */
export function dayOf(value: unknown): string | null {
  const day = typeof value === "string" ? (/^\d{4}-\d{2}-\d{2}/.exec(value)?.[0] ?? null) : null;
  return day !== null && isCalendarDay(day) && day >= "1900" ? day : null;
}

/** An id as text, whether it came as a number or a text. */
export function idOf(value: unknown): string | null {
  const id = text(value, 60);
  return id !== null && /^[\w-]+$/.test(id) && id !== "0" ? id : null;
}

export function colourOf(value: unknown): string | null {
  const colour = text(value);
  const hex = /^#?([0-9a-fA-F]{6})$/.exec(colour ?? "")?.[1];
  return hex === undefined ? null : `#${hex.toLowerCase()}`;
}

/** An https or http address. */
export function addressOf(value: unknown): string | null {
  const address = text(value, 500);
  return address !== null && /^https?:\/\//i.test(address) && URL.canParse(address) ? address : null;
}

/** A list, whatever the value is. */
export function listOf<T>(value: readonly T[] | null | undefined): readonly T[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === "object" && each !== null) : [];
}

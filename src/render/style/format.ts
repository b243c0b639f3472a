import type { Category, SaleMethod } from "../../report/data-set.ts";
import { isFew } from "../../report/figures/figure.ts";
import type { Figure, Unit } from "../../report/model.ts";
import { decimal, money, percent, shareOf, tenths } from "../../report/wording.ts";

export { money, percent };

/** What is printed for a figure that is unknown, or rests on too little to be shown. */
export const UNKNOWN = "–";
/** Marks a figure as supplied; the page explains the mark. */
export const SUPPLIED = "†";
/** Marks a figure from few records; the page explains the mark. */
export const FEW = "*";

const MINUS = "−";
const WHOLE = new Intl.NumberFormat("en-AU", { maximumFractionDigits: 0 });

/** "1,234" */
export function count(value: number): string {
  return signed(value, (size) => WHOLE.format(size));
}

/** "$2,450,000": every dollar. */
export function dollars(value: number): string {
  return signed(value, (size) => `$${WHOLE.format(size)}`);
}

/** "24.5%" of a whole: never all of it or nothing by rounding. */
export function share(value: number): string {
  return percent(shareOf(value));
}

/** "+1.2", "−0.4", "0": as in sentences, without a decimal that is 0. */
export function change(value: number): string {
  return `${tenths(value) > 0 ? "+" : ""}${decimal(value)}`;
}

/** "$2m–$2.5m" for "$2m-$2.5m", as requests and responses have it. */
export function withDash(range: string): string {
  return range.replaceAll("-", "–");
}

/** "#3" */
export function rank(value: number): string {
  return `#${value}`;
}

/** "2.4 months"; a few listings among many sales are not "0 months" of supply. */
function months(value: number): string {
  const size = value > 0 && tenths(value) === 0 ? "<0.1" : decimal(value);
  return `${size}\u00a0${size === "1" ? "month" : "months"}`;
}

const UNITS: Readonly<Record<Unit, (value: number) => string>> = {
  count,
  total: money,
  money,
  rent: dollars,
  share,
  percent,
  percent_change: (value) => `${change(value)}%`,
  days: (value) => `${count(value)}\u00a0${Math.round(value) === 1 ? "day" : "days"}`,
  months,
  points: (value) => `${change(value)}\u00a0pts`,
};

/** A figure in its unit: "–" where it must not be shown, marked where it is as supplied or rests on little. */
export function figure(of: Figure, unit: Unit): string {
  if (of.value === null) return UNKNOWN;
  const isTotal = unit === "count" || unit === "total";
  return `${UNITS[unit](of.value)}${isTotal ? suppliedMark(of) : marksOf(of)}`;
}

/** Behind the number of a figure that is no count or sum: "†" as supplied, "*" of few. */
export function marksOf(of: Figure): string {
  return `${suppliedMark(of)}${isFew(of) ? FEW : ""}`;
}

export function suppliedMark({ supplied }: Figure): string {
  return supplied ? SUPPLIED : "";
}

/** "12 Mar 2026"; what is no day is printed as it came. */
export function day(iso: string): string {
  const parts = calendar(iso);
  return parts === null ? iso : `${parts.day} ${MONTHS[parts.month]} ${parts.year}`;
}

/** "30 June 2026" */
export function longDay(iso: string): string {
  const parts = calendar(iso);
  return parts === null ? iso : `${parts.day} ${LONG_MONTHS[parts.month]} ${parts.year}`;
}

/** "Jun 26": the label of a point in time on an axis. */
export function month(iso: string): string {
  const parts = calendar(iso);
  return parts === null ? iso : `${MONTHS[parts.month]} ${String(parts.year % 100).padStart(2, "0")}`;
}

export const CATEGORIES: Readonly<Record<Category, string>> = {
  house: "Houses",
  unit: "Units",
  land: "Land",
  other: "Other property",
};

/** One of them. */
export const CATEGORIES_ONE: Readonly<Record<Category, string>> = {
  house: "House",
  unit: "Unit",
  land: "Land",
  other: "Other",
};

export const METHODS: Readonly<Record<SaleMethod, string>> = {
  auction: "Auction",
  sold_prior: "Before auction",
  sold_after: "After auction",
  private_treaty: "Private treaty",
  eoi: "Expressions of interest",
  tender: "Tender",
  off_market: "Off market",
  not_stated: "Not stated",
};

/**
 * "4 bed · 2 bath · 1 car", as far as it is known; no number is parted from its word. A unit without a bedroom is a studio;
 * elsewhere no bedroom, and anywhere no bathroom, means that they were not counted.
 */
export function rooms(property: {
  category: Category;
  beds: number | null;
  baths: number | null;
  cars: number | null;
}): string {
  const numbers = [
    [property.beds || null, "bed"],
    [property.baths || null, "bath"],
    [property.category === "land" ? property.cars || null : property.cars, "car"],
  ] as const;
  return [
    ...(property.beds === 0 && property.category === "unit" ? ["Studio"] : []),
    ...numbers.flatMap(([number, word]) => (number === null ? [] : [`${number}\u00a0${word}`])),
  ].join(" · ");
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const LONG_MONTHS = [
  "January",
  "February",
  "March",
  "April",
  "May",
  "June",
  "July",
  "August",
  "September",
  "October",
  "November",
  "December",
];

function calendar(iso: string): { readonly year: number; readonly month: number; readonly day: number } | null {
  const [, year, month, day] = /^(\d{4})-(\d\d)-(\d\d)/.exec(iso) ?? [];
  if (year === undefined || Number(month) < 1 || Number(month) > 12) return null;
  return { year: Number(year), month: Number(month) - 1, day: Number(day) };
}

function signed(value: number, format: (size: number) => string): string {
  const text = format(Math.abs(value));
  return value < 0 && /[1-9]/.test(text) ? `${MINUS}${text}` : text;
}

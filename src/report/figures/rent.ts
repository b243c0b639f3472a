import type { Category } from "../data-set.ts";
import { median } from "./figure.ts";

/** Dollars, and what period they are for: the number of weeks of it, null where it does not state it. */
interface AdvertisedRent {
  readonly amount: number;
  readonly weeks: number | null;
}

const RENT =
  /^[^\d$]{0,20}\$?\s?(\d{1,3}(?:,\d{3})+|\d+)(?:\.\d{1,2})?\s*(?:\/|per|an?|each)?\s*(?:cal(?:endar|\.)?\s+)?(p[./]?\s?w\b|w(?:ee)?k|fortnight|f['/]?n(?:ight)?\b|p[./]?\s?f(?:[./]?n)?\b|p[./]?\s?c[./]?\s?m\b|p[./]?\s?m\b|month|mn?th|mo\b|p[./]?\s?a\b|annum|annual|year|yr)?([^\d$]*)$/i;

const WEEKS: readonly (readonly [RegExp, number])[] = [
  [/^p?w/, 1],
  [/^p?f/, 2],
  [/^p?c?m/, 52 / 12],
  [/^(p?a|y)/, 52],
];

const OTHER_PERIOD =
  /month|mth|year|annum|quarter|\bday|daily|fortnight|(?:bi|semi|two|four)[\s-]*week|\bp[./]?\s?(?:c[./]?\s?)?[mfa]\b/i;

/** Of "$1,250 per week", "$650pw", "$2,600 pcm"; null for a range, a night's rent and other texts. */
export function readAdvertised(words: string | null): AdvertisedRent | null {
  const [, dollars, period = "", rest = ""] = RENT.exec(words ?? "") ?? [];
  if (dollars === undefined || /night/i.test(rest)) return null;
  // "$650 furnished, per month", "$1,300 bi-weekly": other words make the period uncertain.
  if (period === "" && OTHER_PERIOD.test(rest)) return null;
  const key = period.toLowerCase().replace(/[./'\s]/g, "");
  const weeks = key === "" ? null : (WEEKS.find(([pattern]) => pattern.test(key))?.[1] ?? null);
  return { amount: Number(dollars.replaceAll(",", "")), weeks };
}

/**
 * The rent of a week. A number that the advertisement names as that of a month, a fortnight or a year is no week's,
 * whatever its field is called; where the number is missing the advertisement has it. Of no period it is a week's, as
 * rents are advertised in Australia, unless it is as much as a month's.
 */
export function weeklyRent(given: number | null, words: string | null): number | null {
  const advertised = readAdvertised(words);
  if (advertised === null) return given;
  const { amount, weeks } = advertised;
  if (weeks === null) return given ?? (amount <= OFTEN_MONTHLY ? amount : null);
  return given === null || Math.abs(given - amount) < 1 ? Math.round(amount / weeks) : given;
}

/** Dollars a week. More is a month's more often than a week's. */
const OFTEN_MONTHLY = 1_500;
/** Dollars a week that no suburb's median is above, but for the dearest. */
const MOST: Readonly<Partial<Record<Category, number>>> = { house: 3_000, unit: 2_000 };
/** Per cent of the price that homes at such rents yield at most: mining towns, and the dearest suburbs. */
const MOST_YIELD = 13;
const MOST_YIELD_OF_DEAREST = 6;
/** The same at rents below those: hardly any town, however cheap its homes. */
const MOST_YIELD_OF_CHEAPEST = 16;
/** Rents of a week are whole fives of dollars; made from them, a month's are not. */
const FIVES = 5;
const FEWEST_ODD = 5;

/**
 * The median weekly rent of one type, if the rents, supplied as weekly, cannot be weekly: they are so high that they
 * are by the month, or the year. Null where they may be. `price`: the type's median, null where unknown. `areAsked`: of
 * listings, not medians.
 */
export function unlikelyRent(
  rents: readonly number[],
  {
    category,
    price,
    areAsked,
  }: { readonly category: Category; readonly price: number | null; readonly areAsked: boolean },
): number | null {
  const middle = median(rents);
  const most = MOST[category];
  if (middle === null || most === undefined) return null;
  const grossYield = price === null ? null : ((middle * 52) / price) * 100;
  if (middle <= OFTEN_MONTHLY) return grossYield !== null && grossYield > MOST_YIELD_OF_CHEAPEST ? middle : null;
  const odd = rents.filter((rent) => rent % FIVES !== 0).length;
  if (areAsked && rents.length >= FEWEST_ODD && odd * 3 >= rents.length * 2) return middle;
  if (grossYield === null) return middle > most ? middle : null;
  return grossYield > (middle > most ? MOST_YIELD_OF_DEAREST : MOST_YIELD) ? middle : null;
}

/** The period that such rents seem to have: no monthly rent is as high as a yearly one. */
export function periodOfRent(middle: number): "month" | "year" {
  return middle > LEAST_OF_YEAR ? "year" : "month";
}

const LEAST_OF_YEAR = 15_000;

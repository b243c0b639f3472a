/** Dollars, and what period they are for: the number of weeks of it, null where it does not say. */
interface AdvertisedRent {
  readonly amount: number;
  readonly weeks: number | null;
}

const RENT =
  /^[^\d$]{0,20}\$?\s?(\d{1,3}(?:,\d{3})+|\d+)(?:\.\d{1,2})?\s*(?:\/|per|an?|each)?\s*(?:calendar\s+)?(p\.?\s?w\b|w(?:ee)?k|fortnight|p\.?\s?f\b|p\.?\s?c\.?\s?m\b|p\.?\s?m\b|month|mth|p\.?\s?a\b|annum|annual|year)?([^\d$]*)$/i;

const WEEKS: readonly (readonly [RegExp, number])[] = [
  [/^p?w/, 1],
  [/^p?f/, 2],
  [/^(p?c?m)/, 52 / 12],
  [/^(p?a|y)/, 52],
];

/** Of "$1,250 per week", "$650pw", "$2,600 pcm"; null for a range, a night's rent and what is none. */
export function readAdvertised(words: string | null): AdvertisedRent | null {
  const [, dollars, period = "", rest = ""] = RENT.exec(words ?? "") ?? [];
  if (dollars === undefined || /night/i.test(rest)) return null;
  // "$650 furnished, per month": what else it says is not for guessing.
  if (period === "" && /month|mth|year|annum|\bp\.?\s?(?:c\.?\s?)?m\b|\bp\.?\s?a\b/i.test(rest)) return null;
  const key = period.toLowerCase().replace(/[.\s]/g, "");
  const weeks = key === "" ? null : (WEEKS.find(([pattern]) => pattern.test(key))?.[1] ?? null);
  return { amount: Number(dollars.replaceAll(",", "")), weeks };
}

/**
 * The rent of a week. A number that the advertisement names as that of a month, a fortnight or a year is no week's, whatever
 * its field is called; where the number is missing the advertisement says it, if it says of which period.
 */
export function weeklyRent(given: number | null, words: string | null): number | null {
  const advertised = readAdvertised(words);
  if (advertised === null || advertised.weeks === null) return given;
  const weekly = Math.round(advertised.amount / advertised.weeks);
  return given === null || Math.abs(given - advertised.amount) < 1 ? weekly : given;
}

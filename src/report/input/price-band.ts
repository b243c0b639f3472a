/** A range of prices that a home owner expects, as the form offers it. */
export interface Band {
  /** As printed: "$1m-$1.5m". */
  readonly label: string;
  /** The lowest price of the band, whole dollars; 0 for "Less than $500k". */
  readonly from: number;
  /** The highest; null for "$10m+". */
  readonly to: number | null;
}

/** All bands, cheapest first. */
export const BANDS: readonly Band[] = [
  { label: "Less than $500k", from: 0, to: 500_000 },
  { label: "$500k-$1m", from: 500_000, to: 1_000_000 },
  { label: "$1m-$1.5m", from: 1_000_000, to: 1_500_000 },
  { label: "$1.5m-$2m", from: 1_500_000, to: 2_000_000 },
  { label: "$2m-$2.5m", from: 2_000_000, to: 2_500_000 },
  { label: "$2.5m-$3m", from: 2_500_000, to: 3_000_000 },
  { label: "$3m-$3.5m", from: 3_000_000, to: 3_500_000 },
  { label: "$3.5m-$4m", from: 3_500_000, to: 4_000_000 },
  { label: "$4m-$6m", from: 4_000_000, to: 6_000_000 },
  { label: "$6m-$8m", from: 6_000_000, to: 8_000_000 },
  { label: "$8m-$10m", from: 8_000_000, to: 10_000_000 },
  { label: "$10m+", from: 10_000_000, to: null },
];

/** Only these labels. */
export const BAND_PATTERN = `^(${BANDS.map(({ label }) => label.replace(/[$.+]/g, "\\$&")).join("|")})$`;

const AMOUNT = /(\d[\d,]*(?:\.\d+)?)([km]?)/g;
const BELOW = /^(?:less than|under|below|up to|<)/;
const ABOVE = /^(?:more than|over|above|from)|\+$|(?:plus|and more|or more|and above|and over)$/;

/**
 * The band that a text means; null where it means none. Reads the form's spelling ("$500k-$1m"), that of Meta's lead
 * forms ("$500k_$1m", "less_than_$500k"), that of n8n, which leaves out the first "m" ("$1-$1.5m"), and whole dollars.
 */
export function parseBand(text: string): Band | null {
  const plain = text
    .toLowerCase()
    .replace(/[\s_]+/g, " ")
    .trim();
  const amounts = [...plain.matchAll(AMOUNT)];
  const rest = plain.replace(AMOUNT, "#");
  const last = amounts.at(-1);
  if (last === undefined) return null;
  const dollars = amounts.map(([, digits = "", unit = ""]) => dollarsOf(digits, unit, last[2] ?? ""));
  if (amounts.length === 2 && /^(?:between )?\$?# ?(?:-|–|—|to|and)? ?\$?#$/.test(rest))
    return BANDS.find(({ from, to }) => from === dollars[0] && to === dollars[1]) ?? null;
  if (amounts.length !== 1 || !/^[<a-z ]*\$?#[+a-z ]*$/.test(rest)) return null;
  if (BELOW.test(plain)) return BANDS.find(({ from, to }) => from === 0 && to === dollars[0]) ?? null;
  if (ABOVE.test(plain)) return BANDS.find(({ from, to }) => to === null && from === dollars[0]) ?? null;
  return null;
}

/** "1" before "1.5m" is a million, "500" before "1m" half of one; a number of five digits is dollars. */
function dollarsOf(digits: string, unit: string, unitOfLast: string): number {
  const number = Number(digits.replaceAll(",", ""));
  const own = unit || (number >= 10_000 ? "" : unitOfLast === "m" && number >= 100 ? "k" : unitOfLast);
  return Math.round(number * (own === "m" ? 1_000_000 : own === "k" ? 1_000 : 1));
}

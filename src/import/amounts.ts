import { messages } from "./messages.ts";
/** A price in words: one amount, or from and to. Whole dollars. */
export interface ReadPrice {
  readonly from: number | null;
  readonly to: number | null;
  readonly rule: string | null;
}

const NUMBER = String.raw`(?:\d{1,3}(?:[, \u00a0]\d{3})+|\d+)(?:\.\d+)?`;
const AMOUNT = new RegExp(
  `(?<![\\d.,])(?:(?:au|a)?\\$|aud)?\\s*(${NUMBER})\\s*(millions?|mill?|thousands?|m|k)?(?!\\.?[a-z\\d])`,
  "gi",
);
const WORTH: Readonly<Record<string, number>> = { m: 1_000_000, k: 1_000, t: 1_000 };
const PLAIN = new RegExp(`^${NUMBER}$`);

/** Below zero, with a sign or as accountants write it: a reversal, and no price. */
const NEGATIVE = /^(?:[-–−]\s*\$?|\$\s*[-–−])\s*\d|^\(\s*\$?\s*[\d,. ]+\)$/;

/** Dollars: no less is written with cents. */
const LEAST_WITH_CENTS = 100;

/**
 * The amounts of a price as people write it: "$1.25m", "1,250,000.00", "$1.2m - $1.3m", "1.2 to 1.3 million", "Guide
 * $900k", "Offers over $2m". Null for a text without an amount, for one below zero and for another currency's. Cents are
 * rounded.
 */
export function readPrice(text: string): ReadPrice | null {
  if (NEGATIVE.test(text.trim())) return null;
  const trimmed = withCommas(plainWords(text.trim()));
  if (/^\d+$/.test(trimmed)) return { from: Number(trimmed), to: null, rule: null };
  if (PLAIN.test(trimmed)) {
    const exact = toNumber(trimmed);
    // "1.25" is meant as millions, and it is unknown whether all of its column are.
    if (exact < LEAST_WITH_CENTS && exact !== Math.floor(exact)) return null;
    const amount = Math.round(exact);
    return {
      from: amount,
      to: null,
      rule: trimmed.includes(".") ? messages.centsRounded : "thousands separators",
    };
  }
  const found: { value: number; unit: string | undefined }[] = [];
  for (const match of trimmed.matchAll(AMOUNT))
    found.push({ value: toNumber(String(match[1])), unit: match[2]?.charAt(0).toLowerCase() });
  // Nothing but amounts, what joins them, and the words of a guide.
  const rest = trimmed
    .replace(AMOUNT, " ")
    .replace(/under the hammer/i, " ")
    .replace(/[\s$–—\-+*.,:()]/g, "");
  const [first, second] = found;
  if (first === undefined || found.length > 2 || !GUIDE.test(rest)) return null;
  // "1.2 - 1.3m": the unit is behind the last.
  const unit = first.unit ?? (first.value < 1_000 ? second?.unit : undefined);
  const from = worth(first.value, unit);
  const to = second === undefined ? null : worth(second.value, second.unit);
  if (to !== null && to < from) return null;
  const open = /^(under|upto|below|buyersunder|nomorethan|max)/i.test(rest);
  const over = /over|above|from|plus|minimum|offers/i.test(rest) || trimmed.endsWith("+");
  if (to !== null) return { from, to, rule: messages.priceRange };
  if (open) return { from: null, to: from, rule: messages.priceLimit };
  if (over) return { from, to: null, rule: messages.priceOver };
  return {
    from,
    to: null,
    rule: unit === undefined ? messages.priceWords : messages.priceUnits,
  };
}

const RENT =
  /^(.*?\d.*?)\s*(?:(p[./]?w|p[./]?c[./]?m|p[./]?m|p[./]?f(?:[./]?n)?|p[./]?a|f[./]?n)\.?|(?:per|\/|an?|each)?\s*(?:cal(?:endar|\.)?\s+)?(week|wk|fortnight|f'?night|month|mnth|mth|mo|quarter|qtr|year|yr|annum|annual)(?:ly)?\.?)$/i;
/** Weeks of a period, by its first letters. */
const WEEKS: readonly (readonly [RegExp, number, string])[] = [
  [/^(pw|w)/, 1, messages.rentWeekly],
  [/^(pf|f)/, 2, messages.rentFortnightly],
  [/^(pc?m|m)/, 52 / 12, messages.rentMonthly],
  [/^q/, 13, messages.rentQuarterly],
  [/^(pa|y|a)/, 52, messages.rentYearly],
];

const PERIOD =
  /(?<!\p{L})(?:weekly|week|wk(?:ly)?|p[./]?w|fortnight(?:ly)?|f'?night|p[./]?f(?:[./]?n)?|f[./]?n|p[./]?(?:c[./]?)?m|month(?:ly)?|mo|mn?th(?:ly)?|quarter(?:ly)?|qtr|annual(?:ly)?|annum|year(?:ly)?|yr|p[./]?a)(?!\p{L})/iu;
/** By the night, every four weeks: no rent is converted from these. */
const OTHER_PERIOD =
  /(?<!\p{L})(?:(?:bi|semi|\d+|two|three|four)[\s-]*(?:week|month|wk|mth)(?:ly)?|night(?:ly)?|day|daily)/iu;

/** The period in the name of a column of rents: "month" of "Rent (per month)", "pcm" of "Rent PCM"; else "". */
export function rentPeriod(header: string): string {
  return PERIOD.exec(header)?.[0] ?? "";
}

const LETTERS: Readonly<Record<string, string>> = {
  ...{ w: "week", f: "fortnight", m: "month", q: "quarter", y: "year", a: "year" },
};

/** The period of a rent in a letter as a word, and others as they are: "2600 M" would be millions. */
export function wholePeriod(period: string): string {
  return LETTERS[period.toLowerCase()] ?? period;
}

/** Whether the name of a column of rents has a period that no rent is converted from. */
export function isOtherPeriod(header: string): boolean {
  return OTHER_PERIOD.test(header);
}

/** A column's name without a period: "Rent" of "Rent p/m", "Rent / mth" and "Rent (per calendar month)". */
export function withoutPeriod(header: string): string {
  return header
    .replace(OTHER_PERIOD, " ")
    .replace(PERIOD, " ")
    .replace(/\b(?:per|cal(?:endar)?|p)\b/gi, " ");
}

/**
 * A rent by the week, of "$950 pw", "$4,100 per month", "950" and "$950 weekly"; of a range its floor. Null for no rent.
 * `usual`: the period of a rent without one.
 */
export function readRent(text: string, usual = ""): { readonly weekly: number; readonly rule: string | null } | null {
  const [, amount, short, long] = RENT.exec(text.trim()) ?? [];
  const price = readPrice(amount ?? text);
  const given = price?.from ?? price?.to ?? null;
  if (price === null || given === null) return null;
  const period = (short ?? long ?? usual).toLowerCase().replace(/[./]/g, "");
  const [, weeks, rule] = WEEKS.find(([pattern]) => pattern.test(period)) ?? [];
  return weeks === undefined
    ? { weekly: given, rule: price.rule }
    : { weekly: Math.round(given / weeks), rule: rule ?? null };
}

/** Signs as words, and words separated from their number: "> $1.2m", "$1.2m / $1.3m", "High $900,000s", "$1.2mono". */
function plainWords(text: string): string {
  return text
    .replace(/^[>≥]\s*/, "over ")
    .replace(/^[<≤]\s*/, "under ")
    .replace(/^[≈~]\s*/, "circa ")
    .replace(/\s+\/\s+(?=\$?\d)/, " - ")
    .replace(/(?<=\d|\d\s?[mk])['’]?s\b/gi, "")
    .replace(/(?<=\d[mk]?)(?=(?:ono|neg|plus|onwards|aud)\b)/gi, " ");
}

/**
 * Points and apostrophes between thousands, as elsewhere ("1.250.000", "1'250'000", "450.000"), commas before cents and
 * parts of a million ("2450000,00", "1,25m"), and Excel's powers of ten. No price has three digits behind its point.
 */
function withCommas(text: string): string {
  if (/^\d(\.\d+)?e\+?\d{1,2}$/i.test(text)) return String(Math.round(Number(text)));
  return text
    .replace(
      /(?<![\d.,])(\d{1,3}(?:\.\d{3}){2,}|\d{1,3}\.\d{3}(?=,\d))(?:,(\d{1,2}))?(?![\d.,])/g,
      (_, whole: string, cents?: string) => `${whole.replaceAll(".", ",")}${cents === undefined ? "" : `.${cents}`}`,
    )
    .replace(/(?<![\d.,])(\d{3})\.(\d{3})(?![\d.,]|\s*(?:m|k|thou))/gi, "$1,$2")
    .replace(/(?<![\d.,])(\d{4,}|\d{1,3}(?:[, \u00a0]\d{3})+),(\d{1,2})(?![\d.,])/g, "$1.$2")
    .replace(/(?<![\d.,])(\d{1,3}),(\d{1,2})(?=\s*m)/gi, "$1.$2")
    .replace(/(?<=\d)['’](?=\d{3}(?!\d))/g, ",");
}

/** What amounts can be in. */
export type MoneyUnit = "cents" | "dollars" | "thousands" | "millions";

/** Dollars of each. */
const MONEY_SCALES: Readonly<Record<MoneyUnit, number>> = {
  cents: 0.01,
  dollars: 1,
  thousands: 1_000,
  millions: 1_000_000,
};

/**
 * What a column's amounts are in by its name, such as "($m)", "$'000" or "in thousands"; dollars where it does not
 * state it.
 */
export function moneyUnit(header: string): MoneyUnit {
  const [, word = ""] = MONEY_UNIT.exec(header) ?? [];
  if (word === "") return "dollars";
  if (/^c/i.test(word)) return "cents";
  return /^m/i.test(word) ? "millions" : "thousands";
}

/** The unit behind the name of a column of amounts. */
export const MONEY_UNIT =
  /[\s_([]+(?:in\s+)?(?:au?\$|\$|aud)?\s*(millions?|mill?|mn|m|thousands?|k|['’]?000['’]?s?|cents?)\s*(?:\$|aud)?\s*[)\]]?\s*$/i;

/** An amount below this many of a column's unit is in that unit; above, it is in dollars whatever the column's unit. */
const MOST_UNITS: Readonly<Partial<Record<MoneyUnit, number>>> = { thousands: 100_000, millions: 1_000 };

const CURRENCY =
  /(?<![\p{L}])(?:(?:us|nz|ca|sg?|hk|fj)\s?\$|usd|nzd|gbp|eur|euros?|cad|sgd|hkd|cny|rmb|jpy|inr|fjd|chf|zar|pounds?)(?!\p{L})|[£€¥₹₩]/iu;

/** The currency other than the Australian dollar that a text names, such as "NZD" of "Price (NZD)"; null for none. */
export function foreignCurrency(text: string): string | null {
  return CURRENCY.exec(text)?.[0] ?? null;
}

/** The currency of a column of currencies; null for Australian dollars, by any of their names. */
export function otherCurrency(text: string): string | null {
  return /^(?:au?d?\s?\$?|\$|a\.u\.d\.?|(?:australian\s+)?dollars?)$/i.test(text.trim()) ? null : text.trim();
}

/** A price of a column whose amounts are not in dollars; null if it is no price, or has its own unit. */
export function readScaled(text: string, unit: MoneyUnit): number | null {
  const number = /^\$?\s*(\d[\d, ]*(?:\.\d+)?|\d+,\d{1,2})$/.exec(text.trim())?.[1];
  if (unit === "dollars" || number === undefined) return null;
  const value = toNumber(/^\d+,\d{1,2}$/.test(number) ? number.replace(",", ".") : number);
  return value < (MOST_UNITS[unit] ?? Number.POSITIVE_INFINITY) ? Math.round(value * MONEY_SCALES[unit]) : null;
}

const GUIDE =
  /^(priceguide|at|prior|guide|buyersguide|auctionguide|auction|offers|offersover|offersabove|offersfrom|from|over|above|to|and|between|around|circa|approx|approximately|mid|low|high|plus|under|upto|below|buyersunder|forsale|askingprice|asking|price|sold|soldfor|aud|neg|negotiable|ono|firm|minimum|gst|incgst|inclgst|includinggst|plusgst|gstincluded|exgst|normalsale|onwards|max|nomorethan)*$/i;

function worth(value: number, unit: string | undefined): number {
  return Math.round(value * (unit === undefined ? 1 : (WORTH[unit] ?? 1)));
}

/** Square metres of a unit. */
export const AREA_UNITS = {
  sqm: 1,
  ha: 10_000,
  acre: 4_046.8564224,
  rood: 1_011.7141056,
  perch: 25.29285264,
  square: 9.290304,
  sqft: 0.09290304,
} as const;
export type AreaUnit = keyof typeof AREA_UNITS;

const UNIT_WORDS: readonly (readonly [RegExp, AreaUnit])[] = [
  [/^(sq\.?\s?m(etres?|eters?)?|sqm|m2|m²|m\^2|sqmt?rs?|square\s?met(re|er)s?|sm|metres?|meters?|m)\.?$/i, "sqm"],
  [/^(ha|hectares?|hect|h)\.?$/i, "ha"],
  [/^(acres?|ac)\.?$/i, "acre"],
  [/^(roods?)\.?$/i, "rood"],
  [/^(perch(es)?)\.?$/i, "perch"],
  [/^(squares?|sq)\.?$/i, "square"],
  [/^(sq\.?\s?f(ee)?t|ft2|ft²|square\s?feet|square\s?foot)\.?$/i, "sqft"],
];

/** The unit that a word means, such as that behind a column's name; null for another word. */
export function areaUnit(word: string): AreaUnit | null {
  return UNIT_WORDS.find(([pattern]) => pattern.test(word.trim()))?.[1] ?? null;
}

/** Square metres, and the rule that was used. */
type ReadArea = { readonly sqm: number; readonly rule: string | null };

/** Fractions in words and in one sign: "Half acre", "¼ acre". */
const FRACTIONS: readonly (readonly [RegExp, string])[] = [
  [/^(one[\s-]+)?half(\s+of)?(\s+an?)?\s+/i, "1/2 "],
  [/^((one|a)[\s-]+)?quarter(\s+of)?(\s+an?)?\s+/i, "1/4 "],
  [/^three[\s-]+quarters?(\s+of)?(\s+an?)?\s+/i, "3/4 "],
];

/**
 * Square metres, of "1,012 sqm", "0.5 ha", "2 acres", "1 acre 20 perches", "¼ acre", "450 m²", "607 m² / 6,533 sqft" or a
 * bare number in the column's unit; null for no area.
 */
export function readArea(text: string, columnUnit: AreaUnit = "sqm"): ReadArea | null {
  // "¼" is "1⁄4" in its plain form.
  let trimmed = text
    .replace(/[\u00bc-\u00be㎡]/g, (sign) => sign.normalize("NFKC"))
    .replaceAll("⁄", "/")
    .trim()
    .replace(/\s*\*+$/, "")
    .replace(/^(approx\.?|approximately|circa|c\.|~)\s*/i, "")
    .replace(/\s*\(?(approx\.?|approximately)\)?$/i, "");
  for (const [words, fraction] of FRACTIONS) trimmed = trimmed.replace(words, fraction);
  const [first = "", other] = trimmed.split(/\s+\/\s+|\s*\((?=\d)/);
  // The same area in two units.
  if (other !== undefined && /[a-z]/i.test(first)) return readArea(first, columnUnit);
  const whole = /^(\d+)\s+(?=\d{1,2}\/\d{1,2}\s)(.+)$/.exec(trimmed);
  if (whole !== null) {
    const part = readArea(whole[2] ?? "", columnUnit);
    const unit = (whole[2] ?? "").replace(/^[\d/]+\s*/, "");
    return sumOf(readArea(`${whole[1]} ${unit}`, columnUnit), part);
  }
  const imperial =
    /^([\d.]+\s*(?:acres?|ac|a)\.?)[\s,]*((?:[\d.]+\s*(?:roods?|r)\.?)?)[\s,]*((?:[\d.]+\s*(?:perch(?:es)?|p)\.?)?)$/i.exec(
      trimmed,
    );
  if (imperial !== null && (imperial[2] !== "" || imperial[3] !== "")) {
    const [acres = "", roods = "", perches = ""] = imperial.slice(1).map((part) => /[\d.]+/.exec(part)?.[0]);
    return [
      `${acres} acres`,
      ...(roods === "" ? [] : [`${roods} roods`]),
      ...(perches === "" ? [] : [`${perches} perches`]),
    ]
      .map((part) => readArea(part))
      .reduce(sumOf);
  }
  const [, above = "", below = "", of = ""] = /^(\d{1,2})\s*\/\s*(\d{1,2})\s+(.+)$/.exec(trimmed) ?? [];
  if (Number(below) > 0) return readArea(`${Number(above) / Number(below)} ${of}`, columnUnit);
  const [, floor = "", upper = ""] = /^([\d.,]+)\s*(?:[-–—]|to)\s*([\d.,]+.*)$/.exec(trimmed) ?? [];
  if (upper !== "") {
    const unitWord = upper.replace(/^[\d.,\s]+/, "");
    const area = readArea(`${floor} ${unitWord}`, columnUnit);
    return area === null ? null : { sqm: area.sqm, rule: messages.areaRange };
  }
  const points = /^(\d{1,3}(?:\.\d{3})+),(\d{1,2})(?=\s*\D*$)/.exec(trimmed);
  if (points !== null) {
    const [whole, thousands = "", part = ""] = points;
    return readArea(`${thousands.replaceAll(".", "")}.${part}${trimmed.slice(whole.length)}`, columnUnit);
  }
  const decimal = /^(\d+),(\d{1,2})(?=\s*\D*$)/.exec(trimmed);
  if (decimal !== null) return readArea(trimmed.replace(",", "."), columnUnit);
  const [, number, word = ""] = new RegExp(`^(${NUMBER})\\s*(.*)$`).exec(trimmed) ?? [];
  if (number === undefined) return null;
  const unit = word === "" ? columnUnit : areaUnit(word);
  if (unit === null) return null;
  const value = toNumber(number);
  const sqm = Math.round(value * AREA_UNITS[unit] * 100) / 100;
  if (unit !== "sqm") return { sqm, rule: `areas in ${UNIT_NAMES[unit]}` };
  return { sqm, rule: /^\d+(\.\d+)?$/.test(text.trim()) ? null : messages.areaUnit };
}

/** Two parts of one area; null if one of them is no area. */
function sumOf(a: ReadArea | null, b: ReadArea | null): ReadArea | null {
  return a === null || b === null ? null : { sqm: Math.round((a.sqm + b.sqm) * 100) / 100, rule: a.rule };
}

const UNIT_NAMES = {
  sqm: "square metres",
  ha: "hectares",
  acre: "acres",
  rood: "roods",
  perch: "perches",
  square: "squares",
  sqft: "square feet",
} as const;

const COUNT_WORDS = "zero one two three four five six seven eight nine ten".split(" ");

/** Bedrooms, bathrooms, car spaces: "3", "4.00", "2.5", "Studio", "3 + study", "yes"; null for no number. */
export function readCount(text: string): { readonly count: number; readonly rule: string | null } | null {
  const trimmed = text.trim().replace(/^(\d),(\d)$/, "$1.$2");
  if (/^\d+$/.test(trimmed)) return { count: Number(trimmed), rule: null };
  if (/^(studio|bedsit)/i.test(trimmed)) return { count: 0, rule: messages.studio };
  if (/^(yes|y|true)$/i.test(trimmed)) return { count: 1, rule: messages.yesAsOne };
  if (/^(no|n|false|nil|none|zero)$/i.test(trimmed)) return { count: 0, rule: messages.noAsNone };
  const word = COUNT_WORDS.indexOf(trimmed.toLowerCase().replace(/\s*(bed|bath|car)\w*$/, ""));
  if (word >= 0) return { count: word, rule: messages.numberWords };
  const [, number, rest = ""] = /^(\d{1,3}(?:,\d{3})*(?:\.\d+)?)\s*(.*)$/.exec(trimmed) ?? [];
  if (number === undefined) return null;
  const value = toNumber(number);
  const words = /^(\+.*|(bed|bath|car|garage|space|bedroom|bathroom|br|ba|study)s?\b.*)?$/i.test(rest);
  if (!words) return null;
  if (rest !== "") return { count: Math.floor(value), rule: messages.wordsAfterNumber };
  if (value === Math.floor(value)) return { count: value, rule: messages.wholeNumber };
  return { count: Math.floor(value), rule: messages.halvesDropped };
}

function toNumber(text: string): number {
  return Number(text.replace(/[, \u00a0]/g, ""));
}

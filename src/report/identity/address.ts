// What two spellings of one street address share.
const STREET_TYPES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    ...{ st: "street", str: "street", rd: "road", av: "avenue", ave: "avenue", aven: "avenue", avn: "avenue" },
    ...{ pde: "parade", parde: "parade", cr: "crescent", cres: "crescent", crs: "crescent", crst: "crescent" },
    ...{ pl: "place", dr: "drive", drv: "drive", dve: "drive", ct: "court", crt: "court", cl: "close", ln: "lane" },
    ...{ hwy: "highway", tce: "terrace", ter: "terrace", terr: "terrace", bvd: "boulevard", blvd: "boulevard" },
    ...{ boulevarde: "boulevard", bld: "boulevard", esp: "esplanade", espl: "esplanade", gr: "grove", gve: "grove" },
    ...{
      gdns: "gardens",
      gdn: "garden",
      sq: "square",
      cct: "circuit",
      circ: "circuit",
      cir: "circle",
      pkwy: "parkway",
    },
    ...{
      pwy: "parkway",
      prom: "promenade",
      qy: "quay",
      rdge: "ridge",
      rse: "rise",
      mw: "mews",
      wy: "way",
      wlk: "walk",
    },
    ...{ bvde: "boulevard", crcs: "crescent", chse: "chase", grn: "green", mt: "mount" },
    ...{ bch: "beach", hts: "heights", hl: "hill", vw: "view", vws: "views", xing: "crossing", fwy: "freeway" },
  }),
);
const DIRECTIONS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    ...{ n: "north", nth: "north", s: "south", sth: "south", e: "east", est: "east", w: "west", wst: "west" },
  }),
);
/** Where a name begins with them. */
const BEGINNINGS: ReadonlyMap<string, string> = new Map(Object.entries({ saint: "st", mt: "mount" }));
const STATES = /^(nsw|vic|qld|sa|wa|tas|nt|act|australia|aus)$/;
const UNIT_WORD = "unit|apt|apartment|flat|villa|townhouse|penthouse|suite|ste|shop|office|studio";
const UNIT = new RegExp(
  `^(?:${UNIT_WORD}|u|fl|th)\\.?\\s*(?:no\\b|number\\b|#)?\\s*(\\w+)\\s*(?:[,/\\s-]\\s*|$)(?:of\\s+)?`,
);
/** Behind the street, where some write it: "12 Pine Street, Unit 4". */
const UNIT_AFTER = new RegExp(`[,\\s]+(?:${UNIT_WORD})\\s*(?:no\\b|number\\b|#)?\\s*(\\d\\w*)\\s*(?=,|$)`);
const LEVEL = new RegExp(
  `^(?:(?:level|lvl|floor)\\s*\\w+|l\\s*\\d\\w*)\\s*[,/\\s-]\\s*(?=\\S*\\d|(?:${UNIT_WORD})\\b)`,
);
const NUMBER_WORD = /^(?:no|number)\s*(?=\d)/;

export interface StreetAddress {
  /** Null for a whole property. */
  readonly unit: string | null;
  readonly number: string;
  readonly street: string;
}

/**
 * Reads "Unit 5, 12-14 Pine St, Manly NSW 2095", "5/12 Pine Street" or "12A The Corso". Null where there is no house
 * number, without which one property cannot be distinguished from another.
 */
export function readAddress(text: string, suburb: string | null = null): StreetAddress | null {
  return readPlain(text, suburb) ?? readAny(text, suburb);
}

/** A number and a street of whole words, "5/12 Pine Street", as nearly all are written: a report reads thousands. */
const PLAIN = /^(?:0*(\d+[a-z]?)\/)?(\d+[a-z]?) ([a-z]{2,}(?: [a-z]+)+)$/i;

/** Reads such a one as `readAny` does; null of any other, and where its end may be the suburb or the state. */
function readPlain(text: string, suburb: string | null): StreetAddress | null {
  const [, unit, number = "", street] = PLAIN.exec(text) ?? [];
  if (street === undefined) return null;
  const words = street.toLowerCase().split(" ");
  const last = words.at(-1) ?? "";
  if (STATES.test(last) || (suburb !== null && mayEnd(suburb, last))) return null;
  return { unit: unit?.toLowerCase() ?? null, number: number.toLowerCase(), street: unabbreviated(words) };
}

function mayEnd(suburb: string, word: string): boolean {
  return !/^[a-z]+(?: [a-z]+)*$/i.test(suburb) || suburb.toLowerCase().endsWith(word);
}

function readAny(text: string, suburb: string | null): StreetAddress | null {
  let rest = fold(text).replaceAll("\\", "/").replace(NUMBER_WORD, "");
  rest = rest.replace(/^lot\s+\w+\s*[,/]\s*(?=\d)/, "").replace(LEVEL, "");
  let unit: string | null = null;
  const named = UNIT.exec(rest);
  if (named !== null && /\d/.test(rest.slice(named[0].length))) {
    unit = named[1] ?? null;
    rest = rest.slice(named[0].length);
  } else {
    const slashed = /^#?([a-z]{0,2}\d*[a-z]?)\s*\/\s*(?=\d)/.exec(rest) ?? /^(\d+[a-z]?)\s*,\s*(?=\d)/.exec(rest);
    if (slashed?.[1]) {
      unit = slashed[1];
      rest = rest.slice(slashed[0].length);
    }
  }
  const after = unit === null ? UNIT_AFTER.exec(rest) : null;
  if (after?.[1]) {
    unit = after[1];
    rest = rest.slice(0, after.index) + rest.slice(after.index + after[0].length);
  }
  rest = rest.replace(LEVEL, "").replace(NUMBER_WORD, "");
  const numbered = /^(lot\s*\d+|\d+\s?[a-z]?(?:\s*[-–&/]\s*\d+[a-z]?)?)(?=[\s,])\s*,?\s*(.*)$/.exec(rest);
  if (numbered === null) return null;
  const street = streetOf(numbered[2] ?? "", suburb);
  const number = (numbered[1] ?? "").replace(/\s+/g, "").replace(/[–&/]/g, "-");
  if (street === "") return null;
  // Of a building that spans numbers a unit is enough: some write the first of them alone.
  return {
    unit: unit?.replace(/^0+(?=\d)/, "") ?? null,
    number: unit === null ? number : (number.split("-")[0] ?? number),
    street,
  };
}

/**
 * What all spellings of an address share, without the suburb: "5/12 pine street"; null where it does not identify
 * a property.
 */
export function addressKey(text: string, suburb: string | null = null): string | null {
  const address = readAddress(text, suburb);
  return address && `${address.unit === null ? "" : `${address.unit}/`}${address.number} ${address.street}`;
}

/** The same, or the text without what differs in writing alone, "the boathouse": "" where there is none. */
export function addressText(text: string, suburb: string | null = null): string {
  return addressKey(text, suburb) ?? wordsOf(fold(text)).join(" ");
}

/** What all records of one property share; "" where there is no address. `home` is the suburb of those that name none. */
export function propertyKey(row: { readonly address: string; readonly suburb?: string | null }, home: string): string {
  const suburb = row.suburb ?? home;
  const text = addressText(row.address, suburb);
  return text === "" ? "" : `${text}, ${fold(suburb)}`;
}

/** The property of "10-12 short street, manly" as those write it who name the first number alone. */
export function byFirstNumber(property: string): string {
  return property.replace(/^(\d+[a-z]?)-\d+[a-z]? /, "$1 ");
}

/**
 * May "10 short street" be "10-12 short street"? It may be a half of it, so their prices must show it. Two ranges, or two
 * numbers, are two properties.
 */
export function mayBePartlyNamed(one: string, other: string): boolean {
  const isRange = (property: string) => byFirstNumber(property) !== property;
  return isRange(one) !== isRange(other) && byFirstNumber(one) === byFirstNumber(other);
}

function fold(text: string): string {
  // Nearly all are plain ASCII: a report reads thousands.
  const plain = /^[ -~]*$/.test(text) ? text : text.normalize("NFKD").replace(/\p{M}/gu, "");
  const bare = plain.toLowerCase().replace(/[’'`.]/g, "");
  return (/\s\s|[^\S ]/.test(bare) ? bare.replace(/\s+/g, " ") : bare).trim();
}

function streetOf(text: string, suburb: string | null): string {
  const [first = "", other = ""] = text.replace(/\([^)]*\)/g, " ").split(",", 2);
  const suburbWords = suburb === null ? [] : wordsOf(fold(suburb));
  // What follows a comma is the suburb, but for a name of the building before it.
  let words = wordsOf(first.trim() === "" ? other : first);
  const named = withoutState(wordsOf(other));
  // A neighbour of that name, "Manly Vale" beside "Manly", has streets of the same names.
  const isNeighbour =
    suburbWords.length > 0 &&
    named.length > suburbWords.length &&
    ` ${named.join(" ")} `.includes(` ${suburbWords.join(" ")} `);
  if (isNeighbour && first.trim() !== "") words.push(...named);
  words = withoutState(words);
  const tail = words.slice(-suburbWords.length);
  if (suburbWords.length > 0 && words.length > suburbWords.length + 1 && tail.join(" ") === suburbWords.join(" "))
    words = words.slice(0, -suburbWords.length);
  return unabbreviated(words);
}

function unabbreviated(words: readonly string[]): string {
  const last = words.length - 1;
  const isBeforeDirection = DIRECTIONS.has(words.at(-1) ?? "");
  let street = "";
  for (const [at, word] of words.entries()) {
    // "St" that begins a name is Saint.
    const isType = at > 0 && (at === last || (isBeforeDirection && at === last - 1));
    const whole =
      (isType ? STREET_TYPES.get(word) : at === 0 && last > 0 ? BEGINNINGS.get(word) : undefined) ??
      (at === last && at > 1 ? DIRECTIONS.get(word) : undefined);
    street += at === 0 ? (whole ?? word) : ` ${whole ?? word}`;
  }
  return street;
}

/** Without the postcode and the state at its end. */
function withoutState(words: string[]): string[] {
  const last = words.findLastIndex((word) => !/^\d{4}$/.test(word) && !STATES.test(word));
  return words.slice(0, Math.max(1, last + 1));
}

function wordsOf(text: string): string[] {
  return text.match(/[\p{L}\p{N}]+/gu) ?? [];
}

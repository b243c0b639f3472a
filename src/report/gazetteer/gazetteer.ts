/*
 * The localities of Australia: names, postcodes, coordinates, neighbours, populations.
 * They come from packages, and are packed into the binary.
 * Not here: data sets, and anything that a report counts.
 */

import { STATES, type State } from "../data-set.ts";
import { suburbKey } from "./key.ts";
import { gazetteerText } from "./text.ts";

/** A locality of Australia with one of its postcodes. */
export interface Locality {
  readonly suburb: string;
  readonly state: State;
  readonly postcode: string;
  /** `boxes`: a postcode of post-office boxes, or a mail centre, without homes. */
  readonly kind: "delivery" | "boxes";
  readonly latitude: number;
  readonly longitude: number;
}

const ENTRY_LENGTH = 21;

/**
 * All localities, in the order of their states and keys. A text for all names and one for all keys, and numbers: a
 * string for each of 18,000 would be examined again by every collection, in every thread.
 */
export interface Gazetteer {
  readonly size: number;
  /** Spelling key of an entry (see suburbKey). */
  key(index: number): string;
  /** Entries of one state and key are together, the one to prefer first; returns the first one's index. */
  first(state: State, key: string): number | undefined;
  state(index: number): State;
  isDelivery(index: number): boolean;
  postcode(index: number): string;
  latitude(index: number): number;
  longitude(index: number): number;
  /** More for where more people live, by five for each factor of ten; 0 where unknown. */
  peopleClass(index: number): number;
  locality(index: number): Locality;
}

let opened: Gazetteer | undefined;

export function gazetteer(): Gazetteer {
  opened ??= read();
  return opened;
}

function read(): Gazetteer {
  const [firstLine = "", entries = ""] = gazetteerText().split("\n");
  const names = firstLine.split("\t");
  const size = names.length;
  const [nameOf, keyOf] = [packed(names), packed(names.map(suburbKey))];
  const numbersOf = (read: (entry: string) => number) =>
    names.map((_, index) => read(entries.slice(index * ENTRY_LENGTH, (index + 1) * ENTRY_LENGTH)));
  const states = Uint8Array.from(numbersOf((entry) => Number(entry[0])));
  const deliveries = Uint8Array.from(numbersOf((entry) => (entry[1] === "d" ? 1 : 0)));
  const postcodes = Uint16Array.from(numbersOf((entry) => Number(entry.slice(2, 6))));
  const latitudes = Int32Array.from(numbersOf((entry) => Number(entry.slice(6, 13))));
  const longitudes = Int32Array.from(numbersOf((entry) => Number(entry.slice(13, 20))));
  const peopleClasses = Uint8Array.from(numbersOf((entry) => Number.parseInt(entry.slice(20), 36)));
  // None of these uses `names` or `entries`: it would retain all of the text, with what is returned.
  const state = (index: number) => STATES[states[index] ?? -1] ?? "ACT";
  const isDelivery = (index: number) => deliveries[index] === 1;
  const postcode = (index: number) => String(postcodes[index]).padStart(4, "0");
  // Sums of whole numbers, so that 33.8060° south is exactly the number nearest to it.
  const latitude = (index: number) => ((latitudes[index] ?? 0) - 900_000) / 10_000;
  const longitude = (index: number) => (longitudes[index] ?? 0) / 10_000;

  return {
    size,
    key: keyOf,
    first(state, key) {
      const index = STATES.indexOf(state);
      let [low, high] = [0, size];
      while (low < high) {
        const middle = (low + high) >> 1;
        const found = states[middle] ?? 0;
        if (found < index || (found === index && keyOf(middle) < key)) low = middle + 1;
        else high = middle;
      }
      return states[low] === index && keyOf(low) === key ? low : undefined;
    },
    state,
    isDelivery,
    postcode,
    latitude,
    longitude,
    peopleClass: (index) => peopleClasses[index] ?? 0,
    locality: (index) => ({
      suburb: nameOf(index),
      state: state(index),
      postcode: postcode(index),
      kind: isDelivery(index) ? "delivery" : "boxes",
      latitude: latitude(index),
      longitude: longitude(index),
    }),
  };
}

/** Many short texts as one, and a function that returns each. */
function packed(texts: readonly string[]): (index: number) => string {
  const ends = new Uint32Array(texts.length);
  let end = 0;
  for (const [index, { length }] of texts.entries()) {
    end += length;
    ends[index] = end;
  }
  const all = texts.join("");
  return (index) => all.slice(index === 0 ? 0 : ends[index - 1], ends[index]);
}

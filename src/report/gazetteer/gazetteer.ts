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
  place(index: number): Locality;
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
  const field = (index: number, from: number, to: number) =>
    entries.slice(index * ENTRY_LENGTH + from, index * ENTRY_LENGTH + to);
  // A function here that used `names` would retain all of them, with what is returned.
  const numbers = (from: number, to: number) =>
    Int32Array.from({ length: size }, (_, index) => Number(field(index, from, to)));
  const [states, latitudes, longitudes] = [numbers(0, 1), numbers(6, 13), numbers(13, 20)];
  const state = (index: number) => STATES[states[index] ?? -1] ?? "ACT";
  const isDelivery = (index: number) => entries[index * ENTRY_LENGTH + 1] === "d";
  const postcode = (index: number) => field(index, 2, 6);
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
    peopleClass: (index) => Number.parseInt(field(index, 20, 21), 36),
    place: (index) => ({
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

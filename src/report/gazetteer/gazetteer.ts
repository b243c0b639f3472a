import { STATES, type State } from "../data-set.ts";
import { compactGazetteer } from "./compact.ts" with { type: "macro" };
import { suburbKey } from "./key.ts";

/** A locality of Australia with one of its postcodes. */
export interface Place {
  readonly suburb: string;
  readonly state: State;
  readonly postcode: string;
  /** `boxes`: a postcode of post-office boxes, or a mail centre; nobody lives there. */
  readonly kind: "delivery" | "boxes";
  readonly latitude: number;
  readonly longitude: number;
}

const text: string = compactGazetteer();

const ENTRY_LENGTH = 20;

/** All localities: names and their keys in memory, read when first asked for; the rest is read where it stands. */
export interface Gazetteer {
  readonly size: number;
  /** Spelling key of each entry (see suburbKey). */
  readonly keys: readonly string[];
  /** Entries of one state and key stand together, the one to prefer first; answers the first one's index. */
  first(state: State, key: string): number | undefined;
  state(index: number): State;
  isDelivery(index: number): boolean;
  postcode(index: number): string;
  latitude(index: number): number;
  longitude(index: number): number;
  place(index: number): Place;
}

let opened: Gazetteer | undefined;

export function gazetteer(): Gazetteer {
  opened ??= read();
  return opened;
}

function read(): Gazetteer {
  const [firstLine = "", entries = ""] = text.split("\n");
  const names = firstLine.split("\t");
  const keys = names.map(suburbKey);
  const field = (index: number, from: number, to: number) =>
    entries.slice(index * ENTRY_LENGTH + from, index * ENTRY_LENGTH + to);
  const state = (index: number) => STATES[Number(field(index, 0, 1))] ?? "ACT";
  const isDelivery = (index: number) => field(index, 1, 2) === "d";
  const postcode = (index: number) => field(index, 2, 6);
  // Sums of whole numbers, so that 33.8060° south is exactly the number nearest to it.
  const latitude = (index: number) => (Number(field(index, 6, 13)) - 900_000) / 10_000;
  const longitude = (index: number) => Number(field(index, 13, 20)) / 10_000;

  const firsts = STATES.map(() => new Map<string, number>());
  for (const [index, key] of keys.entries()) {
    const ofState = firsts[Number(field(index, 0, 1))];
    if (ofState && !ofState.has(key)) ofState.set(key, index);
  }
  return {
    size: names.length,
    keys,
    first: (state, key) => firsts[STATES.indexOf(state)]?.get(key),
    state,
    isDelivery,
    postcode,
    latitude,
    longitude,
    place: (index) => ({
      suburb: names[index] ?? "",
      state: state(index),
      postcode: postcode(index),
      kind: isDelivery(index) ? "delivery" : "boxes",
      latitude: latitude(index),
      longitude: longitude(index),
    }),
  };
}

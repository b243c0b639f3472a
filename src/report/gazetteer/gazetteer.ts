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

/** All localities in memory: columns instead of 18,000 objects, read once, when first asked for. */
export interface Gazetteer {
  readonly size: number;
  /** Spelling key of each entry (see suburbKey). */
  readonly keys: readonly string[];
  /** Entries of one state and key stand together, the one to prefer first; answers the first one's index. */
  first(state: State, key: string): number | undefined;
  state(index: number): State;
  isDelivery(index: number): boolean;
  place(index: number): Place;
  latitudes: Float64Array;
  longitudes: Float64Array;
}

let opened: Gazetteer | undefined;

export function gazetteer(): Gazetteer {
  opened ??= read();
  return opened;
}

function read(): Gazetteer {
  const lines = text.split("\n");
  const size = lines.length;
  const names: string[] = [];
  const postcodes: string[] = [];
  const keys: string[] = [];
  const states = new Uint8Array(size);
  const delivery = new Uint8Array(size);
  const latitudes = new Float64Array(size);
  const longitudes = new Float64Array(size);
  const firsts = STATES.map(() => new Map<string, number>());
  for (const [index, line] of lines.entries()) {
    const [name = "", state = "", postcode = "", kind, latitude, longitude] = line.split("\t");
    names.push(name);
    postcodes.push(postcode);
    const key = suburbKey(name);
    keys.push(key);
    states[index] = Number(state);
    delivery[index] = kind === "d" ? 1 : 0;
    latitudes[index] = Number(latitude) / 10_000;
    longitudes[index] = Number(longitude) / 10_000;
    const first = firsts[Number(state)];
    if (first && !first.has(key)) first.set(key, index);
  }
  const state = (index: number) => STATES[states[index] ?? 0] ?? "ACT";
  return {
    size,
    keys,
    latitudes,
    longitudes,
    first: (state, key) => firsts[STATES.indexOf(state)]?.get(key),
    state,
    isDelivery: (index) => delivery[index] === 1,
    place: (index) => ({
      suburb: names[index] ?? "",
      state: state(index),
      postcode: postcodes[index] ?? "",
      kind: delivery[index] === 1 ? "delivery" : "boxes",
      latitude: latitudes[index] ?? 0,
      longitude: longitudes[index] ?? 0,
    }),
  };
}

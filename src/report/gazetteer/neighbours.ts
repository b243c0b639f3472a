import { gazetteer, type Locality } from "./gazetteer.ts";

export interface Neighbour {
  readonly locality: Locality;
  /** Kilometres east and north of the locality requested, to 10 metres. */
  readonly x: number;
  readonly y: number;
}

const KM_PER_DEGREE = 111.32;

interface Coordinates {
  readonly latitude: number;
  readonly longitude: number;
}

/** Kilometres east (x) and north (y) of `from`, flat-earth: right to a few metres within a city. */
export function offsetKm(from: Coordinates, to: Coordinates): { readonly x: number; readonly y: number } {
  return {
    x: (to.longitude - from.longitude) * KM_PER_DEGREE * Math.cos((from.latitude * Math.PI) / 180),
    y: (to.latitude - from.latitude) * KM_PER_DEGREE,
  };
}

/** The distance of two points within a city. */
export function kilometres(from: Coordinates, to: Coordinates): number {
  const { x, y } = offsetKm(from, to);
  return Math.hypot(x, y);
}

/** Nearer than this it is the same locality under an older name (Harbord is Freshwater). */
const SAME_LOCALITY_KM = 0.3;

/** The nearest localities where people live, nearest first. Flat-earth distances: right to a few metres at this range. */
export function neighbours(locality: Locality, n: number): readonly Neighbour[] {
  const all = gazetteer();
  const kmPerDegreeEast = KM_PER_DEGREE * Math.cos((locality.latitude * Math.PI) / 180);
  const found: { readonly index: number; readonly x: number; readonly y: number; readonly km: number }[] = [];
  for (let reachKm = 10; reachKm < 6_000; reachKm *= 4) {
    found.length = 0;
    for (let index = 0; index < all.size; index++) {
      const y = (all.latitude(index) - locality.latitude) * KM_PER_DEGREE;
      if (y > reachKm || y < -reachKm || !all.isDelivery(index)) continue;
      const x = (all.longitude(index) - locality.longitude) * kmPerDegreeEast;
      const km = Math.hypot(x, y);
      if (km <= reachKm) found.push({ index, x, y, km });
    }
    // A locality can have several postcodes and names: more than n are needed.
    if (found.length >= 3 * n + 10) break;
  }
  found.sort((a, b) => a.km - b.km || a.index - b.index);
  const nearest: Neighbour[] = [];
  const seen = new Set([name(locality)]);
  const centres = [{ x: 0, y: 0 }];
  for (const { index, x, y } of found) {
    const neighbour = all.locality(index);
    if (seen.has(name(neighbour))) continue;
    if (centres.some((other) => Math.hypot(other.x - x, other.y - y) < SAME_LOCALITY_KM)) continue;
    seen.add(name(neighbour));
    centres.push({ x, y });
    nearest.push({ locality: neighbour, x: Math.round(x * 100) / 100, y: Math.round(y * 100) / 100 });
    if (nearest.length === n) break;
  }
  return nearest;
}

function name({ suburb, state }: Locality): string {
  return `${suburb} ${state}`;
}

/** The suburbs around one, and how far away their centres may be. */
export interface Surroundings {
  readonly suburbs: readonly Locality[];
  readonly radiusKm: number;
}

/** The radius reaches so many. */
const REACHED = 4;
const LEAST_KM = 1.5;
const MOST_KM = 30;
const MOST_SUBURBS = 8;
const REMEMBERED = 1_000;

const remembered = new Map<string, Surroundings>();

/**
 * The surrounding suburbs of one: the localities whose centres lie within a radius of its own that reaches the fourth
 * nearest, and so grows where localities are sparse, but is never less than 1.5 km or more than 30 km; the eight nearest
 * of them, nearest first.
 */
export function surroundingsOf(locality: Locality): Surroundings {
  const key = `${locality.state} ${locality.suburb} ${locality.postcode}`;
  const known = remembered.get(key);
  if (known !== undefined) return known;
  const near = neighbours(locality, MOST_SUBURBS).map(({ locality: each, x, y }) => ({ each, km: Math.hypot(x, y) }));
  const reached = near[REACHED - 1]?.km ?? MOST_KM;
  const radiusKm = Math.min(MOST_KM, Math.max(LEAST_KM, Math.ceil(reached * 10) / 10));
  const found = { suburbs: near.flatMap(({ each, km }) => (km <= radiusKm ? [each] : [])), radiusKm };
  if (remembered.size >= REMEMBERED) remembered.clear();
  remembered.set(key, found);
  return found;
}

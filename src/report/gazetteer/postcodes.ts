import type { State } from "../data-set.ts";
import { gazetteer, type Place } from "./gazetteer.ts";

/** The places people live in that have a postcode, in the order of their names; none for one that there is not. */
export function placesOfPostcode(state: State, postcode: string): readonly Place[] {
  const all = gazetteer();
  const found: Place[] = [];
  for (let index = 0; index < all.size; index++)
    if (all.state(index) === state && all.isDelivery(index) && all.postcode(index) === postcode)
      found.push(all.place(index));
  return found;
}

/** The same in all states, those with the most people first; `people` is 0 where fewer than a thousand are known of. */
export function peopledPlaces(postcode: string): readonly { readonly place: Place; readonly people: number }[] {
  const all = gazetteer();
  const found: { place: Place; people: number }[] = [];
  for (let index = 0; index < all.size; index++)
    if (all.isDelivery(index) && all.postcode(index) === postcode)
      found.push({ place: all.place(index), people: all.peopleClass(index) });
  return found.sort((a, b) => b.people - a.people);
}

import type { State } from "../data-set.ts";
import { gazetteer, type Locality } from "./gazetteer.ts";

/** The localities people live in that have a postcode, in the order of their names; none for one that there is not. */
export function localitiesOfPostcode(state: State, postcode: string): readonly Locality[] {
  const all = gazetteer();
  const found: Locality[] = [];
  for (let index = 0; index < all.size; index++)
    if (all.state(index) === state && all.isDelivery(index) && all.postcode(index) === postcode)
      found.push(all.locality(index));
  return found;
}

/** The same in all states, those with the most people first; `people` is 0 where fewer than a thousand are known of. */
export function inhabitedLocalities(
  postcode: string,
): readonly { readonly locality: Locality; readonly people: number }[] {
  const all = gazetteer();
  const found: { locality: Locality; people: number }[] = [];
  for (let index = 0; index < all.size; index++)
    if (all.isDelivery(index) && all.postcode(index) === postcode)
      found.push({ locality: all.locality(index), people: all.peopleClass(index) });
  return found.sort((a, b) => b.people - a.people);
}

import { STATES, type State } from "../data-set.ts";
import { gazetteer, type Locality } from "./gazetteer.ts";

/** All localities of a state with this name (see suburbKey), the preferred one first. */
export function entriesOf(state: State, key: string): readonly Locality[] {
  const all = gazetteer();
  const first = all.first(state, key);
  if (first === undefined) return [];
  const entries: Locality[] = [];
  for (let index = first; index < all.size && all.key(index) === key && all.state(index) === state; index++)
    entries.push(all.locality(index));
  return entries;
}

/** The same in every state, one state after another. */
export function entriesAnywhere(key: string): readonly Locality[] {
  return STATES.flatMap((state) => entriesOf(state, key));
}

/** Whether a locality of any state has this name. */
export function isLocalityName(key: string): boolean {
  const all = gazetteer();
  return STATES.some((state) => all.first(state, key) !== undefined);
}

import { messages } from "../messages.ts";
import { listWords } from "../wording.ts";
import { completeLocality } from "./given-locality.ts";
import { isSameSuburb, type Locality, localitiesNamed, resolveSuburb, type SuburbQuery } from "./suburbs.ts";

/**
 * The locality of a request, and the other towns of its state that have its name, if the request does not specify which
 * is meant.
 */
export interface Town {
  readonly locality: Locality;
  readonly namesakes: readonly Locality[];
}

/** `likely`: a postcode that states which of several towns is meant, such as that of the data. @throws Failure as resolveSuburb. */
export function resolveTown(query: SuburbQuery, likely: string | null = null): Town {
  const locality = resolveSuburb(query);
  const whole = completeLocality(query);
  if ("postcode" in whole && whole.postcode !== null) return { locality, namesakes: [] };
  const namesakes = namesakesOf(locality);
  const meant =
    namesakes.length === 0 ? undefined : [locality, ...namesakes].find(({ postcode }) => postcode === likely);
  return meant === undefined ? { locality, namesakes } : { locality: meant, namesakes: [] };
}

/** The other towns that have a locality's name in its state: Richmond QLD is 4740 and 4822, 600 km apart. */
export function namesakesOf(locality: Locality): readonly Locality[] {
  const towns = [locality];
  for (const each of localitiesNamed(locality))
    if (each.kind === "delivery" && towns.every((town) => !isSameSuburb(town, each))) towns.push(each);
  return towns.slice(1);
}

/**
 * Of towns of one name the one that there is data about, else the more likely one; with a warning that names all of
 * them, because a report on the wrong town looks like one on the right town.
 */
export function chooseTown(
  { locality, namesakes }: Town,
  hasData: (locality: Locality) => boolean,
): { readonly locality: Locality; readonly warning: string | null } {
  if (namesakes.length === 0) return { locality, warning: null };
  const towns = [locality, ...namesakes];
  const known = towns.filter(hasData);
  const [chosen = locality] = known;
  const why =
    known.length === 1
      ? messages.onlyWithData
      : known.length > 1
        ? messages.likeliestWithData(listWords(known.map(({ postcode }) => postcode)))
        : messages.likeliest;
  const all = listWords(towns.map(({ postcode }) => postcode));
  return {
    locality: chosen,
    warning: messages.namesakes(locality.suburb, locality.state, towns.length, all, chosen.postcode, why),
  };
}

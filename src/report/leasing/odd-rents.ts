// Rents that are unlike those of homes of their kind: nothing shows that they are by the month, and nothing that they
// are not.

import { compareText } from "../../text/text.ts";
import type { DataSet, Rental } from "../data-set.ts";
import { median } from "../figures/figure.ts";
import { count, plural } from "../wording.ts";
import { messages } from "./messages.ts";

/** Fewer rents show nothing. */
const FEWEST = 6;
/** A month's rent is 4.3 times a week's; homes of a type and size rarely differ by so much. */
const AS_A_MONTH = 3;
/** A fortnight's is twice a week's; all homes of an agency are rarely so much dearer than others of their size. */
const AS_A_FORTNIGHT = 1.75;

interface KnownRent {
  readonly rental: Rental;
  readonly rent: number;
}

/**
 * Of listings whose rents are stated by the week: those that are a multiple of the others of their type and bedrooms, and
 * the agencies whose rents are. They count, as homes may be so dear, and Method and a warning name them. `shown`: the
 * listings that a filter leaves, which are compared with all.
 */
export function oddRents(
  { rentals = [], agencies = [] }: DataSet,
  shown: readonly Rental[] = rentals,
): readonly string[] {
  const known = rentals.flatMap((rental): KnownRent[] => {
    const { weekly_rent: rent = null } = rental;
    return rent === null ? [] : [{ rental, rent }];
  });
  const sizes = Map.groupBy(known, ({ rental: { category, beds = null } }) => `${category} ${beds}`);
  const types = Map.groupBy(known, ({ rental }) => rental.category);
  // What is known of too few of its size is compared with all of its type.
  const groups = Map.groupBy(known, ({ rental: { category, beds = null } }) => {
    const ofSize = beds === null ? [] : (sizes.get(`${category} ${beds}`) ?? []);
    return ofSize.length >= FEWEST ? ofSize : (types.get(category) ?? []);
  });
  const isShown = new Set(shown);
  const compared = [...groups].flatMap(
    ([all, of]): Compared => (all.length >= FEWEST ? [[all, of.filter(({ rental }) => isShown.has(rental))]] : []),
  );
  const nameOf = new Map(agencies.map(({ id, name }) => [id, name]));
  return [...singleRents(compared), ...agencyRents(compared, (id) => nameOf.get(id) || id)];
}

/** Rents, and those that they are compared with. */
type Compared = readonly (readonly [all: readonly KnownRent[], of: readonly KnownRent[]])[];

function singleRents(groups: Compared): readonly string[] {
  const odd = groups
    .flatMap(([all, of]) => {
      const middle = middleOf(all);
      return of.filter(({ rent }) => rent >= AS_A_MONTH * middle);
    })
    .sort((a, b) => b.rent - a.rent || compareText(a.rental.address, b.rental.address));
  const [first] = odd;
  if (first === undefined) return [];
  return [
    messages.oddRents(
      plural(odd.length, "rental listing asks", "rental listings ask"),
      count(first.rent),
      first.rental.address,
    ),
  ];
}

function agencyRents(groups: Compared, nameOf: (id: string) => string): readonly string[] {
  const times = new Map<string, number[]>();
  for (const [all, of] of groups)
    for (const [agency, own] of Map.groupBy(of, ({ rental }) => rental.agency_ids?.[0] ?? null)) {
      const others = all.filter(({ rental }) => (rental.agency_ids?.[0] ?? null) !== agency);
      if (agency === null || others.length < FEWEST) continue;
      const middle = middleOf(others);
      times.set(agency, [...(times.get(agency) ?? []), ...own.map(({ rent }) => rent / middle)]);
    }
  return [...times]
    .flatMap(([agency, all]) => {
      const middle = median(all) ?? 0;
      const isOdd = all.length >= FEWEST && middle >= AS_A_FORTNIGHT && middle < AS_A_MONTH;
      return isOdd ? [messages.oddAgencyRents(nameOf(agency), plural(all.length, "rental listing"))] : [];
    })
    .sort(compareText);
}

function middleOf(rents: readonly KnownRent[]): number {
  return median(rents.map(({ rent }) => rent)) ?? Number.POSITIVE_INFINITY;
}

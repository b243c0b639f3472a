import { agencies, agents, type SampleAgency, type SampleSuburb, STREETS, SUBURBS } from "./people.ts";
import { createRandom, type Random } from "./random.ts";

export const RENTAL_COLUMNS = (
  "id,suburb,state,postcode,address,category,beds,baths,cars,listed_date,leased_date,weekly_rent,display_price,status," +
  "agency_ids,agent_ids,source"
).split(",");

type Cell = string | number | null;

/** Rental listings of 27 months to the sample's day, as the cells of a table; `iso` names a day. */
export function rentalRows(asOf: number, iso: (day: number) => string): readonly (readonly Cell[])[] {
  const random = createRandom(20260701);
  return SUBURBS.flatMap((suburb) => {
    const total = Math.round(suburb.salesAYear * 1.3 * (27 / 12));
    const rows = Array.from({ length: total }, (_, index) => rentalRow(suburb, index, asOf, random));
    return rows
      .sort((a, b) => a.listed - b.listed || (a.id < b.id ? -1 : 1))
      .map(({ id, listed, leased, home, rent, status, agency }) => [
        ...[id, suburb.name, "NSW", suburb.postcode, home.address, home.category, home.beds, home.baths, home.cars],
        ...[
          iso(listed),
          leased === null ? null : iso(leased),
          rent,
          rent === null ? "Contact agent" : `$${rent} a week`,
        ],
        ...[status, agency.id, managerOf(agency, random), "sample-rentals"],
      ]);
  });
}

function rentalRow(suburb: SampleSuburb, index: number, asOf: number, random: Random) {
  const listed = asOf - Math.floor(random.next() * 822);
  const home = property(suburb, random);
  const days = 4 + Math.round(random.gamma() * (home.category === "house" ? 9 : 7));
  const withdrawn = random.next() < 0.04;
  const ended = listed + days <= asOf;
  const status = !ended ? "current" : withdrawn ? "withdrawn" : "leased";
  const base = home.category === "house" ? suburb.houseRent : suburb.unitRent;
  const typical = home.category === "house" ? 3.4 : 1.9;
  // No logarithm and no power here: their last digits differ from machine to machine.
  const trend = 1 + 0.045 * ((listed - asOf) / 365);
  const exact = base * trend * (1 + 0.2 * (home.beds - typical)) * Math.max(0.7, 1 + random.normal() * 0.09);
  return {
    id: `${suburb.code}-rent-${String(index + 1).padStart(4, "0")}`,
    listed,
    leased: status === "leased" ? listed + days : null,
    home,
    rent: random.next() < 0.03 ? null : Math.round(exact / 10) * 10,
    status,
    agency: manager(suburb, listed, asOf, random),
  };
}

function property(suburb: SampleSuburb, random: Random) {
  // More units are let than sold.
  const category = random.next() < suburb.unitShare * 0.6 + 0.36 ? ("unit" as const) : ("house" as const);
  const beds =
    category === "house"
      ? random.weighted([
          [2, 2],
          [3, 5],
          [4, 3],
          [5, 1],
        ])
      : random.weighted([
          [0, 1],
          [1, 6],
          [2, 9],
          [3, 2],
        ]);
  const [street, number] = [random.pick(STREETS), 1 + Math.floor(random.next() * 180)];
  return {
    category,
    beds,
    baths: Math.max(1, beds - 1),
    cars: category === "house" ? 1 + Math.floor(random.next() * 2) : Math.floor(random.next() * 1.8),
    address: category === "unit" ? `${1 + Math.floor(random.next() * 40)}/${number} ${street}` : `${number} ${street}`,
  };
}

/** Who lets is not who sells: the weights are others, and change over the years. */
function manager(suburb: SampleSuburb, listed: number, asOf: number, random: Random): SampleAgency {
  const years = (listed - asOf) / 365;
  return random.weighted(
    agencies().map((agency, index) => {
      const drift = ((index * 5) % 7) - 3;
      const weight = Math.max(0.3, 2 + ((index * 7) % 11) + drift * 0.7 * years);
      return [agency, weight * (agency.home === suburb.code ? 2.6 : 1)] as const;
    }),
  );
}

/** One of the agency's people that may be named. */
function managerOf(agency: SampleAgency, random: Random): string {
  return random.pick(agents().filter((agent) => agent.agency === agency.id && !agent.hidden)).id;
}

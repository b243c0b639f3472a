import fc from "fast-check";
import type { DataSet, Sale } from "../../src/report/data-set.ts";

/** What really happened, and the records that sources have of it: doubled, spelled in many ways, late, mistyped. */

export const TODAY = "2026-07-15";
export const AS_OF = "2026-06-30";

export interface Dealing {
  readonly property: number;
  /** Days before AS_OF. */
  readonly ago: number;
  /** Null where it was not disclosed, or typed as $1. */
  readonly price: number | null;
  readonly category: "house" | "unit";
  readonly method: "auction" | "private_treaty" | "sold_prior";
  readonly outcome: "sold" | "passed_in";
  readonly agencies: readonly string[];
  /** The first led it. */
  readonly agents: readonly string[];
  /** Days on market. */
  readonly days: number | null;
  /** How its records are written; each with an id of its own. */
  readonly records: readonly { readonly spelling: number; readonly late: number; readonly shows: boolean }[];
  readonly placeholder: boolean;
  readonly beds: number | null;
  /** Square metres. */
  readonly land: number | null;
  /** The first asking price, which may be a placeholder. */
  readonly ask: number | null;
  /** How far north of the middle of Manly. */
  readonly km: number | null;
}

export const AGENCIES = ["Alder & Co", "Birch", "Cedar Realty", "Ñandú Property"].map((name, at) => ({
  id: `g${at}`,
  name,
}));
export const AGENTS = ["Ada Okoye", "Ben O'Hara", "Cleo Pham", "Dov 陳", "Eve Søns"].map((name, at) => ({
  id: `p${at}`,
  name,
  // Now of another agency than that of its sales: it moved.
  agency_id: AGENCIES[(at + 1) % AGENCIES.length]?.id ?? "",
}));
const agencyIds = AGENCIES.map(({ id }) => id);
const agentIds = AGENTS.map(({ id }) => id);

/** The middle of Manly. */
export const MIDDLE = { lat: -33.797, lon: 151.288 };
const KM_PER_DEGREE = 111.32;

const SPELLINGS: readonly ((unit: number, number: number) => string)[] = [
  (unit, number) => `${unit}/${number} Smith Street`,
  (unit, number) => `Unit ${unit}, ${number} Smith St`,
  (unit, number) => `U${unit} ${number} SMITH ST`,
  (unit, number) => `${unit} / ${number} Smith Street, Manly NSW 2095`,
  (unit, number) => `Apartment ${unit}, ${number} Smith St, Manly`,
];

const record = fc.record({ spelling: fc.nat(SPELLINGS.length - 1), late: fc.nat(25), shows: fc.boolean() });

/** `most`: so many, and no fewer than `least`; `span`: so many days back. */
export function dealingsOf(most: number, span: number, least = 0): fc.Arbitrary<readonly Dealing[]> {
  const dealing = fc.record({
    ago: fc.nat(span),
    price: fc.option(fc.constantFrom(900_000, 1_000_000, 1_250_000, 1_655_000, 2_000_000), { freq: 5 }),
    category: fc.constantFrom("house" as const, "unit" as const),
    method: fc.constantFrom("auction" as const, "private_treaty" as const, "sold_prior" as const),
    outcome: fc.constantFrom("sold" as const, "sold" as const, "sold" as const, "passed_in" as const),
    agencies: fc.uniqueArray(fc.constantFrom(...agencyIds), { maxLength: 2 }),
    agents: fc.uniqueArray(fc.constantFrom(...agentIds), { maxLength: 2 }),
    days: fc.option(fc.nat(120)),
    records: fc.array(record, { minLength: 1, maxLength: 3 }),
    placeholder: fc.boolean(),
    beds: fc.option(fc.nat(6)),
    land: fc.option(fc.integer({ min: 200, max: 900 })),
    ask: fc.option(fc.constantFrom(1, 950_000, 1_000_000, 1_300_000, 1_700_000, 999_999_999)),
    km: fc.option(fc.integer({ min: -40, max: 40 }).map((tenths) => tenths / 10)),
  });
  return fc.array(dealing, { minLength: least, maxLength: most }).map((all) =>
    all.map((each, at) => ({
      ...each,
      // Each property is sold once: when a sale is the same as another is the oracle's to know, not to find out.
      property: at,
      // Without a price two records are of one sale where they are of one day, and so are those of a failed auction.
      records: each.records.map((how) =>
        each.outcome === "sold" && each.price !== null ? how : { ...how, late: each.records[0]?.late ?? 0 },
      ),
      // A $1 of no agency is a transfer; of an agency it is a sale without a price.
      placeholder: each.placeholder && each.price === null && each.agencies.length > 0,
    })),
  );
}

export const iso = (ago: number) => new Date(Date.parse(AS_OF) - ago * 86_400_000).toISOString().slice(0, 10);

/** Was a first record of it there by AS_OF? That is its day. */
export function dayOf({ ago, records }: Dealing): number {
  return ago - Math.min(...records.map(({ late }) => late));
}

/** The rows of a source, with what else a source has: undated ones, dates in the future, an agent who is hidden. */
export function recordsOf(dealings: readonly Dealing[]): DataSet {
  const sales = dealings.flatMap((each) =>
    each.records.map((how, at): Sale => {
      const first = how.late === Math.min(...each.records.map(({ late }) => late));
      return {
        id: `s${each.property}-${at}`,
        address: SPELLINGS[how.spelling]?.(1 + (each.property % 7), 10 + each.property) ?? "",
        category: each.category,
        sold_date: iso(each.ago - how.late),
        listed_date: each.days === null || !first ? null : iso(dayOf(each) + each.days),
        // A second record may lack the price, never the first.
        price: each.placeholder ? 1 : first || how.shows ? each.price : null,
        method: each.method,
        outcome: each.outcome,
        beds: each.beds,
        land_sqm: each.land,
        first_ask: { from: each.ask, to: null },
        ...(each.km === null ? {} : { lat: MIDDLE.lat + each.km / KM_PER_DEGREE, lon: MIDDLE.lon }),
        agency_ids: [...each.agencies],
        agents: each.agents.map((id, of) => ({ id, role: of === 0 ? ("lead" as const) : ("co" as const) })),
      };
    }),
  );
  const odd = { category: "house" as const, agency_ids: ["g0"], price: 5_000_000 };
  return {
    as_of: AS_OF,
    agencies: [...AGENCIES],
    agents: [...AGENTS],
    sales: [
      ...sales,
      { ...odd, id: "undated", address: "1 Nowhere Road", sold_date: null },
      { ...odd, id: "future", address: "2 Nowhere Road", sold_date: "2062-05-20" },
      { ...odd, id: "after", address: "3 Nowhere Road", sold_date: "2026-07-02" },
    ],
  };
}

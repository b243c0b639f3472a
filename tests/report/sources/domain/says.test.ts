import { expect, setDefaultTimeout, test } from "bun:test";
import fc from "fast-check";
import type { DataSet, Sale } from "../../../../src/report/data-set.ts";
import { complete } from "../../../../src/report/sources/domain/merge.ts";
import { readResults } from "../../../../src/report/sources/domain/results.ts";
import { PROPERTY_SEED } from "../../../property-seed.ts";

/** The sentences of Coverage about Domain's auction results, and about sales that the catalogue has too, counted again from what happened. */

setDefaultTimeout(30_000);
const SETTINGS = {
  includeErrorInReport: true,
  seed: PROPERTY_SEED,
  numRuns: 300,
};

/** Codes as newspapers print them, and what each is called; a few unknown ones. */
const CODES = {
  AUSD: "sold at auction",
  SN: "sold at auction",
  AUSP: "sold before",
  AUSA: "sold after",
  AUPI: "passed in",
  AUVB: "passed in",
  AUWD: "withdrawn",
  ZZ: "another result (ZZ)",
} as const;
const METHODS: Readonly<Record<string, string>> = {
  "sold at auction": "auction",
  "sold before": "sold_prior",
  "sold after": "sold_after",
};

const auction = fc.record({
  id: fc.integer({ min: 100, max: 140 }),
  locality: fc.constantFrom(
    ["MANLY", "NSW"],
    ["Manly", null],
    ["Manly Vale", "NSW"],
    ["Mosman", "NSW"],
    ["Manly", "QLD"],
  ),
  code: fc.option(fc.constantFrom(...(Object.keys(CODES) as (keyof typeof CODES)[]))),
  again: fc.boolean(),
});

test("a Saturday's auctions are those of the suburb, each once, by what its code means", () => {
  fc.assert(
    fc.property(fc.uniqueArray(auction, { selector: ({ id }) => id, maxLength: 30 }), (auctions) => {
      const rows = auctions.flatMap(({ id, locality: [suburb, state], code, again }) =>
        Array.from({ length: again ? 2 : 1 }, () => ({ id, suburb, state, result: code, streetName: "Pine" })),
      );
      const { note, methods } = readResults(
        { suburb: "Manly", state: "NSW" },
        { auctionedDate: "2026-07-18" },
        rows as never,
      );
      const own = auctions.filter(
        ({ locality: [suburb, state] }) => suburb?.toLowerCase() === "manly" && state !== "QLD",
      );
      if (own.length === 0) return expect(note).toBeNull();
      const claim =
        /^Auctions of 18 July 2026 in Manly, as Domain reported them: (.+)\. They cover only one week, so unsold results are not included in any rate\.$/.exec(
          note ?? "",
        );
      if (claim === null) throw new Error(`no reader for: ${note}`);
      const said = Object.fromEntries(
        (claim[1] ?? "").split(", ").map((part) => part.split(/ (.+)/).slice(0, 2).reverse()),
      );
      const counts: Record<string, string> = {};
      for (const { code } of own) {
        const what = code === null ? "not reported" : CODES[code];
        counts[what] = String(Number(counts[what] ?? 0) + 1);
      }
      expect(said).toEqual(counts);
      for (const { id, code } of own)
        expect(methods.get(String(id))).toBe(METHODS[code === null ? "" : CODES[code]] as never);
    }),
    SETTINGS,
  );
});

/** A sale, and who has a record of it: Domain, and sources of the catalogue. */
const dealing = fc.record({
  ago: fc.integer({ min: 20, max: 600 }),
  domain: fc.boolean(),
  own: fc.uniqueArray(fc.constantFrom("crm", "register", null), { maxLength: 3 }),
  price: fc.option(fc.constantFrom(900_000, 1_400_000)),
  outcome: fc.constantFrom("sold" as const, "sold" as const, "passed_in" as const),
  sameId: fc.boolean(),
});

test("how many sales the catalogue has that Domain lacks, and that both have, is so", () => {
  fc.assert(
    fc.property(fc.array(dealing, { maxLength: 25 }), (dealings) => {
      const record = (at: number, id: string, source: string | null, late: number): Sale => {
        const { ago, price, outcome } = dealings[at] ?? { ago: 0, price: null, outcome: "sold" };
        return {
          ...{ id, address: `${at + 1} Kelp Street`, category: "house", source, price, outcome },
          sold_date: new Date(Date.UTC(2026, 5, 30 - ago + late)).toISOString().slice(0, 10),
        };
      };
      const domain: DataSet = {
        suburb: { name: "Manly", state: "NSW" },
        sales: dealings.flatMap((each, at) => (each.domain ? [record(at, `domain-${at}`, "domain", 0)] : [])),
      };
      const own: DataSet = {
        sales: dealings.flatMap(({ own: sources, sameId }, at) =>
          sources.map((source, which) =>
            sameId && which === 0
              ? record(at, `domain-${at}`, "domain", 0)
              : record(at, `own-${at}-${which}`, source, which * 5),
          ),
        ),
      };
      const sold = dealings.filter(({ own: sources, outcome }) => sources.length > 0 && outcome === "sold");
      const both = sold.filter((each) => each.domain).length;
      const only = sold.length - both;
      const is = (n: number) => (n === 1 ? "is" : "are");
      expect(complete(domain, own).notes).toEqual(
        sold.length === 0
          ? []
          : [
              `${only} ${only === 1 ? "sale" : "sales"} ${is(only)} from the catalogue and not from Domain; ${both} of the catalogue's ${is(both)} also in Domain's data.`,
            ],
      );
    }),
    SETTINGS,
  );
});

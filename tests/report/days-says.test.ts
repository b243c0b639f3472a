import { expect, setDefaultTimeout, test } from "bun:test";
import fc from "fast-check";
import type { Listing } from "../../src/report/data-set.ts";
import { buildReport } from "../../src/report/report.ts";
import { PROPERTY_SEED } from "../property-seed.ts";
import { options, sale } from "./data.ts";
import { AS_OF, dayOf, dealingsOf, iso, recordsOf, TODAY } from "./dealings.ts";
import { truthOf } from "./truth.ts";

/** A card's sales per quarter, and the days of a listing, worked out again from what happened. */

setDefaultTimeout(60_000);
const OPTIONS = { ...options(), date: TODAY };
const DEALINGS = fc.oneof(dealingsOf(12, 800), dealingsOf(90, 1_000, 30), dealingsOf(120, 760, 80));

/** The last day of each quarter back from AS_OF, the newest first. */
const ENDS = [
  ..."2026-06-30 2026-03-31 2025-12-31 2025-09-30 2025-06-30 2025-03-31 2024-12-31 2024-09-30 2024-06-30".split(" "),
];

test("a card's sales per quarter are the agent's, of each quarter that the records cover", () => {
  fc.assert(
    fc.property(DEALINGS, (all) => {
      const { sold } = truthOf(all);
      const days = all.map((each) => iso(dayOf(each))).sort();
      const inQuarter = (day: string, at: number) => day > (ENDS[at + 1] ?? "") && day <= (ENDS[at] ?? "");
      const counts = ENDS.slice(0, 8).map((_, at) => days.filter((day) => inQuarter(day, at)).length);
      const usual = counts.filter((n) => n > 0).sort((a, b) => a - b);
      for (const { id, sparkline } of buildReport(recordsOf(all), OPTIONS).cards) {
        const own = sold.filter(({ agents }) => agents.includes(id)).map((each) => iso(dayOf(each)));
        const newestFirst = sparkline.toReversed();
        expect(newestFirst.map(({ periodEnd }) => periodEnd)).toEqual(ENDS.slice(0, sparkline.length));
        for (const [at, { value }] of newestFirst.entries()) {
          const n = own.filter((day) => inQuarter(day, at)).length;
          if (value !== null) expect(value).toBe(n);
          // Records are missing where hardly any are of the quarter, or none of three weeks.
          else expect(hasGap(days, at) || (counts[at] ?? 0) * 2 < (usual.at(-1) ?? 0)).toBe(true);
        }
        // No quarter of the agent's is left out that the records reach, unless it is before a hole.
        const left = own.filter((day) => day <= (ENDS[sparkline.length] ?? "") && day > (ENDS[8] ?? ""));
        const first = days[0] ?? "";
        for (const day of left) {
          const at = ENDS.findIndex((_, index) => inQuarter(day, index));
          const isReached = Date.parse(first) - Date.parse(ENDS[at + 1] ?? "") <= 32 * 86_400_000;
          expect(!isReached || hasGap(days, at) || (counts[at] ?? 0) * 2 < (usual.at(-1) ?? 0)).toBe(true);
        }
      }
    }),
    { numRuns: 80, seed: PROPERTY_SEED },
  );

  /** Is there a stretch of three weeks without a record that the quarter has ten days of? */
  function hasGap(days: readonly string[], at: number): boolean {
    const stops = ["2020-01-01", ...days.filter((day) => day <= AS_OF), AS_OF].map(
      (day) => Date.parse(day) / 86_400_000,
    );
    const [from, to] = [Date.parse(ENDS[at + 1] ?? "") / 86_400_000 + 1, Date.parse(ENDS[at] ?? "") / 86_400_000];
    return stops.some((stop, index) => {
      const next = stops[index + 1] ?? stop;
      return next - stop > 21 && Math.min(next - 1, to) - Math.max(stop + 1, from) >= 9;
    });
  }
});

const property = fc.record({
  /** How many days before AS_OF each of its listings began; null where that is unknown. */
  agos: fc.array(fc.option(fc.integer({ min: -20, max: 900 }), { freq: 4 }), { minLength: 1, maxLength: 3 }),
  /** A system that stores 1 January 1900 for an unknown day. */
  hasOld: fc.boolean(),
});

test("the days of a current listing are those from its first listing to the day of the newest, or the report's", () => {
  fc.assert(
    fc.property(
      fc.array(property, { minLength: 1, maxLength: 12 }),
      fc.nat(60),
      fc.boolean(),
      (properties, salesEnd, isStated) => {
        const listings = properties.flatMap(({ agos, hasOld }, at): Listing[] =>
          [...agos.map((ago) => (ago === null ? null : iso(ago))), ...(hasOld ? ["1900-01-01"] : [])].map(
            (day, of) => ({
              ...{ id: `l${at}-${of}`, address: of % 2 === 0 ? `${at + 1} Elm Street` : `${at + 1} ELM ST, Manly` },
              ...{ category: "house", listed_date: day, display_price: "$1.2m" },
            }),
          ),
        );
        const data = {
          ...{ agencies: [], listings, sales: [sale({ sold_date: iso(salesEnd), address: "1 Oak Street" })] },
          ...(isStated && { as_of: AS_OF }),
        };
        const model = buildReport(data, OPTIONS);
        // Of a data set that states its day nothing later is known; of another what is listed until today.
        const latest = isStated ? AS_OF : TODAY;
        const report = isStated ? AS_OF : iso(salesEnd);
        const known = listings.flatMap(({ listed_date: day }) => (day && day <= latest ? [day] : []));
        const until = [report, ...known].sort().at(-1) ?? "";
        expect(model.asOf).toBe(report);
        expect(model.listings.daysTo).toBe(until === report ? null : until);
        expect(model.listings.total).toBe(properties.length);
        for (const { address, daysListed, listedDate } of model.listings.rows) {
          const of = properties[Number.parseInt(address, 10) - 1];
          const [first = null] = (of?.agos ?? []).flatMap((ago) => (ago === null ? [] : [iso(ago)])).sort();
          expect(listedDate).toBe(first);
          const days = first === null ? null : (Date.parse(until) - Date.parse(first)) / 86_400_000;
          expect(daysListed).toBe(days === null || days < 0 ? null : days);
        }
      },
    ),
    { numRuns: 300, seed: PROPERTY_SEED },
  );
});

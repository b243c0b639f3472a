import { expect, setDefaultTimeout, test } from "bun:test";
import fc from "fast-check";
import type { DataSet, Listing } from "../../src/report/data-set.ts";
import type { Tile } from "../../src/report/model.ts";
import { buildReport } from "../../src/report/report.ts";
import { PROPERTY_SEED } from "../property-seed.ts";
import { options } from "./data.ts";
import { AGENCIES, AGENTS, type Dealing, dayOf, dealingsOf, recordsOf, TODAY } from "./dealings.ts";
import { areComparable, comparable, middle, oneDecimal, prices, truthOf, YEAR } from "./truth.ts";

/** Every figure of the market and each tile of the verdict, worked out again from what happened. */

setDefaultTimeout(120_000);
const DEALINGS = fc.oneof(dealingsOf(6, 800), dealingsOf(60, 760), dealingsOf(120, 760, 80), dealingsOf(40, 200));
const listed = fc.array(fc.constantFrom("house" as const, "unit" as const, "land" as const), { maxLength: 30 });
const weekly = fc.option(fc.integer({ min: 60, max: 120 }).map((tens) => tens * 10));

/** A first ask that is a tenth of the price or less, or ten times as much, was typed to fill a field. */
function askOf({ ask, price }: Dealing): number | null {
  if (ask === null || price === null) return null;
  return ask * 10 < price || ask > price * 10 ? null : ask;
}

const median = (values: readonly number[], least: number) => (values.length < least ? null : middle(values));
const discounts = (all: readonly Dealing[]) =>
  all.flatMap((each) => {
    const [ask, price] = [askOf(each), each.price];
    return each.method === "private_treaty" && ask !== null && price !== null ? [((ask - price) / ask) * 100] : [];
  });
const ratios = (all: readonly Dealing[]) =>
  all.flatMap((each) => {
    const [ask, price] = [askOf(each), each.price];
    return ask !== null && price !== null ? [(price / ask) * 100] : [];
  });

function expectClose(value: number | null, truth: number | null) {
  if (truth === null) expect(value).toBeNull();
  else expect(value ?? Number.NaN).toBeCloseTo(truth);
}

/** Do the records begin within the 12 months, more than a month after their first day? */
const begins = ({ known }: ReturnType<typeof truthOf>) =>
  known.length > 0 && Math.max(...known.map(dayOf)) < YEAR - 1 - 31;

/** Both results, or no rate; none below three. */
function clearance({ known, now }: ReturnType<typeof truthOf>): readonly [number | null, number] {
  const failed = known.filter((each) => each.outcome === "passed_in" && dayOf(each) < YEAR).length;
  const cleared = now.filter(({ method }) => method !== "private_treaty").length;
  const both = ["passed_in", "sold"].every((result) => known.some(({ outcome }) => outcome === result));
  const n = cleared + failed;
  return [both && n >= 3 ? (cleared / n) * 100 : null, n];
}

const supply = (truth: ReturnType<typeof truthOf>, sold: number, offered: number, any: number) =>
  any === 0 || sold === 0 || begins(truth) ? null : offered / (sold / 12);

const dataOf = (all: readonly Dealing[], offered: readonly Listing["category"][], rent: number | null): DataSet => ({
  ...recordsOf(all),
  listings: offered.map((category, at) => ({ id: `l${at}`, address: `${at + 1} Jones Street`, category })),
  market:
    rent === null
      ? []
      : [{ category: "house", series: [{ period_end: "2026-06-30", period_months: 3, median_weekly_rent: rent }] }],
});

test("each figure of a property type is that of its rows", () => {
  fc.assert(
    fc.property(DEALINGS, listed, weekly, (all, offered, rent) => {
      const truth = truthOf(all);
      const { market } = buildReport(dataOf(all, offered, rent), options({ date: TODAY }));
      for (const of of market) {
        const own = truth.now.filter(({ category }) => category === of.category);
        const then = truth.before.filter(({ category }) => category === of.category);
        const priced = prices(own);
        expectClose(of.disclosureRate.value, own.length === 0 ? null : (priced.length / own.length) * 100);
        expect(of.disclosureRate.n).toBe(own.length);
        expectClose(of.daysOnMarket.value, middle(own.flatMap(({ days }) => days ?? [])));
        expectClose(of.vendorDiscount.value, median(discounts(own), 3));
        expectClose(of.saleToList.value, median(ratios(own), 5));
        expect([of.vendorDiscount.n, of.saleToList.n]).toEqual([discounts(own).length, ratios(own).length]);
        const [price, earlier] = [middle(priced), middle(prices(then))];
        const grows = comparable(truth) && areComparable(own, then) && price !== null && earlier !== null;
        expectClose(of.growth.value, grows ? (price / earlier - 1) * 100 : null);
        const there = offered.filter((category) => category === of.category).length;
        expectClose(of.monthsOfSupply.value, supply(truth, own.length, there, offered.length));
        const yields = of.category === "house" && rent !== null && price !== null ? ((rent * 52) / price) * 100 : null;
        expectClose(of.grossYield.value, yields);
      }
    }),
    { seed: PROPERTY_SEED, numRuns: 200 },
  );
});

type Facts = ReturnType<typeof truthOf> & { readonly offered: readonly Listing["category"][] };

/** What a tile shows; it fails at a label that it does not know. */
function checkTile({ label, figure: { value, n }, note }: Tile, facts: Facts) {
  const { now, before, offered } = facts;
  switch (label) {
    case "Sales, 12 months": {
      expect(value).toBe(now.length);
      const [, way, by = "", of] = /^(up|down) ([\d.]+)% on the year before(?: \((\d+)\))?$/.exec(note) ?? [];
      const change = now.length > 0 && comparable(facts) ? ((now.length - before.length) / before.length) * 100 : 0;
      expect([way, by]).toEqual(
        change === 0 ? [undefined, ""] : [change > 0 ? "up" : "down", oneDecimal(Math.abs(change))],
      );
      if (of !== undefined) expect(Number(of)).toBe(before.length);
      return;
    }
    case "Median house":
    case "Median unit": {
      const own = prices(now.filter(({ category }) => label.endsWith(category)));
      expect([value, n]).toEqual([middle(own), own.length]);
      return;
    }
    case "Days on market": {
      const days = now.flatMap(({ days: took }) => took ?? []);
      expect([value, n]).toEqual([middle(days), days.length]);
      return;
    }
    case "Clearance rate": {
      const [rate, results] = clearance(facts);
      expectClose(value, rate);
      expect(n).toBe(results);
      return;
    }
    case "Months of supply":
      return expectClose(value, supply(facts, now.length, offered.length, offered.length));
    case "Agencies":
      return expect(value).toBe(AGENCIES.length);
    case "Agents":
      return expect(value).toBe(AGENTS.length);
    case "Current listings":
      return expect(value).toBe(offered.length);
    default:
      throw new Error(`no reader for the tile: ${label}`);
  }
}

test("each tile of the verdict has the number of the rows", () => {
  fc.assert(
    fc.property(DEALINGS, listed, (all, offered) => {
      const { verdict } = buildReport(dataOf(all, offered, null), options({ date: TODAY }));
      for (const tile of verdict.tiles) checkTile(tile, { ...truthOf(all), offered });
    }),
    { seed: PROPERTY_SEED, numRuns: 200 },
  );
});

import { expect, setDefaultTimeout, test } from "bun:test";
import fc from "fast-check";
import { buildReport } from "../../src/report/report.ts";
import { options } from "./data.ts";
import { type Dealing, dayOf, dealingsOf, iso, recordsOf, TODAY } from "./dealings.ts";
import { agenciesOf, name, prices, truthOf } from "./truth.ts";

/** The tables beside the leagues (price bands, recent sales, cards) and the concentration, worked out again from what happened. */

setDefaultTimeout(60_000);
const DEALINGS = fc.oneof(dealingsOf(6, 800), dealingsOf(60, 760), dealingsOf(90, 380, 60));
const OPTIONS = { ...options(), date: TODAY };

/** "$950k" and "$1.65m", as they are printed. */
function printed(amount: string): number {
  const [, number = "", unit] = /^\$([\d.]+)([km])$/.exec(amount) ?? [];
  return Math.round(Number(number) * (unit === "k" ? 1_000 : 1_000_000));
}

/** "under $1m", "$1m–$1.3m", "$2m and more", "all prices". */
function isIn(band: string, price: number): boolean {
  const [, under] = /^under (\S+)$/.exec(band) ?? [];
  const [, from, to] = /^(\S+)–(\S+)$/.exec(band) ?? [];
  const [, least] = /^(\S+) and more$/.exec(band) ?? [];
  if (under !== undefined) return price < printed(under);
  if (from !== undefined && to !== undefined) return price >= printed(from) && price < printed(to);
  if (least !== undefined) return price >= printed(least);
  if (band !== "all prices") throw new Error(`no reader for: ${band}`);
  return true;
}

/** The newest sales, as rows show them; those of one day in any order. */
function checkNewest(
  rows: readonly { readonly soldDate: string; readonly price: number | null }[],
  of: readonly Dealing[],
) {
  const days = of.map((each) => iso(dayOf(each))).sort((a, b) => (a < b ? 1 : -1));
  expect(rows.map(({ soldDate }) => soldDate)).toEqual(days.slice(0, rows.length));
  const left = of.map((each) => `${iso(dayOf(each))} ${each.price}`);
  for (const { soldDate, price } of rows) {
    const at = left.indexOf(`${soldDate} ${price}`);
    expect(at).not.toBe(-1);
    left.splice(at, 1);
  }
}

test("price bands count each agency's sales by the limits that they print", () => {
  fc.assert(
    fc.property(DEALINGS, (all) => {
      const { now } = truthOf(all);
      const { heatMap } = buildReport(recordsOf(all), OPTIONS);
      if (prices(now).length < 3) expect(heatMap).toBeNull();
      for (const { agencyId, counts } of heatMap?.rows ?? []) {
        const own = prices(now.filter((each) => agenciesOf(each).includes(agencyId)));
        expect(own.length).toBeGreaterThan(0);
        expect(counts).toEqual((heatMap?.bands ?? []).map((band) => own.filter((price) => isIn(band, price)).length));
      }
    }),
    { numRuns: 60 },
  );
});

test("recent sales and those of a card are the newest, each with its day, price and people", () => {
  fc.assert(
    fc.property(DEALINGS, (all) => {
      const { now, sold } = truthOf(all);
      const { sales, cards } = buildReport(recordsOf(all), OPTIONS);
      expect(sales.rows).toHaveLength(Math.min(18, now.length));
      checkNewest(sales.rows, now);
      for (const { soldDate, price, agencyNames, agentNames } of sales.rows)
        expect(
          now.some(
            (each) =>
              iso(dayOf(each)) === soldDate &&
              each.price === price &&
              String(agenciesOf(each).map(name).sort()) === String([...agencyNames].sort()) &&
              String(each.agents.map(name).sort()) === String([...agentNames].sort()),
          ),
        ).toBe(true);
      for (const { id, recent } of cards) {
        const own = sold.filter(({ agents }) => agents.includes(id));
        expect(recent).toHaveLength(Math.min(5, own.length));
        checkNewest(recent, own);
      }
    }),
    { numRuns: 60 },
  );
});

test("concentration is the sum of the squared shares, a joint sale divided, of ten sales or more with known agencies", () => {
  fc.assert(
    fc.property(DEALINGS, (all) => {
      const { now } = truthOf(all);
      const { value } = buildReport(recordsOf(all), OPTIONS).agencies.concentration;
      const unknown = now.filter((each) => agenciesOf(each).length === 0).length;
      const sellers = new Set(now.flatMap(agenciesOf)).size;
      expect(value !== null).toBe(now.length >= 10 && unknown * 5 <= now.length && sellers > 1);
      if (value === null) return;
      const parts = new Map<string, number>();
      for (const each of now)
        for (const id of agenciesOf(each))
          parts.set(id, (parts.get(id) ?? 0) + 100 / agenciesOf(each).length / now.length);
      expect(value).toBeCloseTo([...parts.values()].reduce((sum, part) => sum + part * part, 0));
    }),
    { numRuns: 60 },
  );
});

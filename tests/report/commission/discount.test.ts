import { expect, test } from "bun:test";
import fc from "fast-check";
import { discountOf, USUAL_RULE } from "../../../src/report/commission/discount.ts";
import { BANDS, parseBand } from "../../../src/report/input/price-band.ts";

/** Calculated manually: price × rate × 20 % × 25 %, to the next 250. */
test.each([
  ["Less than $500k", 2.5, 500],
  ["$500k-$1m", 2, 500],
  ["$500k-$1m", 2.51, 750],
  ["$1m-$1.5m", 1.8, 1_000],
  ["$1m-$1.5m", 1.75, 1_000],
  ["$1m-$1.5m", 1.74, 750],
  ["$1.5m-$2m", 1.8, 1_250],
  ["$2m-$2.5m", 1.65, 1_750],
  ["$4m-$6m", 1.5, 3_000],
  ["$10m+", 1.35, 6_750],
  ["$10m+", 2.5, 10_000],
] as const)("in the band %s at %p per cent it is %p dollars", (label, rate, dollars) => {
  const band = parseBand(label);
  if (band === null) throw new Error(`${label} is no band`);
  expect(discountOf(band, rate, USUAL_RULE)).toBe(dollars);
});

test("each of the five numbers is the operator's", () => {
  const band = { from: 2_000_000 };
  expect(discountOf(band, 2, { ...USUAL_RULE, sharePct: 30 })).toBe(3_000);
  expect(discountOf(band, 2, { ...USUAL_RULE, partPct: 50 })).toBe(4_000);
  expect(discountOf(band, 1.81, { ...USUAL_RULE, step: 500 })).toBe(2_000);
  expect(discountOf(band, 2, { ...USUAL_RULE, least: 5_000 })).toBe(5_000);
  expect(discountOf(band, 2, { ...USUAL_RULE, most: 1_500 })).toBe(1_500);
});

test("it is a whole number of steps nearest to the exact amount, but for the bounds, and never falls as the rate rises", () => {
  const rule = fc.record({
    sharePct: fc.integer({ min: 0, max: 100 }),
    partPct: fc.integer({ min: 0, max: 100 }),
    step: fc.integer({ min: 1, max: 5_000 }),
    least: fc.integer({ min: 0, max: 2_000 }),
    most: fc.integer({ min: 2_000, max: 50_000 }),
  });
  const hundredths = fc.integer({ min: 0, max: 500 });
  fc.assert(
    fc.property(fc.constantFrom(...BANDS), hundredths, rule, (band, rate, rule) => {
      const discount = discountOf(band, rate / 100, rule);
      expect(discount).toBeWithin(rule.least, rule.most + 1);
      // In whole numbers, so that no rounding of the machine is in it.
      const exact = BigInt(band.from) * BigInt(rate) * BigInt(rule.sharePct) * BigInt(rule.partPct);
      const step = BigInt(rule.step) * 100_000_000n;
      const steps = (2n * exact + step) / (2n * step);
      const expected = Number(steps) * rule.step;
      expect(discount).toBe(Math.min(rule.most, Math.max(rule.least, expected)));
      expect(discountOf(band, (rate + 1) / 100, rule)).toBeGreaterThanOrEqual(discount);
    }),
  );
});

import { expect, test } from "bun:test";
import { scaleLinear } from "d3-scale";
import fc from "fast-check";
import { type PlotArea, valueScale } from "../../src/render/charts/axis.ts";
import { type Measure, ticksOf } from "../../src/render/charts/ticks.ts";

const FRAME: PlotArea = { left: 0, right: 100, top: 10, bottom: 70 };
const labels = (low: number, high: number, measure: Measure, count = 4, within = [0, Number.POSITIVE_INFINITY]) =>
  ticksOf(scaleLinear([low, high], [1, 0]), measure, { count, low: within[0] ?? 0, high: within[1] ?? 0 }).map(
    ({ label }) => label,
  );

test("ticks have as few decimals as they need, and one unit", () => {
  expect(labels(994_000, 1_006_000, "money", 2)).toEqual(["$0.995m", "$1.000m", "$1.005m"]);
  expect(labels(850_000, 1_150_000, "money", 3)).toEqual(["$0.9m", "$1.0m", "$1.1m"]);
  expect(labels(2_400_000, 4_300_000, "money", 2)).toEqual(["$3m", "$4m"]);
  expect(labels(640_000, 810_000, "money")).toEqual(["$650k", "$700k", "$750k", "$800k"]);
  expect(labels(0, 2_000_000, "money", 2)).toEqual(["$0", "$1m", "$2m"]);
  expect(labels(55, 102, "percent", 3, [0, 100])).toEqual(["60%", "80%", "100%"]);
  expect(labels(-1.2, 1.2, "percent", 3, [-100, 100])).toEqual(["−1%", "0%", "1%"]);
  expect(labels(28, 30, "count", 5)).toEqual(["28", "29", "30"]);
  expect(labels(0, 2, "count", 8)).toEqual(["0", "1", "2"]);
  expect(labels(1_640, 1_860, "dollars", 3)).toEqual(["$1,700", "$1,800"]);
});

test("a tick reads as the value of its position, no two read the same, and none is past what there can be", () => {
  const READ: Readonly<Record<string, number>> = { "": 1, "%": 1, k: 1e3, m: 1e6, b: 1e9 };
  const value = (label: string) => {
    const [, sign, number = "", unit = ""] = /^(−?)\$?([\d.,]+)([kmb%]?)$/.exec(label) ?? [];
    return (sign === "−" ? -1 : 1) * Number(number.replaceAll(",", "")) * (READ[unit] ?? Number.NaN);
  };
  fc.assert(
    fc.property(
      fc.constantFrom<Measure>("money", "dollars", "percent", "count"),
      fc.double({ min: 0, max: 9, noNaN: true }),
      fc.double({ min: 1e-4, max: 3, noNaN: true }),
      fc.integer({ min: 2, max: 8 }),
      (measure, power, spread, count) => {
        const middle = measure === "percent" ? power * 11 : 10 ** power;
        const low = middle / (1 + spread);
        const most = measure === "percent" ? 100 : Number.POSITIVE_INFINITY;
        const { ticks } = valueScale([low, middle], FRAME, { measure, tickCount: count, within: [0, most] });
        const read = ticks.map(({ label }) => value(label));
        ticks.forEach((tick, index) => {
          expect(Math.abs((read[index] ?? Number.NaN) - tick.value)).toBeLessThanOrEqual(Math.abs(tick.value) * 1e-6);
        });
        expect(new Set(read).size).toBe(ticks.length);
        expect(read.every((each) => each >= 0 && each <= most)).toBe(true);
      },
    ),
  );
});

test("the axis of values that hardly differ spans four points, also at the end of what there can be, and does not pass 0", () => {
  const spanned = (...values: readonly number[]) => {
    const { ticks } = valueScale(values, FRAME, { measure: "percent", within: [-100, 100] });
    return [ticks[0]?.label, ticks.at(-1)?.label];
  };
  expect(spanned(100, 100)).toEqual(["96%", "100%"]);
  expect(spanned(99.4, 100)).toEqual(["96%", "100%"]);
  expect(spanned(0.9, 2.9)).toEqual(["0%", "4%"]);
  expect(spanned(0, 0)).toEqual(["0%", "4%"]);
  expect(spanned(-2.9, -0.9)).toEqual(["−4%", "0%"]);
  expect(spanned(-0.4, 1.2)).toEqual(["−2%", "4%"]);
  expect(spanned(50, 50)).toEqual(["48%", "52%"]);
});

test("an axis begins and ends at a tick, with all values between", () => {
  fc.assert(
    fc.property(
      fc.constantFrom<Measure>("money", "dollars", "percent", "count"),
      fc.array(fc.double({ min: 0, max: 100, noNaN: true }), { minLength: 1, maxLength: 12 }),
      fc.integer({ min: 0, max: 5 }),
      fc.boolean(),
      (measure, some, power, fromZero) => {
        const values = measure === "percent" ? some : some.map((each) => each * 10 ** power);
        const within = [0, measure === "percent" ? 100 : Number.POSITIVE_INFINITY] as const;
        const { at, ticks } = valueScale(values, FRAME, { measure, within, fromZero });
        const [first, last] = [ticks[0]?.value ?? Number.NaN, ticks.at(-1)?.value ?? Number.NaN];
        expect(first).toBeLessThanOrEqual(Math.min(...values));
        expect(last).toBeGreaterThanOrEqual(Math.max(...values));
        expect([at(first), at(last)]).toEqual([FRAME.bottom, FRAME.top]);
        expect(ticks.length).toBeLessThan(9);
        if (fromZero) expect(first).toBe(0);
      },
    ),
  );
});

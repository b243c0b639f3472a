import { expect, test } from "bun:test";
import {
  change,
  count,
  day,
  dollars,
  figure,
  longDay,
  money,
  month,
  percent,
  rooms,
} from "../../../src/render/style/format.ts";

test("money is three figures, whole dollars where each counts", () => {
  expect(
    [0, 950, 985_400, 999_600, 1_000_000, 1_555_000, 2_449_000, 24_490_000, 124_490_000, 1_244_900_000].map(money),
  ).toEqual(["$0", "$950", "$985k", "$1.00m", "$1.00m", "$1.56m", "$2.45m", "$24.5m", "$124m", "$1.24b"]);
  expect(dollars(2_450_000)).toBe("$2,450,000");
});

test("changes have a sign, but nothing has none", () => {
  expect([1.24, -0.4, 2.04, 0, -0.04, 0.04].map(change)).toEqual(["+1.2", "−0.4", "+2", "0", "0", "0"]);
  expect([24.54, 99.97, 100, 1_584.61].map(percent)).toEqual(["24.5%", "100%", "100%", "1,584.6%"]);
  expect(count(12_345)).toBe("12,345");
});

test("a figure that must not be shown is a dash, one as supplied is marked", () => {
  expect(figure({ value: null, n: 2, supplied: false }, "money")).toBe("–");
  expect(figure({ value: 34, n: null, supplied: true }, "days")).toBe("34\u00a0days†");
  expect(figure({ value: 1, n: 10, supplied: false }, "days")).toBe("1\u00a0day");
  expect(figure({ value: 1, n: 9, supplied: false }, "days")).toBe("1\u00a0day*");
  expect(figure({ value: 1, n: 1, supplied: false }, "count")).toBe("1");
  expect(
    [0, 0.04, 0.05, 0.96, 1.04, 1.1, 2].map((value) => figure({ value, n: 10, supplied: false }, "months")),
  ).toEqual([
    "0\u00a0months",
    "<0.1\u00a0months",
    "0.1\u00a0months",
    "1\u00a0month",
    "1\u00a0month",
    "1.1\u00a0months",
    "2\u00a0months",
  ]);
});

test("days are read without a clock or a time zone", () => {
  expect(day("2026-03-01")).toBe("1 Mar 2026");
  expect(longDay("2026-06-30")).toBe("30 June 2026");
  expect(month("2026-06-30")).toBe("Jun 26");
  expect(day("soon")).toBe("soon");
});

test("rooms are named as far as they are known", () => {
  const unknown = { beds: null, baths: null, cars: null };
  expect(rooms({ category: "house", beds: 3, baths: null, cars: 0 })).toBe("3\u00a0bed · 0\u00a0car");
  expect(rooms({ category: "house", ...unknown })).toBe("");
  expect(rooms({ category: "unit", ...unknown })).toBe("");
});

test("a unit without a bedroom is a studio; nothing else has no bedroom, and nothing no bathroom", () => {
  const none = { beds: 0, baths: 0, cars: 0 };
  expect(rooms({ category: "unit", ...none, baths: 1 })).toBe("Studio · 1\u00a0bath · 0\u00a0car");
  expect(rooms({ category: "house", ...none })).toBe("0\u00a0car");
  expect(rooms({ category: "land", ...none })).toBe("");
});

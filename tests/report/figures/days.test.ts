import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import {
  isCalendarDay,
  isWithin,
  monthsBefore,
  periodBefore,
  toDay,
  toIso,
  twelveMonthsTo,
} from "../../../src/report/figures/days.ts";

describe("the 12 months", () => {
  test("are 365 days, the last of them the day of the data", () => {
    const period = twelveMonthsTo(toDay("2026-06-30"));
    expect([period.from, period.to].map(toIso)).toEqual(["2025-07-01", "2026-06-30"]);
    const inside = (day: string) => isWithin(period, toDay(day));
    expect(["2025-06-30", "2025-07-01", "2026-06-30", "2026-07-01"].map(inside)).toEqual([false, true, true, false]);
  });

  test("before them are the 365 days that end the day before they begin", () => {
    const before = periodBefore(twelveMonthsTo(toDay("2026-06-30")));
    expect([before.from, before.to].map(toIso)).toEqual(["2024-07-01", "2025-06-30"]);
  });
});

describe("months before a day", () => {
  test.each([
    ["2026-06-30", 3, "2026-03-31"],
    ["2026-03-31", 1, "2026-02-28"],
    ["2024-02-29", 12, "2023-02-28"],
    ["2026-05-14", 3, "2026-02-14"],
    ["2026-05-30", 3, "2026-02-28"],
    ["2026-01-15", 2, "2025-11-15"],
  ])("%p, %p months before, is %p", (day, months, expected) => {
    expect(toIso(monthsBefore(toDay(day), months))).toBe(expected);
  });

  test("quarters counted back leave no day out and count none twice", () => {
    fc.assert(
      fc.property(fc.integer({ min: 10_000, max: 30_000 }), (day) => {
        for (let back = 0; back < 12; back++) {
          const length = monthsBefore(day, 3 * back) - monthsBefore(day, 3 * back + 3);
          expect(length).toBeGreaterThanOrEqual(89);
          expect(length).toBeLessThanOrEqual(92);
        }
      }),
    );
  });
});

test("a day that no calendar has is known", () => {
  expect(["2026-02-28", "2024-02-29", "2026-02-29", "2026-06-31"].map(isCalendarDay)).toEqual([
    true,
    true,
    false,
    false,
  ]);
});

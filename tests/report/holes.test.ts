import { describe, expect, test } from "bun:test";
import type { DataSet, Sale } from "../../src/report/data-set.ts";
import { toDay, toIso } from "../../src/report/figures/days.ts";
import { buildReport } from "../../src/report/report.ts";
import { options, sale } from "./data.ts";

/** Records that are missing for a quarter or for some weeks: what is then compared with what, and drawn. */

const report = (data: DataSet) => buildReport(data, options({ date: "2026-07-15" }));
const tile = (model: ReturnType<typeof report>, label: string) =>
  model.verdict.tiles.find((each) => each.label === label);

/** Sales, evenly over the days before `to`, both ends included. */
function sales(count: number, to: string, days: number, change: Partial<Sale> = {}): Sale[] {
  return Array.from({ length: count }, (_, at) =>
    sale({ ...change, sold_date: toIso(toDay(to) - Math.floor((at * days) / count)) }),
  );
}

const without = (from: string, to: string) => (each: Sale) =>
  (each.sold_date ?? "") < from || (each.sold_date ?? "") > to;

describe("a hole in the records", () => {
  const whole = [...sales(80, "2026-06-30", 364), ...sales(80, "2025-06-30", 364)];

  test.each([
    ["in the year itself", "2025-12-31", "2026-03-31", "2026-03-31"],
    ["in the year before", "2024-12-31", "2025-03-31", "2025-03-31"],
    ["at the end", "2026-04-01", "2026-06-30", "2026-06-30"],
  ])("%s: nothing is compared, and its quarter is none of 0 sales", (_, from, to, quarter) => {
    const model = report({ as_of: "2026-06-30", sales: whole.filter(without(from, to)) });
    expect(model.verdict.sentences.join(" ")).not.toContain("on the year");
    expect(tile(model, "Sales, 12 months")?.note).not.toContain("on the year");
    expect(model.market[0]?.growth.value).toBeNull();
    const point = model.market[0]?.series.find(({ periodEnd }) => periodEnd === quarter);
    expect([point?.sold, point?.median]).toEqual([null, null]);
    expect(model.method.coverage.join(" ")).toContain("hardly any records from");
  });

  test("of one kind, which lags: that kind is not compared, and its newest quarter is unknown", () => {
    const units = (to: string) => sales(60, to, 364, { category: "unit" });
    const lagging = units("2026-06-30").filter(without("2026-04-01", "2026-06-30"));
    const late = units("2025-06-30").filter(without("2024-01-01", "2025-03-31"));
    const model = report({ as_of: "2026-06-30", sales: [...whole, ...lagging, ...late] });
    const [houses, found] = model.market;
    expect(houses?.growth.value).toBe(0);
    expect(found?.growth.value).toBeNull();
    expect(found?.series.at(-1)).toMatchObject({ periodEnd: "2026-06-30", sold: null });
    expect(houses?.series.at(-1)?.sold).toBeGreaterThan(0);
  });

  test("swallows strays beside it, and a chart begins behind a hole at its beginning", () => {
    const strays = sales(2, "2024-11-20", 30);
    const model = report({ as_of: "2026-06-30", sales: [...sales(120, "2026-06-30", 364), ...strays] });
    expect(model.market[0]?.series.map(({ periodEnd }) => periodEnd)).toEqual([
      ...["2025-09-30", "2025-12-31", "2026-03-31", "2026-06-30"],
    ]);
    expect(model.market[0]?.series.every(({ sold }) => (sold ?? 0) > 20)).toBeTrue();
  });

  describe("of one month", () => {
    const busy = [...sales(120, "2026-06-30", 365), ...sales(120, "2025-06-30", 365)];
    const of = (all: Sale[]) => report({ as_of: "2026-06-30", sales: all });

    test.each([
      ["at the beginning of the year before", "2024-07-01", "2024-07-31"],
      ["in the middle of the year before", "2025-02-01", "2025-02-28"],
      ["at the end of the year before", "2025-06-01", "2025-06-30"],
      ["at the beginning of the year", "2025-07-01", "2025-07-31"],
      ["in the middle of the year", "2026-01-01", "2026-01-31"],
      ["at the end of the year", "2026-06-01", "2026-06-30"],
    ])("%s: nothing is compared, and no chart has its quarter", (_, from, to) => {
      const model = of(busy.filter(without(from, to)));
      expect(model.verdict.sentences.join(" ")).not.toContain("on the year");
      expect(model.agencies.rows.every(({ isNew, rankChange }) => !isNew && rankChange === null)).toBeTrue();
      const quarter = model.market[0]?.series.find(({ periodEnd }) => periodEnd >= to);
      expect(quarter?.sold === null || (quarter?.periodEnd ?? "") > "2024-10-01").toBeTrue();
      expect(model.market[0]?.series.every(({ sold }) => sold === null || sold >= 29)).toBeTrue();
      expect(model.method.coverage.join(" ")).toMatch(/not covered well enough|spread too unevenly/);
    });

    test("is none where both years have few sales in those weeks, as at Christmas", () => {
      const model = of(busy.filter(without("2025-12-20", "2026-01-20")).filter(without("2024-12-20", "2025-01-20")));
      expect(model.verdict.sentences[0]).toContain("unchanged on the year before");
      expect(model.market[0]?.series.map(({ sold }) => sold)).not.toContain(null);
    });
  });

  test("of all years but one stray is none of quarters without a sale, and is named as one span", () => {
    const model = report({
      as_of: "2026-06-30",
      sales: [...sales(60, "2026-06-30", 365), ...sales(1, "2022-01-05", 1)],
    });
    expect(model.market[0]?.series.map(({ sold }) => sold)).toEqual([15, 15, 15, 15]);
    expect(model.method.coverage.join(" ")).toContain(
      "hardly any records from 1 July 2023 to 30 June 2025; charts leave",
    );
  });

  test.each([
    [0, false],
    [1, false],
    [2, true],
  ])("of a quarter that has %d of 5 sales a year later", (left, comparable) => {
    const before = sales(20, "2025-06-30", 364);
    const inQuarter = before.filter((each) => !without("2024-09-30", "2024-12-30")(each));
    const remaining = before.filter((each) => !inQuarter.slice(left).includes(each));
    const model = report({ as_of: "2026-06-30", sales: [...sales(20, "2026-06-30", 364), ...remaining] });
    expect(model.verdict.sentences[0]?.includes("on the year before")).toBe(comparable);
  });

  test("is none where little is sold: a quarter without a sale is a quarter of 0", () => {
    const model = report({ as_of: "2026-06-30", sales: sales(6, "2026-06-30", 1_000) });
    expect(model.market[0]?.series.map(({ sold }) => sold)).not.toContain(null);
  });
});

import { expect, test } from "bun:test";
import fc from "fast-check";
import type { Drawn, Mark } from "../../src/render/charts/marks.ts";
import { medianAndVolume } from "../../src/render/charts/median-volume.ts";
import { percentiles } from "../../src/render/charts/percentiles.ts";
import { scatter } from "../../src/render/charts/scatter.ts";
import type { Measure } from "../../src/render/charts/ticks.ts";
import { trend } from "../../src/render/charts/trend.ts";
import { widthOf } from "../../src/render/fonts/fonts.ts";
import { contrast, MARK_CONTRAST, TEXT_CONTRAST } from "../../src/render/style/colour.ts";
import { palette } from "../../src/render/style/theme.ts";
import type { SeriesPoint } from "../../src/report/model.ts";

interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

const COLOURS = palette("#c2185b");
const SPARE = 0.2;

function drawnOf(content: unknown): Drawn {
  return (content as { readonly drawn: Drawn }).drawn;
}

/** Of words the digits and capitals: what is above and below them are accents. */
function boxOf({ x, y, runs, anchor, size, bold }: Extract<Mark, { kind: "words" }>): Box {
  const width = runs.reduce((sum, run) => sum + widthOf(run.text, run.family, size, bold), 0);
  const left = x - (anchor === "end" ? width : anchor === "middle" ? width / 2 : 0);
  return { left, right: left + width, top: y - 0.7 * size, bottom: y };
}

function touch(a: Box, b: Box): boolean {
  return a.left + SPARE < b.right && b.left + SPARE < a.right && a.top + SPARE < b.bottom && b.top + SPARE < a.bottom;
}

/** The points of a path of straight lines, and some between them. */
function pointsOf(d: string): readonly (readonly [number, number])[] {
  return d.split("M").flatMap((part) => {
    const numbers = (part.match(/-?[\d.]+/g) ?? []).map(Number);
    const corners = numbers.flatMap((x, index) => (index % 2 === 0 ? [[x, numbers[index + 1] ?? 0] as const] : []));
    return corners.flatMap(([x, y], index) => {
      const [fromX, fromY] = corners[index - 1] ?? [x, y];
      return Array.from({ length: 41 }, (_, at) => [x + ((fromX - x) * at) / 40, y + ((fromY - y) * at) / 40] as const);
    });
  });
}

const textOf = (words: Extract<Mark, { kind: "words" }>) => words.runs.map(({ text }) => text).join("");
/** Hollow dots, and what leaves a number's ground clear. */
const GROUND = ["#ffffff", null];

/** What a reader sees wrong with a chart. */
function faultsOf({ width, height, marks }: Drawn): readonly string[] {
  const words = marks.flatMap((mark) => (mark.kind === "words" ? [{ text: textOf(mark), ...boxOf(mark), mark }] : []));
  const lines = marks.flatMap((mark) => (mark.kind === "path" && mark.stroke !== null ? [mark] : []));
  const isTick = ({ stroke }: (typeof lines)[number]) => stroke?.color === COLOURS.hairline;
  const ticks = lines.filter(isTick).map(({ d }) => pointsOf(d)[0]?.[1] ?? 0);
  const [top, bottom] = [Math.min(...ticks), Math.max(...ticks)];
  const curves = lines.filter((each) => !isTick(each)).flatMap(({ d }) => pointsOf(d));
  const shapes = marks.flatMap((mark) => {
    if (mark.kind === "box" && !GROUND.includes(mark.fill))
      return [{ left: mark.x, right: mark.x + mark.width, top: mark.y, bottom: mark.y + mark.height }];
    const { kind } = mark;
    if (kind !== "circle") return [];
    const { x, y, radius } = mark;
    return [{ left: x - radius, right: x + radius, top: y - radius, bottom: y + radius }];
  });
  const dots = marks.flatMap((mark) => (mark.kind === "circle" ? [mark.y] : []));
  return [
    ...words
      .filter((each) => each.left < -0.5 || each.right > width + 0.5 || each.top < -0.5 || each.bottom > height + 0.5)
      .map(({ text }) => `${text} is cut off`),
    ...words.flatMap((one, index) =>
      words.slice(index + 1).flatMap((other) => (touch(one, other) ? [`${one.text} is on ${other.text}`] : [])),
    ),
    ...words.flatMap((each) =>
      curves.some(([x, y]) => touch(each, { left: x - 0.4, right: x + 0.4, top: y - 0.4, bottom: y + 0.4 }))
        ? [`a line runs through ${each.text}`]
        : [],
    ),
    ...words.flatMap((each) => (shapes.some((shape) => touch(each, shape)) ? [`${each.text} is on a mark`] : [])),
    ...(ticks.length === 0 ? [] : dots.filter((y) => y < top - SPARE || y > bottom + SPARE)).map(
      (y) => `a point at ${y} is not between the ticks at ${top} and ${bottom}`,
    ),
  ];
}

const value = fc.oneof(
  fc.constantFrom(0, 1, 2, 100),
  fc.integer({ min: 0, max: 100 }),
  fc.double({ min: 0, max: 100, noNaN: true }),
);
const SIZES: Readonly<Record<Measure, number>> = { money: 60_000, dollars: 60, percent: 1, count: 90 };
const quarterEnd = (index: number) => new Date(Date.UTC(2023, 3 + index * 3, 0)).toISOString().slice(0, 10);
const series = fc.array(fc.option(value, { freq: 5 }), { minLength: 2, maxLength: 12 });
const ends = (length: number, isProvisional: boolean) =>
  Array.from({ length }, (_, index) => ({
    periodEnd: quarterEnd(index),
    isProvisional: isProvisional && index === length - 1,
  }));

test("in a chart of one measure all values are between ticks, and no words are on others, on a line, a mark or the edge", () => {
  fc.assert(
    fc.property(
      series,
      fc.constantFrom<Measure>("money", "dollars", "percent", "count"),
      fc.constantFrom("line" as const, "columns" as const),
      fc.constantFrom(147, 229, 483),
      fc.boolean(),
      fc.boolean(),
      (values, measure, as, width, counted, late) => {
        const points = ends(values.length, late).map((point, index) => {
          const each = values[index] ?? null;
          return { ...point, value: each === null ? null : each * SIZES[measure], n: counted ? index * 13 : null };
        });
        const within = measure === "percent" ? ([0, 100] as const) : undefined;
        const options = { width, height: 94, palette: COLOURS, measure, as, ...(within ? { within } : {}) };
        expect(faultsOf(drawnOf(trend(points, options)))).toEqual([]);
      },
    ),
    { numRuns: 150 },
  );
});

test("so it is with medians above sales, spreads of prices, and agents by sales and price", () => {
  const point = fc.record({
    median: fc.option(value),
    sold: fc.option(fc.nat(9_000)),
    spread: fc.integer({ min: 0, max: 90 }),
  });
  fc.assert(
    fc.property(fc.array(point, { minLength: 2, maxLength: 12 }), fc.boolean(), (points, late) => {
      const own = ends(points.length, late).map((each, index) => {
        const { median = null, sold = null, spread = 0 } = points[index] ?? {};
        const middle = median === null ? null : 300_000 + median * 20_000;
        const at = (part: number) => (middle === null ? null : middle * (1 + (part * spread) / 100));
        const levels = { median: middle, p5: at(-0.9), p25: at(-0.4), p75: at(0.5), p95: at(1.8) };
        return { ...({ medianN: sold } as SeriesPoint), ...each, ...levels, sold };
      });
      const wide = medianAndVolume(own, { width: 483, palette: COLOURS, property: "house" });
      if (wide !== null) expect(faultsOf(drawnOf(wide))).toEqual([]);
      expect(faultsOf(drawnOf(percentiles(own, { width: 229, height: 94, palette: COLOURS })))).toEqual([]);
      const dots = own.flatMap(({ median, sold }, index) =>
        median === null || sold === null
          ? []
          : [{ name: `Ada ${index}`, n: 20, x: sold, y: median, highlighted: index === 1 }],
      );
      if (dots.length > 0)
        expect(faultsOf(drawnOf(scatter(dots, { width: 483, height: 128, palette: COLOURS })))).toEqual([]);
    }),
    { numRuns: 60 },
  );
});

test("a spread known for one quarter between others is drawn, not as a band of no width", () => {
  const none = { median: 900_000, p5: null, p25: null, p75: null, p95: null };
  const known = { median: 900_000, p5: 500_000, p25: 700_000, p75: 1_100_000, p95: 1_400_000 };
  const barsOf = (...levels: readonly (typeof none | typeof known)[]) => {
    const series = ends(levels.length, false).map((each, index) => ({
      ...({ medianN: 20 } as SeriesPoint),
      ...each,
      ...(levels[index] ?? none),
    }));
    const { marks } = drawnOf(percentiles(series, { width: 229, height: 94, palette: COLOURS }));
    return marks.filter((mark) => mark.kind === "path" && (mark.stroke?.width ?? 0) > 3).length;
  };
  expect(barsOf(none, known, none)).toBe(2);
  expect(barsOf(none, none, known)).toBe(2);
  expect(barsOf(none, known, known)).toBe(0);
});

test("whatever the brand, the words of a chart can be read, and its marks be seen", () => {
  const colour = fc.integer({ min: 0, max: 0xffffff }).map((rgb) => `#${rgb.toString(16).padStart(6, "0")}`);
  fc.assert(
    fc.property(fc.oneof(colour, fc.constantFrom("#ffffff", "#fefefe", "#000000", "#010203", "#ffcc00")), (own) => {
      const colours = palette(own);
      const points = [4, 9, 5].map((each, index) => ({ periodEnd: quarterEnd(index), value: each, n: 20 }));
      const options = { width: 229, height: 94, palette: colours, measure: "count" } as const;
      const marks = [
        ...drawnOf(trend(points, { ...options, as: "line" })).marks,
        ...drawnOf(trend(points, { ...options, as: "columns" })).marks,
        ...drawnOf(
          scatter(
            points.map((each, index) => ({ name: "Ada", x: index, y: 1e6, highlighted: index === 0, ...each })),
            { width: 483, height: 128, palette: colours },
          ),
        ).marks,
      ];
      for (const mark of marks) {
        if (mark.kind === "words") expect(contrast(mark.color, "#ffffff")).toBeGreaterThanOrEqual(TEXT_CONTRAST);
        else if (mark.kind === "path" && mark.stroke?.color === colours.hairline) continue;
        else {
          const seen = [mark.fill, ...("stroke" in mark ? [mark.stroke?.color ?? null] : [])].flatMap(
            (each) => each ?? [],
          );
          const most = Math.max(...seen.map((each) => contrast(each, "#ffffff")));
          if (mark.kind !== "box" || mark.fill !== "#ffffff") expect(most).toBeGreaterThanOrEqual(MARK_CONTRAST);
        }
      }
    }),
  );
});

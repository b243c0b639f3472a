import { scaleLinear, scaleLog } from "d3-scale";
import { isFew, RELIABLE_FROM } from "../../report/figures/figure.ts";
import { plural } from "../../report/wording.ts";
import { messages } from "../messages.ts";
import { count, money } from "../style/format.ts";
import { clean, measure } from "../style/text.ts";
import type { Palette } from "../style/theme.ts";
import type { PlotArea } from "./axis.ts";
import { around, createLabels } from "./labels.ts";
import { type ChartSvg, dot, drawing, line, type Mark, words } from "./marks.ts";
import { labelsOf } from "./ticks.ts";

export interface ScatterPoint {
  readonly name: string;
  readonly x: number;
  readonly y: number;
  readonly highlighted: boolean;
  /** How many prices the median rests on; null for one as supplied. */
  readonly n: number | null;
}

/** Its dot is hollow. */
export function isFewPrices({ y, n }: Pick<ScatterPoint, "y" | "n">): boolean {
  return isFew({ value: y, n, supplied: false });
}

const LABEL_SIZE = 6.8;
const MOST_NAMES = 14;
/** Points, so that a dot on the lowest tick is not on the axis. */
const ABOVE_AXIS = 5;
/** The approximate number of ticks of sales. */
const ACROSS = 8;

/** Its first points in words: the table after it has them all. */
export function scatterInWords(points: readonly ScatterPoint[]): string {
  const first = points.slice(0, 3).map(({ name, x, y }) => messages.salesAtMedian(clean(name), count(x), money(y)));
  const xs = points.map(({ x }) => x);
  const ys = points.map(({ y }) => y);
  const [fewest, most] = [Math.min(...xs), Math.max(...xs)];
  const sales =
    fewest === most ? messages.salesEach(plural(most, "sale")) : messages.salesBetween(count(fewest), count(most));
  const [low, high] = [money(Math.min(...ys)), money(Math.max(...ys))];
  const prices = low === high ? messages.mediansOf(low) : messages.mediansBetween(low, high);
  const few = points.filter(isFewPrices).length;
  const description = messages.salesAndPrices(points.length, sales, prices, first.join(", "));
  return [description, ...(few === 0 ? [] : [messages.restOnFew(few, RELIABLE_FROM)])].join("; ");
}

/** Sales across, median price up; the leaders named, and no name on top of another or of a dot. */
export function scatter(
  points: readonly ScatterPoint[],
  { width, height, palette }: { readonly width: number; readonly height: number; readonly palette: Palette },
): ChartSvg {
  const frame: PlotArea = { left: 40, right: width - 8, top: 14, bottom: height - 26 };
  const across = scaleLinear([0, Math.max(4, ...points.map(({ x }) => x))], [frame.left, frame.right]).nice(ACROSS);
  const prices = points.map(({ y }) => y);
  const [low, high] = [Math.min(...prices), Math.max(...prices)];
  // Prices spread by factors: on a linear scale one penthouse presses all others to the floor.
  const up = scaleLog(roundEnds(Math.max(1, low), Math.max(1, high)), [frame.bottom - ABOVE_AXIS, frame.top]);
  const positions = points.map((point) => ({ point, x: across(point.x), y: up(Math.max(1, point.y)) }));
  const drawn = [...positions].sort((a, b) => Number(a.point.highlighted) - Number(b.point.highlighted));
  return drawing(width, height, [
    ...axes(across, up, frame, palette),
    ...drawn.map(({ point, x, y }) => {
      const [radius, color] = point.highlighted ? [4, palette.accent] : [3, palette.bar];
      return isFewPrices(point) ? dot(x, y, radius, "#ffffff", color, 0.9) : dot(x, y, radius, color, "#ffffff", 0.8);
    }),
    ...names(positions, frame, palette),
  ]);
}

function axes(
  across: ReturnType<typeof scaleLinear<number, number>>,
  up: ReturnType<typeof scaleLog<number, number>>,
  frame: PlotArea,
  palette: Palette,
): Mark[] {
  const whole = across.ticks(ACROSS).filter((tick) => Number.isInteger(tick));
  return [
    ...priceTicks(up).flatMap((tick) => [
      line(frame.left, up(tick), frame.right, up(tick), { color: palette.hairline, width: 0.4 }),
      words(frame.left - 5, up(tick) + 2.2, labelsOf([tick], "money")(tick), {
        color: palette.muted,
        size: 6.4,
        anchor: "end",
      }),
    ]),
    line(frame.left, frame.bottom, frame.right, frame.bottom, { color: palette.muted, width: 0.5 }),
    ...whole.map((tick) =>
      words(across(tick), frame.bottom + 10, count(tick), { color: palette.muted, size: 6.4, anchor: "middle" }),
    ),
    words(frame.right, frame.bottom + 21, "Sales, 12 months", { color: palette.muted, size: 6.8, anchor: "end" }),
    words(0, 6, "Median price", { color: palette.muted, size: 6.8 }),
  ];
}

/** Of each power of ten. */
const ROUND = [1, 1.5, 2, 3, 4, 5, 7] as const;
/** In points: ticks closer than that are clutter. */
const BETWEEN_PRICES = 16;

/** The round prices about two prices: no dot is above the highest or below the lowest tick. */
function roundEnds(low: number, high: number): readonly [number, number] {
  const below = roundPrices(low / 10, low).at(-1) ?? low;
  const above = roundPrices(high, high * 10)[0] ?? high;
  return below < above ? [below, above] : [roundPrices(low / 10, low * 0.99).at(-1) ?? low / 2, above];
}

function roundPrices(from: number, to: number): readonly number[] {
  const found: number[] = [];
  for (let power = 10 ** Math.floor(Math.log10(from)); power <= to; power *= 10)
    found.push(...ROUND.map((step) => step * power).filter((price) => price >= from && price <= to));
  return found;
}

/** The ends of the scale, and what has room between them. */
function priceTicks(up: ReturnType<typeof scaleLog<number, number>>): readonly number[] {
  const [low = 1, high = 1] = up.domain();
  const ticks = [low];
  for (const tick of roundPrices(low, high))
    if (up(ticks.at(-1) ?? low) - up(tick) >= BETWEEN_PRICES && up(tick) - up(high) >= BETWEEN_PRICES) ticks.push(tick);
  return [...ticks, high];
}

/** Names in the order given, best first; each where it has room beside its dot, or not at all. */
function names(
  positions: readonly { readonly point: ScatterPoint; readonly x: number; readonly y: number }[],
  frame: PlotArea,
  palette: Palette,
): Mark[] {
  const labels = createLabels(
    { ...frame, top: 8 },
    positions.map(({ x, y }) => around(x, y, 4)),
  );
  const byImportance = [
    ...positions.filter(({ point }) => point.highlighted),
    ...positions.filter(({ point }) => !point.highlighted),
  ];
  return byImportance.slice(0, MOST_NAMES).flatMap(({ point, x, y }) => {
    const width = measure(point.name, "Sans", LABEL_SIZE, point.highlighted) + 2;
    const spot = labels.fit({ width, height: LABEL_SIZE + 1 }, [
      [x + 6, y - 3.4],
      [x - 6 - width, y - 3.4],
      [x - width / 2, y - 13],
      [x - width / 2, y + 6],
      [x + 5, y - 11],
      [x - 5 - width, y - 11],
      [x + 5, y + 4],
      [x - 5 - width, y + 4],
    ]);
    if (spot === null) return [];
    const color = point.highlighted ? palette.accentText : palette.ink;
    return [words(spot.left + 1, spot.bottom - 1.6, point.name, { color, size: LABEL_SIZE, bold: point.highlighted })];
  });
}

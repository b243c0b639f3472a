import { type ScaleLinear, scaleLinear } from "d3-scale";
import { PROVISIONAL } from "../../report/selection/as-of.ts";
import { month } from "../style/format.ts";
import { measure as widthOf } from "../style/text.ts";
import type { Palette } from "../style/theme.ts";
import { line, type Mark, words } from "./marks.ts";
import { type Measure, type Tick, ticksOf } from "./ticks.ts";

/** Where a chart's marks go, in the drawing's points. */
export interface PlotArea {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** The middle of the band of each of `length` points of time. */
export function bands(
  length: number,
  frame: PlotArea,
): { readonly at: (index: number) => number; readonly width: number } {
  const width = (frame.right - frame.left) / Math.max(1, length);
  return { at: (index) => frame.left + width * (index + 0.5), width };
}

export interface AxisOptions {
  readonly measure: Measure;
  /** The possible values of the measure: 0 to 100 for a share in percent. */
  readonly within?: readonly [low: number, high: number];
  /** For what is drawn as a length. */
  readonly fromZero?: boolean;
  /** About so many ticks. */
  readonly tickCount?: number;
}

/** From values to the drawing's points, and the round values that are named. */
export interface ValueScale {
  readonly at: ScaleLinear<number, number>;
  readonly ticks: readonly Tick[];
}

/** An axis of less than a fiftieth of what it measures magnifies noise, and its labels need four decimals. */
const LEAST_SPAN = 0.02;
/** So does one of less than four percentage points, or of one dollar or sale. */
const LEAST_UNITS = { percent: 4, money: 1, dollars: 1, count: 1 } as const;
/** In points: labels closer than that would touch. */
const LEAST_BETWEEN = 9;

/**
 * A scale that begins and ends at a tick, so that no value is above the highest or below the lowest one; none of them
 * is beyond the possible values.
 */
export function valueScale(
  values: readonly number[],
  frame: PlotArea,
  { measure, within: [low, high] = [0, Number.POSITIVE_INFINITY], fromZero = false, tickCount = 3 }: AxisOptions,
): ValueScale {
  const height = frame.bottom - frame.top;
  const ends = endsOf(fromZero ? [0, 1, ...values] : values, measure, [low, high]);
  const niceTo = (count: number): ValueScale => {
    const at = scaleLinear(ends, [frame.bottom, frame.top]).nice(count);
    return { at, ticks: ticksOf(at, measure, { count, low, high }) };
  };
  for (let count = tickCount; count > 1; count--) {
    const scale = niceTo(count);
    if ((scale.ticks.length - 1) * LEAST_BETWEEN <= height) return scale;
  }
  return niceTo(1);
}

function endsOf(values: readonly number[], measure: Measure, [low, high]: readonly [number, number]): [number, number] {
  if (values.length === 0) return [0, 1];
  const [least, most] = [Math.min(...values), Math.max(...values)];
  // Air does not pass 0: of what was never below it, the axis shows nothing below it.
  const floor = least < 0 ? low : Math.max(low, 0);
  const ceiling = least < 0 && most <= 0 ? Math.min(high, 0) : high;
  const span = Math.max(most - least, LEAST_UNITS[measure], Math.abs(most) * LEAST_SPAN);
  const air = (span - (most - least)) / 2;
  // What has no room at one end is at the other.
  const top = Math.max(most, Math.min(ceiling, Math.max(floor, least - air) + span));
  const bottom = Math.min(least, Math.max(floor, top - span));
  return measure === "count" || measure === "dollars" ? [Math.floor(bottom), Math.ceil(top)] : [bottom, top];
}

/** Hairlines with their values at the left. */
export function valueAxis({ at, ticks }: ValueScale, frame: PlotArea, palette: Palette): Mark[] {
  return ticks.flatMap(({ value, label }) => [
    line(frame.left, at(value), frame.right, at(value), { color: palette.hairline, width: 0.4 }),
    words(frame.left - 5, at(value) + 2.2, label, { color: palette.muted, size: AXIS_SIZE, anchor: "end" }),
  ]);
}

const AXIS_SIZE = 6.4;

/** A point of time; marked where a lagging source may still add to it. */
export interface TimePoint {
  readonly periodEnd: string;
  readonly isProvisional?: boolean;
}

/** Points between the labels of two points of time. */
const LEAST_BESIDE = 10;

/**
 * The points of time below the chart: as many as have room, the last always, none twice. `edge` is where the drawing ends
 * at the right.
 */
export function timeAxis(points: readonly TimePoint[], frame: PlotArea, edge: number, palette: Palette): Mark[] {
  const { at, width } = bands(points.length, frame);
  const labels = points.map(({ periodEnd, isProvisional }) =>
    isProvisional === true ? `${month(periodEnd)} ${PROVISIONAL}` : month(periodEnd),
  );
  const widths = labels.map((label) => widthOf(label, "Sans", AXIS_SIZE));
  const step = stepOf(widths, width, LEAST_BESIDE);
  const last = points.length - 1;
  return labels.flatMap((label, index) => {
    if ((last - index) % step !== 0 || label === labels[index + step]) return [];
    const x = Math.min(at(index), edge - (widths[index] ?? 0) / 2);
    return [words(x, frame.bottom + 10, label, { color: palette.muted, size: AXIS_SIZE, anchor: "middle" })];
  });
}

/** The interval of bands at which labels of these widths have room. */
export function stepOf(widths: readonly number[], band: number, between: number): number {
  return Math.max(1, Math.ceil((Math.max(0, ...widths) + between) / band));
}

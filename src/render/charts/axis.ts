import { scaleLinear } from "d3-scale";
import { PROVISIONAL } from "../../report/as-of.ts";
import { month } from "../format.ts";
import type { Palette } from "../theme.ts";
import { line, type Mark, words } from "./marks.ts";
import { type Measure, ticksOf } from "./ticks.ts";

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

/** What the number at the newest point of a falling line needs below it, in points, to stand above the axis. */
const ROOM_BELOW_NEWEST = 14;

/**
 * A scale over the values with a little air; `fromZero` for what is drawn as a length, `newestBelow` the value whose number
 * stands below its point.
 */
export function valueScale(
  values: readonly number[],
  frame: PlotArea,
  fromZero: boolean,
  newestBelow: number | null = null,
) {
  const low = fromZero ? Math.min(0, ...values) : Math.min(...values);
  const high = Math.max(fromZero ? 1 : Number.NEGATIVE_INFINITY, ...values);
  const air = fromZero ? 0 : Math.max((high - low) * 0.15, Math.abs(high) * 0.01, 0.5);
  const top = fromZero ? high * 1.02 : high + air;
  const part = ROOM_BELOW_NEWEST / (frame.bottom - frame.top);
  const bottom = newestBelow === null ? low - air : Math.min(low - air, (newestBelow - part * top) / (1 - part));
  return scaleLinear([fromZero ? low : bottom, top], [frame.bottom, frame.top]);
}

/** Hairlines with their values at the left; of a share none past 100 %, of a count none below 0. */
export function valueAxis(
  scale: ReturnType<typeof valueScale>,
  frame: PlotArea,
  measure: Measure,
  palette: Palette,
  wanted = 3,
  [low, high]: readonly [number, number] = [0, Number.POSITIVE_INFINITY],
): Mark[] {
  return ticksOf(scale, measure, { wanted, low, high }).flatMap(({ value, label }) => [
    line(frame.left, scale(value), frame.right, scale(value), { color: palette.hairline, width: 0.4 }),
    words(frame.left - 5, scale(value) + 2.2, label, { color: palette.muted, size: 6.4, anchor: "end" }),
  ]);
}

/** A point of time; marked where a lagging source may still add to it. */
export interface TimePoint {
  readonly periodEnd: string;
  readonly isProvisional?: boolean;
}

/** The points of time below the chart: as many as have room, the last always. */
export function timeAxis(points: readonly TimePoint[], frame: PlotArea, palette: Palette, every = 30): Mark[] {
  const { at, width } = bands(points.length, frame);
  const step = Math.max(1, Math.ceil(every / width));
  const last = points.length - 1;
  return points.flatMap(({ periodEnd, isProvisional }, index) => {
    if ((last - index) % step !== 0) return [];
    const label = isProvisional === true ? `${month(periodEnd)} ${PROVISIONAL}` : month(periodEnd);
    return [words(at(index), frame.bottom + 10, label, { color: palette.muted, size: 6.4, anchor: "middle" })];
  });
}

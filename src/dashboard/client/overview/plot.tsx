import { useEffect, useRef } from "preact/hooks";
import uPlot from "uplot";
import type { ShownStatistics } from "../responses.ts";
import { colour, coloursChanged } from "../theme.ts";
import { zoneFor } from "../time-zone.ts";
import { hourAndMinute, span } from "../words.ts";

interface ChartProps {
  readonly statistics: ShownStatistics;
  /** What the chart shows, for screen readers. */
  readonly label: string;
}

const HEIGHT = 170;

/** Bars of what ended, the failed on top of the completed. */
export function ThroughputChart({ statistics, label }: ChartProps) {
  const { buckets, bucket_seconds } = statistics;
  const completed = buckets.map((each) => each.completed);
  const failed = buckets.map((each, i) => (completed[i] ?? 0) + each.failed);
  const cancelled = buckets.map((each, i) => (failed[i] ?? 0) + each.cancelled);
  const parts = [
    buckets.map((each) => each.completed),
    buckets.map((each) => each.failed),
    buckets.map((each) => each.cancelled),
  ];
  const value = (part: number) => (_: uPlot, __: number, ___: number, at: number | null) =>
    String(at === null ? "" : (parts[part]?.[at] ?? 0));
  const bars = uPlot.paths.bars?.({ size: [0.72, 24], align: 1 });
  const bar = (name: string, part: number, shade: `--${string}`): uPlot.Series => ({
    label: name,
    fill: colour(shade),
    width: 0,
    points: { show: false },
    value: value(part),
    ...(bars === undefined ? {} : { paths: bars }),
  });
  return (
    <Plot
      label={label}
      data={[buckets.map((each) => Date.parse(each.at) / 1_000), cancelled, failed, completed]}
      // Drawn from the tallest to the shortest, so that each covers all but its own part.
      series={() => [
        bar("Cancelled", 2, "--chart-cancelled"),
        bar("Failed", 1, "--chart-failed"),
        bar("Completed", 0, "--chart-completed"),
      ]}
      stretch={bucket_seconds}
      most={Math.max(4, ...cancelled)}
      ticks={(value) => (Number.isInteger(value) ? String(value) : "")}
    />
  );
}

/** Lines of the median and of what all but the slowest twentieth stayed below. */
export function DurationChart({ statistics: { buckets, bucket_seconds }, label }: ChartProps) {
  const line = (name: string, shade: `--${string}`, dash: number[]): uPlot.Series => ({
    label: name,
    stroke: colour(shade),
    width: 1.5,
    dash,
    points: { show: true, size: 5, width: 0, fill: colour(shade) },
    value: (_, value) => (value == null ? "" : span(value)),
  });
  return (
    <Plot
      label={label}
      data={[
        buckets.map((each) => Date.parse(each.at) / 1_000),
        buckets.map((each) => each.p95_seconds),
        buckets.map((each) => each.median_seconds),
      ]}
      series={() => [line("95 %", "--chart-p95", [4, 3]), line("Median", "--chart-median", [])]}
      stretch={bucket_seconds}
      most={Math.max(1, ...buckets.map((each) => each.p95_seconds ?? 0))}
      ticks={(value) => (value < 60 ? `${value} s` : span(value))}
    />
  );
}

interface PlotProps {
  readonly label: string;
  readonly data: uPlot.AlignedData;
  /** Read again when the colours have changed. */
  readonly series: () => uPlot.Series[];
  /** The seconds of one bucket: the current one is as wide as the others. */
  readonly stretch: number;
  /** The top of the scale. */
  readonly most: number;
  readonly ticks: (value: number) => string;
}

function Plot({ label, data, series, stretch, most, ticks }: PlotProps) {
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const top = useRef(most);
  const wide = useRef(stretch);
  const format = useRef(ticks);
  const lines = useRef(series);
  const colours = coloursChanged.value;
  const { timeZone } = zoneFor();
  top.current = most;
  wide.current = stretch;
  format.current = ticks;
  lines.current = series;

  useEffect(() => {
    const element = box.current;
    if (element === null) return;
    const made = new uPlot(
      options(
        element.clientWidth,
        lines.current(),
        () => wide.current,
        () => top.current,
        (value) => format.current(value),
      ),
      data,
      element,
    );
    plot.current = made;
    const resized = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height: HEIGHT }));
    resized.observe(element);
    return () => {
      resized.disconnect();
      made.destroy();
      plot.current = null;
    };
  }, [colours, timeZone]);
  useEffect(() => plot.current?.setData(data), [data]);

  return <div class="plot" ref={box} role="img" aria-label={label} />;
}

function options(
  width: number,
  series: uPlot.Series[],
  stretch: () => number,
  most: () => number,
  ticks: (value: number) => string,
): uPlot.Options {
  const axis = {
    font: "11.5px 'Hanken Grotesk', system-ui, sans-serif",
    stroke: colour("--muted"),
    ticks: { show: false },
  };
  return {
    width,
    height: HEIGHT,
    // Ticks are at full hours of the clock that is shown.
    tzDate: (at) => uPlot.tzDate(new Date(at * 1_000), zoneFor().timeZone),
    padding: [8, 28, 0, 0],
    cursor: { y: false, points: { size: 7 }, drag: { setScale: false, x: false, y: false } },
    legend: { live: true },
    scales: {
      x: { range: (_, first, last) => [first, last + stretch()] },
      y: { range: () => [0, most() * 1.08] },
    },
    axes: [
      {
        ...axis,
        grid: { show: false },
        // Hours before midnight are shown with their day.
        space: stretch() > 60 ? 120 : 64,
        size: 28,
        values: (_, at) => at.map((each) => timeAt(each, false)),
      },
      {
        ...axis,
        grid: { stroke: colour("--hairline"), width: 1 },
        space: 36,
        size: 68,
        values: (_, at) => at.map(ticks),
      },
    ],
    series: [
      {
        label: "From",
        value: (_, at) => (at == null ? "" : timeAt(at, zoneFor().named)),
      },
      ...series,
    ],
  };
}

/** On the axis there is no room for the zone's name, which is at the point and in the table. */
function timeAt(seconds: number, named: boolean): string {
  return hourAndMinute(new Date(seconds * 1_000).toISOString(), Date.now(), { ...zoneFor(), named });
}

import { BarChart, LineChart } from "echarts/charts";
import { GridComponent } from "echarts/components";
import * as echarts from "echarts/core";
import { SVGRenderer } from "echarts/renderers";
import type { ContentSvg } from "pdfmake/interfaces";
import { medianAndVolume } from "../src/render/charts/median-volume.ts";
import { CONTENT_WIDTH, type Palette, palette } from "../src/render/style/theme.ts";
import { writer } from "../src/render/writer.ts";
import type { SeriesPoint } from "../src/report/model.ts";
import { buildReport } from "../src/report/report.ts";
import { OPTIONS, sampleDataSet } from "./sample.ts";
import { median, type Row } from "./table.ts";

const SIZE = { width: CONTENT_WIDTH, height: 190 };
const CHARTS = 12;
const ROUNDS = 25;
const WARM_UP = 10;

echarts.use([LineChart, BarChart, GridComponent, SVGRenderer]);

/** The widest chart of the report, drawn by this project's marks on d3's scales and by ECharts on the server's side. */
export async function benchCharts(): Promise<readonly Row[]> {
  const series = buildReport(await sampleDataSet(), OPTIONS).market[0]?.series ?? [];
  const colours = palette(null);
  const ways: Readonly<Record<string, () => ContentSvg>> = {
    "d3-scale, d3-shape and own marks": () =>
      medianAndVolume(series, { ...SIZE, palette: colours, property: "house" }) as ContentSvg,
    "ECharts 6, SSR": () => ({ svg: byECharts(series, colours) }),
  };
  const times = new Map(
    Object.keys(ways).map((way) => [way, { drawn: [] as number[], set: [] as number[], bytes: 0 }]),
  );
  for (let round = 0; round < WARM_UP + ROUNDS; round++)
    for (const [way, draw] of Object.entries(ways)) {
      const began = performance.now();
      const content = Array.from({ length: CHARTS }, draw);
      const drawn = performance.now();
      const { length } = await writer.createPdf({ content, defaultStyle: { font: "Sans" } }).getBuffer();
      const time = times.get(way);
      if (time === undefined || round < WARM_UP) continue;
      time.drawn.push((drawn - began) / CHARTS);
      time.set.push((performance.now() - drawn) / CHARTS);
      time.bytes = length;
    }
  return Object.entries(ways).map(([way, draw]) => {
    const { drawn = [], set = [], bytes = 0 } = times.get(way) ?? {};
    return {
      way,
      "ms to draw a chart": median(drawn).toFixed(2),
      "ms to lay it out in the PDF": median(set).toFixed(2),
      "kB of SVG": (String(draw().svg).length / 1_000).toFixed(1),
      [`kB of a PDF with ${CHARTS}`]: Math.round(bytes / 1_000),
    };
  });
}

function byECharts(series: readonly SeriesPoint[], { accent, bar, muted, hairline }: Palette): string {
  const chart = echarts.init(null, null, { renderer: "svg", ssr: true, ...SIZE });
  const text = { color: muted, fontFamily: "Sans", fontSize: 7 };
  const periods = series.map(({ periodEnd }) => periodEnd);
  chart.setOption({
    animation: false,
    grid: [
      { left: 40, right: 4, top: 20, height: 90 },
      { left: 40, right: 4, top: 140, height: 36 },
    ],
    xAxis: [0, 1].map((gridIndex) => ({ gridIndex, data: periods, axisLabel: text, axisTick: { show: false } })),
    yAxis: [0, 1].map((gridIndex) => ({
      gridIndex,
      scale: gridIndex === 0,
      axisLabel: text,
      splitLine: { show: gridIndex === 0, lineStyle: { color: hairline } },
    })),
    series: [
      { type: "line", data: series.map((point) => point.median), itemStyle: { color: accent } },
      {
        type: "bar",
        data: series.map((point) => point.sold),
        xAxisIndex: 1,
        yAxisIndex: 1,
        itemStyle: { color: bar },
        label: { show: true, position: "top", ...text },
      },
    ],
  });
  const svg = chart.renderToSVGString();
  chart.dispose();
  return svg;
}

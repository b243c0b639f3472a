import type { DataSet } from "../src/report/data-set.ts";
import { buildReport, type ReportOptions } from "../src/report/report.ts";

/**
 * A process of its own that renders the same definition with pdfmake as its documentation says, without what
 * src/render/writer.ts teaches it; the arguments name the lessons that it keeps. Reads {dataSet, options, warmUp,
 * reports} and answers the CPU time of this process, in ms a report.
 */
const methods = require("pdfmake/js/PDFDocument.js").default.prototype;
const styles = require("pdfmake/js/StyleContextStack.js").default;
const { getStyleProperty } = styles;
const { renderPdf } = await import("../src/render/document.ts");
// What was inherited from pdfkit is inherited again.
const forget: Readonly<Record<string, () => void>> = {
  faces: () => delete methods.initFonts,
  styles: () => {
    styles.getStyleProperty = getStyleProperty;
  },
  operators: () => {
    for (const name of ["addContent", "flushPages"]) delete methods[name];
  },
};
for (const [lesson, leaveOut] of Object.entries(forget)) if (!process.argv.includes(lesson)) leaveOut();

const { dataSet, options, warmUp, reports } = (await Bun.stdin.json()) as {
  dataSet: string;
  options: ReportOptions;
  warmUp: number;
  reports: number;
};
for (let index = 0; index < warmUp; index++) await one();
const times: number[] = [];
for (let index = 0; index < reports; index++) {
  const before = process.cpuUsage();
  await one();
  const { user, system } = process.cpuUsage(before);
  times.push((user + system) / 1_000);
}
console.log(times.sort((a, b) => a - b)[reports >> 1]);

function one() {
  return renderPdf(buildReport(JSON.parse(dataSet) as DataSet, options));
}

import type { DataSet } from "../src/report/data-set.ts";
import { buildReport, type ReportOptions } from "../src/report/report.ts";

/**
 * A process of its own that renders the same definition with pdfmake as its documentation says, without what
 * src/render/writer.ts teaches it. Reads {dataSet, options, warmUp, reports} and answers the CPU time of this process,
 * in ms a report; "taught" as the argument leaves the product as it is, to set beside it.
 */
const methods = require("pdfmake/js/PDFDocument.js").default.prototype;
const styles = require("pdfmake/js/StyleContextStack.js").default;
const { getStyleProperty } = styles;
const { renderPdf } = await import("../src/render/document.ts");
if (process.argv[2] !== "taught") {
  // What was inherited from pdfkit is inherited again.
  delete methods.initFonts;
  for (const name of ["_addInfo", "addContent", "flushPages"]) delete methods[name];
  styles.getStyleProperty = getStyleProperty;
}

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

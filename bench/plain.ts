import { renderPdf } from "../src/render/document.ts";
import { applyPatches, type Patch } from "../src/render/patches/patches.ts";
import { unpatch } from "../src/render/writer.ts";
import type { DataSet } from "../src/report/data-set.ts";
import { buildReport, type ReportOptions } from "../src/report/report.ts";

/**
 * A process of its own that renders the same definition with pdfmake without the patches that the arguments name. Reads
 * {dataSet, options, warmUp, reports} and answers the CPU time of this process, in ms a report.
 */
unpatch();
applyPatches(process.argv.slice(2) as Patch[]);
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

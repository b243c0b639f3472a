import { createInterface } from "node:readline";
import { renderPdf } from "../src/render/document.ts";
import { applyPatches, type Patch } from "../src/render/patches/patches.ts";
import { unpatch } from "../src/render/writer.ts";
import type { DataSet } from "../src/report/data-set.ts";
import { buildReport, type ReportOptions } from "../src/report/report.ts";

/**
 * A process of its own that renders the same definition with pdfmake without the patches that the arguments name. Its
 * first line is {dataSet, options}; then each line is a number of reports, and {ms, bytes} is printed when they are done:
 * CPU time of this process for one of them, the compiler's and the collector's threads included.
 */
unpatch();
applyPatches(process.argv.slice(2) as Patch[]);
const input = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const { dataSet, options } = JSON.parse((await input.next()).value ?? "") as {
  dataSet: string;
  options: ReportOptions;
};
for await (const line of input) {
  const reports = Number(line);
  const before = process.cpuUsage();
  let bytes = 0;
  for (let index = 0; index < reports; index++)
    bytes = (await renderPdf(buildReport(JSON.parse(dataSet) as DataSet, options))).bytes.byteLength;
  const { user, system } = process.cpuUsage(before);
  console.log(JSON.stringify({ ms: (user + system) / 1_000 / reports, bytes }));
}

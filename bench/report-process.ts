import { existsSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { renderPdf as RenderPdf } from "../src/render/document.ts";
import type { writer as Writer } from "../src/render/writer.ts";
import type { DataSet } from "../src/report/data-set.ts";
import type { buildReport as BuildReport, ReportOptions } from "../src/report/report.ts";

/*
 * `bun bench/report-process.ts TREE tagged|untagged`: renders with a source tree, this one or an earlier one. Its first line
 * is {dataSet, options}; then each line is a number of reports, and {ms, pages, bytes} is printed when they are done: CPU
 * time of this process for one of them.
 */
const [, , tree = "", tags = ""] = process.argv;
if (!existsSync(join(tree, "src/render/document.ts"))) throw new Error(`${tree} is no source tree`);
const { renderPdf } = (await import(join(tree, "src/render/document.ts"))) as { renderPdf: typeof RenderPdf };
const { buildReport } = (await import(join(tree, "src/report/report.ts"))) as { buildReport: typeof BuildReport };
const { writer } = (await import(join(tree, "src/render/writer.ts"))) as { writer: typeof Writer };
if (tags === "untagged") {
  const { createPdf } = writer;
  writer.createPdf = (definition) => createPdf.call(writer, { ...definition, tagged: false });
}
const input = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const { dataSet, options } = JSON.parse((await input.next()).value ?? "") as {
  dataSet: string;
  options: ReportOptions;
};
for await (const line of input) {
  const reports = Number(line);
  const before = process.cpuUsage();
  let last = { pages: 0, bytes: 0 };
  for (let index = 0; index < reports; index++) {
    const { pages, bytes } = await renderPdf(buildReport(JSON.parse(dataSet) as DataSet, options));
    last = { pages, bytes: bytes.byteLength };
  }
  const { user, system } = process.cpuUsage(before);
  console.log(JSON.stringify({ ms: (user + system) / 1_000 / reports, ...last }));
}

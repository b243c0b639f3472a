import { join } from "node:path";
import { createInterface } from "node:readline";
import { renderPdf } from "../src/render/document.ts";
import { createRenderPool } from "../src/render/threads/pool.ts";
import { writeReport } from "../src/render/threads/thread.ts";
import type { DataSet } from "../src/report/data-set.ts";
import { buildReport, type ReportOptions } from "../src/report/report.ts";
import { temporaryFolder } from "../tests/e2e/binary.ts";

/**
 * A process that renders in one way: "direct", "written", or through a pool of so many threads. Its first line is
 * {dataSet, options}; then each line is a number of reports, followed by {ms, pages, bytes} when they are done.
 */
const way = process.argv[2] ?? "";
const folder = temporaryFolder();
const input = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const { dataSet, options } = JSON.parse((await input.next()).value ?? "") as {
  dataSet: string;
  options: ReportOptions;
};
const lanes = Number(way) || 1;
const render = renderer();
for await (const line of input) {
  const reports = Number(line);
  const started = performance.now();
  const done = await Promise.all(
    Array.from({ length: lanes }, async (_, lane) => {
      let last = { pages: 0, bytes: 0 };
      for (let index = lane; index < reports; index += lanes) last = await render(join(folder, `${lane}.pdf`));
      return last;
    }),
  );
  console.log(JSON.stringify({ ms: performance.now() - started, ...done[0] }));
}
process.exit(0);

function renderer(): (output: string) => Promise<{ pages: number; bytes: number }> {
  if (way === "direct" || way === "written")
    return async (output) => {
      const { bytes, pages } = await renderPdf(buildReport(JSON.parse(dataSet) as DataSet, options));
      if (way === "written") await writeReport(output, bytes);
      return { pages, bytes: bytes.byteLength };
    };
  const pool = createRenderPool({ threads: lanes });
  return (output) => pool.render({ dataSet: new TextEncoder().encode(dataSet), options, output }, {});
}

import { join } from "node:path";
import { renderPdf } from "../src/render/document.ts";
import { createRenderPool } from "../src/render/pool.ts";
import type { DataSet } from "../src/report/data-set.ts";
import { buildReport } from "../src/report/report.ts";
import { temporaryFolder } from "../tests/e2e/binary.ts";
import { OPTIONS, sampleDataSet } from "./sample.ts";
import { median, type Row } from "./table.ts";

const WARM_UP = 15;
const REPORTS = 40;
const ROUNDS = 3;

/**
 * Reports a minute of the sample report through the pool, and what the pool costs over calling the renderer in this
 * process: the crossing, the file, the sync. Everything is warm; the two are measured in turns, so that noise meets
 * both alike.
 */
export async function benchRender(): Promise<readonly Row[]> {
  const folder = temporaryFolder();
  const dataSet = JSON.stringify(await sampleDataSet());
  const one = createRenderPool({ threads: 1 });
  const two = createRenderPool({ threads: 2 });
  const through = (pool: typeof one, reports: number) =>
    perMinute(pool.threads, reports, (lane, index) =>
      pool.render({ dataSet, options: OPTIONS, output: join(folder, `${pool.threads}-${lane}-${index}.pdf`) }, {}),
    );
  const direct = (reports: number) =>
    perMinute(1, reports, () => renderPdf(buildReport(JSON.parse(dataSet) as DataSet, OPTIONS)));
  try {
    const { pages, bytes } = await one.render({ dataSet, options: OPTIONS, output: join(folder, "first.pdf") }, {});
    await direct(WARM_UP);
    await through(one, WARM_UP);
    await through(two, 2 * WARM_UP);
    const rates: { direct: number[]; one: number[]; two: number[] } = { direct: [], one: [], two: [] };
    for (let round = 0; round < ROUNDS; round++) {
      rates.direct.push(await direct(REPORTS));
      rates.one.push(await through(one, REPORTS));
      rates.two.push(await through(two, 2 * REPORTS));
    }
    const base = median(rates.direct);
    const row = (how: string, rate: number): Row => ({
      how,
      "reports a minute": Math.round(rate),
      "ms a report": Math.round(60_000 / rate),
      "of direct": `${Math.round((100 * rate) / base)} %`,
      pages,
      kB: Math.round(bytes / 1_000),
    });
    return [
      row("direct, in this process", base),
      row("pool, 1 thread", median(rates.one)),
      row("pool, 2 threads", median(rates.two)),
    ];
  } finally {
    await one.close();
    await two.close();
  }
}

/**
 * The same definition with pdfmake as it comes, in processes of their own and in turns: CPU time, the compiler's and
 * the collector's threads included.
 */
export async function benchPlain(): Promise<readonly Row[]> {
  const dataSet = JSON.stringify(await sampleDataSet());
  const times: { plain: number[]; taught: number[] } = { plain: [], taught: [] };
  for (let round = 0; round < ROUNDS; round++)
    for (const how of ["plain", "taught"] as const) {
      const child = Bun.spawn([process.execPath, join(import.meta.dir, "plain.ts"), how], {
        stdin: new Blob([JSON.stringify({ dataSet, options: OPTIONS, warmUp: WARM_UP, reports: REPORTS / 2 })]),
        stdout: "pipe",
        stderr: "inherit",
      });
      times[how].push(Number(await new Response(child.stdout).text()));
    }
  const [plain, taught] = [median(times.plain), median(times.taught)];
  const row = (how: string, ms: number): Row => ({
    how,
    "CPU ms a report": Math.round(ms),
    "of plain": `${Math.round((100 * ms) / plain)} %`,
  });
  return [row("plain pdfmake, the same definition", plain), row("AgentLink", taught)];
}

/** So many lanes, each rendering one report after the other. */
async function perMinute(
  lanes: number,
  reports: number,
  render: (lane: number, index: number) => Promise<unknown>,
): Promise<number> {
  const started = performance.now();
  await Promise.all(
    Array.from({ length: lanes }, async (_, lane) => {
      for (let index = lane; index < reports; index += lanes) await render(lane, index);
    }),
  );
  return (60_000 * reports) / (performance.now() - started);
}

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

/** What pdfmake is taught, and so each of the largest costs a profile has shown. */
const LESSONS = ["faces", "styles", "operators"] as const;

/**
 * The same definition with pdfmake as it comes, and with each lesson left out, in processes of their own and in turns:
 * CPU time, the compiler's and the collector's threads included.
 */
export async function benchPlain(): Promise<readonly Row[]> {
  const dataSet = JSON.stringify(await sampleDataSet());
  const ways: Readonly<Record<string, readonly string[]>> = {
    "plain pdfmake, the same definition": [],
    ...Object.fromEntries(
      LESSONS.map((lesson) => [`AgentLink without "${lesson}"`, LESSONS.filter((each) => each !== lesson)]),
    ),
    AgentLink: LESSONS,
  };
  const times = new Map<string, number[]>(Object.keys(ways).map((way) => [way, []]));
  for (let round = 0; round < ROUNDS; round++)
    for (const [way, lessons] of Object.entries(ways)) {
      const child = Bun.spawn([process.execPath, join(import.meta.dir, "plain.ts"), ...lessons], {
        stdin: new Blob([JSON.stringify({ dataSet, options: OPTIONS, warmUp: WARM_UP, reports: REPORTS / 2 })]),
        stdout: "pipe",
        stderr: "inherit",
      });
      times.get(way)?.push(Number(await new Response(child.stdout).text()));
    }
  const plain = median([...times.values()][0] ?? []);
  return [...times].map(([way, each]) => ({
    way,
    "CPU ms a report": Math.round(median(each)),
    "of plain": `${Math.round((100 * median(each)) / plain)} %`,
  }));
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

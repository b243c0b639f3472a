import { fullGC, heapStats } from "bun:jsc";
import { expect, setDefaultTimeout, test } from "bun:test";
import { renderPdf } from "../../src/render/document.ts";
import { buildReport } from "../../src/report/report.ts";
import { dataSet, OPTIONS } from "./data-sets.ts";

/** What a render thread retains of a report after it is written: a thread renders for months. */

setDefaultTimeout(60_000);

const WARM_UP = 18;
const REPORTS = 6;
/** A report has some 100,000; what stays in memory for the next one (words, compiled code) grows more slowly with each. */
const RETAINED_OBJECTS = 1_000;

async function render(reports: number): Promise<void> {
  const data = dataSet({ agents: 8, agencies: 3, sales: 40, listings: 4 });
  for (let index = 0; index < reports; index++) await renderPdf(buildReport(data, OPTIONS));
}

/** Objects that are still reachable, once the turn in which the last report ended is over. */
async function stored(): Promise<number> {
  await new Promise((resolve) => setTimeout(resolve, 1));
  fullGC();
  return heapStats().objectCount;
}

test("a report that is written leaves nothing of itself in its thread", async () => {
  // What is compiled for, and cached by, the first ones stays.
  await render(WARM_UP);
  const before = await stored();
  await render(REPORTS);
  expect(((await stored()) - before) / REPORTS).toBeLessThan(RETAINED_OBJECTS);
});

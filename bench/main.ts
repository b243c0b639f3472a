import { cpus, release, totalmem } from "node:os";
import { benchCharts } from "./charts.ts";
import { benchClaim } from "./claim.ts";
import { benchCompare } from "./compare.ts";
import { benchCost } from "./cost.ts";
import { benchDomain } from "./domain.ts";
import { benchFive } from "./five.ts";
import { benchHosts, benchStores } from "./hosts.ts";
import { benchImport } from "./import.ts";
import { benchImporting } from "./importing.ts";
import { benchPost } from "./post.ts";
import { benchQueue } from "./queue.ts";
import { benchPlain, benchRender } from "./render.ts";
import { benchReport } from "./report.ts";
import { benchRouting } from "./routing.ts";
import { benchBusy, benchMemory, benchStart } from "./service.ts";
import { type Row, table } from "./table.ts";
import { benchTypesetters } from "./typesetters.ts";

const BENCHES: Readonly<Record<string, { readonly title: string; readonly run: () => Promise<readonly Row[]> }>> = {
  post: { title: "Durable requests, compared with the same handler that stores nothing", run: benchPost },
  busy: { title: "POST while every render thread is busy, compared with idle", run: benchBusy },
  render: { title: "Reports a minute: the pool compared with direct calls of pdfmake", run: benchRender },
  plain: { title: "One report, compared with unpatched pdfmake with the same definition", run: benchPlain },
  typesetters: {
    title: "One report, compared with plain pdfmake, typst and WeasyPrint with the same content",
    run: benchTypesetters,
  },
  charts: { title: "Charts: d3 with own drawing code, compared with ECharts", run: benchCharts },
  queue: { title: "No-op jobs a second through the whole queue, compared with other queues", run: benchQueue },
  stores: { title: "No-op jobs with SQLite and with Redis", run: benchStores },
  hosts: { title: "Instances of one render thread each, on one Redis", run: benchHosts },
  routing: { title: "A validated POST with Elysia and with Bun.serve", run: benchRouting },
  claim: { title: "Claiming, by the size of the table", run: benchClaim },
  cost: { title: "CPU time of a job whose stages do nothing, compared with BENCH_BEFORE", run: benchCost },
  report: { title: "CPU time of the sample report, compared with the trees of BENCH_BEFORE", run: benchReport },
  five: { title: "Five different old clients at once, on two render threads", run: benchFive },
  domain: {
    title: "A suburb from Domain's API at 200 ms a call, compared with one call after the other",
    run: benchDomain,
  },
  import: { title: "Imports, compared with only parsing and only storing", run: benchImport },
  importing: {
    title: "The API while a file is imported, compared with idle and with a program that spins",
    run: benchImporting,
  },
  start: { title: "Startup, to the first 200", run: benchStart },
  memory: { title: "Resident memory", run: benchMemory },
};

function refuse(why: string): never {
  console.error(why);
  process.exit(2);
}

const names = process.argv.slice(2);
if (names[0] === "compare") {
  const [, before, after] = names;
  if (before === undefined || after === undefined) refuse("bench compare takes two binaries: BEFORE AFTER");
  console.log(table(await benchCompare(before, after)));
  process.exit(0);
}
const unknown = names.filter((name) => !(name in BENCHES));
if (unknown.length > 0)
  refuse(`there is no bench ${unknown.join(", ")}: name one of ${Object.keys(BENCHES).join(", ")}`);

const [cpu] = cpus();
console.log(
  `${new Date().toISOString().slice(0, 10)}, ${cpus().length} × ${cpu?.model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GiB, ` +
    `Linux ${release()}, Bun ${Bun.version}. The machine is shared: compare the ratios, not the absolute figures.`,
);
for (const [name, { title, run }] of Object.entries(BENCHES)) {
  if (names.length > 0 && !names.includes(name)) continue;
  console.log(`\n## ${title}\n\n${table(await run())}`);
}
process.exit(0);

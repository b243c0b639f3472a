import { dirname, join } from "node:path";
import type { TDocumentDefinitions } from "pdfmake/interfaces";
import { renderPdf } from "../src/render/document.ts";
import { FONTS } from "../src/render/fonts/fonts.ts";
import { PATCH_NAMES } from "../src/render/patches/patches.ts";
import { lines } from "../src/render/threads/isolated.ts";
import { writer } from "../src/render/writer.ts";
import { buildReport } from "../src/report/report.ts";
import { OPTIONS, sampleDataSet } from "./sample.ts";
import { median, type Row } from "./table.ts";

/** What Bun compiles as it goes is not at its speed before; the others are, from the second on. */
const WARM_UP = { compiled: 2, asItGoes: 40 };
/** Few: plain pdfmake and WeasyPrint take their time. */
const ROUNDS = 9;

/**
 * CPU time of one report by AgentLink, and by others with the same content: plain pdfmake gets the same definition, typst
 * and WeasyPrint its texts, tables and charts in their order, without its type and positions. AgentLink and pdfmake make the
 * report from the data set each time; the others get it ready.
 *
 * WeasyPrint is searched for as a module of `python3` (or of the Python that `BENCH_PYTHON` names); typst, which has no package here, in the folder that `BENCH_TYPST`
 * names (`npm install @myriaddreamin/typst-ts-node-compiler` makes it). One that is not there is left out.
 */
export async function benchTypesetters(): Promise<readonly Row[]> {
  const dataSet = await sampleDataSet();
  const content = await contentOf(dataSet);
  const job = `${JSON.stringify({ dataSet: JSON.stringify(dataSet), options: OPTIONS })}\n`;
  const plain = [process.execPath, join(import.meta.dir, "plain.ts")];
  const { BENCH_TYPST: typst, BENCH_PYTHON: python = "python3" } = process.env;
  const ways = [
    { way: "AgentLink", command: plain, input: job, warmUp: WARM_UP.asItGoes },
    { way: "plain pdfmake", command: [...plain, ...PATCH_NAMES], input: job, warmUp: WARM_UP.asItGoes },
    ...(typst === undefined
      ? []
      : [
          {
            way: "typst",
            command: [process.execPath, join(import.meta.dir, "typst.ts"), typst, dirname(FONTS.Sans.normal)],
            input: `${JSON.stringify(typstOf(content))}\n`,
            warmUp: WARM_UP.compiled,
          },
        ]),
    ...(Bun.spawnSync([python, "-c", "import weasyprint"]).success
      ? [
          {
            way: "WeasyPrint",
            command: [python, "-c", WEASYPRINT],
            input: `${JSON.stringify(htmlOf(content))}\n`,
            warmUp: WARM_UP.compiled,
          },
        ]
      : []),
  ];
  const children = ways.map(({ way, command, input, warmUp }) => {
    const child = Bun.spawn(command, { stdin: "pipe", stdout: "pipe", stderr: "inherit" });
    child.stdin.write(input);
    return { way, warmUp, child, lines: lines(child.stdout), times: [] as number[], bytes: 0 };
  });
  for (let round = -1; round < ROUNDS; round++)
    for (const one of children) {
      one.child.stdin.write(`${round < 0 ? one.warmUp : 1}\n`);
      one.child.stdin.flush();
      const { ms, bytes } = JSON.parse((await one.lines.next()).value ?? "") as { ms: number; bytes: number };
      console.error(`${round < 0 ? "warm" : `round ${round + 1} of ${ROUNDS}`}: ${one.way} ${Math.round(ms)} ms`);
      if (round >= 0) one.times.push(ms);
      one.bytes = bytes;
    }
  for (const { child } of children) {
    child.stdin.end();
    await child.exited;
  }
  const [ours] = children;
  return children.map(({ way, times, bytes }) => ({
    way,
    "CPU ms, median": Math.round(median(times)),
    "lowest, × AgentLink": (Math.min(...times) / Math.min(...(ours?.times ?? []))).toFixed(2),
    "median of rounds, × AgentLink": median(times.map((ms, round) => ms / (ours?.times[round] ?? ms))).toFixed(2),
    kB: Math.round(bytes / 1_000),
  }));
}

/** The content of the report's definition, which pdfmake changes once it gets it. */
async function contentOf(dataSet: Parameters<typeof buildReport>[0]): Promise<unknown> {
  let content: unknown = null;
  const { createPdf } = writer;
  writer.createPdf = (definition: TDocumentDefinitions) => {
    content = JSON.parse(JSON.stringify(definition.content));
    return createPdf.call(writer, definition);
  };
  try {
    await renderPdf(buildReport(dataSet, OPTIONS));
  } finally {
    writer.createPdf = createPdf;
  }
  return content;
}

interface Node {
  readonly text?: unknown;
  readonly stack?: readonly unknown[];
  readonly columns?: readonly unknown[];
  readonly table?: { readonly body: readonly (readonly unknown[])[] };
  readonly svg?: string;
  readonly width?: number;
}

/** How one of them writes each part. */
interface Markup {
  text(words: string): string;
  stack(parts: readonly string[]): string;
  columns(parts: readonly string[]): string;
  table(rows: readonly (readonly string[])[]): string;
  chart(svg: string): string;
}

function markedUp(content: unknown, markup: Markup): string {
  const part = (node: unknown): string => markedUp(node, markup);
  if (Array.isArray(content)) return markup.stack(content.map(part));
  if (typeof content === "string") return markup.text(content);
  const { text, stack, columns, table, svg } = (content ?? {}) as Node;
  if (text !== undefined) return markup.text(wordsOf(text));
  if (stack !== undefined) return markup.stack(stack.map(part));
  if (columns !== undefined) return markup.columns(columns.map(part));
  if (table !== undefined) return markup.table(table.body.map((row) => row.map(part)));
  return svg === undefined ? markup.text("") : markup.chart(svg);
}

function wordsOf(text: unknown): string {
  if (Array.isArray(text)) return text.map(wordsOf).join("");
  return typeof text === "object" && text !== null ? wordsOf((text as Node).text ?? "") : String(text ?? "");
}

function htmlOf(content: unknown): string {
  const cells = (parts: readonly string[]) => `<tr>${parts.map((part) => `<td>${part}</td>`).join("")}</tr>`;
  const body = markedUp(content, {
    text: (words) => `<div>${Bun.escapeHTML(words)}</div>`,
    stack: (parts) => parts.join(""),
    columns: (parts) => `<table>${cells(parts)}</table>`,
    table: (rows) => `<table>${rows.map(cells).join("")}</table>`,
    chart: (svg) => svg.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" '),
  });
  return `<meta charset="utf-8"><style>@page{size:A4;margin:20mm}body{font:8pt sans-serif}</style>${body}`;
}

function typstOf(content: unknown): string {
  const body = markedUp(content, {
    text: (words) => (words === "" ? "[]" : `block(text(${JSON.stringify(words)}))`),
    stack: (parts) => `{\n${parts.join("\n")}\n}`,
    columns: (parts) => `grid(columns: ${Math.max(1, parts.length)}, ${parts.join(", ")})`,
    table: (rows) =>
      rows.length === 0 ? "[]" : `table(columns: ${rows[0]?.length ?? 1}, stroke: none, ${rows.flat().join(", ")})`,
    chart: (svg) =>
      `image(bytes(${JSON.stringify(svg.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" '))}), format: "svg")`,
  });
  return `#set page(paper: "a4", margin: 20mm)\n#set text(size: 8pt)\n#${body}\n`;
}

/** The same for each line of its input as plain.ts. */
const WEASYPRINT = `
import json, sys, time, weasyprint
page = json.loads(sys.stdin.readline())
for line in iter(sys.stdin.readline, ""):
    before = time.process_time()
    for _ in range(int(line)):
        pdf = weasyprint.HTML(string=page).write_pdf()
    print(json.dumps({"ms": 1000 * (time.process_time() - before) / int(line), "bytes": len(pdf)}), flush=True)
`;

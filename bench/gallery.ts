import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { renderPdf } from "../src/render/document.ts";
import { buildReport } from "../src/report/report.ts";
import { modelOf, SHAPES } from "../tests/render/matrix.ts";
import { drawDocuments } from "./documents.ts";
import { OPTIONS, sampleDataSet } from "./sample.ts";
import { drawShapes } from "./shapes/gallery.ts";

/**
 * `bun run gallery [word]`: the sample report and every shape of the layout test as PNG pages in dist/gallery, for
 * looking at. With a word, the shapes alone whose name has it; with "documents", the pictures of README.md and docs/documents.md;
 * with "shapes [word]", contact sheets of reports from data in the forms and sizes that it really has, in dist/shapes.
 */
const FOLDER = join(import.meta.dir, "../dist/gallery");
const DOTS_PER_INCH = "60";

if (Bun.which("pdftoppm") === null) throw new Error("the gallery needs pdftoppm: apt-get install poppler-utils");
const chosen = process.argv[2] ?? "";
if (chosen === "documents") {
  await drawDocuments();
  process.exit();
}
if (chosen === "shapes") {
  await drawShapes(join(import.meta.dir, "../dist/shapes"), process.argv[3] ?? "");
  process.exit();
}
await rm(FOLDER, { recursive: true, force: true });
await mkdir(FOLDER, { recursive: true });
const sample = () => sampleDataSet().then((dataSet) => buildReport(dataSet, OPTIONS));
const models = [
  ["sample", sample] as const,
  ...Object.entries(SHAPES).map(([name, shape]) => [name, async () => modelOf(shape)] as const),
];
for (const [name, model] of models.filter(([each]) => each.includes(chosen))) {
  const base = join(FOLDER, name.replace(/[^a-z0-9]+/gi, "-"));
  const { bytes, pages } = await renderPdf(await model());
  await Bun.write(`${base}.pdf`, bytes);
  await Bun.$`pdftoppm -r ${DOTS_PER_INCH} -png ${base}.pdf ${base}`;
  console.log(`${name}: ${pages} pages, ${Math.round(bytes.length / 1_000)} kB`);
}
console.log(FOLDER);

import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { importFiles } from "../../src/cli/import.ts";
import { DRAW } from "../../src/render/documents.ts";
import { joinPdfs } from "../../src/render/joined/complete.ts";
import type { DataSet } from "../../src/report/data-set.ts";
import { type DrawnKind, planDocuments } from "../../src/report/documents.ts";
import { chooseTown, resolveTown } from "../../src/report/localities/namesakes.ts";
import { reportOptions } from "../../src/report/options.ts";
import { withPictures } from "../../src/report/pictures/picture.ts";
import { besideOf } from "../../src/report/request/beside.ts";
import { openCatalogue } from "../../src/report/sources/catalogue.ts";
import { gatherDataSet } from "../../src/report/sources/gather.ts";
import { parseRequest } from "../../src/report/validation.ts";
import type { Shape } from "./shapes.ts";

/** The day on which each shape is ordered. */
const TODAY = "2026-11-26";

/**
 * The paths of a shape's PDFs, after what it needs was imported into a catalogue of its own: the main document, or the
 * complete one and then its parts.
 */
export async function drawShape(shape: Shape, folder: string): Promise<readonly string[]> {
  await mkdir(folder, { recursive: true });
  const files = await Promise.all(
    Object.entries(shape.files?.() ?? {}).map(async ([name, content]) => {
      const path = join(folder, name);
      await Bun.write(path, await content);
      return path;
    }),
  );
  const err: string[] = [];
  const now = () => new Date(`${TODAY}T02:00:00Z`);
  if (
    files.length > 0 &&
    (await importFiles({ dataDir: folder, files, now, out: () => {}, err: (line) => err.push(line) })) !== 0
  )
    throw new Error(err.join("\n"));
  const { request } = await withPictures(() => parseRequest(shape.request()));
  const { locality } = chooseTown(resolveTown(request, null), () => true);
  const plan = planDocuments(request);
  const options = reportOptions(request, { ...locality, date: TODAY, printEmails: false, emptyIsPage: true });
  const dataSet =
    request.data ??
    (await fromCatalogue(folder, options, plan[0] === "agency" ? "rentals" : "sales", besideOf(request)));
  const drawn = plan.filter((kind): kind is DrawnKind => kind !== "complete");
  const parts = await Promise.all(
    drawn.map(async (kind) => {
      const path = join(folder, `${kind}.pdf`);
      await Bun.write(path, (await DRAW[kind](dataSet, options, () => {})).bytes);
      return { path, fixed: false };
    }),
  );
  const paths = parts.map(({ path }) => path);
  if (paths.length === 1) return paths;
  const whole = join(folder, "complete.pdf");
  await Bun.write(whole, (await joinPdfs(parts, options, () => {})).bytes);
  return [whole, ...paths];
}

async function fromCatalogue(
  folder: string,
  locality: Parameters<typeof gatherDataSet>[1],
  of: "sales" | "rentals",
  beside: ReturnType<typeof besideOf>,
): Promise<DataSet> {
  const catalogue = openCatalogue({ path: join(folder, "catalogue.db") });
  try {
    const text = await gatherDataSet([catalogue], locality, beside, of);
    if (text === null) throw new Error(`the files have nothing of ${locality.suburb}`);
    return JSON.parse(text) as DataSet;
  } finally {
    catalogue.close();
  }
}

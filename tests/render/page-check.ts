import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PDFDocument } from "@cantoo/pdf-lib";
import { Failure } from "../../src/failure.ts";
import { DRAW } from "../../src/render/documents.ts";
import type { DataSet } from "../../src/report/data-set.ts";
import { buildLeasing } from "../../src/report/leasing/leasing.ts";
import type { Tile } from "../../src/report/model.ts";
import { buildReport } from "../../src/report/report.ts";
import { strayDestinations } from "./bookmarks.ts";
import { faultsOf } from "./grammar-faults.ts";
import { watchLayout } from "./layout-watch.ts";
import { type Page, pagesOf } from "./page.ts";
import { problemsOf } from "./page-problems.ts";
import { needlessDecimals, otherRounding, repeatedSentences, uselessNotes } from "./page-says.ts";
import { emptyColumns } from "./page-tables.ts";
import { tickProblems } from "./page-ticks.ts";
import { readAccessibly } from "./pdf-ua.ts";
import type { RandomReport } from "./random-reports.ts";

const folder = mkdtempSync(join(tmpdir(), "agentlink-page-check-"));

/** Of the PDF at a path: what leads elsewhere. */
export async function straysIn(path: string): Promise<readonly string[]> {
  return strayDestinations(await PDFDocument.load(await Bun.file(path).bytes()), await pagesOf(path));
}

const RIGHT_TO_LEFT = /[\u0590-\u08ff]/;

/** Of a report; of data that makes none there are none. */
export async function problemsIn({ kind, data, options }: RandomReport): Promise<readonly string[]> {
  const path = join(folder, `${Bun.randomUUIDv7()}.pdf`);
  const hidden: string[] = [];
  const undo = watchLayout((words) => hidden.push(words));
  try {
    await Bun.write(path, (await DRAW[kind](data, options, () => {})).bytes);
  } catch (error) {
    if (error instanceof Failure && error.code === "no_data") return [];
    throw error;
  } finally {
    undo();
  }
  const pages = await pagesOf(path);
  const { tiles, terms } = said(kind, data, options);
  const texts = (await Bun.$`pdftotext -raw ${path} -`.text()).split("\f").map((text) => text.replace(/\s+/g, " "));
  return [
    ...new Set(hidden),
    ...problemsOf(pages),
    ...(kind === "agents" ? alone(pages) : []),
    ...strayDestinations(await PDFDocument.load(await Bun.file(path).bytes()), pages),
    ...pages.flatMap((page, index) => tickProblems(page).map((words) => `page ${index + 1}: ${words}`)),
    ...emptyColumns(await readAccessibly(path)),
    ...uselessNotes(pages, terms),
    ...otherRounding(pages),
    ...needlessDecimals(pages),
    ...repeatedSentences(texts, JSON.stringify(data)),
    // Words from right to left are extracted with what is beside them turned around.
    ...(RIGHT_TO_LEFT.test(texts.join("")) ? [] : faultsOf(texts.join(" "))),
    ...tiles.flatMap(({ label }, index) =>
      tiles.findIndex((each) => each.label === label) < index ? [`a tile twice: ${label}`] : [],
    ),
  ];
}

/** The tiles and the defined terms of a report; none of one that is a page on having found nothing. */
function said(
  kind: RandomReport["kind"],
  data: DataSet,
  options: RandomReport["options"],
): { readonly tiles: readonly Tile[]; readonly terms: readonly string[] } {
  if (kind === "agency") {
    const { tiles, method, total } = buildLeasing(data, options, options.emptyIsPage === true);
    return { tiles, terms: total === 0 ? [] : method.definitions.map(({ term }) => term) };
  }
  const { verdict, method, selection } = buildReport(data, options);
  return {
    tiles: verdict.tiles,
    terms: selection?.nothing === true ? [] : method.definitions.map(({ term }) => term),
  };
}

/** The last rows of the table of sales that are alone on a page, found by their days. */
function alone(pages: readonly Page[]): readonly string[] {
  // The table of comparable sales has the same head.
  const from = pages.findIndex(({ text }, index) => index > 0 && text.includes("Recentsales"));
  if (from === -1) return [];
  const rows = pages.slice(from).map(({ text }) => {
    const table = (text.split(/Method(?=Sales)/)[0] ?? "").replace(/^.*Recentsales/s, "");
    return text.includes("SOLDADDRESS") ? (table.match(/\d{1,2}[A-Z][a-z]{2}20\d\d/g) ?? []).length : 0;
  });
  return rows.flatMap((count, index) =>
    count === 1 && (rows[index - 1] ?? 0) > 0 ? [`page ${from + index + 1}: a row of sales stands alone`] : [],
  );
}

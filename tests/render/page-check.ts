import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PDFDocument } from "@cantoo/pdf-lib";
import { Failure } from "../../src/failure.ts";
import { DRAW } from "../../src/render/documents.ts";
import { strayDestinations } from "./bookmarks.ts";
import { type Page, pagesOf, squeeze } from "./page.ts";
import { problemsOf } from "./page-problems.ts";
import type { RandomReport } from "./random-reports.ts";

const folder = mkdtempSync(join(tmpdir(), "agentlink-page-check-"));

/** Of the PDF at a path: what leads elsewhere. */
export async function straysIn(path: string): Promise<readonly string[]> {
  return strayDestinations(await PDFDocument.load(await Bun.file(path).bytes()), await pagesOf(path));
}

/** Of the agents report; of data that makes none there are none. */
export async function problemsIn({ data, options }: RandomReport): Promise<readonly string[]> {
  const path = join(folder, "random.pdf");
  try {
    await Bun.write(path, (await DRAW.agents(data, options, () => {})).bytes);
  } catch (error) {
    if (error instanceof Failure && error.code === "no_data") return [];
    throw error;
  }
  const pages = await pagesOf(path);
  return [
    ...problemsOf(pages),
    ...alone(data.sales ?? [], pages),
    ...strayDestinations(await PDFDocument.load(await Bun.file(path).bytes()), pages),
  ];
}

/** The last rows of the table of sales that stand alone on a page, found by their addresses. */
function alone(sales: readonly { readonly address?: string | null }[], pages: readonly Page[]): readonly string[] {
  const from = pages.findIndex(({ text }, index) => index > 0 && text.includes("SOLDADDRESS"));
  if (from === -1) return [];
  const addresses = new Set(sales.map(({ address }) => squeeze(address ?? "").slice(0, 12)));
  // Long ones begin with the same words.
  if (addresses.size < sales.length) return [];
  const rows = pages.slice(from).map(({ text }) => {
    const table = text.split(/Method(?=Sales)/)[0] ?? "";
    return text.includes("SOLDADDRESS") ? [...addresses].filter((address) => table.includes(address)).length : 0;
  });
  return rows.flatMap((count, index) =>
    count === 1 && (rows[index - 1] ?? 0) > 0 ? [`page ${from + index + 1}: a row of sales stands alone`] : [],
  );
}

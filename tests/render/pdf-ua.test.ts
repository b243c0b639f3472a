import { beforeAll, expect, setDefaultTimeout } from "bun:test";
import { join } from "node:path";
import { PDFDocument } from "@cantoo/pdf-lib";
import { renderPdf } from "../../src/render/document.ts";
import { temporaryFolder } from "../e2e/binary.ts";
import { withPrograms } from "../programs.ts";
import { model } from "./data-sets.ts";
import { BROKEN, ODD } from "./pdf-ua/broken.ts";
import { CONDITIONS, type Condition } from "./pdf-ua/conditions.ts";
import { accessibilityFaults } from "./pdf-ua.ts";

setDefaultTimeout(60_000);

const test = withPrograms("qpdf");
const folder = temporaryFolder();
let report: Uint8Array;

beforeAll(async () => {
  const small = model({ agents: 3, agencies: 2, sales: 9, market: true }, { sections: ["agencies", "market"] });
  report = (await renderPdf(small)).bytes;
});

async function faultsOf(change: (pdf: PDFDocument) => void): Promise<readonly string[]> {
  const pdf = await PDFDocument.load(report, { updateMetadata: false });
  change(pdf);
  const path = join(folder, `${Bun.randomUUIDv7()}.pdf`);
  await Bun.write(path, await pdf.save({ updateFieldAppearances: false, rewrite: true }));
  return accessibilityFaults(path);
}

test("a report has no fault, also as another program writes it", async () => {
  expect(await faultsOf(() => {})).toEqual([]);
});

test("the conditions are the 87 of the protocol that are for machines", () => {
  const counts = Map.groupBy(Object.keys(CONDITIONS), (condition) => condition.slice(0, 2));
  expect(Object.keys(CONDITIONS)).toHaveLength(87);
  expect(Object.fromEntries([...counts].map(([checkpoint, of]) => [Number(checkpoint), of.length]))).toEqual({
    ...{ 1: 4, 2: 3, 6: 3, 7: 2, 9: 5, 10: 1, 11: 6, 13: 1, 14: 4, 15: 1, 17: 2, 19: 2 },
    ...{ 20: 3, 21: 1, 25: 1, 26: 2, 28: 15, 30: 2, 31: 29 },
  });
});

for (const [condition, change] of Object.entries(BROKEN))
  test(`a report is refused with ${condition}: ${CONDITIONS[condition as Condition]}`, async () => {
    expect((await faultsOf(change)).filter((each) => each.startsWith(condition))).not.toEqual([]);
  });

for (const [fault, change] of Object.entries(ODD))
  test(`a report is refused that has what no report may have: ${fault}`, async () => {
    expect((await faultsOf(change)).filter((each) => each.includes(fault))).not.toEqual([]);
  });

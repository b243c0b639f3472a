import { expect, spyOn, test } from "bun:test";
import { join } from "node:path";
import { OPTIONS, sampleDataSet } from "../../bench/sample.ts";
import { renderPdf } from "../../src/render/document.ts";
import { joinPdfs } from "../../src/render/joined/complete.ts";
import { writer } from "../../src/render/writer.ts";
import type { ReportModel } from "../../src/report/model.ts";
import { buildReport } from "../../src/report/report.ts";
import { temporaryFolder } from "../e2e/binary.ts";
import { modelOf, SHAPES } from "./matrix.ts";

const shape = (name: string) => () => modelOf(SHAPES[name] ?? {});

/** The sample report, and the shapes whose structure takes most: nine parts of ten of it are cells of tables. */
const REPORTS: Readonly<Record<string, () => ReportModel | Promise<ReportModel>>> = {
  sample: async () => buildReport(await sampleDataSet(), OPTIONS),
  ...Object.fromEntries(["200 agencies", "33 agents", "names alone"].map((name) => [name, shape(name)])),
};

for (const [name, make] of Object.entries(REPORTS))
  test(`the structure takes at most a quarter more bytes than the report without: ${name}`, async () => {
    const report = await make();
    const tagged = (await renderPdf(report)).bytes.length;
    const plain = await untagged(async () => (await renderPdf(report)).bytes.length);
    expect(tagged).toBeGreaterThan(plain * 1.05);
    expect(tagged).toBeLessThanOrEqual(plain * 1.25);
  }, 60_000);

test("the structure of a complete document takes little more than that of its parts", async () => {
  const report = modelOf(SHAPES["33 agents"] ?? {});
  const folder = temporaryFolder();
  const complete = async (name: string) => {
    const path = join(folder, name);
    await Bun.write(path, (await renderPdf(report)).bytes);
    const part = { path, fixed: false };
    return (await joinPdfs([part, part], OPTIONS, () => {})).bytes.length;
  };
  const tagged = await complete("tagged.pdf");
  const plain = await untagged(() => complete("plain.pdf"));
  expect(tagged).toBeGreaterThan(plain * 1.05);
  expect(tagged).toBeLessThanOrEqual(plain * 1.28);
}, 60_000);

async function untagged<Result>(run: () => Promise<Result>): Promise<Result> {
  const createPdf = writer.createPdf.bind(writer);
  const without = spyOn(writer, "createPdf").mockImplementation((definition) =>
    createPdf({ ...definition, tagged: false }),
  );
  try {
    return await run();
  } finally {
    without.mockRestore();
  }
}

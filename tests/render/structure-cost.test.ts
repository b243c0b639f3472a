import { expect, spyOn, test } from "bun:test";
import { OPTIONS, sampleDataSet } from "../../bench/sample.ts";
import { renderPdf } from "../../src/render/document.ts";
import { writer } from "../../src/render/writer.ts";
import type { ReportModel } from "../../src/report/model.ts";
import { buildReport } from "../../src/report/report.ts";
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
    const createPdf = writer.createPdf.bind(writer);
    const untagged = spyOn(writer, "createPdf").mockImplementation((definition) =>
      createPdf({ ...definition, tagged: false }),
    );
    try {
      const plain = (await renderPdf(report)).bytes.length;
      expect(tagged).toBeGreaterThan(plain * 1.05);
      expect(tagged).toBeLessThanOrEqual(plain * 1.25);
    } finally {
      untagged.mockRestore();
    }
  }, 60_000);

import { expect, spyOn, test } from "bun:test";
import { OPTIONS, sampleDataSet } from "../../bench/sample.ts";
import { renderPdf } from "../../src/render/document.ts";
import { writer } from "../../src/render/writer.ts";
import { buildReport } from "../../src/report/report.ts";

test("the structure of the sample report takes at most 30 % more bytes than the report without", async () => {
  const report = buildReport(await sampleDataSet(), OPTIONS);
  const tagged = (await renderPdf(report)).bytes.length;
  const createPdf = writer.createPdf.bind(writer);
  const untagged = spyOn(writer, "createPdf").mockImplementation((definition) =>
    createPdf({ ...definition, tagged: false }),
  );
  try {
    const plain = (await renderPdf(report)).bytes.length;
    expect(tagged).toBeGreaterThan(plain * 1.1);
    expect(tagged).toBeLessThanOrEqual(plain * 1.29);
  } finally {
    untagged.mockRestore();
  }
}, 60_000);

import { expect, setDefaultTimeout, test } from "bun:test";
import { join } from "node:path";
import { renderFile } from "../../src/cli/render.ts";
import { renderPdf } from "../../src/render/document.ts";
import { xmpOf } from "../../src/render/file/metadata.ts";
import { readConfig } from "../../src/settings/settings.ts";
import { run, temporaryFolder } from "../e2e/binary.ts";
import { withPrograms } from "../programs.ts";
import { dataSet, model } from "./data-sets.ts";
import { expectArchival as expectPdfA } from "./pdf-a.ts";
import { objectsOf } from "./pdf-objects.ts";

setDefaultTimeout(60_000);

const testPdf = withPrograms("qpdf");

/** Its own metadata, beside what the standard requires. */
const expectArchival = (path: string, level: "A" | "B" = "B") =>
  expectPdfA(path, level, ["<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>", "Smith &amp; Co &lt;Pty&gt;"]);

const branding = { name: "Smith & Co <Pty>" };

testPdf("a report for the archive holds its colours, its fonts and what it says of itself", async () => {
  const report = model({ agents: 8, sales: 60, market: true, agentName: (index) => `陳 ${index}` }, { branding });
  const path = join(temporaryFolder(), "archival.pdf");
  for (const level of ["A", "B"] as const) {
    await Bun.write(path, (await renderPdf(report, `PDF/A-2${level === "A" ? "a" : "b"}`)).bytes);
    await expectArchival(path, level);
  }
});

testPdf("a report that was not asked to be archival does not say it is", async () => {
  const path = join(temporaryFolder(), "plain.pdf");
  await Bun.write(path, (await renderPdf(model({ agents: 2 }, { branding }))).bytes);
  const { at, catalogue } = await objectsOf(path);
  const xmp = Buffer.from(at(catalogue["/Metadata"])?.stream?.data ?? "", "base64").toString();
  expect(xmp).not.toContain("pdfaid");
  expect(xmp).toContain("Smith &amp; Co &lt;Pty&gt;");
  expect(catalogue["/OutputIntents"]).toBeUndefined();
});

testPdf(
  "the binary makes one, too, the same bytes as the source does, and refuses a standard it does not know",
  async () => {
    const folder = temporaryFolder();
    const request = {
      suburb: "Manly",
      state: "NSW",
      postcode: "2095",
      // From every face: those of names lie in the binary, and are read from there as they are needed.
      data: dataSet({
        agents: 6,
        sales: 40,
        agentName: (index) => `${["陳大文", "김민수", "Mia", "محمد علي", "สมชาย"][index % 5]} ${index}`,
      }),
      branding,
    };
    const input = join(folder, "request.json");
    for (const pdf_standard of ["PDF/A-2b", undefined]) {
      const [compiled, source] = [join(folder, "compiled.pdf"), join(folder, "source.pdf")];
      await Bun.write(input, JSON.stringify({ ...request, pdf_standard }));
      expect(await run(["render", input, "-o", compiled])).toMatchObject({ code: 0, stderr: "" });
      if (pdf_standard) await expectArchival(compiled);
      await renderFile({ request: input, output: source, json: false, config: readConfig({}, {}), out() {}, err() {} });
      expect(await Bun.file(compiled).bytes()).toEqual(await Bun.file(source).bytes());
    }
    await Bun.write(input, JSON.stringify({ ...request, pdf_standard: "PDF/X-4" }));
    const refused = await run(["render", input, "-o", join(folder, "refused.pdf")]);
    expect(refused.code).not.toBe(0);
    expect(refused.stderr).toContain("pdf_standard");
  },
  180_000,
);

test("metadata are well-formed whatever a name contains", () => {
  const xmp = xmpOf(
    { Title: 'a & b < c > "d" ]]>', Author: "x\u0000y\u0008\ud800z", CreationDate: new Date(0) },
    { accessible: true, archival: true },
  );
  expect(xmp).toContain("a &amp; b &lt; c &gt; &quot;d&quot; ]]&gt;");
  expect(xmp).toContain("<rdf:li>xyz</rdf:li>");
  expect(xmp).toContain("<xmp:CreateDate>1970-01-01T00:00:00Z</xmp:CreateDate>");
});

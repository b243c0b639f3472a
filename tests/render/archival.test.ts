import { expect, setDefaultTimeout, test } from "bun:test";
import { join } from "node:path";
import { renderPdf } from "../../src/render/document.ts";
import { xmpOf } from "../../src/render/metadata.ts";
import { run, temporaryFolder } from "../e2e/binary.ts";
import { withPrograms } from "../programs.ts";
import { dataSet, model } from "./data-sets.ts";
import { type Dictionary, objectsOf, type Value } from "./pdf-objects.ts";
import { accessibilityFaults } from "./pdf-ua.ts";

setDefaultTimeout(60_000);

const testPdf = withPrograms("qpdf");

/** What ISO 19005-2 asks of a file, as far as a report could break it; level A wants PDF/UA's structure. */
async function expectArchival(path: string, level: "A" | "B" = "B"): Promise<void> {
  const { at, dictionaries, trailer, catalogue } = await objectsOf(path);
  // 6.1.3: an id, and no encryption.
  expect(trailer["/ID"]).toBeArrayOfSize(2);
  expect(trailer["/Encrypt"]).toBeUndefined();
  // 6.2.3: the colours are those of an embedded profile.
  const [intent] = catalogue["/OutputIntents"] as readonly Value[];
  const output = at(intent)?.value as Dictionary | undefined;
  expect(output?.["/S"]).toBe("/GTS_PDFA1");
  const profile = output?.["/DestOutputProfile"];
  expect(at(profile)?.stream?.dict["/N"]).toBe(3);
  const icc = Buffer.from(at(profile)?.stream?.data ?? "", "base64");
  expect(icc.toString("latin1", 36, 40)).toBe("acsp");
  expect(icc.readUInt32BE(0)).toBe(icc.length);
  // 6.2.11: every font is in the file.
  const fonts = dictionaries.filter((value) => value["/Type"] === "/Font");
  expect(fonts.map((font) => font["/Subtype"])).not.toContain("/Type1");
  const descriptors = dictionaries.filter((value) => value["/Type"] === "/FontDescriptor");
  expect(descriptors.length).toBeGreaterThan(0);
  expect(descriptors.length).toBe(fonts.filter((font) => "/DescendantFonts" in font).length);
  for (const descriptor of descriptors) expect(at(descriptor["/FontFile2"])?.stream).toBeDefined();
  // 6.3: annotations are printed; 6.5: nothing runs.
  for (const annotation of dictionaries.filter((value) => value["/Subtype"] === "/Link"))
    expect(Number(annotation["/F"]) & 0b1111).toBe(0b0100);
  const actions = dictionaries.map((value) => value["/S"]);
  for (const action of ["/JavaScript", "/Launch", "/Sound", "/Movie"]) expect(actions).not.toContain(action);
  for (const key of ["/OpenAction", "/AA", "/AcroForm"]) expect(catalogue[key]).toBeUndefined();
  // 6.6: it says what it is, and what it says that the standard does not know.
  const xmp = Buffer.from(at(catalogue["/Metadata"])?.stream?.data ?? "", "base64").toString();
  expect(xmp).toContain("<pdfaid:part>2</pdfaid:part>");
  expect(xmp).toContain(`<pdfaid:conformance>${level}</pdfaid:conformance>`);
  expect(xmp).toContain("<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>");
  expect(xmp).toContain("Smith &amp; Co &lt;Pty&gt;");
  expect(at(catalogue["/Metadata"])?.stream?.dict["/Filter"]).toBeUndefined();
  // 6.7, of level A.
  expect(await accessibilityFaults(path)).toEqual([]);
}

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
        agentName: (index) => `${["陳大文", "김민수", "Mia"][index % 3]} ${index}`,
      }),
      branding,
    };
    const input = join(folder, "request.json");
    const main = join(import.meta.dir, "../../src/main.ts");
    for (const pdf_standard of ["PDF/A-2b", undefined]) {
      const [compiled, source] = [join(folder, "compiled.pdf"), join(folder, "source.pdf")];
      await Bun.write(input, JSON.stringify({ ...request, pdf_standard }));
      expect(await run(["render", input, "-o", compiled])).toMatchObject({ code: 0, stderr: "" });
      if (pdf_standard) await expectArchival(compiled);
      await Bun.$`${process.execPath} ${main} render ${input} -o ${source}`.quiet();
      expect(await Bun.file(compiled).bytes()).toEqual(await Bun.file(source).bytes());
    }
    await Bun.write(input, JSON.stringify({ ...request, pdf_standard: "PDF/X-4" }));
    const refused = await run(["render", input, "-o", join(folder, "refused.pdf")]);
    expect(refused.code).not.toBe(0);
    expect(refused.stderr).toContain("pdf_standard");
  },
  60_000,
);

test("metadata are well-formed whatever a name holds", () => {
  const xmp = xmpOf(
    { Title: 'a & b < c > "d" ]]>', Author: "x\u0000y\u0008\ud800z", CreationDate: new Date(0) },
    { accessible: true, archival: true },
  );
  expect(xmp).toContain('a &amp; b &lt; c &gt; "d" ]]&gt;');
  expect(xmp).toContain("<rdf:li>xyz</rdf:li>");
  expect(xmp).toContain("<xmp:CreateDate>1970-01-01T00:00:00Z</xmp:CreateDate>");
});

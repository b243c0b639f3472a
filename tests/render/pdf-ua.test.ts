import { beforeAll, expect, setDefaultTimeout } from "bun:test";
import { join } from "node:path";
import { PDFArray, PDFBool, PDFDict, PDFDocument, PDFName, PDFRawStream, PDFString } from "@cantoo/pdf-lib";
import { renderPdf } from "../../src/render/document.ts";
import { temporaryFolder } from "../e2e/binary.ts";
import { withPrograms } from "../programs.ts";
import { model } from "./data-sets.ts";
import { accessibilityFaults } from "./pdf-ua.ts";

setDefaultTimeout(60_000);

const test = withPrograms("qpdf");
const folder = temporaryFolder();
const name = PDFName.of;
let report: Uint8Array;

beforeAll(async () => {
  report = (await renderPdf(model({ agents: 6, agencies: 2, sales: 30, market: true, synthetic: true }))).bytes;
});

const dictionaries = ({ context }: PDFDocument) =>
  context.enumerateIndirectObjects().flatMap(([, object]) => (object instanceof PDFDict ? [object] : []));

/** The first element of a type, or the one after so many. */
function element(pdf: PDFDocument, role: string, after = 0): PDFDict {
  const found = dictionaries(pdf).filter((each) => each.get(name("S")) === name(role))[after];
  if (found === undefined) throw new Error(`the report has no ${role}`);
  return found;
}

function ofType(pdf: PDFDocument, key: string, value: string): PDFDict {
  const found = dictionaries(pdf).find((each) => each.get(name(key)) === name(value));
  if (found === undefined) throw new Error(`the report has no ${value}`);
  return found;
}

function replaceMetadata(pdf: PDFDocument, from: RegExp, to: string): void {
  const stream = pdf.catalog.lookup(name("Metadata"));
  if (!(stream instanceof PDFRawStream)) throw new Error("the report has no metadata");
  const text = new TextDecoder().decode(stream.contents);
  const changed = pdf.context.stream(text.replace(from, to), { Type: "Metadata", Subtype: "XML" });
  pdf.catalog.set(name("Metadata"), pdf.context.register(changed));
}

function addContent(pdf: PDFDocument, operators: string): void {
  const [page] = pdf.getPages();
  page?.node.addContentStream(pdf.context.register(pdf.context.stream(operators)));
}

/** What makes a report fail each condition, by its number in the Matterhorn Protocol 1.1. */
const BROKEN: readonly (readonly [fault: string, how: (pdf: PDFDocument) => void])[] = [
  ["01: not marked", (pdf) => pdf.catalog.delete(name("MarkInfo"))],
  ["01-003", (pdf) => addContent(pdf, "/P <</MCID 9999>> BDC /Artifact BMC EMC EMC")],
  ["01-004", (pdf) => addContent(pdf, "/Artifact BMC /P <</MCID 9999>> BDC EMC EMC")],
  ["01-005: f in", (pdf) => addContent(pdf, "0 0 9 9 re f")],
  ["01-005: run 9999", (pdf) => addContent(pdf, "/P <</MCID 9999>> BDC EMC")],
  ["01-007", (pdf) => pdf.catalog.lookup(name("MarkInfo"), PDFDict).set(name("Suspects"), PDFBool.True)],
  ["02-001", (pdf) => element(pdf, "Sect").set(name("S"), name("Chapter"))],
  [
    "02-004",
    (pdf) => pdf.catalog.lookup(name("StructTreeRoot"), PDFDict).set(name("RoleMap"), pdf.context.obj({ P: "H1" })),
  ],
  ["06-002", (pdf) => replaceMetadata(pdf, /<pdfuaid:part>1/, "<pdfuaid:part>7")],
  ["06-003", (pdf) => replaceMetadata(pdf, /<dc:title>[\s\S]*<\/dc:title>/, "")],
  ["07-002", (pdf) => pdf.catalog.delete(name("ViewerPreferences"))],
  ["09: a LI in a TR", (pdf) => element(pdf, "TD").set(name("S"), name("LI"))],
  ["09: a P in a L", (pdf) => element(pdf, "LI").set(name("S"), name("P"))],
  ["10-001", (pdf) => ofType(pdf, "Subtype", "Type0").delete(name("ToUnicode"))],
  ["11-006", (pdf) => pdf.catalog.delete(name("Lang"))],
  ["13-004", (pdf) => element(pdf, "Figure").delete(name("Alt"))],
  ["14-002", (pdf) => element(pdf, "H1").set(name("S"), name("H2"))],
  ["14-003", (pdf) => element(pdf, "H2").set(name("S"), name("H4"))],
  ["15-003", (pdf) => element(pdf, "TH").delete(name("A"))],
  ["15: rows of", (pdf) => element(pdf, "TR", 1).lookup(name("K"), PDFArray).remove(0)],
  ["19-003", (pdf) => element(pdf, "Note").delete(name("ID"))],
  [
    "19-004",
    (pdf) => {
      for (const after of [0, 1]) element(pdf, "Note", after).set(name("ID"), PDFString.of("same"));
    },
  ],
  ["20", (pdf) => pdf.catalog.set(name("OCProperties"), pdf.context.obj({}))],
  ["25-001", (pdf) => pdf.catalog.set(name("AcroForm"), pdf.context.obj({ Fields: [] }))],
  [
    "28-009",
    (pdf) => {
      for (const { node } of pdf.getPages()) node.delete(name("Tabs"));
    },
  ],
  ["28-011", (pdf) => element(pdf, "Link").set(name("S"), name("Span"))],
  ["28-012", (pdf) => ofType(pdf, "Subtype", "Link").delete(name("Contents"))],
  ["31-006", (pdf) => ofType(pdf, "Subtype", "CIDFontType2").delete(name("CIDToGIDMap"))],
  ["31-009", (pdf) => ofType(pdf, "Type", "FontDescriptor").delete(name("FontFile2"))],
];

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

for (const [fault, change] of BROKEN)
  test(`a document with the fault ${fault} is refused`, async () => {
    expect((await faultsOf(change)).filter((each) => each.startsWith(fault))).not.toEqual([]);
  });

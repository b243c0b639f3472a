// What breaks a report in each way that a machine can find.
import { readFileSync } from "node:fs";
import {
  PDFArray,
  PDFBool,
  PDFDict,
  type PDFDocument,
  PDFName,
  type PDFObject,
  PDFRawStream,
  type PDFRef,
  PDFString,
} from "@cantoo/pdf-lib";
import { FONTS } from "../../../src/render/fonts/fonts.ts";
import type { Condition } from "./conditions.ts";
import { eexec } from "./font-program.ts";

type Break = (pdf: PDFDocument) => void;

const name = PDFName.of;
const text = PDFString.of;
/** What pdf-lib makes an object of. */
type Literal = string | number | boolean | PDFObject | readonly Literal[] | { readonly [key: string]: Literal };
const obj = ({ context }: PDFDocument, value: Literal) => context.obj(value as Record<string, never>);

const dictionaries = ({ context }: PDFDocument) =>
  context.enumerateIndirectObjects().flatMap(([, object]) => (object instanceof PDFDict ? [object] : []));

/** The first element of a type, or the one after so many. */
export function element(pdf: PDFDocument, role: string, after = 0): PDFDict {
  const found = dictionaries(pdf).filter((each) => each.get(name("S")) === name(role))[after];
  if (found === undefined) throw new Error(`the report has no ${role}`);
  return found;
}

function each(pdf: PDFDocument, key: string, value: string): readonly PDFDict[] {
  const found = dictionaries(pdf).filter((dict) => dict.get(name(key)) === name(value));
  if (found.length === 0) throw new Error(`the report has no ${value}`);
  return found;
}

/** The same with another type. */
const retype =
  (from: string, to: string): Break =>
  (pdf) =>
    element(pdf, from).set(name("S"), name(to));

const inCatalogue =
  (key: string, value: (pdf: PDFDocument) => PDFObject): Break =>
  (pdf) =>
    pdf.catalog.set(name(key), value(pdf));

const without =
  (key: string): Break =>
  (pdf) =>
    void pdf.catalog.delete(name(key));

const object =
  (value: Literal) =>
  (pdf: PDFDocument): PDFObject =>
    obj(pdf, value);

function change(pdf: PDFDocument, subtype: string, key: string, value: PDFObject | null): void {
  for (const dict of each(pdf, "Subtype", subtype))
    if (value === null) dict.delete(name(key));
    else dict.set(name(key), value);
}

const replaceMetadata =
  (from: RegExp, to: string): Break =>
  (pdf) => {
    const stream = pdf.catalog.lookup(name("Metadata"));
    if (!(stream instanceof PDFRawStream)) throw new Error("the report has no metadata");
    const changed = new TextDecoder().decode(stream.contents).replace(from, to);
    pdf.catalog.set(name("Metadata"), streamOf(pdf, changed, { Type: "Metadata", Subtype: "XML" }));
  };

function streamOf(
  { context }: PDFDocument,
  content: string | Uint8Array,
  dict: Record<string, Literal> = {},
): PDFObject {
  return context.register(context.stream(content, dict as Record<string, never>));
}

const content =
  (operators: string): Break =>
  (pdf) => {
    const [page] = pdf.getPages();
    page?.node.addContentStream(pdf.context.register(pdf.context.stream(operators)));
  };

function resources(pdf: PDFDocument, of: "Font" | "XObject"): PDFDict {
  const own = pdf.getPages()[0]?.node.Resources();
  if (own === undefined) throw new Error("the report has no page");
  if (!own.has(name(of))) own.set(name(of), obj(pdf, {}));
  return own.lookup(name(of), PDFDict);
}

/** Sets codes in the first font of the first page. */
const show =
  (codes: string): Break =>
  (pdf) => {
    const [font] = resources(pdf, "Font").keys();
    content(`/Artifact BMC BT ${font} 9 Tf <${codes}> Tj ET EMC`)(pdf);
  };

function addAnnotation(pdf: PDFDocument, subtype: string, more: Record<string, Literal>): PDFRef {
  const page = pdf.getPages()[0]?.node;
  const dict = obj(pdf, { Type: "Annot", Subtype: subtype, Rect: [0, 0, 9, 9], ...more });
  const annotation = pdf.context.register(dict);
  const annotations = page?.Annots();
  if (annotations === undefined) page?.set(name("Annots"), obj(pdf, [annotation]));
  else annotations.push(annotation);
  return annotation;
}

const annotate =
  (subtype: string, more: Record<string, Literal> = {}): Break =>
  (pdf) =>
    void addAnnotation(pdf, subtype, more);

const toUnicode =
  (map: string): Break =>
  (pdf) =>
    change(pdf, "Type0", "ToUnicode", streamOf(pdf, map));

/** A CMap in the file, instead of Identity-H. */
const cmap =
  (map: string, dict: Record<string, Literal> = {}): Break =>
  (pdf) => {
    const own = { Type: "CMap", ...system("Adobe", "Identity", 0), ...dict };
    change(pdf, "Type0", "Encoding", streamOf(pdf, map, own));
  };
const system = (registry: string, ordering: string, supplement: number) => ({
  CIDSystemInfo: { Registry: text(registry), Ordering: text(ordering), Supplement: supplement },
});

interface OwnCmap {
  readonly platform: number;
  readonly encoding: number;
  readonly code?: number;
}
const [UNICODE, MAC, SYMBOLS] = [
  { platform: 3, encoding: 1 },
  { platform: 1, encoding: 0 },
  { platform: 3, encoding: 0, code: 0xf041 },
];
/** The glyph of its only letter. */
const GLYPH = 7;

/** The face of the text with these cmaps for its own. */
function program(cmaps: readonly OwnCmap[]): Uint8Array {
  const face = readFileSync(FONTS.Sans.normal);
  const count = face.readUInt16BE(4);
  const words = (...values: number[]) => Buffer.concat(values.map((value) => Buffer.of(value >> 8, value & 255)));
  const table = Buffer.concat([
    words(0, cmaps.length),
    ...cmaps.map(({ platform, encoding }, index) => words(platform, encoding, 0, 4 + 8 * cmaps.length + 12 * index)),
    // A subtable of one code.
    ...cmaps.map(({ code = 65 }) => words(6, 12, 0, code, 1, GLYPH)),
  ]);
  const records: { name: string; bytes: Buffer }[] = Array.from({ length: count }, (_, index) => {
    const at = 12 + 16 * index;
    const offset = face.readUInt32BE(at + 8);
    return {
      name: face.toString("latin1", at, at + 4),
      bytes: face.subarray(offset, offset + face.readUInt32BE(at + 12)),
    };
  });
  const tables = records
    .filter((record) => record.name !== "cmap" || cmaps.length > 0)
    .map((record) => (record.name === "cmap" ? { ...record, bytes: table } : record));
  const head = Buffer.alloc(12 + 16 * tables.length);
  face.copy(head, 0, 0, 12);
  head.writeUInt16BE(tables.length, 4);
  let offset = head.length;
  for (const [index, { name: tag, bytes }] of tables.entries()) {
    head.write(tag, 12 + 16 * index, "latin1");
    head.writeUInt32BE(offset, 20 + 16 * index);
    head.writeUInt32BE(bytes.length, 24 + 16 * index);
    offset += bytes.length;
  }
  return Buffer.concat([head, ...tables.map(({ bytes }) => bytes)]);
}

/** Sets the letter A in a font of its own. */
function setInFont(pdf: PDFDocument, font: Record<string, Literal>, descriptor: Record<string, Literal>): void {
  const { context } = pdf;
  const own = { Type: "Font", BaseFont: "Own", FirstChar: 65, LastChar: 65, Widths: [600], ...font };
  const described = context.register(obj(pdf, { Type: "FontDescriptor", FontName: "Own", ...descriptor }));
  resources(pdf, "Font").set(name("Own"), context.register(obj(pdf, { ...own, FontDescriptor: described })));
  content("/Artifact BMC BT /Own 9 Tf (A) Tj ET EMC")(pdf);
}

/** In a TrueType font of letters, or of symbols where it has no encoding of its own. */
const letters =
  (cmaps: readonly OwnCmap[], font: Record<string, Literal>, flags = 32): Break =>
  (pdf) =>
    setInFont(pdf, { Subtype: "TrueType", ...font }, { Flags: flags, FontFile2: streamOf(pdf, program(cmaps)) });
const symbols = (cmaps: readonly OwnCmap[], font: Record<string, Literal> = {}) => letters(cmaps, font, 4);

const type1 =
  (charSet: string): Break =>
  (pdf) => {
    const glyphs = "0000dup /CharStrings 2 dict dup begin\n/.notdef 4 RD 1234 ND\n/A 4 RD 1234 ND\nend\n";
    const written = Buffer.concat([
      Buffer.from("%!PS-AdobeFont-1.0: Own\ncurrentfile eexec\n"),
      eexec(Buffer.from(glyphs), "write"),
    ]);
    const descriptor = { Flags: 32, CharSet: text(charSet), FontFile: streamOf(pdf, written) };
    setInFont(pdf, { Subtype: "Type1", Encoding: "WinAnsiEncoding" }, descriptor);
  };

const form =
  (operators: string, dict: Record<string, Literal> = {}): Break =>
  (pdf) => {
    const own = { Type: "XObject", Subtype: "Form", BBox: [0, 0, 9, 9], ...dict };
    resources(pdf, "XObject").set(name("Own"), streamOf(pdf, operators, own));
    content("/Artifact BMC /Own Do /Own Do EMC")(pdf);
  };

const encrypted =
  (permissions: Record<string, Literal>): Break =>
  (pdf) => {
    pdf.context.trailerInfo.Encrypt = pdf.context.register(
      obj(pdf, { Filter: "Standard", V: 1, R: 2, ...permissions }),
    );
  };

const noLanguage = without("Lang");

/** A field of a form, with a name for people or without. */
const field =
  (more: Record<string, Literal> = {}): Break =>
  (pdf) => {
    const widget = addAnnotation(pdf, "Widget", { FT: "Tx", T: text("own"), ...more });
    pdf.catalog.set(name("AcroForm"), obj(pdf, { Fields: [widget] }));
  };
const BASED = { Type: "Encoding", BaseEncoding: "WinAnsiEncoding" };

export const BROKEN: Readonly<Record<Condition, Break>> = {
  "01-003": content("/P <</MCID 9999>> BDC /Artifact BMC EMC EMC"),
  "01-004": content("/Artifact BMC /P <</MCID 9999>> BDC EMC EMC"),
  "01-005": content("0 0 9 9 re f"),
  "01-007": (pdf) => pdf.catalog.lookup(name("MarkInfo"), PDFDict).set(name("Suspects"), PDFBool.True),
  "02-001": retype("Sect", "Chapter"),
  "02-003": (pdf) => root(pdf).set(name("RoleMap"), obj(pdf, { Own: "Other", Other: "Own" })),
  "02-004": (pdf) => root(pdf).set(name("RoleMap"), obj(pdf, { P: "H1" })),
  "06-001": without("Metadata"),
  "06-002": replaceMetadata(/<pdfuaid:part>1/, "<pdfuaid:part>7"),
  "06-003": replaceMetadata(/<dc:title>[\s\S]*<\/dc:title>/, ""),
  "07-001": without("ViewerPreferences"),
  "07-002": inCatalogue("ViewerPreferences", object({ DisplayDocTitle: false })),
  "09-004": retype("TD", "P"),
  "09-005": retype("LI", "P"),
  "09-006": retype("TOCI", "Sect"),
  "09-007": retype("P", "RB"),
  "09-008": retype("P", "WT"),
  "10-001": toUnicode(""),
  "11-001": noLanguage,
  "11-002": noLanguage,
  "11-003": noLanguage,
  "11-004": noLanguage,
  "11-005": (pdf) => {
    noLanguage(pdf);
    field({ TU: text("Own") })(pdf);
  },
  "11-006": noLanguage,
  "13-004": (pdf) => void element(pdf, "Figure").delete(name("Alt")),
  "14-002": retype("H1", "H2"),
  "14-003": retype("H2", "H4"),
  "14-006": (pdf) => {
    for (const paragraph of each(pdf, "S", "P")) paragraph.set(name("S"), name("H"));
  },
  "14-007": retype("H2", "H"),
  "15-003": (pdf) => void element(pdf, "TH").delete(name("A")),
  "17-002": retype("P", "Formula"),
  "17-003": (pdf) => {
    toUnicode("")(pdf);
    retype("P", "Formula")(pdf);
  },
  "19-003": (pdf) => void element(pdf, "Note").delete(name("ID")),
  "19-004": (pdf) => {
    for (const after of [0, 1]) element(pdf, "Note", after).set(name("ID"), text("same"));
  },
  "20-001": inCatalogue("OCProperties", object({ Configs: [{}] })),
  "20-002": inCatalogue("OCProperties", object({ D: {} })),
  "20-003": inCatalogue("OCProperties", object({ D: { Name: text("own"), AS: [] } })),
  "21-001": (pdf) => void pdf.context.register(obj(pdf, { Type: "Filespec", F: text("own"), EF: {} })),
  "25-001": inCatalogue("AcroForm", (pdf) =>
    obj(pdf, { Fields: [], XFA: streamOf(pdf, "<dynamicRender>required</dynamicRender>") }),
  ),
  "26-001": encrypted({}),
  "26-002": encrypted({ P: -3904 }),
  "28-002": annotate("Text", { Contents: text("Own") }),
  "28-004": annotate("Text"),
  "28-005": field(),
  "28-006": annotate("Own", { Contents: text("Own") }),
  "28-007": annotate("TrapNet"),
  "28-008": tabs(null),
  "28-009": tabs("R"),
  "28-010": field({ TU: text("Own") }),
  "28-011": retype("Link", "Span"),
  "28-012": (pdf) => change(pdf, "Link", "Contents", null),
  "28-014": (pdf) => void pdf.context.register(obj(pdf, { S: "MCD", Alt: [] })),
  "28-015": (pdf) => void pdf.context.register(obj(pdf, { S: "MCD", CT: text("video/mp4") })),
  "28-016": annotate("FileAttachment", { Contents: text("Own"), FS: { Type: "Filespec" } }),
  "28-017": (pdf) => change(pdf, "Link", "Subtype", name("PrinterMark")),
  "28-018": (pdf) => annotate("PrinterMark", { AP: { N: streamOf(pdf, "0 0 9 9 re f") } })(pdf),
  "30-001": form("", { Ref: {} }),
  "30-002": form("/P <</MCID 0>> BDC EMC"),
  "31-001": cmap("", system("Own", "Identity", 0)),
  "31-002": cmap("", system("Adobe", "Own", 0)),
  "31-003": cmap("", system("Adobe", "Identity", 7)),
  "31-004": (pdf) => change(pdf, "CIDFontType2", "CIDToGIDMap", name("Own")),
  "31-005": (pdf) => change(pdf, "CIDFontType2", "CIDToGIDMap", null),
  "31-006": (pdf) => change(pdf, "Type0", "Encoding", name("Own-H")),
  "31-007": cmap("/WMode 0 def", { WMode: 1 }),
  "31-008": cmap("/Own-H usecmap"),
  "31-009": (pdf) => each(pdf, "Type", "FontDescriptor").forEach((font) => void font.delete(name("FontFile2"))),
  "31-011": show("ffff"),
  "31-012": type1(""),
  "31-013": type1("/A/B"),
  "31-014": (pdf) => cidSet(pdf, Buffer.of(0)),
  "31-015": (pdf) => cidSet(pdf, Buffer.alloc(8_192, 0xff)),
  "31-016": (pdf) => change(pdf, "CIDFontType2", "W", obj(pdf, [1, 60_000, 1])),
  "31-017": letters([SYMBOLS], { Encoding: "WinAnsiEncoding" }),
  "31-018": letters([{ ...UNICODE, code: 66 }], { Encoding: "WinAnsiEncoding" }),
  "31-019": letters([UNICODE], {}),
  "31-020": letters([UNICODE], { Encoding: { Type: "Encoding" } }),
  "31-021": letters([UNICODE], { Encoding: "StandardEncoding" }),
  "31-022": letters([UNICODE], { Encoding: { ...BASED, Differences: [66, "own_name"] } }),
  "31-023": letters([MAC], { Encoding: { ...BASED, Differences: [66, "B"] } }),
  "31-024": symbols([SYMBOLS], { Encoding: "WinAnsiEncoding" }),
  "31-025": symbols([]),
  "31-026": symbols([MAC, UNICODE]),
  "31-027": (pdf) => change(pdf, "Type0", "ToUnicode", null),
  "31-028": toUnicode("1 beginbfchar <0001> <0000> endbfchar"),
  "31-029": toUnicode("1 beginbfchar <0001> <feff> endbfchar"),
  "31-030": show("0000"),
};

/** What else no report may have, by the words for it. */
export const ODD: Readonly<Record<string, Break>> = {
  "not marked as tagged": without("MarkInfo"),
  "a table with rows of": (pdf) => element(pdf, "TR", 1).lookup(name("K"), PDFArray).remove(0),
  "a run's number is used twice": content("/P <</MCID 0>> BDC EMC"),
  "names another parent": (pdf) => element(pdf, "TD").set(name("P"), root(pdf)),
};

function root(pdf: PDFDocument): PDFDict {
  return pdf.catalog.lookup(name("StructTreeRoot"), PDFDict);
}

function tabs(order: string | null): Break {
  return (pdf) => {
    for (const { node } of pdf.getPages())
      if (order === null) node.delete(name("Tabs"));
      else node.set(name("Tabs"), name(order));
  };
}

function cidSet(pdf: PDFDocument, bits: Uint8Array): void {
  for (const descriptor of each(pdf, "Type", "FontDescriptor")) descriptor.set(name("CIDSet"), streamOf(pdf, bits));
}

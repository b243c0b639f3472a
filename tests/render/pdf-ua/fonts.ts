// The fonts of a PDF and the text that is set in them (ISO 14289-1, 7.21).
import { type Dictionary, dataOf, type Value } from "../pdf-objects.ts";
import { orderingOf, textsOf } from "./cmaps.ts";
import type { Must } from "./conditions.ts";
import { readTrueType, type TrueType, type1Glyphs } from "./font-program.ts";

export interface FontReader {
  readonly resolve: (value: Value | undefined) => Value | undefined;
  readonly at: (
    reference: Value | undefined,
  ) => { readonly stream?: { readonly data: string; readonly dict: Dictionary } } | undefined;
}

export interface ReadFont {
  readonly bytesOfCode: 1 | 2;
  /** The text of a code; undefined of one that has none. */
  textOf(code: number): string | undefined;
  /** Checks codes that a text has. */
  check(code: number): void;
}

const dictOf = ({ resolve }: FontReader, value: Value | undefined) => (resolve(value) ?? {}) as Dictionary;

/** Reads a font, and returns what is wrong with it. */
export function readFont(font: Dictionary, reader: FontReader, must: Must): ReadFont {
  const texts = textsIn(font, reader, must);
  const subtype = font["/Subtype"];
  if (subtype === "/Type0") return readComposite(font, texts, reader, must);
  const descriptor = dictOf(reader, font["/FontDescriptor"]);
  if (subtype === "/TrueType") return readSimple(font, descriptor, texts, reader, must);
  // A report has no other: what is in them is examined as far as the protocol names it.
  must(false, "00", `a font of a kind that is not read here: ${subtype}`);
  if (subtype === "/Type1" || subtype === "/MMType1") {
    const program = reader.at(descriptor["/FontFile"]);
    must(program?.stream ?? reader.at(descriptor["/FontFile3"])?.stream, "31-009");
    if (program?.stream !== undefined) checkCharSet(descriptor, type1Glyphs(dataOf(program)), must);
  }
  must(texts !== null || isNamedEncoding(font, reader), "31-027");
  return { bytesOfCode: 1, textOf: (code) => texts?.get(code), check: () => {} };
}

function checkCharSet(descriptor: Dictionary, glyphs: ReadonlySet<string>, must: Must): void {
  const set = descriptor["/CharSet"];
  if (set === undefined) return;
  const listed = new Set(String(set).match(/(?<=\/)[\w.]+/g) ?? []);
  for (const glyph of glyphs) must(glyph === ".notdef" || listed.has(glyph), "31-012", glyph);
  for (const glyph of listed) must(glyphs.has(glyph), "31-013", glyph);
}

function textsIn(font: Dictionary, { at }: FontReader, must: Must): ReadonlyMap<number, string> | null {
  const map = at(font["/ToUnicode"]);
  if (map?.stream === undefined) return null;
  const texts = textsOf(dataOf(map).toString("latin1"));
  for (const text of texts.values()) {
    must(!text.includes("\0"), "31-028");
    must(!/[\ufeff\ufffe]/.test(text), "31-029");
  }
  return texts;
}

const CJK = new Set(["GB1", "CNS1", "Japan1", "Korea1"]);

function readComposite(
  font: Dictionary,
  texts: ReadonlyMap<number, string> | null,
  reader: FontReader,
  must: Must,
): ReadFont {
  const { resolve, at } = reader;
  const [below] = (resolve(font["/DescendantFonts"]) ?? []) as readonly Value[];
  const cid = dictOf(reader, below);
  const system = dictOf(reader, cid["/CIDSystemInfo"]);
  const ordering = String(system["/Ordering"]).slice(2);
  must(texts !== null || CJK.has(ordering), "31-027");
  checkCMap(font["/Encoding"], system, reader, must);
  const isIdentity = /^\/Identity-[HV]$/.test(String(font["/Encoding"]));
  must(isIdentity, "00", "only the codes of Identity-H are read here");
  must(cid["/Subtype"] === "/CIDFontType2", "00", `a font of a kind that is not read here: ${cid["/Subtype"]}`);
  const map = cid["/CIDToGIDMap"];
  must(map !== undefined, "31-005");
  const glyphs = at(map)?.stream === undefined ? null : dataOf(at(map));
  if (map !== undefined) must(map === "/Identity" || glyphs !== null, "31-004", String(map));
  const descriptor = dictOf(reader, cid["/FontDescriptor"]);
  const file = at(descriptor["/FontFile2"]);
  must(file?.stream, "31-009");
  const program = file?.stream === undefined ? null : readTrueType(dataOf(file));
  if (program !== null) checkCidSet(descriptor, program, reader, must);
  const widths = widthsOf(resolve(cid["/W"]) as readonly Value[] | undefined, resolve);
  return {
    bytesOfCode: 2,
    textOf: (code) => texts?.get(code),
    check(code) {
      must((texts?.get(code) ?? "") !== "", "10-001", `code ${code}`);
      const glyph = glyphs === null ? code : glyphs.length > 2 * code + 1 ? glyphs.readUInt16BE(2 * code) : 0;
      must(glyph !== 0, "31-030");
      if (program !== null) checkGlyph(glyph, widths.get(code) ?? Number(cid["/DW"] ?? 1000), program, must);
    },
  };
}

function checkGlyph(glyph: number, width: number, program: TrueType, must: Must): void {
  must(glyph < program.glyphs, "31-011", `glyph ${glyph} of ${program.glyphs}`);
  if (glyph < program.glyphs)
    must(Math.abs(width - program.widthOf(glyph)) <= 1, "31-016", `${width} and ${program.widthOf(glyph)}`);
}

function checkCMap(encoding: Value | undefined, system: Dictionary, reader: FontReader, must: Must): void {
  const { stream } = reader.at(encoding) ?? {};
  if (stream === undefined) {
    const ordering = orderingOf(String(encoding).slice(1));
    must(ordering !== null, "31-006", String(encoding));
    if (ordering !== null && ordering !== "Identity") must(system["/Ordering"] === `u:${ordering}`, "31-002");
    return;
  }
  const { dict } = stream;
  const own = dictOf(reader, dict["/CIDSystemInfo"]);
  must(own["/Registry"] === system["/Registry"], "31-001");
  must(own["/Ordering"] === system["/Ordering"], "31-002");
  must(Number(system["/Supplement"]) >= Number(own["/Supplement"]), "31-003");
  const text = dataOf({ stream }).toString("latin1");
  const mode = /\/WMode\s+(\d)\s+def/.exec(text)?.[1] ?? "0";
  must(Number(mode) === Number(dict["/WMode"] ?? 0), "31-007");
  const used = [/\/([\w-]+)\s+usecmap/.exec(text)?.[1], dict["/UseCMap"]].filter((each) => each !== undefined);
  for (const each of used) must(orderingOf(String(each).replace(/^\//, "")) !== null, "31-008", String(each));
}

function checkCidSet(descriptor: Dictionary, { glyphs }: TrueType, { at }: FontReader, must: Must): void {
  const set = at(descriptor["/CIDSet"]);
  if (set?.stream === undefined) return;
  const bits = dataOf(set);
  const has = (glyph: number) => ((bits[glyph >> 3] ?? 0) & (0x80 >> (glyph & 7))) !== 0;
  for (let glyph = 0; glyph < Math.max(glyphs, 8 * bits.length); glyph++)
    if (glyph < glyphs) must(has(glyph), "31-014", `glyph ${glyph}`);
    else must(!has(glyph), "31-015", `glyph ${glyph}`);
}

/** ISO 32000-1, 9.7.4.3. */
function widthsOf(list: readonly Value[] = [], resolve: FontReader["resolve"]): ReadonlyMap<number, number> {
  const found = new Map<number, number>();
  for (let index = 0; index < list.length; ) {
    const first = Number(list[index]);
    const second = resolve(list[index + 1]);
    if (Array.isArray(second)) {
      for (const [at, width] of second.entries()) found.set(first + at, Number(width));
      index += 2;
    } else {
      for (let code = first; code <= Number(second); code++) found.set(code, Number(list[index + 2]));
      index += 3;
    }
  }
  return found;
}

const ENCODINGS: Readonly<Record<string, string>> = {
  "/WinAnsiEncoding": "windows-1252",
  "/MacRomanEncoding": "macintosh",
};
/** Of the Adobe Glyph List as much as is needed here: letters are named by themselves. */
const KNOWN_NAME = /^(?:[A-Za-z]|uni[0-9A-F]{4}|space|period|comma|hyphen)$/;
const SYMBOLIC = 4;

function isNamedEncoding(font: Dictionary, reader: FontReader): boolean {
  const encoding = font["/Encoding"];
  const base =
    typeof encoding === "string" && encoding in ENCODINGS ? encoding : dictOf(reader, encoding)["/BaseEncoding"];
  return String(base) in ENCODINGS || base === "/MacExpertEncoding";
}

function readSimple(
  font: Dictionary,
  descriptor: Dictionary,
  texts: ReadonlyMap<number, string> | null,
  reader: FontReader,
  must: Must,
): ReadFont {
  const file = reader.at(descriptor["/FontFile2"]);
  must(file?.stream, "31-009");
  const program = file?.stream === undefined ? null : readTrueType(dataOf(file));
  const isSymbolic = (Number(descriptor["/Flags"]) & SYMBOLIC) !== 0;
  must(texts !== null || !isSymbolic || isNamedEncoding(font, reader), "31-027");
  const cmaps = program?.cmaps ?? [];
  const cmap = (platform: number, encoding: number) =>
    cmaps.find((each) => each.platform === platform && each.encoding === encoding);
  const [unicode, mac] = [cmap(3, 1), cmap(1, 0)];
  const base = isSymbolic ? null : checkEncoding(font["/Encoding"], unicode !== undefined, reader, must);
  if (isSymbolic) {
    must(font["/Encoding"] === undefined, "31-024");
    must(program === null || cmaps.length > 0, "31-025");
    must(cmaps.length <= 1 || cmap(3, 0) !== undefined, "31-026");
  } else must(program === null || unicode !== undefined || mac !== undefined, "31-017");
  const decode = new TextDecoder(ENCODINGS[base ?? ""] ?? "windows-1252");
  const letterOf = (code: number) => decode.decode(Uint8Array.of(code));
  const glyphOf = (code: number): number => {
    if (isSymbolic) return (cmap(3, 0) ?? cmaps[0])?.glyphOf(cmap(3, 0) === undefined ? code : 0xf000 + code) ?? 0;
    return unicode?.glyphOf(letterOf(code).codePointAt(0) ?? 0) || (mac?.glyphOf(code) ?? 0);
  };
  const first = Number(font["/FirstChar"] ?? 0);
  const widths = (reader.resolve(font["/Widths"]) ?? []) as readonly Value[];
  const textOf = (code: number) => texts?.get(code) ?? (isSymbolic ? undefined : letterOf(code));
  return {
    bytesOfCode: 1,
    textOf,
    check(code) {
      must((textOf(code) ?? "") !== "", "10-001", `code ${code}`);
      if (program === null) return;
      const glyph = glyphOf(code);
      must(isSymbolic || glyph !== 0, "31-018", `code ${code}`);
      must(glyph !== 0, "31-030");
      checkGlyph(glyph, Number(widths[code - first] ?? descriptor["/MissingWidth"] ?? 0), program, must);
    },
  };
}

/** What is wrong with the encoding of a font of letters; returns the one that it is or is based on. */
function checkEncoding(
  encoding: Value | undefined,
  hasUnicode: boolean,
  reader: FontReader,
  must: Must,
): string | null {
  must(encoding !== undefined, "31-019");
  if (encoding === undefined) return null;
  const dict = reader.resolve(encoding);
  const isDict = typeof dict === "object" && dict !== null && !Array.isArray(dict);
  const base = isDict ? (dict as Dictionary)["/BaseEncoding"] : dict;
  must(base !== undefined, "31-020");
  if (base !== undefined) must(String(base) in ENCODINGS, "31-021", String(base));
  const differences = isDict ? (reader.resolve((dict as Dictionary)["/Differences"]) as readonly Value[]) : undefined;
  if (differences !== undefined) {
    must(hasUnicode, "31-023");
    for (const name of differences) if (typeof name === "string") must(KNOWN_NAME.test(name.slice(1)), "31-022", name);
  }
  return String(base);
}

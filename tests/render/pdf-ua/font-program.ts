// The contents of an embedded font, by another reader than the library that wrote it.

/** A cmap of a TrueType font: the glyph of a code, 0 for none. */
export interface Cmap {
  readonly platform: number;
  readonly encoding: number;
  glyphOf(code: number): number;
}

export interface TrueType {
  readonly glyphs: number;
  readonly cmaps: readonly Cmap[];
  /** In thousandths of the font's size. */
  widthOf(glyph: number): number;
}

const HEADER_BYTES = 12;
const RECORD_BYTES = 16;

/** OpenType 1.9.1: head, hhea, hmtx, maxp and cmap. */
export function readTrueType(bytes: Buffer): TrueType {
  const tables = new Map<string, Buffer>();
  for (let index = 0; index < bytes.readUInt16BE(4); index++) {
    const record = HEADER_BYTES + RECORD_BYTES * index;
    const offset = bytes.readUInt32BE(record + 8);
    const end = offset + bytes.readUInt32BE(record + 12);
    tables.set(bytes.toString("latin1", record, record + 4), bytes.subarray(offset, end));
  }
  const table = (name: string): Buffer => {
    const found = tables.get(name);
    if (found === undefined) throw new Error(`the font has no ${name}`);
    return found;
  };
  const unitsPerEm = table("head").readUInt16BE(18);
  const metrics = table("hhea").readUInt16BE(34);
  const widths = table("hmtx");
  return {
    glyphs: table("maxp").readUInt16BE(4),
    cmaps: cmapsOf(tables.get("cmap")),
    widthOf: (glyph) => (widths.readUInt16BE(4 * Math.min(glyph, metrics - 1)) * 1000) / unitsPerEm,
  };
}

function cmapsOf(table: Buffer | undefined): readonly Cmap[] {
  if (table === undefined) return [];
  return Array.from({ length: table.readUInt16BE(2) }, (_, index) => {
    const record = 4 + 8 * index;
    const subtable = table.subarray(table.readUInt32BE(record + 4));
    return {
      platform: table.readUInt16BE(record),
      encoding: table.readUInt16BE(record + 2),
      glyphOf: (code) => glyphOf(subtable, code),
    };
  });
}

function glyphOf(subtable: Buffer, code: number): number {
  const format = subtable.readUInt16BE(0);
  if (format === 0) return code < 256 ? subtable.readUInt8(6 + code) : 0;
  if (format === 6) {
    const [first, count] = [subtable.readUInt16BE(6), subtable.readUInt16BE(8)];
    return code >= first && code < first + count ? subtable.readUInt16BE(10 + 2 * (code - first)) : 0;
  }
  if (format !== 4) throw new Error(`a cmap of format ${format} is not read here`);
  const twice = subtable.readUInt16BE(6);
  for (let at = 0; at < twice; at += 2) {
    if (subtable.readUInt16BE(14 + at) < code) continue;
    const start = subtable.readUInt16BE(16 + twice + at);
    if (code < start) return 0;
    const delta = subtable.readUInt16BE(16 + 2 * twice + at);
    const range = 16 + 3 * twice + at;
    const offset = subtable.readUInt16BE(range);
    const glyph = offset === 0 ? code : subtable.readUInt16BE(range + offset + 2 * (code - start));
    return glyph === 0 ? 0 : (glyph + delta) & 0xffff;
  }
  return 0;
}

/** Adobe Type 1 Font Format, 7.1: what is encrypted begins behind the word "eexec". */
const [KEY, FACTOR, ADDEND, LEADING_BYTES] = [55_665, 52_845, 22_719, 4] as const;

/** The names of the glyphs of a Type 1 font. */
export function type1Glyphs(bytes: Buffer): ReadonlySet<string> {
  const encrypted = bytes.subarray(bytes.indexOf("eexec") + "eexec\n".length);
  const text = eexec(encrypted, "read").toString("latin1", LEADING_BYTES);
  return new Set(Array.from(text.matchAll(/\/([\w.]+)\s+\d+\s+(?:RD|-\|)\s/g), ([, name = ""]) => name));
}

/** Encrypts or decrypts the private part of a Type 1 font. */
export function eexec(bytes: Uint8Array, how: "read" | "write"): Buffer {
  let key: number = KEY;
  const result = Buffer.alloc(bytes.length);
  for (const [index, byte] of bytes.entries()) {
    const other = byte ^ (key >> 8);
    result[index] = other;
    key = ((how === "read" ? byte : other) + key) * FACTOR + ADDEND;
    key &= 0xffff;
  }
  return result;
}

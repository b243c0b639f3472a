// What of a font's file is in the binary: not the names of its glyphs, nor tables for devices and for vertical lines, which
// nothing here reads. 0.2 MB of all fonts.

/** What fontkit and HarfBuzz read (OpenType 1.9.1). */
const READ = new Set(
  ["GDEF", "GPOS", "GSUB", "OS/2", "cmap", "cvt ", "fpgm", "glyf"].concat([
    "head",
    "hhea",
    "hmtx",
    "loca",
    "maxp",
    "name",
    "post",
    "prep",
  ]),
);
const HEADER_BYTES = 12;
const RECORD_BYTES = 16;
const POST_BYTES = 32;
/**
 * The version of a "post" table that has no names of glyphs (OpenType 1.9.1, post). Nothing here requests a glyph by its
 * name, and fontkit would retain 38,000 of them in each thread, through which every collection goes.
 */
export const POST_WITHOUT_NAMES = 0x00030000;

/** The font's file with the tables that are read, in their order. */
export function withoutUnreadTables(file: Uint8Array): Uint8Array {
  const font = Buffer.from(file);
  const records = Array.from({ length: font.readUInt16BE(4) }, (_, index) => {
    const at = HEADER_BYTES + RECORD_BYTES * index;
    const record = Buffer.from(font.subarray(at, at + RECORD_BYTES));
    const offset = record.readUInt32BE(8);
    return { record, content: Buffer.from(font.subarray(offset, offset + record.readUInt32BE(12))) };
  }).filter(({ record }) => READ.has(record.toString("latin1", 0, 4)));
  const header = Buffer.from(font.subarray(0, HEADER_BYTES));
  header.writeUInt16BE(records.length, 4);
  const parts: Buffer[] = [];
  let offset = HEADER_BYTES + RECORD_BYTES * records.length;
  for (const { record, content } of records) {
    const isPost = record.toString("latin1", 0, 4) === "post";
    const stored = isPost ? content.subarray(0, POST_BYTES) : content;
    if (isPost) stored.writeUInt32BE(POST_WITHOUT_NAMES, 0);
    const padded = Buffer.concat([stored, Buffer.alloc(-stored.length & 3)]);
    record.writeUInt32BE(offset, 8);
    record.writeUInt32BE(stored.length, 12);
    parts.push(padded);
    offset += padded.length;
  }
  return Buffer.concat([header, ...records.map(({ record }) => record), ...parts]);
}

/*
 * The end of a PDF: objects in compressed streams and the table of where they are (ISO 32000-1, 7.5.7 and 7.5.8), and
 * its metadata.
 * Not here: pages, and what is on them.
 */

import { deflated } from "./deflate.ts";
import { deflatedRecords } from "./record-deflate.ts";

/** A PDF that is being written. */
export interface PdfFile {
  /** By the number of the object less one: where it begins; null where it is in a stream, or is none. */
  readonly offsets: (number | null)[];
  readonly length: number;
  write(data: string | Uint8Array): void;
}

/** More than this and a reader unpacks a lot for one; fewer, and they take more space. */
const OBJECTS_A_STREAM = 2_000;

export type ObjectOffsets = Map<number, readonly [stream: number, index: number]>;

/** How the parts of a stream are compressed, and the filters that read it. */
export interface Packing {
  readonly filters: string;
  /** Of the number of an object, and of where it begins. */
  readonly width: number;
  pack(parts: readonly string[]): Uint8Array;
}

export const asText: Packing = {
  filters: "/FlateDecode",
  width: 0,
  pack: (parts) => deflated(Buffer.from(parts.join(""), "latin1")),
};
/** Objects of which one is like the one before. */
export const asRecords: Packing = { filters: "[/FlateDecode/FlateDecode]", width: 7, pack: deflatedRecords };

/** Writes objects into streams, and notes where they are. */
export function writeStreams(
  file: PdfFile,
  objects: Iterable<readonly [id: number, ...parts: string[]]>,
  size: number,
  { filters, width, pack }: Packing,
  offsets: ObjectOffsets,
): void {
  const each = objects[Symbol.iterator]();
  for (let left = size; left > 0; left -= OBJECTS_A_STREAM) {
    const stream = beginObject(file);
    const count = Math.min(left, OBJECTS_A_STREAM);
    const heads: string[] = [];
    const bodies: string[] = [];
    let length = 0;
    for (let index = 0; index < count; index++) {
      const { value } = each.next();
      if (value === undefined) break;
      const [id, ...parts] = value;
      heads.push(`${String(id).padStart(width)} ${String(length).padStart(width)} `);
      for (const part of parts) length += part.length;
      bodies.push(...parts);
      offsets.set(id, [stream, index]);
    }
    const first = heads.reduce((sum, head) => sum + head.length, 0);
    endStream(file, `/Type/ObjStm/N ${count}/First ${first}`, filters, pack([...heads, ...bodies]));
  }
}

/** Kind, offset and rest of an object: one byte, four, two. */
const COLUMNS = 7;

/** The table of where all objects are, and the end of the file; `root` and `info` are references. */
export function writeCrossReferences(
  file: PdfFile,
  offsets: ObjectOffsets,
  { root, info, id }: { readonly root: string; readonly info: string; readonly id: string },
): void {
  const start = file.length;
  beginObject(file);
  const size = file.offsets.length + 1;
  const table = Buffer.alloc(size * COLUMNS);
  table.writeUInt16BE(65_535, 5);
  for (const [index, offset] of file.offsets.entries()) {
    const [stream, within] = offsets.get(index + 1) ?? [];
    const row = (index + 1) * COLUMNS;
    // Free, as it is or in a stream.
    table[row] = stream !== undefined ? 2 : offset !== null ? 1 : 0;
    table.writeUInt32BE(stream ?? offset ?? 0, row + 1);
    table.writeUInt16BE(within ?? 0, row + 5);
  }
  endStream(
    file,
    `/Type/XRef/Size ${size}/W[1 4 2]/Root ${root}/Info ${info}/ID[<${id}><${id}>]/DecodeParms<</Predictor 12/Columns ${COLUMNS}>>`,
    "/FlateDecode",
    deflated(differences(table)),
  );
  file.write(`startxref\n${start}\n%%EOF`);
}

/** Each row as its difference to the one before: of rows that count up hardly anything is left. */
function differences(table: Uint8Array): Uint8Array<ArrayBuffer> {
  const rows = table.length / COLUMNS;
  const result = new Uint8Array(rows * (COLUMNS + 1));
  for (let row = 0; row < rows; row++) {
    // PNG's "up" (RFC 2083, 6.4).
    result[row * (COLUMNS + 1)] = 2;
    for (let column = 0; column < COLUMNS; column++) {
      const at = row * COLUMNS + column;
      result[row * (COLUMNS + 1) + 1 + column] = (table[at] ?? 0) - (table[at - COLUMNS] ?? 0);
    }
  }
  return result;
}

/** Begins an object where the file is written to now; returns its number. */
function beginObject(file: PdfFile): number {
  const id = file.offsets.push(file.length);
  file.write(`${id} 0 obj`);
  return id;
}

function endStream(file: PdfFile, entries: string, filters: string, bytes: Uint8Array): void {
  file.write(`<<${entries}/Filter${filters}/Length ${bytes.length}>>\nstream`);
  file.write(bytes);
  file.write("\nendstream\nendobj");
}

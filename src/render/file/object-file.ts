/*
 * The end of a PDF: objects in compressed streams and the table of where they are (ISO 32000-1, 7.5.7 and 7.5.8), and
 * its metadata.
 * Not here: pages, and what is on them.
 */

import { deflated } from "./deflate.ts";
import { ObjectBytes } from "./object-bytes.ts";
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

/** Of the objects that are in streams, by their numbers: which stream, or 0, and where in it. */
export interface ObjectOffsets {
  readonly streams: Uint32Array;
  readonly indexes: Uint16Array;
}

/** For objects up to this number. */
export function createOffsets(last: number): ObjectOffsets {
  return { streams: new Uint32Array(last + 1), indexes: new Uint16Array(last + 1) };
}

/** How a stream of objects is compressed, and the filters that read it. */
export interface Packing {
  readonly filters: string;
  /** Of the number of an object, and of where it begins. */
  readonly width: number;
  pack(bytes: Uint8Array<ArrayBuffer>, ends: readonly number[]): Uint8Array;
}

export const asText: Packing = { filters: "/FlateDecode", width: 0, pack: deflated };
/** Objects of which one is like the one before. */
export const asRecords: Packing = { filters: "[/FlateDecode/FlateDecode]", width: 7, pack: deflatedRecords };

/** Writes objects into streams, and notes where they are. */
export function writeStreams(
  file: PdfFile,
  objects: ObjectBytes,
  { filters, width, pack }: Packing,
  offsets: ObjectOffsets,
): void {
  const { ids, starts } = objects;
  for (let from = 0; from < ids.length; from += OBJECTS_A_STREAM) {
    const stream = beginObject(file);
    const to = Math.min(ids.length, from + OBJECTS_A_STREAM);
    const packed = new ObjectBytes();
    for (let index = from; index < to; index++) {
      const id = ids[index] ?? 0;
      packed.number(id, width);
      packed.text(" ");
      packed.number((starts[index] ?? 0) - (starts[from] ?? 0), width);
      packed.text(" ");
      packed.endPart();
      offsets.streams[id] = stream;
      offsets.indexes[id] = index - from;
    }
    const { length: first } = packed;
    packed.append(objects, from, to);
    endStream(file, `/Type/ObjStm/N ${to - from}/First ${first}`, filters, pack(packed.written, packed.ends));
  }
}

/** Kind, offset and rest of an object: one byte, four, two. */
const COLUMNS = 7;

/** The table of where all objects are, and the end of the file; `root` and `info` are references. */
export function writeCrossReferences(
  file: PdfFile,
  { streams, indexes }: ObjectOffsets,
  { root, info, id }: { readonly root: string; readonly info: string; readonly id: string },
): void {
  const start = file.length;
  beginObject(file);
  const size = file.offsets.length + 1;
  const table = Buffer.alloc(size * COLUMNS);
  table.writeUInt16BE(65_535, 5);
  for (const [index, offset] of file.offsets.entries()) {
    const stream = streams[index + 1] ?? 0;
    const row = (index + 1) * COLUMNS;
    // Free, as it is or in a stream.
    table[row] = stream > 0 ? 2 : offset !== null ? 1 : 0;
    table.writeUInt32BE(stream > 0 ? stream : (offset ?? 0), row + 1);
    table.writeUInt16BE(indexes[index + 1] ?? 0, row + 5);
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

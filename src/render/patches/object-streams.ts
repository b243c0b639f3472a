// Why: pdfkit writes each object by itself and as it is, and a report's structure has thousands. Here they go into
// compressed streams, with the table of where they are (ISO 32000-1, 7.5.7 and 7.5.8).
// Pinned by: pdfkit 0.19.1, PDFDocument.ref, _write, _refEnd, _finalize and _offsets, and a reference's finalize, compress
// and buffer.
import { deflated } from "../deflate.ts";
import { deflatedRecords } from "../record-deflate.ts";
import type { Objects } from "../structure/tree.ts";
import { override, type Undo, undoAll } from "./patch.ts";

/** What pdfkit hands out for an object; `buffer` is empty but for a stream, which has its pieces. */
interface Reference {
  readonly id: number;
  readonly document: Writer;
  buffer: readonly Uint8Array[];
  compress: boolean;
  finalize(this: Reference): void;
}

/** The parts of pdfkit's document that are used here. */
interface Writer {
  readonly version: number;
  readonly _offsets: (number | null)[];
  readonly _offset: number;
  readonly _root: Reference;
  readonly _info: Reference;
  readonly _id: Uint8Array;
  ref(this: Writer, data?: unknown): Reference;
  push(chunk: null): void;
  _write(this: Writer, data: string | Uint8Array): void;
  _refEnd(this: Writer, reference: Reference): void;
  _finalize(this: Writer): void;
}

/** What of a document waits to be written. */
interface Waiting {
  /** By the number of the object. */
  readonly objects: Map<number, string>;
  /** Read by few, and so in streams of their own. */
  structure: Objects;
  /** What pdfkit writes of the object that it is about to end. */
  ending: string[] | null;
}

const waiting = new WeakMap<Writer, Waiting>();

function waitingOf(document: Writer): Waiting {
  let found = waiting.get(document);
  if (found === undefined) {
    found = { objects: new Map(), structure: [], ending: null };
    waiting.set(document, found);
  }
  return found;
}

/** A number for an object of the document that is written by `addObjects`. */
export function allocateObject(document: object): number {
  return (document as Writer)._offsets.push(null);
}

/** Objects of the structure of the document, with numbers from `allocateObject`. */
export function addObjects(document: object, objects: Objects): void {
  waitingOf(document as Writer).structure = objects;
}

const { default: PdfDocument } = require("pdfmake/js/PDFDocument.js") as { default: { readonly prototype: Writer } };

export function packObjects(): Undo {
  const { ref, _write, _refEnd } = PdfDocument.prototype;
  const undos: Undo[] = [];
  const known = new WeakSet<Reference>();
  /** pdfkit does not export the class of its references. */
  const pack = (prototype: Reference): void => {
    known.add(prototype);
    const { finalize } = prototype;
    undos.push(
      override("pdfkit's reference", prototype, {
        finalize() {
          if (this.buffer.length === 0) waitingOf(this.document).ending = [];
          else if (this.compress) {
            this.buffer = [deflated(Buffer.concat(this.buffer))];
            this.compress = false;
          }
          finalize.call(this);
        },
      }),
    );
  };
  undos.push(
    override("pdfkit's document", PdfDocument.prototype, {
      ref(data) {
        const reference = ref.call(this, data);
        const prototype = Object.getPrototypeOf(reference) as Reference;
        if (!known.has(prototype)) pack(prototype);
        return reference;
      },
      _write(data) {
        const { ending } = waitingOf(this);
        if (ending === null) _write.call(this, data);
        else ending.push(String(data));
      },
      _refEnd(reference) {
        const found = waitingOf(this);
        // "1 0 obj", the object, "endobj".
        if (found.ending !== null) found.objects.set(reference.id, `${found.ending[1] ?? "null"}\n`);
        found.ending = null;
        _refEnd.call(this, reference);
      },
      _finalize() {
        const { objects, structure } = waitingOf(this);
        const places: Places = new Map();
        writeStreams(this, objects, objects.size, asText, places);
        writeStreams(this, structure, structure.length, asRecords, places);
        writeCrossReferences(this, places);
        this.push(null);
      },
    }),
  );
  return () => undoAll(undos)();
}

/** More than this and a reader unpacks a lot for one; fewer, and they take more space. */
const OBJECTS_A_STREAM = 2_000;

type Places = Map<number, readonly [stream: number, index: number]>;

/** How the parts of a stream are compressed, and the filters that read it. */
interface Packing {
  readonly filters: string;
  /** Of the number of an object, and of where it begins. */
  readonly width: number;
  pack(parts: readonly string[]): Uint8Array;
}

const asText: Packing = {
  filters: "/FlateDecode",
  width: 0,
  pack: (parts) => deflated(Buffer.from(parts.join(""), "latin1")),
};
const asRecords: Packing = { filters: "[/FlateDecode/FlateDecode]", width: 7, pack: deflatedRecords };

function writeStreams(
  document: Writer,
  objects: Iterable<readonly [id: number, ...parts: string[]]>,
  size: number,
  { filters, width, pack }: Packing,
  places: Places,
): void {
  const each = objects[Symbol.iterator]();
  for (let left = size; left > 0; left -= OBJECTS_A_STREAM) {
    const stream = beginObject(document);
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
      places.set(id, [stream, index]);
    }
    const first = heads.reduce((sum, head) => sum + head.length, 0);
    endStream(document, `/Type/ObjStm/N ${count}/First ${first}`, filters, pack([...heads, ...bodies]));
  }
}

/** Kind, place and rest of an object: one byte, four, two. */
const COLUMNS = 7;

function writeCrossReferences(document: Writer, places: Places): void {
  const start = document._offset;
  beginObject(document);
  const { _offsets: offsets, _root: root, _info: info } = document;
  const size = offsets.length + 1;
  const table = Buffer.alloc(size * COLUMNS);
  table.writeUInt16BE(65_535, 5);
  for (const [index, offset] of offsets.entries()) {
    const [stream, within] = places.get(index + 1) ?? [];
    const row = (index + 1) * COLUMNS;
    table[row] = stream === undefined ? 1 : 2;
    table.writeUInt32BE(stream ?? offset ?? 0, row + 1);
    table.writeUInt16BE(within ?? 0, row + 5);
  }
  const id = Buffer.from(document._id).toString("hex");
  endStream(
    document,
    `/Type/XRef/Size ${size}/W[1 4 2]/Root ${root.id} 0 R/Info ${info.id} 0 R/ID[<${id}><${id}>]/DecodeParms<</Predictor 12/Columns ${COLUMNS}>>`,
    "/FlateDecode",
    deflated(differences(table)),
  );
  document._write(`startxref\n${start}\n%%EOF`);
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
function beginObject(document: Writer): number {
  const id = document._offsets.push(document._offset);
  document._write(`${id} 0 obj`);
  return id;
}

function endStream(document: Writer, entries: string, filters: string, bytes: Uint8Array): void {
  document._write(`<<${entries}/Filter${filters}/Length ${bytes.length}>>\nstream`);
  document._write(bytes);
  document._write("\nendstream\nendobj");
}

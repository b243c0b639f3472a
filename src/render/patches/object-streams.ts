// Why: pdfkit writes each object by itself and as it is, and a report's structure has thousands. Here they go into
// compressed streams, with the table of where they are (ISO 32000-1, 7.5.7 and 7.5.8).
// Pinned by: pdfkit 0.19.1, PDFDocument.ref, _write, _refEnd, _finalize and _offsets, and a reference's write, finalize,
// compress, data and buffer.
import { deflated } from "../file/deflate.ts";
import { ObjectBytes } from "../file/object-bytes.ts";
import {
  asRecords,
  asText,
  createOffsets,
  type PdfFile,
  writeCrossReferences,
  writeStreams,
} from "../file/object-file.ts";
import { override, type Undo, undoAll } from "./patch.ts";

/** What pdfkit returns for an object; `buffer` is empty but for a stream, which has its pieces. */
interface PdfReference {
  readonly id: number;
  readonly document: PdfWriter;
  buffer: (Uint8Array | string)[];
  compress: boolean;
  readonly data: { Length?: number; Filter?: string };
  write(this: PdfReference, chunk: Uint8Array | string): void;
  finalize(this: PdfReference): void;
}

/** The parts of pdfkit's document that are used here. */
interface PdfWriter {
  readonly version: number;
  readonly _offsets: (number | null)[];
  readonly _offset: number;
  readonly _root: PdfReference;
  readonly _info: PdfReference;
  readonly _id: Uint8Array;
  ref(this: PdfWriter, data?: unknown): PdfReference;
  push(chunk: null): void;
  _write(this: PdfWriter, data: string | Uint8Array): void;
  _refEnd(this: PdfWriter, reference: PdfReference): void;
  _finalize(this: PdfWriter): void;
}

/** What of a document waits to be written. */
interface PendingObjects {
  readonly objects: ObjectBytes;
  /** Read by few, and so in streams of their own. */
  structure: ObjectBytes;
  /** What pdfkit writes of the object that it is about to end. */
  ending: string[] | null;
}

const waiting = new WeakMap<PdfWriter, PendingObjects>();

function waitingOf(document: PdfWriter): PendingObjects {
  let found = waiting.get(document);
  if (found === undefined) {
    found = { objects: new ObjectBytes(), structure: new ObjectBytes(), ending: null };
    waiting.set(document, found);
  }
  return found;
}

/** A number for an object of the document that is written by `addObjects`. */
export function allocateObject(document: object): number {
  return (document as PdfWriter)._offsets.push(null);
}

/** Objects of the structure of the document, with numbers from `allocateObject`. */
export function addObjects(document: object, objects: ObjectBytes): void {
  waitingOf(document as PdfWriter).structure = objects;
}

const { default: PdfDocument } = require("pdfmake/js/PDFDocument.js") as { default: { readonly prototype: PdfWriter } };

export function packObjects(): Undo {
  const { ref, _write, _refEnd } = PdfDocument.prototype;
  const undos: Undo[] = [];
  const known = new WeakSet<PdfReference>();
  /** pdfkit does not export the class of its references. */
  const pack = (prototype: PdfReference): void => {
    known.add(prototype);
    const { write, finalize } = prototype;
    undos.push(
      override("pdfkit's reference", prototype, {
        write(chunk) {
          if (typeof chunk !== "string" || !this.compress) return write.call(this, chunk);
          // A page has thousands of lines: they become bytes once.
          this.data.Length ??= 0;
          this.data.Filter ??= "FlateDecode";
          this.buffer.push(chunk);
        },
        finalize() {
          if (this.buffer.length === 0) waitingOf(this.document).ending = [];
          else if (this.compress) {
            this.buffer = [deflated(bytesOf(this.buffer))];
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
        const prototype = Object.getPrototypeOf(reference) as PdfReference;
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
        if (found.ending !== null) {
          found.objects.begin(reference.id);
          found.objects.text(`${found.ending[1] ?? "null"}\n`);
          found.ending = null;
        }
        _refEnd.call(this, reference);
      },
      _finalize() {
        const { objects, structure } = waitingOf(this);
        const offsets = createOffsets(this._offsets.length);
        const file = fileOf(this);
        writeStreams(file, objects, asText, offsets);
        writeStreams(file, structure, asRecords, offsets);
        const { _root: root, _info: info } = this;
        writeCrossReferences(file, offsets, {
          root: `${root.id} 0 R`,
          info: `${info.id} 0 R`,
          id: Buffer.from(this._id).toString("hex"),
        });
        this.push(null);
      },
    }),
  );
  return () => undoAll(undos)();
}

/** The pieces of a stream, each text as a line. */
function bytesOf(pieces: readonly (Uint8Array | string)[]): Buffer<ArrayBuffer> {
  const texts = pieces.filter((piece) => typeof piece === "string");
  if (texts.length === pieces.length) return Buffer.from(`${texts.join("\n")}\n`, "latin1");
  return Buffer.concat(
    pieces.map((piece) => (typeof piece === "string" ? Buffer.from(`${piece}\n`, "latin1") : piece)),
  );
}

function fileOf(document: PdfWriter): PdfFile {
  return {
    offsets: document._offsets,
    get length() {
      return document._offset;
    },
    write: (data) => document._write(data),
  };
}

import { type PDFContext, PDFInvalidObject, type PDFObject, PDFStream } from "@cantoo/pdf-lib";
import { ObjectBytes } from "../file/object-bytes.ts";
import {
  asRecords,
  asText,
  createOffsets,
  type PdfFile,
  writeCrossReferences,
  writeStreams,
} from "../file/object-file.ts";

/**
 * The file of a joined document. pdf-lib's own writer packs fifty objects to a stream, which takes half of the document's
 * bytes for its structure, and searches all objects for each. `written`: objects that are text already, in ASCII.
 */
export function writeJoined(
  context: PDFContext,
  written: readonly (readonly [id: number, text: string])[],
  id: string,
): Uint8Array {
  const { Root: root, Info: info } = context.trailerInfo;
  const chunks: Uint8Array[] = [];
  let length = 0;
  const file: PdfFile = {
    offsets: Array<null>(context.largestObjectNumber).fill(null),
    get length() {
      return length;
    },
    write(data) {
      const bytes = typeof data === "string" ? Buffer.from(`${data}\n`, "latin1") : data;
      chunks.push(bytes);
      length += bytes.length;
    },
  };
  // Four bytes that are no text, for programs that guess what a file is.
  file.write("%PDF-1.7\n%\u00ff\u00ff\u00ff\u00ff");
  const [records, others] = [new ObjectBytes(), new ObjectBytes()];
  for (const [{ objectNumber }, object] of context.enumerateIndirectObjects()) {
    const bytes = bytesOf(object);
    // What could not be parsed stays as it is.
    if (object instanceof PDFStream || object instanceof PDFInvalidObject) {
      file.offsets[objectNumber - 1] = length;
      file.write(`${objectNumber} 0 obj`);
      file.write(bytes);
      file.write("\nendobj");
      continue;
    }
    const text = bytes.toString("latin1");
    if (NO_RECORD.test(text)) {
      others.begin(objectNumber);
      others.text(`${text}\n`);
    } else addRecord(records, objectNumber, text.replaceAll("\n", ""));
  }
  for (const [number, text] of written) addRecord(records, number, text);
  const offsets = createOffsets(file.offsets.length);
  writeStreams(file, others, asText, offsets);
  writeStreams(file, records, asRecords, offsets);
  writeCrossReferences(file, offsets, { root: String(root), info: String(info), id });
  return Buffer.concat(chunks);
}

/** What has texts: of a structure few have, and a line break in one is a letter. */
const NO_RECORD = /[(\u007f-\u00ff]/;

/** Objects are padded to multiples of so many bytes, so that one is as long as the one before. */
const STEP = 50;

function addRecord(records: ObjectBytes, id: number, text: string): void {
  const { length } = records;
  records.begin(id);
  records.text(text);
  records.fill(length, STEP);
  records.endPart();
}

function bytesOf(object: PDFObject): Buffer {
  const bytes = Buffer.alloc(object.sizeInBytes());
  object.copyBytesInto(bytes, 0);
  return bytes;
}

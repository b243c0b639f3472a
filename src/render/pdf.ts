import type { TDocumentDefinitions } from "pdfmake/interfaces";
import { Failure } from "../failure.ts";
import type { PdfStandard } from "../report/request/request.ts";
import { messages } from "./messages.ts";
import { writer } from "./writer.ts";

/**
 * Without a listener. The writer retains it until the next document, and with a function that is made in `writePdf` it
 * would retain all that is in scope, this document's definition too, through every collection.
 */
const nothing = () => {};

/**
 * The PDF of a definition. `onWritten` is called with how much of it is written, 0–1, once it is laid out.
 * @throws Failure "bad_data" (permanent) where a picture of the data cannot be in a PDF of the standard.
 */
export async function writePdf(
  definition: TDocumentDefinitions,
  standard: PdfStandard | null,
  onWritten: (done: number) => void,
): Promise<Uint8Array> {
  const isArchival = standard !== null && standard !== "PDF/UA-1";
  writer.setProgressCallback(onWritten);
  const pdf = writer.createPdf({ ...definition, tagged: true, ...(isArchival ? { subset: standard } : {}) });
  writer.setProgressCallback(nothing);
  const bytes = await pdf.getBuffer();
  // The profile that PDF/A requires is an RGB one; pictures are the only thing of a report that can be anything else.
  if (isArchival && bytes.includes("/DeviceCMYK")) throw new Failure("bad_data", messages.cmykPicture(standard));
  return bytes;
}

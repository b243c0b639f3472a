import { Failure } from "../failure.ts";
import { messages } from "./messages.ts";

/** How files begin that are often taken for a table, and what gets the table out of them. */
const OTHER_FILES: readonly (readonly [beginning: string, what: string, then: string])[] = [
  ["25504446", "a PDF", messages.requestExport],
  ["1f8b", "a gzip file", "unpack it"],
  ["377abcaf", "a 7z archive", "unpack it"],
  ["526172211a07", "a RAR archive", "unpack it"],
  ["425a68", "a bzip2 file", "unpack it"],
  ["28b52ffd", "a zstd file", "unpack it"],
  ["fd377a585a00", "an xz file", "unpack it"],
  ["89504e47", "a picture", messages.requestExport],
  ["ffd8ff", "a picture", messages.requestExport],
  ["47494638", "a picture", messages.requestExport],
  ["7b5c727466", "a text document (RTF)", messages.copyTable],
  ["53514c69746520666f726d6174", "an SQLite database", messages.exportTable],
  ["3c3f786d6c", "an XML file", messages.openAndSave],
  ["0900040002001000", messages.oldWorkbook(2), messages.openAndSave],
  ["09020600", messages.oldWorkbook(3), messages.openAndSave],
  ["09040600", messages.oldWorkbook(4), messages.openAndSave],
];

/**
 * The share of a file's first bytes that are controls and prove it no text: programs and cut or encrypted files have
 * one in nine.
 */
const CONTROLS = 0.03;

/** `head`: the first bytes of a file. @throws Failure "bad_header" that states what it is, and what to do. */
export function refuseOtherFile(head: Uint8Array): void {
  const begins = Buffer.from(head).toString("hex");
  const other =
    OTHER_FILES.find(([beginning]) => begins.startsWith(beginning)) ??
    (isBinary(head) ? ([begins, "binary data", messages.openAndSave] as const) : undefined);
  if (other !== undefined)
    throw new Failure("bad_header", messages.notTable(other[1], other[2]), { details: { line: 1 } });
}

/** What separates columns and rows is no such control, nor the empty bytes that fill up an end or are in UTF-16. */
function isBinary(head: Uint8Array): boolean {
  const controls = head.filter((byte) => (byte > 0 && byte < 0x09) || (byte > 0x0d && byte < 0x1b));
  return head.length > 0 && controls.length > CONTROLS * head.length;
}

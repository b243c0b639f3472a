import { crc32 } from "node:zlib";

// What a PNG consists of (ISO/IEC 15948): a signature, then chunks, each with a length, a name, data and a checksum.

const SIGNATURE_BYTES = 8;
const CHUNK_HEAD_BYTES = 8;
const CHECKSUM_BYTES = 4;
/** In the file: of the header (11.2.2). */
const DEPTH_AT = 24;
/** Grey and true colour, whose transparency may be one colour, the key (11.3.2.1). */
const WITH_KEY: ReadonlySet<number | undefined> = new Set([0, 2]);

/**
 * The file with the transparent colour as the decoder compares it. That reads the upper eight of sixteen bits, and compares
 * them, doubled, with all sixteen of the key: most keys would be no colour of the picture.
 */
export function withReadableKey(file: Buffer): Buffer {
  if (file[DEPTH_AT] !== 16 || !WITH_KEY.has(file[DEPTH_AT + 1])) return file;
  for (let at = SIGNATURE_BYTES; at + CHUNK_HEAD_BYTES <= file.length; ) {
    const data = at + CHUNK_HEAD_BYTES;
    const end = data + file.readUInt32BE(at);
    const name = file.toString("latin1", at + 4, data);
    if (name === "IDAT" || end + CHECKSUM_BYTES > file.length) return file;
    if (name === "tRNS") {
      const changed = Buffer.from(file);
      for (let sample = data; sample + 1 < end; sample += 2) changed[sample + 1] = changed[sample] ?? 0;
      changed.writeUInt32BE(crc32(changed.subarray(at + 4, end)), end);
      return changed;
    }
    at = end + CHECKSUM_BYTES;
  }
  return file;
}

// What a WebP file consists of (RFC 9649): chunks, each with a name and a length.

const HEAD_BYTES = 12;
const CHUNK_HEAD_BYTES = 8;
const FRAME = "ANMF";
const FRAME_HEAD_BYTES = 16;

/**
 * The file with no more than the first frame of its animation. The decoder unpacks all of them, whichever is requested: a
 * small file has thousands, each as large as the first.
 */
export function withFirstFrame(file: Buffer): Buffer {
  const parts: Buffer[] = [];
  let frames = 0;
  for (let at = HEAD_BYTES; at + CHUNK_HEAD_BYTES <= file.length; ) {
    const length = file.readUInt32LE(at + 4);
    const end = at + CHUNK_HEAD_BYTES + length + (length % 2);
    if (file.toString("latin1", at, at + 4) !== FRAME || frames++ === 0) parts.push(file.subarray(at, end));
    at = end;
  }
  if (frames < 2) return file;
  const head = Buffer.from(file.subarray(0, HEAD_BYTES));
  const body = Buffer.concat(parts);
  // What follows the length itself.
  head.writeUInt32LE(HEAD_BYTES - CHUNK_HEAD_BYTES + body.length, 4);
  return Buffer.concat([head, body]);
}

/** Where the first frame is on the canvas, in dots (RFC 9649, 2.7.1.1); null for a picture without frames. */
export function firstFrame(file: Buffer) {
  for (let at = HEAD_BYTES; at + CHUNK_HEAD_BYTES + FRAME_HEAD_BYTES <= file.length; ) {
    const data = at + CHUNK_HEAD_BYTES;
    if (file.toString("latin1", at, at + 4) === FRAME) {
      const [x = 0, y = 0, width = 0, height = 0] = [0, 3, 6, 9].map((nth) => file.readUIntLE(data + nth, 3));
      return { x: 2 * x, y: 2 * y, width: width + 1, height: height + 1 };
    }
    const length = file.readUInt32LE(at + 4);
    at = data + length + (length % 2);
  }
  return null;
}

import { inflateSync } from "node:zlib";

export interface Picture {
  readonly dataUri: string;
  readonly width: number;
  readonly height: number;
}

/** More than any print needs; a small file can claim far more, and would be unpacked. */
const MAX_SIDE = 4_000;
const MAX_PIXELS = 8_000_000;

const PNG_SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
/** Samples a pixel, by PNG colour type. */
const PNG_CHANNELS: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };

/**
 * A picture that is safe to draw: a PNG or JPEG that is what it claims to be, complete, and of a size that fits in
 * memory. Null for any other: the PDF library would fail on it, some time later, and take the thread with it.
 */
export function picture(dataUri: string): Picture | null {
  const [, kind, base64] = /^data:image\/(png|jpeg);base64,([A-Za-z0-9+/]+={0,2})$/.exec(dataUri) ?? [];
  if (kind === undefined || base64 === undefined) return null;
  const bytes = Buffer.from(base64, "base64");
  const size = kind === "png" ? pngSize(bytes) : jpegSize(bytes);
  if (size === null || size.width < 1 || size.height < 1) return null;
  if (size.width > MAX_SIDE || size.height > MAX_SIDE || size.width * size.height > MAX_PIXELS) return null;
  if (kind === "png" && !pngIsWhole(bytes, size)) return null;
  return { dataUri, ...size };
}

interface Size {
  readonly width: number;
  readonly height: number;
}

function pngSize(bytes: Buffer): Size | null {
  if (bytes.length < 33 || !bytes.subarray(0, 8).equals(PNG_SIGNATURE)) return null;
  if (bytes.toString("latin1", 12, 16) !== "IHDR") return null;
  return { width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20) };
}

/** Not interlaced, 1 to 8 bits a sample (16 are read wrongly), and the pixels unpack to exactly the size in its header. */
function pngIsWhole(bytes: Buffer, { width, height }: Size): boolean {
  const [depth = 0, colour = 0, , , interlaced] = bytes.subarray(24, 29);
  const channels = PNG_CHANNELS[colour];
  if (channels === undefined || depth > 8 || interlaced !== 0) return false;
  const parts: Buffer[] = [];
  let palette = false;
  for (let at = 8; at + 12 <= bytes.length; ) {
    const length = bytes.readUInt32BE(at);
    const name = bytes.toString("latin1", at + 4, at + 8);
    if (at + 12 + length > bytes.length) return false;
    if (name === "IDAT") parts.push(bytes.subarray(at + 8, at + 8 + length));
    if (name === "PLTE") palette = true;
    if (name === "IEND") break;
    at += 12 + length;
  }
  if (colour === 3 && !palette) return false;
  const expected = height * (1 + Math.ceil((width * channels * depth) / 8));
  try {
    return inflateSync(Buffer.concat(parts), { maxOutputLength: expected + 1 }).length === expected;
  } catch {
    return false;
  }
}

/** The size is in the frame header, behind any number of other segments (ITU T.81, B.1.1). */
function jpegSize(bytes: Buffer): Size | null {
  if (bytes.length < 4 || bytes.readUInt16BE(0) !== 0xffd8) return null;
  for (let at = 2; at + 9 < bytes.length; ) {
    if (bytes[at] !== 0xff) return null;
    const marker = bytes[at + 1] ?? 0;
    if (marker === 0xff) {
      at++;
      continue;
    }
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (isFrame) return { height: bytes.readUInt16BE(at + 5), width: bytes.readUInt16BE(at + 7) };
    at += 2 + bytes.readUInt16BE(at + 2);
  }
  return null;
}

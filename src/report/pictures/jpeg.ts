// What a JPEG states about itself in its markers (ITU T.81, annex B), without unpacking it.

/** The number of its scans. What is behind its end does not count: a phone adds a film, or the picture for other screens. */
export function scansIn(file: Buffer): number {
  let count = 0;
  for (const { marker } of segments(file)) if (marker === SCAN) count++;
  return count;
}

const SCAN = 0xda;
const END = 0xd9;
/** Frames in which each coefficient has its turn: sequential and progressive, Huffman and arithmetic (B.1.1.3). */
const FRAMES: ReadonlySet<number> = new Set([0xc0, 0xc1, 0xc2, 0xc9, 0xca]);
const COEFFICIENTS = 64;
/** Those of arithmetic coding: decoders read zeros behind the end of a file, and draw them, without a warning. */
const ARITHMETIC: ReadonlySet<number> = new Set([0xc9, 0xca]);

/** Is it of twelve bits a sample, and grey? The decoder reads those of colours only. */
export function hasUnreadSamples(file: Buffer): boolean {
  for (const { marker, data } of segments(file)) if (FRAMES.has(marker)) return (data[0] ?? 8) > 8 && data[5] === 1;
  return false;
}

/**
 * Do the scans not bring each component in full? A file that lost its last scans is drawn blurred or without colour, and
 * no decoder warns of it where the cut is between two scans, or in one of arithmetic coding. What cannot be followed is left
 * to the decoder.
 */
export function lacksScans(file: Buffer): boolean {
  /** By component: the coefficients that are not there in full. */
  const left = new Map<number, Set<number>>();
  let isArithmetic = false;
  for (const { marker, data } of segments(file)) {
    if (marker === END) return left.size > 0;
    isArithmetic ||= ARITHMETIC.has(marker);
    if (FRAMES.has(marker))
      for (let at = 6; at < 6 + 3 * (data[5] ?? 0); at += 3)
        left.set(data[at] ?? 0, new Set(Array(COEFFICIENTS).keys()));
    if (marker !== SCAN) continue;
    const components = data[0] ?? 0;
    const [first = 0, last = 0, precision = 0] = data.subarray(1 + 2 * components);
    // Of one that is refined later only some bits are there (G.1.1.1).
    if ((precision & 15) > 0) continue;
    for (let nth = 0; nth < components; nth++) {
      const missing = left.get(data[1 + 2 * nth] ?? 0);
      for (let at = first; at <= last; at++) missing?.delete(at);
      if (missing?.size === 0) left.delete(data[1 + 2 * nth] ?? 0);
    }
    if (left.size === 0 && !isArithmetic) return false;
  }
  return isArithmetic || left.size > 0;
}

/**
 * The segments in order, with the end of the picture. What is between them, the scans, is skipped: in them 0xFF is followed
 * by 0 or a restart.
 */
function* segments(file: Buffer): Generator<{ readonly marker: number; readonly data: Buffer }> {
  for (let at = file.indexOf(0xff, 2); at >= 0 && at + 2 <= file.length; at = file.indexOf(0xff, at)) {
    const marker = file[at + 1] ?? 0;
    // Filled with 0xFF, escaped, or without a length (TEM, RST, SOI, EOI).
    if (marker === END) {
      yield { marker, data: file.subarray(0, 0) };
      return;
    }
    if (marker === 0xff) at += 1;
    else if (marker < 0xc0 || (marker >= 0xd0 && marker <= 0xd9)) at += 2;
    else {
      if (at + 4 > file.length) return;
      const length = file.readUInt16BE(at + 2);
      yield { marker, data: file.subarray(at + 4, at + 2 + length) };
      at += 2 + length;
    }
  }
}

import { crc32, deflateSync } from "node:zlib";

/**
 * A PNG of one colour as a data URI, with `alpha` a glass one; `stripe` makes its left half transparent and its right half
 * that grey, of that opacity. `broken` cuts its pixels short, `claim` lies about its size; `noisy`: of other colours everywhere, so that its
 * file is as large as its pixels.
 */
export function png({
  width = 8,
  height = 4,
  alpha = false,
  broken = false,
  claim = 0,
  noisy = false,
  stripe = -1,
  opacity = 255,
} = {}): string {
  const channels = alpha ? 4 : 3;
  const rows = Buffer.alloc(height * (1 + width * channels), 90);
  if (noisy) for (let at = 0, state = 1; at < rows.length; at++) rows[at] = state = (state * 75 + 74) % 65_537;
  for (let row = 0; row < height; row++) rows[row * (1 + width * channels)] = 0;
  if (stripe >= 0)
    for (let row = 0; row < height; row++) {
      const begin = row * (1 + width * 4) + 1;
      rows.fill(0, begin, begin + (width >> 1) * 4);
      rows.fill(Buffer.of(stripe, stripe, stripe, opacity), begin + (width >> 1) * 4, begin + width * 4);
    }
  const head = Buffer.alloc(13);
  head.writeUInt32BE(claim || width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, alpha ? 6 : 2, 0, 0, 0], 8);
  const pixels = deflateSync(rows);
  const bytes = Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk("IHDR", head),
    chunk("IDAT", broken ? pixels.subarray(0, pixels.length - 8) : pixels),
    chunk("IEND", Buffer.alloc(0)),
  ]);
  return `data:image/png;base64,${bytes.toString("base64")}`;
}

function chunk(name: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(name, "latin1"), data]);
  const ends = Buffer.alloc(8);
  ends.writeUInt32BE(data.length, 0);
  ends.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([ends.subarray(0, 4), body, ends.subarray(4)]);
}

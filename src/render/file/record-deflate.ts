// Thousands of records that differ from one to the next by a digit: by itself deflate (RFC 1951) takes a few bytes for
// each, since what it writes of them has any number of bits and so never looks the same. Here each is written as what
// differs from the record before, in codes that fill bytes. These count up as the digits do, over and over, and deflate
// makes hardly anything of them. Every reader of two FlateDecode filters can read it, and writing it is quick.

import { messages } from "../messages.ts";
import { deflated } from "./deflate.ts";

/** Of literals, of what ends a block, and of lengths from 3 to 130: with its extra bits each fills a byte. */
const LITERALS = 127;
const END = 256;
const SHORTEST = 3;
const LONGEST = 130;
/** Distances of up to 256: each with its extra bits fills a byte, too. */
const FARTHEST = 256;
/** How many symbols have 0, 1, 2 … extra bits (RFC 1951, 3.2.5). */
const LENGTH_SYMBOLS = [8, 4, 4, 4, 4];
const DISTANCE_SYMBOLS = [4, 2, 2, 2, 2, 2, 2];

interface Codes {
  /** A zlib stream's first bytes (RFC 1950, 2.2), and those of its only block. */
  readonly head: Uint8Array;
  /** The byte of each literal, and the last one. */
  readonly literals: Uint8Array;
  readonly end: number;
  /** By length and distance. */
  readonly lengths: Uint8Array;
  readonly distances: Uint8Array;
}

let made: Codes | null = null;

/**
 * Two zlib streams, one within the other, of records that are one after the other and end there. Only ASCII without
 * U+007F. Each is best as long as the one before.
 */
export function deflatedRecords(bytes: Uint8Array<ArrayBuffer>, ends: readonly number[]): Uint8Array {
  made ??= makeCodes();
  const { head, literals, end, lengths, distances } = made;
  const written = Buffer.allocUnsafe(head.length + bytes.length + 5);
  written.set(head);
  let at = head.length;
  let before = 0;
  let start = 0;
  for (const stop of ends) {
    const distance = start - before;
    const isNear = distance > 0 && distance <= FARTHEST;
    for (let index = start; index < stop; ) {
      let length = 0;
      if (isNear) {
        const most = Math.min(LONGEST, stop - index);
        while (length < most && bytes[index + length] === bytes[index + length - distance]) length++;
      }
      if (length >= SHORTEST) {
        written[at++] = lengths[length] ?? 0;
        written[at++] = distances[distance] ?? 0;
        index += length;
      } else {
        const code = literals[bytes[index++] ?? 0];
        if (code === undefined) throw new RangeError(messages.onlyAscii(String(bytes.subarray(start, stop))));
        written[at++] = code;
      }
    }
    before = start;
    start = stop;
  }
  written[at++] = end;
  at = written.writeUInt32BE(Bun.hash.adler32(bytes), at);
  return deflated(written.subarray(0, at));
}

/** RFC 1951, 3.2.7. */
function makeCodes(): Codes {
  const ofLiterals = Array.from({ length: END + 1 }, (_, symbol) => (symbol < LITERALS || symbol === END ? 8 : 0));
  const ofLengths = LENGTH_SYMBOLS.flatMap((count, extra) => Array<number>(count).fill(8 - extra));
  const ofDistances = DISTANCE_SYMBOLS.flatMap((count, extra) => Array<number>(count).fill(8 - extra));
  // Four that are not used: the block's first code is then the first of a byte.
  const symbols = [...ofLiterals, ...ofLengths, 0, 0, 0, 0];
  const codes = canonical(symbols);
  return {
    head: headOf(symbols, ofDistances),
    literals: Uint8Array.from(codes.slice(0, LITERALS)),
    end: codes[END] ?? 0,
    lengths: withExtraBits(LENGTH_SYMBOLS, codes.slice(END + 1), SHORTEST),
    distances: withExtraBits(DISTANCE_SYMBOLS, canonical(ofDistances), 1),
  };
}

/** By value: the code of its symbol, and above that the extra bits. */
function withExtraBits(counts: readonly number[], codes: readonly number[], first: number): Uint8Array {
  const bytes = new Array<number>(first).fill(0);
  let symbol = 0;
  for (const [extra, count] of counts.entries())
    for (let index = 0; index < count; index++, symbol++)
      for (let rest = 0; rest < 1 << extra; rest++) bytes.push((codes[symbol] ?? 0) | (rest << (8 - extra)));
  return Uint8Array.from(bytes);
}

/** The code of each symbol, from the lengths of all (RFC 1951, 3.2.2), its first bit the lowest. */
function canonical(lengths: readonly number[]): number[] {
  const codes = lengths.map(() => 0);
  let next = 0;
  for (let length = 1; length <= 8; length++) {
    next <<= 1;
    for (const [symbol, of] of lengths.entries()) if (of === length) codes[symbol] = reversed(next++, length);
  }
  return codes;
}

function reversed(code: number, length: number): number {
  let result = 0;
  for (let bit = 0; bit < length; bit++) result |= ((code >> bit) & 1) << (length - 1 - bit);
  return result;
}

/** The order in which a block lists how long the codes of lengths are (RFC 1951, 3.2.7), as far as it is used here. */
const ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2];
/** Lengths of codes that occur: eight, and so with codes of three bits. */
const LENGTHS = [0, 2, 3, 4, 5, 6, 7, 8];

function headOf(symbols: readonly number[], distances: readonly number[]): Uint8Array {
  const bits: number[] = [];
  const write = (value: number, count: number) => {
    for (let bit = 0; bit < count; bit++) bits.push((value >> bit) & 1);
  };
  // A zlib stream as most are (a window of 32 kB); its last block, with codes of its own.
  write(0x78, 8);
  write(0x9c, 8);
  write(1, 1);
  write(2, 2);
  write(symbols.length - 257, 5);
  write(distances.length - 1, 5);
  write(ORDER.length - 4, 4);
  for (const length of ORDER) write(LENGTHS.includes(length) ? 3 : 0, 3);
  for (const length of [...symbols, ...distances]) write(reversed(LENGTHS.indexOf(length), 3), 3);
  const head = new Uint8Array(bits.length / 8);
  for (const [index, bit] of bits.entries()) head[index >> 3] = (head[index >> 3] ?? 0) | (bit << (index & 7));
  return head;
}

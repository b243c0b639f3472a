import { messages } from "../messages.ts";

const FIRST_SIZE = 1 << 14;
const ZERO = 0x30;
const BLANK = 0x20;

/**
 * Objects of a PDF, one after the other, as the bytes that they are: a report's structure has thousands, and to make
 * and join their texts takes several times as long. Each is in parts, of which one is like the part before.
 */
export class ObjectBytes {
  /** All before `length`. */
  private bytes = Buffer.allocUnsafe(FIRST_SIZE);
  length = 0;
  /** Where each part ends. */
  readonly ends: number[] = [];
  /** The number of each object, and where it and its parts begin: lists of numbers cost the collector nothing. */
  readonly ids: number[] = [];
  readonly starts: number[] = [];
  private readonly firstParts: number[] = [];

  get written(): Uint8Array<ArrayBuffer> {
    return this.bytes.subarray(0, this.length);
  }

  begin(id: number): void {
    this.ids.push(id);
    this.starts.push(this.length);
    this.firstParts.push(this.ends.length);
  }

  /** @throws RangeError where a letter takes more than a byte. */
  text(text: string): void {
    const end = this.length + text.length;
    this.reserve(end);
    const { bytes } = this;
    for (let index = 0, at = this.length; at < end; index++, at++) {
      const code = text.charCodeAt(index);
      if (code > 0xff) throw new RangeError(messages.onlyBytes(JSON.stringify(text)));
      bytes[at] = code;
    }
    this.length = end;
  }

  /** Of a whole number the digits, with blanks before them where there are fewer than `width`. */
  number(value: number, width: number): void {
    let digits = 1;
    for (let limit = 10; value >= limit; limit *= 10) digits++;
    const end = this.length + Math.max(digits, width);
    this.reserve(end);
    const { bytes } = this;
    // A whole number of 32 bits, which is what numbers of objects are: its division is the quickest.
    let rest = value | 0;
    let at = end - 1;
    for (const first = end - digits; at >= first; at--) {
      const tens = (rest / 10) | 0;
      bytes[at] = ZERO + rest - 10 * tens;
      rest = tens;
    }
    for (; at >= this.length; at--) bytes[at] = BLANK;
    this.length = end;
  }

  /** Blanks up to a multiple of `step` bytes from `start`, at least one. */
  fill(start: number, step: number): void {
    const end = this.length + step - ((this.length - start) % step);
    this.reserve(end);
    this.bytes.fill(BLANK, this.length, end);
    this.length = end;
  }

  endPart(): void {
    this.ends.push(this.length);
  }

  /** The parts of others' objects from one to before another. */
  append({ bytes, ends, starts, firstParts, length }: ObjectBytes, from: number, to: number): void {
    const start = starts[from] ?? length;
    const stop = starts[to] ?? length;
    const shift = this.length - start;
    this.reserve(shift + stop);
    bytes.copy(this.bytes, this.length, start, stop);
    const lastPart = firstParts[to] ?? ends.length;
    for (let part = firstParts[from] ?? lastPart; part < lastPart; part++) this.ends.push((ends[part] ?? 0) + shift);
    this.length = shift + stop;
  }

  private reserve(size: number): void {
    if (size <= this.bytes.length) return;
    const grown = Buffer.allocUnsafe(Math.max(size, 2 * this.bytes.length));
    this.bytes.copy(grown, 0, 0, this.length);
    this.bytes = grown;
  }
}

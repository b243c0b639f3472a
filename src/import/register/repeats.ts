import { readLines } from "../../report/sources/catalogue/lines.ts";
import type { ImportSource } from "../source.ts";

/** Bits for a million dealings: so few of them share one by chance that buffering those does not matter. */
const BITS = 27;
const DEALING = 23;

/**
 * Which dealings of a register's file have several rows: those are buffered until its end, all others are passed on at
 * once. Memory is the same for any file, as a dealing is a bit; a few dealings with one row are among the results.
 */
export async function repeatedDealings(
  source: ImportSource,
  decode: (chunks: AsyncIterable<Uint8Array>) => AsyncIterable<string>,
): Promise<(dealing: string) => boolean> {
  const seen = new Uint32Array(2 ** (BITS - 5));
  const again = new Uint32Array(2 ** (BITS - 5));
  for await (const { text } of readLines(decode(source.open()))) {
    if (!text.startsWith("B;")) continue;
    const dealing = (text.split(";")[DEALING] ?? "").trim();
    if (dealing === "") continue;
    const at = bitOf(dealing);
    if (isSet(seen, at)) set(again, at);
    else set(seen, at);
  }
  return (dealing) => isSet(again, bitOf(dealing));
}

/** FNV-1a. */
function bitOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return (hash ^ (hash >>> BITS)) & (2 ** BITS - 1);
}

function isSet(bits: Uint32Array, at: number): boolean {
  return ((bits[at >>> 5] ?? 0) & (1 << (at & 31))) !== 0;
}

function set(bits: Uint32Array, at: number): void {
  bits[at >>> 5] = (bits[at >>> 5] ?? 0) | (1 << (at & 31));
}

import { readFileSync } from "node:fs";

/** How a Zstandard frame begins (RFC 8878, section 3.1.1). */
const ZSTD = [0x28, 0xb5, 0x2f, 0xfd];

/** A file that came with the program, whole: the binary has it packed (build.ts), the source as it is. @throws as readFileSync. */
export function readPacked(path: string): Uint8Array<ArrayBuffer> {
  const bytes = readFileSync(path);
  const isPacked = ZSTD.every((byte, at) => bytes[at] === byte);
  return new Uint8Array(isPacked ? Bun.zstdDecompressSync(bytes) : bytes);
}

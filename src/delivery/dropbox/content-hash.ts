import { createHasher } from "../../host/hash.ts";

const BLOCK_BYTES = 4 * 1024 * 1024;

export interface Fingerprint {
  readonly bytes: number;
  /** SHA-256 of the whole, hex. */
  readonly sha256: string;
  /** Dropbox's `content_hash`, hex: SHA-256 over the SHA-256s of the 4 MiB blocks. */
  readonly contentHash: string;
}

/**
 * Reads a stream once, whatever its chunks, and returns both hashes of it.
 * https://www.dropbox.com/developers/reference/content-hash
 */
export async function fingerprint(stream: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<Fingerprint> {
  const whole = createHasher("sha256");
  const ofBlocks = createHasher("sha256");
  let block = createHasher("sha256");
  let inBlock = 0;
  let bytes = 0;
  for await (const chunk of stream) {
    whole.update(chunk);
    bytes += chunk.byteLength;
    for (let from = 0; from < chunk.byteLength; ) {
      const part = chunk.subarray(from, from + BLOCK_BYTES - inBlock);
      block.update(part);
      inBlock += part.byteLength;
      from += part.byteLength;
      if (inBlock === BLOCK_BYTES) {
        ofBlocks.update(block.digest());
        block = createHasher("sha256");
        inBlock = 0;
      }
    }
  }
  if (inBlock > 0) ofBlocks.update(block.digest());
  return { bytes, sha256: whole.digest("hex"), contentHash: ofBlocks.digest("hex") };
}

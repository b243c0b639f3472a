import { timingSafeEqual } from "node:crypto";

/** Takes content part by part. With a key it is an HMAC. */
export function createHasher(algorithm: "sha256" | "sha1" | "md5", key?: string): Bun.CryptoHasher {
  return new Bun.CryptoHasher(algorithm, key);
}

/** SHA-256 in hexadecimal, of bytes or of a text in UTF-8. */
export function sha256(content: Uint8Array | string): string {
  return createHasher("sha256").update(content).digest("hex");
}

/** Whether two secrets are the same, in the time that any two take, whatever their lengths. */
export function sameSecret(one: string, other: string): boolean {
  return timingSafeEqual(Buffer.from(sha256(one)), Buffer.from(sha256(other)));
}

/** SHA-256 of a file in hexadecimal, read in parts: it may be larger than the memory. */
export async function sha256OfFile(path: string): Promise<string> {
  const hash = createHasher("sha256");
  for await (const chunk of Bun.file(path).stream()) hash.update(chunk);
  return hash.digest("hex");
}

/** As S3 knows what it stores by; for nothing that has to withstand an attack. */
export function md5(content: Uint8Array, encoding: "hex" | "base64"): string {
  return createHasher("md5").update(content).digest(encoding);
}

/** SHA-256 in hexadecimal, of bytes or of a text in UTF-8. */
export function sha256(content: Uint8Array | string): string {
  return new Bun.CryptoHasher("sha256").update(content).digest("hex");
}

/** SHA-256 of a file in hexadecimal, read in parts: it may be larger than the memory. */
export async function sha256OfFile(path: string): Promise<string> {
  const hash = new Bun.CryptoHasher("sha256");
  for await (const chunk of Bun.file(path).stream()) hash.update(chunk);
  return hash.digest("hex");
}

/** As S3 knows what it stores by; for nothing that has to withstand an attack. */
export function md5(content: Uint8Array, encoding: "hex" | "base64"): string {
  return new Bun.CryptoHasher("md5").update(content).digest(encoding);
}

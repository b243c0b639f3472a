import { messages } from "./messages.ts";

/** Of the engine's codes: BoringSSL's of a certificate, by its letters. */
const CERTIFICATE = /CERT|SIGNATURE|HOSTNAME_MISMATCH|INVALID_CA|INVALID_PURPOSE/;
const NOT_READABLE =
  /HTTP_?Response|ResponseHeaders|ContentLength|TransferEncoding|UnrequestedUpgrade|Zlib|Decompression/;

/**
 * What is wrong with a host that was reached and sent nothing that can be used, by the code of the error: its
 * certificate is refused, or its response is not HTTP. Null for any other code: the host may be away.
 */
export function badResponse(host: string, error: unknown): string | null {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  if (CERTIFICATE.test(code)) return messages.certificateRefused(host, code);
  return NOT_READABLE.test(code) ? messages.notReadable(host, code) : null;
}

import { Failure } from "../failure.ts";
import type { Idempotency } from "../queue/job.ts";

/**
 * The request's Idempotency-Key with the fingerprint of its body; null without one. The body is hashed as sent: two
 * that differ in a space are two requests, which is safe, because a client that tries again sends the same bytes.
 * @throws Failure "invalid_idempotency_key".
 */
export function idempotencyOf(headers: Headers, body: Uint8Array): Omit<Idempotency, "item"> | null {
  const key = headers.get("idempotency-key");
  if (key === null) return null;
  if (!/^[\x21-\x7e](?:[\x20-\x7e]{0,253}[\x21-\x7e])?$/.test(key)) {
    throw new Failure("invalid_idempotency_key", "An Idempotency-Key has 1 to 255 printable ASCII characters.");
  }
  return { key, fingerprint: new Bun.CryptoHasher("sha256").update(body).digest("hex") };
}

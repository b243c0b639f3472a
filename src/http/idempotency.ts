import type { Idempotency } from "../queue/job.ts";
import { nextTurn } from "./body.ts";
import { errors } from "./errors.ts";

const HASHED_A_TURN_BYTES = 1_048_576;

/**
 * The request's Idempotency-Key with the fingerprint of its body; null without one. The body is hashed as sent: two
 * that differ in a space are two requests, which is safe, because a client that tries again sends the same bytes.
 * @throws Failure "invalid_idempotency_key".
 */
export async function idempotencyOf(headers: Headers, body: Uint8Array): Promise<Omit<Idempotency, "item"> | null> {
  const key = headers.get("idempotency-key");
  if (key === null) return null;
  if (!/^[\x21-\x7e](?:[\x20-\x7e]{0,253}[\x21-\x7e])?$/.test(key)) {
    throw errors.idempotencyKey();
  }
  return { key, fingerprint: await sha256Of(body) };
}

/** Megabytes are hashed part by part, and the others have their turn between two of them. */
async function sha256Of(body: Uint8Array): Promise<string> {
  const hasher = new Bun.CryptoHasher("sha256");
  for (let at = 0; at < body.length; at += HASHED_A_TURN_BYTES) {
    if (at > 0) await nextTurn();
    hasher.update(body.subarray(at, at + HASHED_A_TURN_BYTES));
  }
  return hasher.digest("hex");
}

import { Failure } from "../../failure.ts";
import { CLOCK } from "../../outbound/breaker-clock.ts";
import { createCircuitBreaker } from "../../outbound/circuit-breaker.ts";
import { messages } from "../messages.ts";
import { Refused } from "../refused.ts";
import { type Bucket, openBucket } from "./bucket.ts";
import type { BucketOptions } from "./client.ts";
import { keyBelow } from "./prefix.ts";

export interface CheckBucketOptions extends BucketOptions {
  readonly prefix: string;
}

const TIMEOUT_MS = 30_000;
/** Always the same: keys that may not remove leave one object. */
export const CHECK_NAME = "agentlink-check.txt";

/**
 * Does what a report's delivery does with a small object: check, put, read back, remove. Keys that may not remove leave one object
 * of a name that is always the same.
 * @throws Failure that states in plain words what is wrong and what to do.
 */
export async function checkBucket(options: CheckBucketOptions, print: (line: string) => void): Promise<void> {
  const breaker = createCircuitBreaker({ failuresToOpen: Number.POSITIVE_INFINITY });
  const bucket = openBucket({ ...options, breaker, clock: CLOCK, timeoutMs: TIMEOUT_MS });
  await testBucket(bucket, options.prefix, { signal: new AbortController().signal, owner: "check" }, print);
}

/** @throws Refused where the bucket does not take an object, and as {@link openBucket}. */
export async function testBucket(
  bucket: Bucket,
  prefix: string,
  call: { readonly signal: AbortSignal; readonly owner: string },
  print: (line: string) => void = () => {},
): Promise<void> {
  const key = keyBelow(prefix, CHECK_NAME);
  const text = `agentlink check, ${new Date().toISOString()}, ${Bun.randomUUIDv7()}\n`;
  await bucket.head(key, call);
  await bucket.put(key, new TextEncoder().encode(text), call);
  print(`Put ${key} there.`);
  const content = Buffer.from(await bucket.get(key, call)).toString();
  // Two hosts may check at the same moment; what is no check at all is not what was put.
  if (content !== text && !content.startsWith("agentlink check, "))
    throw new Refused("settings", "s3_endpoint", messages.s3Changed(key));
  print("Read it back.");
  try {
    await bucket.remove(key, call);
    print(messages.canBeDelivered);
  } catch (error) {
    // A delivery removes nothing, so its keys need not be allowed to.
    if (!(error instanceof Failure) || error.code !== "delivery_credentials") throw error;
    print(messages.s3CannotDelete(key));
  }
}

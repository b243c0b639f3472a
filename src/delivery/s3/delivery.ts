/*
 * A bucket as a target, and the one client of S3, which storage/reports uses, too.
 * A PUT is conditional, so that an object never replaces another.
 * Not here: other targets.
 */

import { join } from "node:path";
import { Failure } from "../../failure.ts";
import { md5, sha256 } from "../../host/hash.ts";
import { type BreakerClock, CLOCK } from "../../outbound/breaker-clock.ts";
import { createCircuitBreaker } from "../../outbound/circuit-breaker.ts";
import { describeOpen, type OpenCircuit } from "../../outbound/open-circuit.ts";
import type { ReportFile } from "../../queue/job.ts";
import type { Patterns } from "../../report/names.ts";
import { type DeliverySignals, type DeliveryTarget, uncancelled } from "../delivery.ts";
import { messages } from "../messages.ts";
import { deliveryPath } from "../path.ts";
import { findDelivered, type PutIfAbsentStore, putIfAbsent } from "../put-if-absent.ts";
import { deliverThrough, Refused, verify } from "../refused.ts";
import { encodedKey } from "./address.ts";
import { type Bucket, openBucket } from "./bucket.ts";
import { CHECK_NAME, testBucket } from "./check.ts";
import type { BucketOptions } from "./client.ts";
import { keyBelow } from "./prefix.ts";

export interface S3Options extends BucketOptions {
  /** Reports go below this prefix; "" is the bucket's top. */
  readonly prefix: string;
  /** Of each kind of document, below that. */
  readonly folders?: Patterns;
  readonly dateZone?: string | null;
  /** Where the bucket's objects are public, without a slash at its end; null where they may not. */
  readonly publicUrl?: string | null;
  /** Where the reports' paths begin. */
  readonly dataDir: string;
  /** Called when the circuit opens, and null when it closes. */
  readonly onChange?: (open: OpenCircuit | null) => void;
  readonly requestTimeoutMs?: number;
  readonly clock?: BreakerClock;
}

const TIMEOUT_MS = 2 * 60_000;
/** The most one PUT may carry. */
const MAX_BYTES = 5 * 2 ** 30;

/**
 * Delivers into a bucket of AWS S3, Cloudflare R2, Hetzner, MinIO, Swift or another that speaks S3.A PUT has the
 * condition "only if absent" (`If-None-Match: *`) and an MD5; where the service does not know the condition, the check
 * before the put has to do.
 */
export function createS3Delivery(options: S3Options): DeliveryTarget {
  const { prefix, publicUrl = null, dataDir, clock = CLOCK, requestTimeoutMs: timeoutMs = TIMEOUT_MS } = options;
  const breaker = createCircuitBreaker({ name: "s3", clock, ...(options.onChange && { onChange: options.onChange }) });
  const bucket = openBucket({ ...options, breaker, clock, timeoutMs });

  const deliveredAt = (key: string) => ({
    to: `s3://${options.bucket}/${key}`,
    url: publicUrl === null ? null : `${publicUrl}/${encodedKey(key)}`,
  });

  return {
    target: "s3",
    pathFor: (job, document) => keyBelow(prefix, deliveryPath(job, document, options)),
    breaker,
    problem: async () => describeOpen(breaker.open()),
    check: (signal) => verify(breaker, () => bucket.reach(keyBelow(prefix, CHECK_NAME), { signal, owner: "check" })),

    arrivesWithinMs: timeoutMs,

    async deliver(job, report, path, signal, signals = uncancelled()) {
      const content = await readReport(dataDir, report);
      const call = { signal, owner: job.id };
      const stop = AbortSignal.any([signal, signals.cancel]);
      const work = async () => {
        const key = await putIfAbsent(job, path, putInBucket(bucket, content, report, { ...call, signals }), stop);
        return deliveredAt(key);
      };
      return deliverThrough(breaker, job, stop, work, () => testBucket(bucket, prefix, call));
    },

    async find(job, report, path, signal) {
      const check: PutIfAbsentStore["check"] = (key, signal) =>
        checkObject(bucket, key, report, null, { signal, owner: job.id });
      const key = await findDelivered(job, path, check, signal);
      return key === null ? null : deliveredAt(key);
    },
  };
}

function putInBucket(
  bucket: Bucket,
  content: Uint8Array<ArrayBuffer>,
  report: ReportFile,
  call: { readonly signal: AbortSignal; readonly owner: string; readonly signals: DeliverySignals },
): PutIfAbsentStore {
  const tag = md5(content, "hex");
  return {
    check: (key, signal) => checkObject(bucket, key, report, tag, { signal, owner: call.owner }),
    put: (key) => bucket.putIfAbsent(key, content, call),
  };
}

async function checkObject(
  bucket: Bucket,
  key: string,
  report: ReportFile,
  expected: string | null,
  call: { readonly signal: AbortSignal; readonly owner: string },
): ReturnType<PutIfAbsentStore["check"]> {
  const headers = await bucket.head(key, call);
  if (headers === null) return "nothing";
  const tag = headers.get("etag");
  if (tag !== null && Number(headers.get("content-length")) !== report.bytes) return "something else";
  if (expected !== null && tag?.replaceAll('"', "") === expected) return "this report";
  // An ETag is the MD5 only of an object that was put in one piece and not encrypted with a key of its own.
  const body = await bucket.get(key, call);
  if (sha256(body) === report.sha256) return "this report";
  if (tag !== null) return "something else";
  // Each object of S3 has an ETag: what responds with 200 to everything is another kind of server.
  throw new Refused("settings", "s3_endpoint", messages.s3NotS3(key));
}

async function readReport(dataDir: string, report: ReportFile): Promise<Uint8Array<ArrayBuffer>> {
  const source = Bun.file(join(dataDir, report.path));
  if (!(await source.exists())) throw new Failure("report_gone", messages.reportGone(report.path));
  if (source.size > MAX_BYTES) throw new Failure("delivery_path", messages.s3TooLarge(report.path));
  const content = await source.bytes();
  if (sha256(content) !== report.sha256) throw new Failure("report_damaged", messages.reportDamaged(report.path));
  return content;
}

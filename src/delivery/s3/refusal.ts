import { Failure } from "../../failure.ts";
import { messages } from "../messages.ts";
import { Refused } from "../refused.ts";
import type { BucketAddress } from "./address.ts";
import type { BucketResponse } from "./client.ts";

/** Keys that are wrong or may not do this: nothing will work until an operator has put them right. */
const CREDENTIALS: ReadonlySet<string> = new Set([
  "AccessDenied",
  "AccountProblem",
  "AllAccessDisabled",
  "ExpiredToken",
  "InvalidAccessKeyId",
  "InvalidSecurity",
  "InvalidToken",
  "NotSignedUp",
  "SignatureDoesNotMatch",
  "Unauthorized",
]);
const REGION: ReadonlySet<string> = new Set([
  "AuthorizationHeaderMalformed",
  "AuthorizationQueryParametersError",
  "IllegalLocationConstraintException",
  "IncorrectEndpoint",
  "InvalidRegion",
  "PermanentRedirect",
  "Redirect",
  "TemporaryRedirect",
]);
const NO_ROOM: ReadonlySet<string> = new Set([
  "EntityTooLarge",
  "InsufficientStorage",
  "QuotaExceeded",
  "ServiceQuotaExceededException",
  "XMinioStorageFull",
  "XAmzStorageFull",
]);
const KEY: ReadonlySet<string> = new Set([
  "InvalidObjectName",
  "InvalidURI",
  "KeyTooLong",
  "KeyTooLongError",
  "XMinioInvalidObjectName",
]);

/** A response that is neither what was expected nor the bucket's own problem, as a failure with the setting to correct. */
export function explainResponse(
  { status, headers, code, body, isWebPage }: BucketResponse,
  { endpoint, region, bucket }: BucketAddress,
  key: string,
): Failure {
  const detail = code || `HTTP ${status}`;
  const where = endpoint === null ? "AWS" : new URL(endpoint).host;
  if (code === "RequestTimeTooSkewed" || code === "RequestExpired") {
    const theirs = headers.get("date");
    return new Refused("settings", "s3_clock", messages.s3Clock(bucket, detail, theirs));
  }
  const right = headers.get("x-amz-bucket-region") ?? /<Region>([\w-]+)<\/Region>/.exec(textOf(body))?.[1] ?? null;
  const isElsewhere = right !== null && right !== region && status === 400;
  if (REGION.has(code) || (status >= 300 && status < 400) || isElsewhere)
    return new Refused(
      "settings",
      "s3_region",
      right !== null && right !== region
        ? messages.s3Region(bucket, right, region, detail)
        : messages.s3Redirect(where, bucket, region, detail),
    );
  if (isWebPage) return new Refused("settings", "s3_endpoint", messages.s3WebPage(where, status));
  if (code === "NoSuchBucket" || code === "InvalidBucketName")
    return new Refused("settings", "s3_bucket", messages.s3NoBucket(bucket, where, detail));
  if (NO_ROOM.has(code) || status === 507) return new Refused("no room", "s3_full", messages.s3Full(bucket, detail));
  if (KEY.has(code) || status === 414) return new Refused("path", "delivery_path", messages.s3Key(bucket, key, detail));
  if (CREDENTIALS.has(code) || status === 401 || status === 403)
    return new Refused(
      code === "AccessDenied" ? "path" : "credentials",
      "delivery_credentials",
      messages.s3Credentials(bucket, detail),
    );
  if (code === "BadDigest" || code === "XAmzContentSHA256Mismatch")
    return new Failure("s3_refused", messages.s3Damaged(key), { transient: true });
  return new Refused("settings", "s3_endpoint", messages.s3Unexpected(where, detail));
}

function textOf(body: Uint8Array): string {
  return body.byteLength < 100_000 ? Buffer.from(body).toString() : "";
}

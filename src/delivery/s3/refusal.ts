import { Failure } from "../../failure.ts";
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

/** A response that is neither what was wanted nor the bucket's own trouble, as a failure with the setting to correct. */
export function explainResponse(
  { status, headers, code, body, isWebPage }: BucketResponse,
  { endpoint, region, bucket }: BucketAddress,
  key: string,
): Failure {
  const said = code || `HTTP ${status}`;
  const where = endpoint === null ? "AWS" : new URL(endpoint).host;
  if (code === "RequestTimeTooSkewed" || code === "RequestExpired") {
    const theirs = headers.get("date");
    return new Refused(
      "settings",
      "s3_clock",
      `this machine's clock is wrong, says the bucket ${bucket} (${said}${theirs === null ? "" : `: it is ${theirs} there`}): set the clock (systemd-timesyncd, chrony)`,
    );
  }
  const right = headers.get("x-amz-bucket-region") ?? /<Region>([\w-]+)<\/Region>/.exec(textOf(body))?.[1] ?? null;
  const isElsewhere = right !== null && right !== region && status === 400;
  if (REGION.has(code) || (status >= 300 && status < 400) || isElsewhere)
    return new Refused(
      "settings",
      "s3_region",
      right !== null && right !== region
        ? `the bucket ${bucket} is in the region ${right}, not ${region} (${said}): set AGENTLINK_S3_REGION=${right}, and AGENTLINK_S3_ENDPOINT to the address of that region where it is set`
        : `${where} sends requests for the bucket ${bucket} elsewhere (${said}): correct AGENTLINK_S3_REGION (now ${region}) and AGENTLINK_S3_ENDPOINT`,
    );
  if (isWebPage)
    return new Refused(
      "settings",
      "s3_endpoint",
      `${where} responds with a web page (HTTP ${status}), so it is no S3 service: correct AGENTLINK_S3_ENDPOINT`,
    );
  if (code === "NoSuchBucket" || code === "InvalidBucketName")
    return new Refused(
      "settings",
      "s3_bucket",
      `there is no bucket ${bucket} at ${where} (${said}): correct AGENTLINK_S3_BUCKET, AGENTLINK_S3_ENDPOINT and AGENTLINK_S3_REGION`,
    );
  if (NO_ROOM.has(code) || status === 507)
    return new Refused(
      "no room",
      "s3_full",
      `the bucket ${bucket} has no room left (${said}): free some, or raise its quota`,
    );
  if (KEY.has(code) || status === 414)
    return new Refused(
      "place",
      "delivery_path",
      `the bucket ${bucket} does not allow the name ${key} (${said}): correct AGENTLINK_S3_PREFIX, or the job's delivery.folder and filename`,
    );
  if (CREDENTIALS.has(code) || status === 401 || status === 403)
    return new Refused(
      code === "AccessDenied" ? "place" : "credentials",
      "delivery_credentials",
      `the bucket ${bucket} refuses these keys (${said}): correct AGENTLINK_S3_ACCESS_KEY_ID, AGENTLINK_S3_SECRET_ACCESS_KEY and AGENTLINK_S3_REGION, and allow them GetObject, PutObject and ListBucket`,
    );
  if (code === "BadDigest" || code === "XAmzContentSHA256Mismatch")
    return new Failure("s3_refused", `${key} was damaged on its way to the bucket`, { transient: true });
  return new Refused(
    "settings",
    "s3_endpoint",
    `${where} does not do what an S3 service does (${said}): correct AGENTLINK_S3_ENDPOINT and AGENTLINK_S3_BUCKET`,
  );
}

function textOf(body: Uint8Array): string {
  return body.byteLength < 100_000 ? Buffer.from(body).toString() : "";
}

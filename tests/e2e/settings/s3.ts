import { afterAll } from "bun:test";
import { FakeS3 } from "../../fakes/s3.ts";

export const s3 = await new FakeS3().start();
afterAll(() => s3.stop());

export function toS3(changes: Readonly<Record<string, string>> = {}) {
  const { endpoint, region, bucket, accessKeyId, secretAccessKey } = s3.options();
  return {
    DELIVERY: "s3",
    S3_ENDPOINT: String(endpoint),
    S3_REGION: region,
    S3_BUCKET: bucket,
    S3_ACCESS_KEY_ID: accessKeyId,
    S3_SECRET_ACCESS_KEY: secretAccessKey,
    ...changes,
  };
}

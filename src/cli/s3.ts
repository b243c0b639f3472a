import { checkBucket } from "../delivery/s3/check.ts";
import type { Config } from "../settings/config.ts";

/** Puts a small object into the bucket, reads it back and removes it. @throws Failure that says what is wrong. */
export function s3Check(config: Config, print: (line: string) => void): Promise<void> {
  const { s3Endpoint: endpoint, s3Region: region, s3Bucket: bucket, s3Prefix: prefix } = config;
  const { s3AccessKeyId: accessKeyId, s3SecretAccessKey: secretAccessKey } = config;
  return checkBucket({ endpoint, region, bucket, prefix, accessKeyId, secretAccessKey }, print);
}

import type { TargetSettings } from "../../delivery/targets.ts";
import { createBucketReports } from "./bucket.ts";
import { createLocalReports, createSharedFolderReports } from "./folder.ts";
import type { Reports } from "./reports.ts";

/**
 * What an operator has set about the PDFs; `reports` is "s3", a folder that all hosts share, or null for the data
 * folder.
 */
export interface ReportsSettings extends Omit<TargetSettings, "delivery" | "dropboxKeys"> {
  readonly reports: string | null;
}

/** Where the PDFs are stored: the value of `AGENTLINK_REPORTS`. */
export function openReports(settings: ReportsSettings): Reports {
  if (settings.reports === null) return createLocalReports(settings.dataDir);
  if (settings.reports !== "s3") return createSharedFolderReports(settings.reports);
  const { s3Endpoint, s3Region, s3Bucket, s3AccessKeyId, s3SecretAccessKey, s3Prefix } = settings;
  return createBucketReports({
    root: settings.dataDir,
    bucket: s3Bucket,
    endpoint: s3Endpoint,
    region: s3Region,
    accessKeyId: s3AccessKeyId,
    secretAccessKey: s3SecretAccessKey,
    prefix: s3Prefix,
  });
}

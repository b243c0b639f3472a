import type { Delivery } from "./delivery.ts";
import { createDropboxDelivery } from "./dropbox/delivery.ts";
import { createFolderDelivery } from "./folder.ts";
import { createS3Delivery } from "./s3.ts";

export const TARGETS = ["folder", "dropbox", "s3"] as const;
export type Target = (typeof TARGETS)[number];

/** What an operator has set about the targets. */
export interface TargetSettings {
  readonly delivery: readonly Target[];
  readonly dataDir: string;
  readonly deliveryFolder: string;
  readonly dropboxAppKey: string;
  readonly dropboxAppSecret: string | null;
  readonly dropboxRefreshToken: string;
  readonly dropboxFolder: string;
  readonly dropboxPathRoot: string | null;
  readonly dropboxShare: boolean;
  readonly s3Endpoint: string | null;
  readonly s3Region: string;
  readonly s3Bucket: string;
  readonly s3AccessKeyId: string;
  readonly s3SecretAccessKey: string;
  readonly s3Prefix: string;
}

/**
 * Builds the chosen targets, in their order. `onTrouble` hears of credentials that are refused and a folder that cannot be
 * written, and with null that it is mended.
 */
export function createDeliveries(
  settings: TargetSettings,
  onTrouble: (target: Target, trouble: string | null) => void,
): readonly Delivery[] {
  const { dataDir } = settings;
  return settings.delivery.map((target) => {
    switch (target) {
      case "folder":
        return createFolderDelivery({
          folder: settings.deliveryFolder,
          dataDir,
          onTrouble: (trouble) => onTrouble(target, trouble),
        });
      case "dropbox":
        return createDropboxDelivery({
          keys: {
            appKey: settings.dropboxAppKey,
            appSecret: settings.dropboxAppSecret,
            refreshToken: settings.dropboxRefreshToken,
          },
          folder: settings.dropboxFolder,
          pathRoot: settings.dropboxPathRoot,
          share: settings.dropboxShare,
          dataDir,
          onTrouble: (trouble) => onTrouble(target, trouble),
        });
      default:
        return createS3Delivery({
          endpoint: settings.s3Endpoint,
          region: settings.s3Region,
          bucket: settings.s3Bucket,
          accessKeyId: settings.s3AccessKeyId,
          secretAccessKey: settings.s3SecretAccessKey,
          prefix: settings.s3Prefix,
          dataDir,
          onTrouble: (trouble) => onTrouble(target, trouble),
        });
    }
  });
}

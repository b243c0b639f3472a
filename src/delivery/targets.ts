import type { OpenCircuit } from "../outbound/open-circuit.ts";
import type { TargetName } from "../queue/target-records.ts";
import { type FolderPatterns, USUAL_FOLDERS } from "../report/names.ts";
import type { DeliveryTarget } from "./delivery.ts";
import type { DropboxKeySource } from "./dropbox/credentials.ts";
import { createDropboxDelivery } from "./dropbox/delivery.ts";
import { createFolderDelivery } from "./folder/delivery.ts";
import { createS3Delivery } from "./s3/delivery.ts";

/** What an operator has set about the targets. */
export interface TargetSettings {
  readonly delivery: readonly TargetName[];
  readonly dataDir: string;
  readonly deliveryFolder: string;
  /** Which rights a copy in the delivery folder does not get; 0o022 by default. */
  readonly umask?: number;
  /** The account of the settings, or the one that was linked in the browser. */
  readonly dropboxKeys: DropboxKeySource;
  readonly dropboxFolder: string;
  readonly dropboxPathRoot: string | null;
  readonly dropboxShare: boolean;
  readonly s3Endpoint: string | null;
  readonly s3Region: string;
  readonly s3Bucket: string;
  readonly s3AccessKeyId: string;
  readonly s3SecretAccessKey: string;
  readonly s3Prefix: string;
  /** Where the bucket's objects are public; null or left out where they may not. */
  readonly s3PublicUrl?: string | null;
  /** The usual ones when left out. */
  readonly folders?: FolderPatterns;
  /** Whose day {date} is in them; null or left out: that of the locality. */
  readonly reportDateZone?: string | null;
}

/**
 * Builds the chosen targets, in their order. `onChange` is called when deliveries to one are paused, and with null
 * that it takes reports again.
 */
export function createDeliveries(
  settings: TargetSettings,
  onChange: (target: TargetName, open: OpenCircuit | null) => void,
): readonly DeliveryTarget[] {
  const { dataDir, folders = USUAL_FOLDERS, reportDateZone: dateZone = null } = settings;
  return settings.delivery.map((target) => {
    switch (target) {
      case "folder":
        return createFolderDelivery({
          folder: settings.deliveryFolder,
          folders: folders.usual,
          dateZone,
          dataDir,
          ...(settings.umask === undefined ? {} : { umask: settings.umask }),
          onChange: (open) => onChange(target, open),
        });
      case "dropbox":
        return createDropboxDelivery({
          keys: settings.dropboxKeys,
          folder: settings.dropboxFolder,
          folders: folders.usual,
          dateZone,
          pathRoot: settings.dropboxPathRoot,
          share: settings.dropboxShare,
          dataDir,
          onChange: (open) => onChange(target, open),
        });
      default:
        return createS3Delivery({
          endpoint: settings.s3Endpoint,
          region: settings.s3Region,
          bucket: settings.s3Bucket,
          accessKeyId: settings.s3AccessKeyId,
          secretAccessKey: settings.s3SecretAccessKey,
          prefix: settings.s3Prefix,
          publicUrl: settings.s3PublicUrl ?? null,
          folders: folders.s3,
          dateZone,
          dataDir,
          onChange: (open) => onChange(target, open),
        });
    }
  });
}

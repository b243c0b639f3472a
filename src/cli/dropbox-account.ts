import { existsSync } from "node:fs";
import { join } from "node:path";
import { linkedKeys } from "../delivery/dropbox/account.ts";
import type { DropboxKeys } from "../delivery/dropbox/credentials.ts";
import type { Config } from "../settings/config.ts";

/** Whose Dropbox a service with these settings delivers to. */
export interface DropboxInUse {
  /** null where none is linked. */
  readonly keys: DropboxKeys | null;
  /** Linked in the browser: that takes precedence over the settings. */
  readonly isLinked: boolean;
}

/** As the service finds it. @throws Failure where what was linked cannot be read. */
export async function dropboxInUse(config: Config): Promise<DropboxInUse> {
  const { dropboxAppKey: appKey, dropboxAppSecret: appSecret, dropboxRefreshToken: refreshToken } = config;
  const linked = await readLinked(config);
  if (linked !== null) return { keys: linked, isLinked: true };
  return { keys: appKey === "" || refreshToken === "" ? null : { appKey, appSecret, refreshToken }, isLinked: false };
}

async function readLinked({ dataDir, redisUrl, redisPrefix }: Config): Promise<DropboxKeys | null> {
  if (redisUrl !== null) {
    // Loaded when needed: it brings with it the whole Redis client.
    const { readShared } = await import("../storage/records/command.ts");
    return linkedKeys({ get: (kind, name) => readShared(redisUrl, redisPrefix, kind, name) });
  }
  const path = join(dataDir, "office.db");
  if (!existsSync(path)) return null;
  const { openLocalRecords } = await import("../storage/records/local.ts");
  const records = openLocalRecords({ path });
  try {
    return await linkedKeys(records);
  } finally {
    records.close();
  }
}

import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { asFailure, Failure } from "../failure.ts";
import type { RedisClient } from "../redis/redis.ts";
import type { Config } from "../settings/config.ts";
import { messages } from "./messages.ts";

/**
 * Folders that all hosts share contain a file with an id that is also in Redis: a host whose folder is another one, or is
 * not mounted, would search for reports where none are, and deliver a second time to the wrong place.
 */
export async function checkShared(client: RedisClient, base: string, config: Config): Promise<void> {
  const folders = {
    AGENTLINK_REPORTS: config.reports === "s3" ? null : config.reports,
    AGENTLINK_DELIVERY_FOLDER: config.delivery.includes("folder") ? config.deliveryFolder : null,
  };
  for (const [variable, folder] of Object.entries(folders)) {
    if (folder === null) continue;
    const id = await markOf(folder).catch((error) => {
      throw new Failure("config", `${variable}=${folder} cannot be used: ${asFailure(error).message}`, {
        cause: error,
      });
    });
    await client.hsetnx(`${base}:folders`, variable, id);
    if ((await client.hget(`${base}:folders`, variable)) !== id)
      throw new Failure("config", messages.notSharedFolder(variable, folder));
  }
}

async function markOf(folder: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  const path = join(folder, ".agentlink-shared");
  await writeFile(path, `${Bun.randomUUIDv7()}\n`, { flag: "wx" }).catch(alreadyThere);
  return (await readFile(path, "utf8")).trim();
}

/** For a file that is only made where there is none. */
export function alreadyThere(error: NodeJS.ErrnoException): void {
  if (error.code !== "EEXIST") throw error;
}

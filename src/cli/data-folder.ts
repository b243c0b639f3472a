import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { Failure } from "../failure.ts";
import type { Config } from "../settings/config.ts";
import { messages } from "./messages.ts";
import { serviceUrl } from "./service-url.ts";

/** A service of this machine responds within that time, or is ignored. */
const RESPOND_WITHIN_MS = 1_000;

export interface DataFolderNotes {
  readonly config: Pick<Config, "dataDir" | "url" | "host" | "port">;
  /** Whether a process works on the jobs of this data folder now. */
  readonly inUse: (dataDir: string) => boolean;
  readonly err: (line: string) => void;
  /** Whether the command makes the folder where there is none; else it is refused, or reports itself what is missing. */
  readonly missing: "created" | "refused" | "reported";
}

/**
 * Notes, for a command that works on the files of the data folder, what a wrong working folder would hide: that the
 * folder is a new one, and that the service that responds at the configured address works on another.
 * @throws Failure "data_dir" for a folder that is not there, where that is to be refused.
 */
export async function noteDataFolder({ config, inUse, err, missing }: DataFolderNotes): Promise<void> {
  const folder = resolve(config.dataDir);
  const isThere = existsSync(folder);
  if (!isThere && missing === "created") err(messages.createdDataFolder(folder));
  const url = await serviceOnAnotherFolder({ config, inUse });
  if (url !== null) err(messages.otherDataFolder(url, folder));
  if (!isThere && missing === "refused") throw new Failure("data_dir", messages.noDataFolder(folder));
}

/** The address of a service that responds while none works on this data folder; null where there is none. */
export async function serviceOnAnotherFolder({
  config,
  inUse,
}: Pick<DataFolderNotes, "config" | "inUse">): Promise<string | null> {
  if (inUse(resolve(config.dataDir))) return null;
  const url = serviceUrl(config);
  return (await isAgentLink(url)) ? url : null;
}

async function isAgentLink(url: string): Promise<boolean> {
  try {
    const response = await fetch(`${url}/livez`, { signal: AbortSignal.timeout(RESPOND_WITHIN_MS) });
    const { status, version } = (await response.json()) as { readonly status?: unknown; readonly version?: unknown };
    return status === "alive" && typeof version === "string";
  } catch {
    // Nothing is there, or something else.
    return false;
  }
}

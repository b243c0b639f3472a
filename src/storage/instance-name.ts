import { readFile, stat, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { dirname, join } from "node:path";
import { asFailure } from "../failure.ts";
import type { HostLocation } from "../queue/redis/identity.ts";
import { lockFor } from "../queue/sqlite/database.ts";
import { alreadyThere } from "./shared-folders.ts";

/** The number of instances that may share a data folder, such as containers of one machine with one volume. */
const MOST_INSTANCES = 64;

export interface InstanceName {
  readonly holder: string;
  /** The file that contains it. */
  readonly path: string;
  readonly leave: () => void;
}

/**
 * This instance's name in Redis: the first of its data folder that no other one has. Started again it has the same, and
 * recovers at once what its process had leased when it died.
 */
export async function takeName(dataDir: string): Promise<InstanceName> {
  for (let number = 1; ; number += 1) {
    const path = join(dataDir, `instance-${number}`);
    try {
      const lock = lockFor(path);
      await writeFile(path, `${Bun.randomUUIDv7()}\n`, { flag: "wx" }).catch(alreadyThere);
      return { holder: (await readFile(path, "utf8")).trim(), path, leave: () => lock.close() };
    } catch (error) {
      if (asFailure(error).code !== "data_dir_in_use" || number === MOST_INSTANCES) throw error;
    }
  }
}

/** A copy of the file is another file, or on a machine that was started at another time. */
export async function hostLocationOf(path: string): Promise<HostLocation> {
  const { dev, ino } = await stat(path);
  const started = await readFile("/proc/sys/kernel/random/boot_id", "utf8").catch(() => hostname());
  return { id: `${started.trim()} ${dev} ${ino}`, label: `${hostname()}:${dirname(path)}` };
}

import type { Database } from "bun:sqlite";
import { constants, existsSync } from "node:fs";
import { access, readdir, rm } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { isInUse, lockFor } from "./database.ts";

/** A file or a folder under a name of its own, until it is whole and takes the name that was requested. */
export interface Unfinished {
  readonly path: string;
  /** Removes what still has that name. */
  remove(): Promise<void>;
}

const NAME = /\.[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}\.part$/;

/**
 * A name beside the target for what is not finished, with a lock that goes with the process; what a killed process left
 * beside the target, whatever it was for, is removed first.
 * @throws the system's error where the folder is not there or cannot be written.
 */
export async function startUnfinished(target: string): Promise<Unfinished> {
  const folder = dirname(resolve(target));
  await access(folder, constants.W_OK);
  await removeAbandoned(folder);
  const path = join(folder, `${basename(target)}.${Bun.randomUUIDv7()}.part`);
  const lock: Database = lockFor(path);
  return {
    path,
    async remove() {
      await rm(path, { recursive: true, force: true });
      lock.close();
      await rm(`${path}.lock`, { force: true });
    },
  };
}

/** Only files whose lock is free: a name may look like ours by chance. */
async function removeAbandoned(folder: string): Promise<void> {
  for (const name of (await readdir(folder)).filter((each) => NAME.test(each))) {
    const path = join(folder, name);
    if (!existsSync(`${path}.lock`) || isInUse(path)) continue;
    await rm(path, { recursive: true, force: true });
    await rm(`${path}.lock`, { force: true });
  }
}

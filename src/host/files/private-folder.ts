import { access, chmod, constants, lstat, mkdir, readdir, realpath } from "node:fs/promises";
import { join } from "node:path";
import type { Logger } from "pino";
import { asFailure, Failure } from "../../failure.ts";
import { messages } from "../messages.ts";
import { refuseNetwork } from "./file-system.ts";
import { OWN_FILE, requirePlainFiles } from "./plain-files.ts";

/** The folders that agentlink itself puts into a data folder, and what a volume has of its own. */
const OWN_FOLDER = /^(reports$|delivered$|backups?$|lost\+found$|\.)/;
const isOurs = (name: string) => OWN_FILE.test(name) || OWN_FOLDER.test(name);
const OTHERS = 0o077;

/** Files and folders that others can read or enter though only their user should, by their paths. */
export interface Wide {
  readonly path: string;
  readonly mode: number;
}

/** Makes a folder that only its user can enter, with those above it that are missing. */
export async function makePrivateFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
}

/**
 * What in a data folder is open to others: the folder itself and what is directly in it. A folder that has more in it
 * than ours is not ours to close; what a link leads to is not examined.
 */
export async function findWide(dataDir: string): Promise<readonly Wide[]> {
  const names = await readdir(dataDir).catch(() => []);
  const isOwn = names.every(isOurs);
  const paths = [
    ...(isOwn ? [dataDir] : []),
    ...names.filter((name) => isOurs(name) && !/^(lost\+found$|\.\w*$)/.test(name)).map((name) => join(dataDir, name)),
  ];
  const found = await Promise.all(
    paths.map(async (path) => {
      const entry = await lstat(path).catch(() => null);
      const own = entry !== null && (entry.isFile() || entry.isDirectory()) && entry.uid === process.getuid?.();
      // Where files are stored for all, such as /tmp, each user owns their own.
      const shared = entry !== null && (entry.mode & 0o1000) !== 0;
      return own && !shared && (entry.mode & OTHERS) !== 0 ? [{ path, mode: entry.mode & 0o777 }] : [];
    }),
  );
  return found.flat();
}

/** Closes what others could read; returns what that was. */
export async function closeWide(dataDir: string): Promise<readonly Wide[]> {
  const wide = await findWide(dataDir);
  for (const { path, mode } of wide) await chmod(path, mode & ~OTHERS);
  return wide;
}

/**
 * Makes the data folder, or sees to it that it can be written and that no other user can read it.
 * @throws Failure "data_dir" that states what cannot be done with it; as refuseNetwork.
 */
export async function prepareDataFolder(folder: string, log: Logger): Promise<void> {
  const problem = (what: string) => (error: unknown) => {
    throw new Failure("data_dir", messages.dataFolderUnusable(folder, what, asFailure(error).message), {
      cause: error,
    });
  };
  await makePrivateFolder(folder).catch(problem("created"));
  await access(folder, constants.W_OK).catch(problem("written"));
  for (const { path, mode } of await closeWide(folder))
    log.warn({ path }, messages.madePrivate(path, mode.toString(8)));
  await requirePlainFiles(folder, { orLinks: true });
  await refuseNetwork(folder, log);
}

/** These folders under each of their names, the longest first, as one may be in another: a message about a file may have followed a link. */
export async function underAllNames(folders: readonly string[]): Promise<readonly string[]> {
  const real = await Promise.all(folders.map((folder) => realpath(folder).catch(() => folder)));
  return [...new Set([...folders, ...real])].toSorted((a, b) => b.length - a.length);
}

import { access, constants, realpath } from "node:fs/promises";
import type { Logger } from "pino";
import { asFailure, Failure } from "../failure.ts";
import { refuseNetwork } from "./file-system.ts";
import { messages } from "./messages.ts";
import { requirePlainFiles } from "./plain-files.ts";
import { closeWide, makePrivateFolder } from "./private-folder.ts";

/**
 * Makes the data folder, or sees to it that it can be written and that nobody else can read it.
 * @throws Failure "data_dir" that says what cannot be done with it; as refuseNetwork.
 */
export async function prepareDataFolder(folder: string, log: Logger): Promise<void> {
  const problem = (what: string) => (error: unknown) => {
    throw new Failure("data_dir", messages.dataFolderUnusable(folder, what, asFailure(error).message), {
      cause: error,
    });
  };
  await makePrivateFolder(folder).catch(problem("made"));
  await access(folder, constants.W_OK).catch(problem("written"));
  for (const { path, mode } of await closeWide(folder))
    log.warn({ path }, messages.madePrivate(path, mode.toString(8)));
  await requirePlainFiles(folder, { orLinks: true });
  await refuseNetwork(folder, log);
}

/** These folders under each of their names, the longest first, as one may be in another: what is said of a file may have followed a link. */
export async function underAllNames(folders: readonly string[]): Promise<readonly string[]> {
  const real = await Promise.all(folders.map((folder) => realpath(folder).catch(() => folder)));
  return [...new Set([...folders, ...real])].toSorted((a, b) => b.length - a.length);
}

import { lstat, readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { Failure } from "../../failure.ts";
import { messages } from "../messages.ts";

/** Files of a data folder, whose names another user may predict, and what SQLite puts beside them. */
export const OWN_FILE =
  /^(agentlink\.db|keys\.(db|required)|sessions\.db|catalogue\.db|office\.db|domain-cache\.db|settings\.last|callback\.secret|local\.key|setup\.code|dropbox\.token|instance-\d+)/;

/**
 * Ensures that the names of the data folder's files are those of files: to read a pipe would wait for ever. With
 * `orLinks` false they have no other name either: what is written there would be in another's file.
 * @throws Failure "data_dir"; nothing was opened.
 */
export async function requirePlainFiles(dataDir: string, { orLinks }: { readonly orLinks: boolean }): Promise<void> {
  const names = await readdir(dataDir).catch(() => []);
  for (const name of names.filter((each) => OWN_FILE.test(each))) {
    const path = join(dataDir, name);
    const entry = await lstat(path).catch(() => null);
    if (entry === null) continue;
    const isLink = entry.isSymbolicLink();
    const file = isLink ? await stat(path).catch(() => null) : entry;
    if (file === null) throw refused(messages.deadLink(path));
    if (!file.isFile()) throw refused(messages.notFile(path));
    if (!orLinks && (isLink || file.nlink > 1)) throw refused(messages.linked(path));
  }
}

function refused(what: string): Failure {
  return new Failure("data_dir", messages.deleteIt(what));
}

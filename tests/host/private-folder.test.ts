import { expect, test } from "bun:test";
import { lstatSync } from "node:fs";
import { chmod, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { closeWide, findWide } from "../../src/host/files/private-folder.ts";
import { temporaryFolder } from "../e2e/binary.ts";

/** All that a service writes directly into its data folder. */
const FILES = [
  ...["agentlink.db", "keys.db", "sessions.db", "catalogue.db", "office.db", "domain-cache.db"].flatMap((name) => [
    name,
    `${name}-wal`,
    `${name}-shm`,
  ]),
  ...["agentlink.db.lock", "agentlink.db.lock-journal", "keys.required", "settings.last", "callback.secret"],
  ...["local.key", "setup.code", "dropbox.token", "instance-1"],
];
const FOLDERS = ["reports", "delivered", "backups"];

test("a folder with nothing but the service's own files is closed to others, whichever of them are there", async () => {
  for (const names of [[...FILES, ...FOLDERS], ...[...FILES, ...FOLDERS].map((name) => [name])]) {
    const folder = join(temporaryFolder(), "data");
    await mkdir(folder);
    for (const name of names) {
      if (FOLDERS.includes(name)) await mkdir(join(folder, name));
      else await writeFile(join(folder, name), "x");
      await chmod(join(folder, name), FOLDERS.includes(name) ? 0o755 : 0o666);
    }
    await chmod(folder, 0o755);
    expect((await findWide(folder)).map(({ path }) => path).sort()).toEqual(
      [folder, ...names.map((name) => join(folder, name))].sort(),
    );
    await closeWide(folder);
    for (const name of ["", ...names]) expect([name, lstatSync(join(folder, name)).mode & 0o077]).toEqual([name, 0]);
  }
});

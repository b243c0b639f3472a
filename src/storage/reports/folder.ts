import { access, mkdir, readdir, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { Failure } from "../../failure.ts";
import { messages } from "../messages.ts";
import { dayOf, ownName, type Reports, sharedName } from "./reports.ts";

/** The reports of this host alone, in its data folder: the simplest names. */
export function createLocalReports(root: string): Reports {
  return {
    root,
    draft: (job, kind) => draftIn(root, dayOf(job), ownName(job, kind)),
    store: async (job, _draft, _sha256, kind) => `${dayOf(job)}/${ownName(job, kind)}`,
    fetch: ({ path }) => exists(join(root, path)),
    remove: (path) => removeAllOf(root, path),
    old: (before) => writtenBefore(root, before),
    tidy: () => removeEmptyFolders(join(root, "reports")),
  };
}

/** The reports of all hosts, in a folder that each of them has: a network file system. */
export function createSharedFolderReports(root: string): Reports {
  const reach = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      throw new Failure("reports_unreachable", messages.folderUnreachable(root, String(error)), {
        transient: true,
        uncounted: true,
        cause: error,
      });
    }
  };
  return {
    root,
    // Each attempt has a draft of its own: another host may be at the same job, after a cut.
    draft: (job) => reach(() => draftIn(root, dayOf(job), `.${job.id}-${Bun.randomUUIDv7()}.draft`)),
    store: (job, draft, sha256) =>
      reach(async () => {
        const path = sharedName(job, sha256);
        await rename(draft, join(root, path));
        return path;
      }),
    fetch: ({ path }) =>
      reach(async () => {
        if (await exists(join(root, path))) return true;
        // A folder that is not mounted has nothing in it, and no report is lost by that.
        await stat(join(root, "reports"));
        return false;
      }),
    remove: (path) => reach(() => removeAllOf(root, path)),
    // Clocks of hosts differ, and a move puts PDFs before their jobs.
    old: (before) => writtenBefore(root, new Date(Math.min(before.getTime(), Date.now() - SETTLED_MS))),
    tidy: () => removeEmptyFolders(join(root, "reports")),
  };
}

const SETTLED_MS = 3_600_000;
const ID = /^\.?([\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12})\b/;

/** Removes a PDF, and whatever else its job has left beside it. Returns whether there was anything. */
export async function removeAllOf(root: string, path: string): Promise<boolean> {
  const folder = dirname(join(root, path));
  const id = basename(path).match(ID)?.[1];
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw error;
  });
  const own = names.filter((name) => name === basename(path) || (id !== undefined && name.match(ID)?.[1] === id));
  for (const name of own) await rm(join(folder, name), { force: true });
  return own.some((name) => name.endsWith(".pdf"));
}

/** The PDFs and drafts in the folders of days up to then, as far as they were last written before it. */
async function* writtenBefore(root: string, before: Date): AsyncIterable<{ id: string; path: string }> {
  const last = before.toISOString().slice(0, 10);
  for (const day of await readdir(join(root, "reports")).catch(() => [])) {
    if (day > last) continue;
    for (const name of await readdir(join(root, "reports", day)).catch(() => [])) {
      const id = name.match(ID)?.[1];
      if (id === undefined) continue;
      const path = `reports/${day}/${name}`;
      const { mtimeMs } = await stat(join(root, path)).catch(() => ({ mtimeMs: Date.now() }));
      if (mtimeMs < before.getTime()) yield { id, path };
    }
  }
}

export async function draftIn(root: string, day: string, name: string): Promise<string> {
  await mkdir(join(root, day), { recursive: true });
  return join(root, day, name);
}

export function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

const DRAFT_LASTS_MS = 24 * 3_600_000;

/** Also drafts of a process that died while writing them. */
export async function removeEmptyFolders(folder: string): Promise<void> {
  const today = new Date().toISOString().slice(0, 10);
  for (const day of await readdir(folder).catch(() => [])) {
    if (day >= today) continue;
    const names = await readdir(join(folder, day)).catch(() => []);
    for (const draft of names.filter((name) => name.endsWith(".draft"))) {
      const path = join(folder, day, draft);
      const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Date.now() }));
      if (mtimeMs < Date.now() - DRAFT_LASTS_MS) await rm(path, { force: true });
    }
    if (names.length === 0) await rm(join(folder, day), { recursive: true, force: true });
  }
}

import { readdir, rename, stat, unlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { asFailure } from "../failure.ts";
import type { Importer } from "./importer.ts";
import { planOf } from "./plan.ts";
import type { ImportDone } from "./task.ts";
import { todayIn } from "./today.ts";

export interface InboxOptions {
  readonly folder: string;
  readonly importer: Pick<Importer, "importFile">;
  /** Makes a folder that others may write into. */
  readonly makeFolder: (path: string) => Promise<void>;
  readonly onImported: (file: string, done: ImportDone) => void;
  /** `again`: it stays where it is, and is tried again. */
  readonly onFailed: (file: string, reason: string, again: boolean) => void;
  readonly everyMs?: number;
  readonly now?: () => Date;
}

export interface Inbox {
  stop(): Promise<void>;
}

const EVERY_MS = 2_000;
/** A file that grew so lately may still be written: an upload by FTP has no other sign of its end. */
const QUIET_MS = 2_000;
const DONE_KEPT_MS = 30 * 86_400_000;
/** How files are called while a program writes them. */
const UNFINISHED = /^\.|~$|\.(part|tmp|filepart|crdownload|partial|swp)$/i;

/**
 * Watches a folder into which a CRM drops files, and imports each: REAXML, or any table. A file that was imported goes into
 * `done/` (for 30 days), one that cannot be into `failed/` with the reason beside it. It is moved after the commit: after a
 * kill between the two it is imported again, which changes nothing.
 */
export function startInbox(options: InboxOptions): Inbox {
  const { folder, everyMs = EVERY_MS, now = () => new Date() } = options;
  /** Size and time of each file when it was last looked at. */
  const seen = new Map<string, string>();
  let stopped = false;
  let wake: () => void = () => undefined;

  async function look(): Promise<void> {
    const names = (await readdir(folder, { withFileTypes: true }))
      .filter((entry) => entry.isFile() && !UNFINISHED.test(entry.name))
      .map(({ name }) => name)
      .sort();
    for (const known of seen.keys()) if (!names.includes(known)) seen.delete(known);
    for (const name of names) {
      if (stopped) return;
      const { size, mtimeMs } = await stat(join(folder, name));
      const state = `${size} ${mtimeMs}`;
      const quiet = seen.get(name) === state && now().getTime() - mtimeMs >= QUIET_MS;
      seen.set(name, state);
      if (quiet) await take(name);
    }
  }

  async function take(name: string): Promise<void> {
    const path = join(folder, name);
    try {
      const done = await options.importer.importFile(path, {
        name,
        ...planOf(name),
        map: null,
        sheet: null,
        place: { suburb: null, state: null, postcode: null },
        only: null,
        dryRun: false,
        skipBad: false,
        actor: "inbox",
        today: todayIn(now()),
      });
      await move(name, "done");
      options.onImported(name, done);
    } catch (error) {
      const { message, transient } = asFailure(error);
      options.onFailed(name, message, transient);
      if (transient) return;
      const moved = await move(name, "failed");
      await writeFile(`${moved}.txt`, `${message}\n`);
    }
  }

  async function move(name: string, into: "done" | "failed"): Promise<string> {
    const target = join(folder, into);
    await options.makeFolder(target);
    const taken = await readdir(target);
    const stamp = now().toISOString().replace(/[:.]/g, "-");
    const path = join(target, taken.includes(name) ? `${stamp} ${name}` : name);
    await rename(join(folder, name), path);
    seen.delete(name);
    return path;
  }

  async function prune(): Promise<void> {
    const done = join(folder, "done");
    for (const name of await readdir(done).catch(() => [])) {
      const { mtimeMs, isFile } = await stat(join(done, name)).then((found) => ({
        mtimeMs: found.mtimeMs,
        isFile: found.isFile(),
      }));
      if (isFile && now().getTime() - mtimeMs > DONE_KEPT_MS) await unlink(join(done, name));
    }
  }

  async function watch(): Promise<void> {
    await options.makeFolder(folder);
    while (!stopped) {
      await look().catch((error) => options.onFailed(folder, asFailure(error).message, true));
      await prune().catch(() => undefined);
      if (stopped) return;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, everyMs);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }

  const running = watch().catch((error) => options.onFailed(folder, asFailure(error).message, true));
  return {
    async stop() {
      stopped = true;
      wake();
      await running;
    },
  };
}

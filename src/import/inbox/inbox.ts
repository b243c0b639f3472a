/*
 * A folder into which a CRM drops files: each is imported once it is complete, and moved away if it cannot be.
 * logged-inbox.ts reports to the log, and which failed jobs have data now.
 * Not here: what is in a file.
 */

import { type FileHandle, lstat, readdir, rename, unlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { asFailure } from "../../failure.ts";
import { compareText } from "../../text/text.ts";
import type { Importer } from "../importer.ts";
import { messages } from "../messages.ts";
import { planOf } from "../plan.ts";
import type { ImportDone } from "../task.ts";
import { todayIn } from "../today.ts";
import { CHANGED, openPlain, seemsWhole, stateOf, unchanged } from "./dropped-file.ts";

/** What becomes of a file that was not imported: it stays and is retried, is in `failed/`, or stays as it is. */
export type Then = "again" | "moved" | "left";

export interface InboxOptions {
  readonly folder: string;
  readonly importer: Pick<Importer, "import">;
  /** Makes a folder that others may write into. */
  readonly makeFolder: (path: string) => Promise<void>;
  readonly onImported: (file: string, done: ImportDone) => void;
  readonly onFailed: (file: string, reason: string, then: Then) => void;
  readonly everyMs?: number;
  readonly now?: () => Date;
}

export interface Inbox {
  stop(): Promise<void>;
}

const EVERY_MS = 2_000;
/** A file that grew so recently may still be written: an upload by FTP has no other sign of its end. */
const QUIET_MS = 2_000;
/** One that seems cut off may still come, over a slow line: so long it is waited for. */
const UNFINISHED_MS = 5 * 60_000;
/** After a failure that may pass. */
const AGAIN_MS = 30_000;
/** In bytes: room for the stamp and ".txt" within the 255 of a name. */
const LONGEST_NAME = 220;
const DONE_RETENTION_MS = 30 * 86_400_000;
/** How files are called while a program writes them. */
const BEING_WRITTEN = /^\.|~$|\.(part|tmp|filepart|crdownload|partial|swp)$/i;

/**
 * Watches a folder into which a CRM drops files, and imports each: REAXML, or any table. A file that was imported goes into
 * `done/` (for 30 days), one that cannot be into `failed/` with the reason beside it. It is moved after the commit: after a
 * kill between the two it is imported again, which changes nothing. What is read is a copy of a plain file that did not
 * change in the meantime: links, pipes and devices are left where they are and reported once, so a writer of the folder can
 * have nothing else read.
 */
export function startInbox(options: InboxOptions): Inbox {
  const { folder, everyMs = EVERY_MS, now = () => new Date() } = options;
  /**
   * Size and time of each file at the last check. Written by `consider`; `scan` and `move` remove those of missing
   * files.
   */
  const seen = new Map<string, string>();
  /** Entries that are not files, once reported. Written by `report`; `scan` removes missing ones. */
  const reported = new Set<string>();
  /** When files that failed for what may pass are retried. Written by `failed`. */
  const again = new Map<string, number>();
  /** Written by `stop`. */
  let stopped = false;
  /** Ends the pause between two checks. Written by `watch`. */
  let wake: () => void = () => undefined;

  async function scan(): Promise<void> {
    const entries = await readdir(folder, { withFileTypes: true });
    const there = entries.filter((entry) => !entry.isDirectory() && !BEING_WRITTEN.test(entry.name));
    const names = new Set(there.map(({ name }) => name));
    for (const known of [seen, reported, again])
      for (const name of known.keys()) if (!names.has(name)) known.delete(name);
    for (const entry of there.sort((a, b) => compareText(a.name, b.name))) {
      if (stopped) return;
      // The letters of such a name are lost, and no file can be opened by what is left of it.
      if (entry.name.includes("\ufffd")) report(entry.name, messages.inboxName);
      else if (entry.isFile()) await consider(entry.name).catch((error) => failed(entry.name, error));
      else report(entry.name, messages.inboxSpecialFile);
    }
  }

  function report(name: string, reason: string): void {
    if (reported.has(name)) return;
    reported.add(name);
    options.onFailed(name, reason, "left");
  }

  async function consider(name: string): Promise<void> {
    const at = now().getTime();
    if ((again.get(name) ?? 0) > at) return;
    const found = await lstat(join(folder, name));
    const state = stateOf(found);
    const quietMs = at - found.mtimeMs;
    const quiet = seen.get(name) === state && quietMs >= QUIET_MS;
    seen.set(name, state);
    if (!quiet) return;
    const file = await openPlain(join(folder, name));
    try {
      if (quietMs < UNFINISHED_MS && !(await seemsWhole(file))) return;
      await take(name, file);
    } finally {
      await file.close();
    }
  }

  async function take(name: string, file: FileHandle): Promise<void> {
    const before = stateOf(await file.stat());
    try {
      const done = await options.importer.import(unchanged(file), {
        name,
        ...planOf(name),
        map: null,
        sheet: null,
        locality: { suburb: null, state: null, postcode: null },
        only: null,
        dryRun: false,
        skipBad: false,
        actor: "inbox",
        today: todayIn(now()),
      });
      // Another of the same name that has come in the meantime is imported by itself.
      if (stateOf(await lstat(join(folder, name))) === before) await move(name, "done");
      options.onImported(name, done);
    } catch (error) {
      const { message, transient } = asFailure(error);
      if (transient) throw error;
      options.onFailed(name, message, "moved");
      const moved = await move(name, "failed");
      await writeFile(`${moved}.txt`, `${message}\n`);
    }
  }

  function failed(name: string, error: unknown): void {
    const { message, code } = asFailure(error);
    if (code === CHANGED) return;
    again.set(name, now().getTime() + AGAIN_MS);
    options.onFailed(name, message, "again");
  }

  async function move(name: string, into: "done" | "failed"): Promise<string> {
    const target = join(folder, into);
    await options.makeFolder(target);
    const taken = await readdir(target);
    const stamp = now().toISOString().replace(/[:.]/g, "-");
    const short = Buffer.byteLength(name) > LONGEST_NAME ? `${name.slice(0, 40)}… ${name.slice(-20)}` : name;
    const path = join(target, taken.includes(short) ? `${stamp} ${short}` : short);
    await rename(join(folder, name), path);
    seen.delete(name);
    return path;
  }

  async function prune(): Promise<void> {
    const done = join(folder, "done");
    for (const name of await readdir(done).catch(() => [])) {
      const found = await lstat(join(done, name));
      if (found.isFile() && now().getTime() - found.mtimeMs > DONE_RETENTION_MS) await unlink(join(done, name));
    }
  }

  async function watch(): Promise<void> {
    await options.makeFolder(folder);
    while (!stopped) {
      await scan().catch((error) => options.onFailed(folder, asFailure(error).message, "again"));
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

  const running = watch().catch((error) => options.onFailed(folder, asFailure(error).message, "again"));
  return {
    async stop() {
      stopped = true;
      wake();
      await running;
    },
  };
}

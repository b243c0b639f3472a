import { closeSync, fdatasync, fstatSync, fsyncSync, openSync } from "node:fs";
import { open } from "node:fs/promises";

/**
 * Returns when what was written to the file, or which names a folder has, is on the disk: what is renamed or linked is
 * there after a power cut only once its folder was synced, too (fsync(2)).
 */
export async function syncToDisk(path: string): Promise<void> {
  const handle = await open(path, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** The same before anything else runs. */
export function syncToDiskNow(path: string): void {
  const descriptor = openSync(path, "r");
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** Sends a growing file to the disk in parts. */
export interface PacedSync {
  /** Waits for the disk where the file has grown by some megabytes since the last time. */
  pace(): Promise<void>;
  /** Waits for all of it. */
  finish(): Promise<void>;
  close(): void;
}

/** What a disk writes in a few milliseconds. */
const PART_BYTES = 4_194_304;

/**
 * Hundreds of megabytes that are written and then synced at once make every other fsync of the disk wait until they are
 * there; sent in parts they let those through. The file may lose its name meanwhile.
 */
export function paceSync(path: string): PacedSync {
  const descriptor = openSync(path, "r");
  let synced = 0;
  let pending = 0;
  let closed = false;
  const closeWhenDone = () => {
    if (closed && pending === 0) closeSync(descriptor);
  };
  const sync = () =>
    new Promise<void>((resolve, reject) => {
      pending += 1;
      fdatasync(descriptor, (error) => {
        pending -= 1;
        closeWhenDone();
        if (error) reject(error);
        else resolve();
      });
    });
  return {
    async pace() {
      if (closed) return;
      const { size } = fstatSync(descriptor);
      if (size - synced < PART_BYTES) return;
      await sync();
      synced = size;
    },
    finish: sync,
    close() {
      closed = true;
      closeWhenDone();
    },
  };
}

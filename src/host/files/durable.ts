/*
 * Files of this machine: synced, replaced whole, private to the service, packed, and recognised after a move; what
 * a full disk or a damaged database means, in a sentence.
 * Not here: what a file contains.
 */

import { closeSync, fdatasync, fsyncSync, openSync } from "node:fs";
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

/** The same of an open file, without the metadata that reading does not need. */
export function syncDescriptor(descriptor: number): Promise<void> {
  return new Promise((resolve, reject) => {
    fdatasync(descriptor, (error) => {
      if (error) reject(error);
      else resolve();
    });
  });
}

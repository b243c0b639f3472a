import { closeSync, fstatSync, openSync, readdirSync, readlinkSync, realpathSync } from "node:fs";
import { openCLibrary } from "../c-library.ts";
import { syncDescriptor } from "./durable.ts";

/** Sends a growing file to the disk in parts, beside which other programs' fsyncs end as soon as without. */
export interface PacedSync {
  /** Sends what is more than some megabytes behind. */
  pace(): Promise<void>;
  /** Returns when all of it is on the disk. @throws what the disk reports. */
  finish(): Promise<void>;
  close(): void;
}

export interface PacedSyncOptions {
  /** The calling thread may wait for the disk itself: nothing else is done in it. */
  readonly background: boolean;
}

/** What a disk writes in a millisecond or two. */
const PART_BYTES = 524_288;
/** The bytes that may wait in memory: for a file that is soon removed, they never reach the disk. */
const BEHIND_BYTES = 33_554_432;
/** Without parts all that is behind is synced at once, so it may be less. */
const WHOLE_BYTES = 4_194_304;
/** A part that took no longer had nothing to write. */
const CLEAN_MS = 0.2;

/**
 * Hundreds of megabytes that are written and then synced at once make every other fsync of the disk wait until they are
 * there; sent in parts they let those through. The file may lose its name in the meantime.
 */
export function paceSync(path: string, { background }: PacedSyncOptions): PacedSync {
  // Sending in parts may take the report of an error with it, but not from another descriptor: this one stays as it is
  // for `finish`.
  const descriptor = openSync(path, "r");
  const sent = openSync(path, "r");
  const send = background ? sendRange() : null;
  /** Up to here the file was sent. Written by `pace`. */
  let until = 0;
  let pending = 0;
  let closed = false;
  const closeWhenDone = () => {
    if (closed && pending === 0) for (const each of [descriptor, sent]) closeSync(each);
  };
  const during = async (work: () => Promise<void>) => {
    if (closed) return;
    pending += 1;
    try {
      await work();
    } finally {
      pending -= 1;
      closeWhenDone();
    }
  };
  return {
    pace: () =>
      during(async () => {
        const { size } = fstatSync(descriptor);
        if (size - until < (send === null ? WHOLE_BYTES : BEHIND_BYTES + PART_BYTES)) return;
        if (send === null) {
          await syncDescriptor(descriptor);
          until = size;
          return;
        }
        const to = size - BEHIND_BYTES;
        await sendParts(send, sent, until, to);
        until = to;
      }),
    finish: () =>
      during(async () => {
        if (send !== null) await sendParts(send, sent, 0, fstatSync(descriptor).size);
        await syncDescriptor(descriptor);
      }),
    close() {
      if (closed) return;
      closed = true;
      closeWhenDone();
    },
  };
}

/**
 * Sends a file that this process has open to the disk in parts, so that the sync then has little to wait for; the
 * calling thread waits in the meantime. It borrows the descriptor: to close one of its own would end the process's
 * locks on the file (fcntl(2)).
 */
export async function sendOpenFile(path: string): Promise<void> {
  const [descriptor, send] = [openDescriptor(path), sendRange()];
  if (descriptor !== null && send !== null) await sendParts(send, descriptor, 0, fstatSync(descriptor).size);
}

/** Null where this process has no such file open, or the system does not report it. */
function openDescriptor(path: string): number | null {
  try {
    const realPath = realpathSync(path);
    const found = readdirSync("/proc/self/fd").find((name) => {
      try {
        return readlinkSync(`/proc/self/fd/${name}`) === realPath;
      } catch {
        // Another thread has closed it in the meantime.
        return false;
      }
    });
    return found === undefined ? null : Number(found);
  } catch {
    return null;
  }
}

async function sendParts(send: SendRange, descriptor: number, from: number, to: number): Promise<void> {
  for (let at = from; at < to; at += PART_BYTES) {
    const began = performance.now();
    if (!send(descriptor, at, PART_BYTES)) return;
    const took = performance.now() - began;
    // For as long others have the disk.
    if (took > CLEAN_MS) await Bun.sleep(took);
  }
}

/** Returns when that part of the file was written; false where that is not possible. */
type SendRange = (descriptor: number, offset: number, bytes: number) => boolean;

/** sync_file_range(2): waits for writes in progress, writes the rest, and waits for that. */
const WAIT_WRITE_WAIT = 7;

/** Undefined until it was searched for. */
let found: SendRange | null | undefined;

/** Null where the system has no such call: then a file is synced as a whole. */
function sendRange(): SendRange | null {
  if (found !== undefined) return found;
  const libc = openCLibrary({ sync_file_range: { args: ["int", "i64", "i64", "u32"], returns: "int" } });
  found =
    libc === null
      ? null
      : (descriptor, offset, bytes) => libc.sync_file_range(descriptor, offset, bytes, WAIT_WRITE_WAIT) === 0;
  return found;
}

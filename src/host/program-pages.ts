import { readFileSync } from "node:fs";
import { openCLibrary } from "./c-library.ts";

/** madvise(2): the mapping stays, and what is used of it next comes from the file again. */
const MADV_DONTNEED = 4;
/** Once the service is up: a start reads a third of the program, and needs little of it again. */
const FIRST_MS = 1_000;
/** What is released and used again costs 3 ms of CPU (a minor fault for each 64 kB of 45 MB). */
const EVERY_MS = 10_000;

/**
 * Releases the pages of the program's own file, at the start and then every ten seconds: what has been used since is all
 * that the process has mapped of it. They stay in the system's cache. Returns how to end that; does nothing where the system has
 * no /proc or no madvise.
 */
export function releaseProgramPages(): () => void {
  const release = openRelease();
  if (release === null) return () => {};
  const first = setTimeout(release, FIRST_MS);
  const next = setInterval(release, EVERY_MS);
  first.unref();
  next.unref();
  return () => {
    clearTimeout(first);
    clearInterval(next);
  };
}

/** Releases them once, whenever it is called; null where the system does not allow it. */
export function openRelease(): (() => void) | null {
  const libc = openCLibrary({ madvise: { args: ["ptr", "usize", "int"], returns: "int" } });
  if (libc === null) return null;
  return () => {
    for (const { from, bytes } of readOnlyParts()) libc.madvise(from as never, bytes, MADV_DONTNEED);
  };
}

interface MemorySegment {
  /** Its address. */
  readonly from: number;
  readonly bytes: number;
}

const MAPPING = /^([0-9a-f]+)-([0-9a-f]+) (\S+) \S+ \S+ \d+ +(\S.*)$/;

/**
 * Parts of the program's file that this process cannot write to and has not written to (a part may be protected once it is
 * written): of all others the file does not have what is in memory. None where /proc does not report it.
 */
function readOnlyParts(): readonly MemorySegment[] {
  const found: MemorySegment[] = [];
  let part: MemorySegment | null = null;
  for (const line of mappings()) {
    const [, from = "", to = "", access = "", path] = MAPPING.exec(line) ?? [];
    if (path !== undefined) {
      const begin = Number.parseInt(from, 16);
      const isRead = path === process.execPath && !access.includes("w");
      part = isRead ? { from: begin, bytes: Number.parseInt(to, 16) - begin } : null;
    } else if (part !== null && /^Anonymous: +0 kB$/.test(line)) {
      found.push(part);
      part = null;
    }
  }
  return found;
}

function mappings(): readonly string[] {
  try {
    return readFileSync("/proc/self/smaps", "latin1").split("\n");
  } catch {
    return [];
  }
}

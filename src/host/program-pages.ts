import { closeSync, openSync, readFileSync, readSync } from "node:fs";
import { openCLibrary } from "./c-library.ts";
import { mappedProgram, RUNNING_PROGRAM } from "./program.ts";

/** madvise(2): the mapping stays, and what is used of it next comes from the file again. */
const MADV_DONTNEED = 4;
/** Once the service is up: a start reads a third of the program, and needs little of it again. */
const FIRST_MS = 1_000;
/** What is released and used again costs 3 ms of CPU (a minor fault for each 64 kB of 45 MB). */
const EVERY_MS = 10_000;

/**
 * Releases the pages of the program's own file, at the start and then every ten seconds: what has been used since is
 * all that the process has mapped of it. They stay in the system's cache. Returns how to end that; does nothing where
 * the system has no /proc or no madvise.
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
  /** Written by what `openRelease` returns, once. */
  let bundle: AddressRange | null | undefined;
  return () => {
    // Not before it is needed: a start has enough to read.
    if (bundle === undefined) bundle = bundleInFile();
    for (const { from, bytes } of releasable(bundle)) libc.madvise(from as never, bytes, MADV_DONTNEED);
  };
}

/** A part of the memory or of a file: where it begins, and its length. */
interface AddressRange {
  readonly from: number;
  readonly bytes: number;
}

/** A part of the memory that is mapped from the program's file. */
interface MemoryMapping extends AddressRange {
  /** Where it begins in the file. */
  readonly offset: number;
  readonly writable: boolean;
  /** Whether this process has written to a page of it. */
  readonly written: boolean;
  readonly pageBytes: number;
}

/**
 * Parts that this process cannot write to and has not written to (a part may be protected once it is written), and those
 * of the bundle that it has not written to: of all others the file does not have what is in memory.
 */
function releasable(bundle: AddressRange | null): readonly AddressRange[] {
  const mappings = mappingsOfProgram();
  const readOnly = mappings.filter(({ writable, written }) => !writable && !written);
  return [...readOnly, ...(bundle === null ? [] : mappings.flatMap((mapping) => unwritten(mapping, bundle)))];
}

const MAPPING = /^([0-9a-f]+)-([0-9a-f]+) (\S+) ([0-9a-f]+) \S+ \d+ +(\S.*)$/;

/** None where /proc does not report it. */
function mappingsOfProgram(): readonly MemoryMapping[] {
  const program = mappedProgram();
  // Each mapping is a line of its own, followed by its figures.
  return readSmaps()
    .split(/^(?=[0-9a-f]+-)/m)
    .flatMap((lines) => {
      const [, from = "", to = "", access = "", offset = "", path] =
        MAPPING.exec(lines.slice(0, lines.indexOf("\n"))) ?? [];
      if (path !== program) return [];
      const kB = (name: string) => Number(new RegExp(`^${name}: +(\\d+) kB$`, "m").exec(lines)?.[1]);
      return {
        from: Number.parseInt(from, 16),
        bytes: Number.parseInt(to, 16) - Number.parseInt(from, 16),
        offset: Number.parseInt(offset, 16),
        writable: access.includes("w"),
        written: kB("Anonymous") !== 0,
        pageBytes: kB("KernelPageSize") * 1_024,
      };
    });
}

function readSmaps(): string {
  try {
    return readFileSync("/proc/self/smaps", "latin1");
  } catch {
    return "";
  }
}

/** Flags of a page in /proc/PID/pagemap: it is in memory; it is a page of a file. */
const PRESENT = 1n << 63n;
const OF_FILE = 1n << 61n;

/** The parts of the bundle within a mapping that are in memory as they are in the file. */
function unwritten({ from, bytes, offset, pageBytes }: MemoryMapping, bundle: AddressRange): readonly AddressRange[] {
  const begin = Math.max(Math.ceil(bundle.from / pageBytes) * pageBytes, offset);
  const end = Math.min(bundle.from + bundle.bytes, offset + bytes);
  const first = (from + begin - offset) / pageBytes;
  const pages = new BigUint64Array(Math.max(0, Math.floor((end - begin) / pageBytes)));
  readInto("/proc/self/pagemap", new Uint8Array(pages.buffer), first * pages.BYTES_PER_ELEMENT);
  const parts: { from: number; bytes: number }[] = [];
  for (const [index, page] of pages.entries()) {
    if ((page & PRESENT) === 0n || (page & OF_FILE) === 0n) continue;
    const at = (first + index) * pageBytes;
    const last = parts.at(-1);
    if (last !== undefined && last.from + last.bytes === at) last.bytes += pageBytes;
    else parts.push({ from: at, bytes: pageBytes });
  }
  return parts;
}

/**
 * Where the program's file has what Bun compiled into it: the section `.bun` of an ELF-64 file. The system maps it as
 * writable, but neither Bun nor JavaScriptCore writes to it. Null in a program that is not compiled.
 */
function bundleInFile(): AddressRange | null {
  const header = readPart(RUNNING_PROGRAM, { from: 0, bytes: 64 });
  const rowBytes = header.readUInt16LE(58);
  const table = { from: Number(header.readBigUInt64LE(40)), bytes: rowBytes * header.readUInt16LE(60) };
  const rows = readPart(RUNNING_PROGRAM, table);
  const section = (index: number): AddressRange => ({
    from: Number(rows.readBigUInt64LE(index * rowBytes + 24)),
    bytes: Number(rows.readBigUInt64LE(index * rowBytes + 32)),
  });
  const names = readPart(RUNNING_PROGRAM, section(header.readUInt16LE(62))).toString("latin1");
  for (let index = 0; index < rows.length / rowBytes; index += 1)
    if (names.startsWith(".bun\0", rows.readUInt32LE(index * rowBytes))) return section(index);
  return null;
}

function readPart(path: string, { from, bytes }: AddressRange): Buffer {
  const read = Buffer.alloc(bytes);
  readInto(path, read, from);
  return read;
}

/** Leaves the target as it is where the system does not allow it. */
function readInto(path: string, target: Uint8Array, from: number): void {
  try {
    const file = openSync(path, "r");
    try {
      readSync(file, target, 0, target.length, from);
    } finally {
      closeSync(file);
    }
  } catch {
    // A container may hide parts of /proc: what cannot be known is not released.
  }
}

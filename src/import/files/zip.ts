import { type Entry, fromBuffer, type Options, type ZipFile } from "yauzl";
import { asFailure, Failure } from "../../failure.ts";
import { messages } from "../messages.ts";
import type { ImportSource } from "../source.ts";

/** A file within a zip, or within a zip in it. */
export interface ZipEntry {
  /** With the zips that it is in: "2026.zip/20260727.zip/271.DAT". */
  readonly path: string;
  readonly source: ImportSource;
}

const MAX_DEPTH = 3;
const MAX_ENTRIES = 200_000;
/** A zip within a zip is unpacked in memory: those of a week are about two megabytes. */
const MAX_NESTED_BYTES = 128 * 1_024 * 1_024;
const MAX_ENTRY_BYTES = 2 * 1_024 * 1_024 * 1_024;
/** Text packs twentyfold; what packs more is made to fill a disk. */
const MAX_RATIO = 200;
const MAX_OUTER_BYTES = 1_024 * 1_024 * 1_024;

type Budget = { entries: number };

/**
 * The files of a zip, and of the zips in it, one after another; no more than one is open, and none is written to the disk.
 * @throws Failure "bad_zip" for one that cannot be read, has a password, or unpacks to more than any real one.
 */
export async function* zipEntries(source: ImportSource): AsyncGenerator<ZipEntry> {
  const bytes = await source.bytes(MAX_OUTER_BYTES);
  yield* within(bytes, source.name, 1, { entries: 0 });
}

/** Whether a zip is a document of an office program, such as a workbook: those have a list of their parts. */
export async function isWorkbook(source: ImportSource): Promise<boolean> {
  const bytes = await source.bytes(MAX_OUTER_BYTES);
  const zip = await openZip(bytes, source.name).catch(() => null);
  // One that cannot be opened is explained by the reader of what it is called.
  if (zip === null) return !/\.zip$/i.test(source.name);
  try {
    for await (const entry of entriesOf(zip, source.name)) if (OFFICE_PART.test(entry.fileName)) return true;
    return zip.entryCount === 0;
  } catch {
    // A problem of it is reported under its name.
    return !/\.zip$/i.test(source.name);
  } finally {
    zip.close();
  }
}

/** Of Excel, OpenDocument (LibreOffice), and Apple's Numbers. */
const OFFICE_PART = /^(\[Content_Types\]\.xml|mimetype|Index\.zip|Index\/.*\.iwa)$/;

/** The files of a zip by their names, to be read in any order. */
export interface ZipFiles {
  has(path: string): boolean;
  readonly zip: ZipFile;
  readonly entries: ReadonlyMap<string, Entry>;
  close(): void;
}

/** @throws Failure "bad_zip". */
export async function openZipFiles(bytes: Uint8Array, name: string): Promise<ZipFiles> {
  const zip = await openZip(bytes, name);
  const entries = new Map<string, Entry>();
  for await (const entry of entriesOf(zip, name)) entries.set(entry.fileName.replaceAll("\\", "/"), entry);
  return { zip, entries, has: (path) => entries.has(path), close: () => zip.close() };
}

/** What is in a file of a zip, as it is unpacked. Nothing where it is not there. */
export async function* readEntry({ zip, entries }: ZipFiles, path: string): AsyncGenerator<Uint8Array> {
  const entry = entries.get(path);
  if (entry !== undefined) yield* unpacked(zip, entry, path);
}

async function* within(bytes: Uint8Array, path: string, depth: number, budget: Budget): AsyncGenerator<ZipEntry> {
  const zip = await openZip(bytes, path);
  try {
    for await (const entry of entriesOf(zip, path)) {
      budget.entries += 1;
      if (budget.entries > MAX_ENTRIES) throw bad(path, messages.zipFiles(MAX_ENTRIES));
      if (entry.fileName.endsWith("/")) continue;
      const name = `${path}/${entry.fileName}`;
      if (/\.zip$/i.test(entry.fileName)) {
        if (depth >= MAX_DEPTH) throw bad(name, messages.zipDepth);
        const inner = await readAll(zip, entry, name, MAX_NESTED_BYTES);
        yield* within(inner, name, depth + 1, budget);
      } else yield { path: name, source: entrySource(zip, entry, name) };
    }
  } finally {
    zip.close();
  }
}

function entrySource(zip: ZipFile, entry: Entry, name: string): ImportSource {
  return {
    name,
    open: () => contentOf(zip, entry, name),
    bytes: (maxBytes) => readAll(zip, entry, name, maxBytes),
  };
}

async function readAll(zip: ZipFile, entry: Entry, name: string, maxBytes: number): Promise<Uint8Array> {
  if (entry.uncompressedSize > maxBytes) throw bad(name, messages.zipUnpacks(Math.floor(maxBytes / 1_048_576)));
  const parts: Uint8Array[] = [];
  for await (const part of contentOf(zip, entry, name)) parts.push(part);
  return Buffer.concat(parts);
}

async function* contentOf(zip: ZipFile, entry: Entry, name: string): AsyncGenerator<Uint8Array> {
  if (
    entry.uncompressedSize > MAX_ENTRY_BYTES ||
    entry.uncompressedSize > MAX_RATIO * Math.max(entry.compressedSize, 1_000)
  )
    throw bad(name, messages.zipBomb);
  yield* unpacked(zip, entry, name);
}

async function* unpacked(zip: ZipFile, entry: Entry, name: string): AsyncGenerator<Uint8Array> {
  // The library ends the stream where more comes than the zip declares.
  const stream = await new Promise<AsyncIterable<Uint8Array>>((resolve, reject) => {
    zip.openReadStream(entry, (error, found) =>
      error ? reject(bad(name, asFailure(error).message, error)) : resolve(found),
    );
  });
  try {
    yield* stream;
  } catch (error) {
    throw error instanceof Failure ? error : bad(name, asFailure(error).message, error);
  }
}

async function* entriesOf(zip: ZipFile, path: string): AsyncGenerator<Entry> {
  for (;;) {
    const entry = await new Promise<Entry | null>((resolve, reject) => {
      const done = () => {
        zip.removeListener("entry", onEntry);
        zip.removeListener("end", onEnd);
        zip.removeListener("error", onError);
      };
      const onEntry = (found: Entry) => {
        done();
        resolve(found);
      };
      const onEnd = () => {
        done();
        resolve(null);
      };
      const onError = (error: Error) => {
        done();
        reject(bad(path, error.message, error));
      };
      zip.once("entry", onEntry).once("end", onEnd).once("error", onError);
      zip.readEntry();
    });
    if (entry === null) return;
    if (entry.isEncrypted()) throw new Failure("bad_zip", messages.zipPassword(path));
    yield entry;
  }
}

const OPTIONS: Options = { lazyEntries: true, autoClose: false, validateEntrySizes: true };

function openZip(bytes: Uint8Array, path: string): Promise<ZipFile> {
  return new Promise((resolve, reject) => {
    fromBuffer(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), OPTIONS, (error, zip) =>
      error ? reject(bad(path, whyNotOpened(asFailure(error).message), error)) : resolve(zip),
    );
  });
}

function whyNotOpened(problem: string): string {
  return /central directory|truncated/i.test(problem) ? messages.cutZip : problem;
}

function bad(path: string, what: string, cause?: unknown): Failure {
  return new Failure("bad_zip", messages.badZip(path, what), { cause });
}

import { createReadStream, openSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { asFailure, Failure } from "../failure.ts";
import { unlessFull } from "../host/files/full-disk.ts";
import { messages } from "./messages.ts";

/** Bytes that can be read from the beginning again: a conclusion from a file's first page may prove wrong further on. */
export interface ImportSource {
  /** What messages call it: a file's name. */
  readonly name: string;
  open(): AsyncIterable<Uint8Array>;
  /** All of it, for formats that are read from their end, such as a workbook. @throws Failure "too_large". */
  bytes(maxBytes: number): Promise<Uint8Array>;
}

/** Whether there is no file of the name. */
export function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}

/** Little is parsed at once, so that a thread that imports can rest between. */
const READ_BYTES = 65_536;

export function fileSource(path: string, name = path): ImportSource {
  const explain = (error: unknown) =>
    new Failure("unreadable", isMissing(error) ? messages.noFile : messages.unreadableFile(asFailure(error).message), {
      cause: error,
    });
  return {
    name,
    async *open() {
      try {
        yield* createReadStream(path, { highWaterMark: READ_BYTES });
      } catch (error) {
        throw error instanceof Failure ? error : explain(error);
      }
    },
    async bytes(maxBytes) {
      const file = Bun.file(path);
      if (file.size > maxBytes) throw tooLarge(maxBytes);
      return file.bytes().catch((error) => {
        throw explain(error);
      });
    },
  };
}

/**
 * What can be read once, stored so that it can be read again: in the first of these folders that can be written, since a
 * container with a read-only root may have no other than the data folder. On Linux the file loses its name before
 * anything is written, and so goes with the process, however that ends.
 * @throws Failure "unreadable" where no folder can be written.
 */
export async function storedSource(
  stream: AsyncIterable<Uint8Array>,
  name: string,
  folders: readonly string[],
): Promise<ImportSource> {
  const { path, descriptor } = createFile(folders);
  if (process.platform === "linux") rmSync(path);
  else process.once("exit", () => rmSync(path, { force: true }));
  try {
    for await (const chunk of stream) writeFileSync(descriptor, chunk);
  } catch (error) {
    throw unlessFull(error, dirname(path));
  }
  return fileSource(process.platform === "linux" ? `/proc/self/fd/${descriptor}` : path, name);
}

function createFile(folders: readonly string[]) {
  let cause: unknown;
  for (const folder of folders) {
    const path = join(folder, `.agentlink-import-${crypto.randomUUID()}`);
    try {
      return { path, descriptor: openSync(path, "wx+", 0o600) };
    } catch (error) {
      cause = error;
    }
  }
  const reason = messages.standardInputNotStored(folders.join(" nor in "), asFailure(cause).message);
  throw new Failure("unreadable", reason, { cause });
}

export function bytesSource(bytes: Uint8Array, name: string): ImportSource {
  return {
    name,
    async *open() {
      for (let at = 0; at < bytes.length; at += READ_BYTES) yield bytes.subarray(at, at + READ_BYTES);
    },
    async bytes(maxBytes) {
      if (bytes.length > maxBytes) throw tooLarge(maxBytes);
      return bytes;
    },
  };
}

function tooLarge(maxBytes: number): Failure {
  return new Failure("too_large", messages.fileTooLarge(Math.floor(maxBytes / 1_048_576)));
}

/** The first bytes, at most so many. */
export async function headOf(
  source: ImportSource,
  maxBytes: number,
): Promise<{ readonly head: Uint8Array; readonly whole: boolean }> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of source.open()) {
    parts.push(chunk);
    length += chunk.length;
    if (length > maxBytes) return { head: Buffer.concat(parts).subarray(0, maxBytes), whole: false };
  }
  return { head: Buffer.concat(parts), whole: true };
}

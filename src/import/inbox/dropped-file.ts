import { constants, type Stats } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { Failure } from "../../failure.ts";
import { messages } from "../messages.ts";

/** The code of a file that was written to while it was read. */
export const CHANGED = "file_changed";
const TAIL_BYTES = 65_536;

/** What is another as soon as the file is. */
export function stateOf({ size, mtimeMs, ino }: Stats): string {
  return `${ino} ${size} ${mtimeMs}`;
}

/** A file itself: no link to one, and no pipe that would be waited for. @throws Failure "unreadable" (transient). */
export async function openPlain(path: string): Promise<FileHandle> {
  const file = await open(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0));
  if ((await file.stat()).isFile()) return file;
  await file.close();
  throw new Failure("unreadable", messages.inboxNotFile, { transient: true });
}

/** False for a file that begins as a feed, a zip or JSON and has no end, for a table whose last row has none, and for an empty one. */
export async function seemsWhole(file: FileHandle): Promise<boolean> {
  const { size } = await file.stat();
  if (size === 0) return false;
  const read = async (from: number) => {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(Math.min(TAIL_BYTES, size)), 0, undefined, from);
    // Also what is in UTF-16.
    return buffer.subarray(0, bytesRead).toString("latin1").replaceAll("\0", "");
  };
  const [head, tail] = [await read(0), await read(Math.max(0, size - TAIL_BYTES))];
  if (head.startsWith("PK")) return tail.includes("PK\u0005\u0006");
  const [first = ""] = head.split(/[\r\n]/, 1);
  if (/^\s*[[{]/.test(first)) return /[\]}]\s*$/.test(tail);
  if (!first.includes("<")) return /[\r\n]\s*$/.test(tail) || separators(lastLine(tail)) >= separators(first);
  return !/<(\w+:)?propertyList\b/i.test(head) || /<\/(\w+:)?propertyList\b/i.test(tail);
}

function lastLine(text: string): string {
  return text.split(/[\r\n]/).findLast((line) => line.trim() !== "") ?? "";
}

function separators(line: string): number {
  return line.match(/[,;\t|]/g)?.length ?? 0;
}

/** What is in a file, to its end. @throws Failure "file_changed" (transient) where it was written to in the meantime. */
export async function* unchanged(file: FileHandle): AsyncGenerator<Uint8Array> {
  const before = stateOf(await file.stat());
  const buffer = Buffer.alloc(262_144);
  for (let at = 0; ; ) {
    const { bytesRead } = await file.read(buffer, 0, buffer.length, at);
    if (bytesRead === 0) break;
    at += bytesRead;
    yield Uint8Array.from(buffer.subarray(0, bytesRead));
  }
  if (stateOf(await file.stat()) !== before) throw new Failure(CHANGED, messages.inboxChanged, { transient: true });
}

import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { basename } from "node:path";
import { openBlocks, type Parts } from "../../host/files/packed-blocks.ts";
import { RUNNING_PROGRAM } from "../../host/program.ts";
import { messages } from "../messages.ts";

/** Set by build.ts: the first bytes of each font file, base64, by its name without the extension. */
declare const AGENTLINK_FONT_HEADS: Readonly<Record<string, string>> | undefined;

/**
 * A font's file, which is read in parts: a face has twelve megabytes, of which a report needs one, and each thread has its
 * own. What is embedded in the binary can be opened only whole; but it lies in the binary as it is, a large face in blocks.
 */
export function openFontFile(path: string): Parts {
  const { file, offset } = typeof AGENTLINK_FONT_HEADS === "undefined" ? { file: path, offset: 0 } : embedded(path);
  return openBlocks({
    size: Bun.file(path).size,
    read(target, from) {
      // Only while it is read: a thread that is ended would leave the descriptor open for as long as the process lives.
      const descriptor = openSync(file, "r");
      try {
        for (let filled = 0; filled < target.length; ) {
          const count = readSync(descriptor, target, filled, target.length - filled, offset + from + filled);
          if (count === 0) throw new Error(messages.damagedFont(file));
          filled += count;
        }
      } finally {
        closeSync(descriptor);
      }
    },
  });
}

function embedded(path: string): { readonly file: string; readonly offset: number } {
  const file = RUNNING_PROGRAM;
  // Bun adds a hash to the name of what it embeds.
  const head = AGENTLINK_FONT_HEADS?.[basename(path).replace(/-\w+\.\w+$/, "")] ?? "";
  const offset = offsetOf(Buffer.from(head, "base64"), file);
  if (offset === null) throw new Error(messages.fontMissing(path, file));
  return { file, offset };
}

const STEP = 1 << 20;

/** Where the last copy of `head` begins in the file, which is read from its end: there lies what is embedded. */
export function offsetOf(head: Uint8Array, file: string): number | null {
  const descriptor = openSync(file, "r");
  try {
    const part = Buffer.alloc(STEP + head.length);
    for (let from = fstatSync(descriptor).size; from > 0; ) {
      from = Math.max(0, from - STEP);
      const count = readSync(descriptor, part, 0, part.length, from);
      const found = part.subarray(0, count).lastIndexOf(head);
      if (found !== -1) return from + found;
    }
    return null;
  } finally {
    closeSync(descriptor);
  }
}

import { asFailure, Failure } from "../failure.ts";
import { decodeText, detectEncoding, WrongAssumption } from "../import/files/encoding.ts";
import { isMissing } from "../import/source.ts";
import { otherFile } from "../report/input/other-files.ts";
import { messages } from "./messages.ts";

/**
 * The text of a file, in UTF-8, UTF-16 or as Windows' spreadsheets save it; "-" is standard input. What is no text is
 * refused by its name. @throws Failure "usage".
 */
export async function readText(path: string): Promise<string> {
  const bytes = await (path === "-" ? Bun.stdin : Bun.file(path)).bytes().catch((cause) => {
    throw new Failure(
      "usage",
      isMissing(cause) ? messages.noFile(path) : messages.unreadable(path, asFailure(cause).message),
      { cause },
    );
  });
  const other = otherFile(bytes);
  if (other !== null && !other.isText) throw new Failure("usage", messages.notText(path, other.what));
  try {
    const encoding = detectEncoding(bytes);
    try {
      return await textOf(bytes, encoding);
    } catch (error) {
      if (!(error instanceof WrongAssumption)) throw error;
      return await textOf(bytes, "windows-1252");
    }
  } catch (cause) {
    throw new Failure("usage", `${path}: ${asFailure(cause).message}`, { cause });
  }
}

async function textOf(bytes: Uint8Array, encoding: ReturnType<typeof detectEncoding>): Promise<string> {
  async function* whole() {
    yield bytes;
  }
  return (await Array.fromAsync(decodeText(whole(), encoding))).join("");
}

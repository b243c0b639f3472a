import { Failure } from "../../failure.ts";
import { messages } from "../messages.ts";
import { headOf, type ImportSource } from "../source.ts";

export type Encoding = "utf-8" | "utf-16le" | "utf-16be" | "windows-1252";

/** What a table's beginning suggested was wrong: it is read from the beginning again, and this is known then. */
export class WrongAssumption extends Error {
  override readonly name = "WrongAssumption";
  readonly known: Readonly<Record<string, string>>;
  constructor(known: Readonly<Record<string, string>>) {
    super("wrong assumption");
    this.known = known;
  }
}

/**
 * By the byte order mark, or by the empty byte beside each letter; else UTF-8, until something contradicts.
 * @throws Failure "not_utf8" for UTF-32, which nothing else reads either.
 */
export function detectEncoding(head: Uint8Array): Encoding {
  const [a, b, c, d] = head;
  if ((a === 0xff && b === 0xfe && c === 0 && d === 0) || (a === 0 && b === 0 && c === 0xfe && d === 0xff))
    throw new Failure("not_utf8", messages.utf32, { details: { line: 1 } });
  if (a === 0xff && b === 0xfe) return "utf-16le";
  if (a === 0xfe && b === 0xff) return "utf-16be";
  if (a !== undefined && a !== 0 && b === 0 && c !== 0 && d === 0) return "utf-16le";
  if (a === 0 && b !== 0 && b !== undefined && c === 0 && d !== 0) return "utf-16be";
  return "utf-8";
}

/**
 * The text of the chunks, without a byte order mark. Bytes that are no UTF-8 in a file that has had none but plain
 * letters so far are those of Windows.
 * @throws WrongAssumption {encoding} then, and Failure "not_utf8" that names the line where the file had letters in UTF-8 before.
 */
export async function* decodeText(chunks: AsyncIterable<Uint8Array>, encoding: Encoding): AsyncGenerator<string> {
  const decoder = new TextDecoder(encoding, { fatal: encoding === "utf-8" });
  let line = 1;
  let plain = true;
  for await (const chunk of chunks) {
    if (encoding !== "utf-8") {
      const text = decoder.decode(chunk, { stream: true });
      if (text !== "") yield text;
      continue;
    }
    let text: string;
    try {
      text = decoder.decode(chunk, { stream: true });
    } catch (cause) {
      throw notUtf8(chunk, line, plain, cause);
    }
    if (text.length !== chunk.length) plain &&= isPlain(text);
    line += countNewlines(chunk);
    yield text;
  }
  try {
    const rest = decoder.decode();
    if (rest !== "") yield rest;
  } catch (cause) {
    throw notUtf8(new Uint8Array(), line, plain, cause);
  }
}

/** JSON in another encoding than its own, as PowerShell and old programs write it, to be read as UTF-8. */
export async function inUtf8(
  source: ImportSource,
  given?: Encoding,
): Promise<{ readonly source: ImportSource; readonly encoding: Encoding }> {
  const encoding = given ?? detectEncoding((await headOf(source, 64)).head);
  if (encoding === "utf-8" && given === undefined) return { source, encoding };
  async function* open() {
    const encoder = new TextEncoder();
    for await (const text of decodeText(source.open(), encoding)) yield encoder.encode(text);
  }
  return { source: { ...source, open }, encoding };
}

function notUtf8(chunk: Uint8Array, line: number, plain: boolean, cause: unknown): Error {
  const before = new TextDecoder().decode(chunk).split("�")[0] ?? "";
  if (plain && isPlain(before) && chunk.length > 0) return new WrongAssumption({ encoding: "windows-1252" });
  const at = line + before.split("\n").length - 1;
  return new Failure("not_utf8", messages.notUtf8(at), { details: { line: at }, cause });
}

function isPlain(text: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: all of ASCII is plain.
  return /^[\x00-\x7f\ufeff]*$/.test(text);
}

function countNewlines(chunk: Uint8Array): number {
  let n = 0;
  for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, at + 1)) n++;
  return n;
}

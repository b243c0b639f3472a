import { asFailure, Failure } from "../../../failure.ts";
import { MAX_DEPTH, parseJsonText, type TextPosition } from "../../input/json.ts";
import { otherFile } from "../../input/other-files.ts";
import { messages } from "../messages.ts";
import { readCsv } from "./csv.ts";
import type { InputRow } from "./input-row.ts";
import { readItems } from "./json-list.ts";
import type { CatalogueKind } from "./kind-names.ts";
import { readLines } from "./lines.ts";

export type ImportFormat = "csv" | "ndjson" | "json";
export type ImportInput = AsyncIterable<Uint8Array> | ReadableStream<Uint8Array>;

const PART_BYTES = 65_536;
const SLICE_MS = 8;

/** A document with a data set is read whole, unlike a list, CSV and NDJSON, and therefore has a limit. */
const MAX_JSON_BYTES = 64 * 1024 * 1024;
/** A list is read item by item; what is longer is no list of rows. */
const MAX_LIST_BYTES = 512 * 1024 * 1024;

/**
 * The rows of an input, one after another, in bounded memory. What cannot be read at all ends it.
 * @throws Failure "not_utf8", "bad_header", "bad_json", "too_large", all permanent.
 */
export function readRows(
  kind: CatalogueKind,
  format: ImportFormat,
  input: ImportInput,
  warn: (warning: string) => void,
): AsyncIterable<InputRow> {
  const chunks = refuseOtherFiles(inParts(toChunks(input)));
  if (format === "csv") return readCsv(kind, checkUtf8(chunks), warn);
  if (format === "ndjson") return readNdjson(chunks);
  return readJsonArray(chunks);
}

/** @throws Failure "bad_header" for what is no text at all, "not_utf8" for UTF-16, before the first row. */
async function* refuseOtherFiles(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let head = new Uint8Array();
  for await (const chunk of chunks) {
    if (head.length < 8) {
      head = Buffer.concat([head, chunk.subarray(0, 8)]);
      const other = otherFile(head);
      if (other !== null)
        throw new Failure(other.isText ? "not_utf8" : "bad_header", messages.notText(other.what), {
          details: { line: 1 },
        });
    }
    yield chunk;
  }
}

/** Bytes of an input whose encoding is checked on the way. Windows' spreadsheets write others by default. */
async function* checkUtf8(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let line = 1;
  for await (const chunk of chunks) {
    decode(decoder, chunk, line);
    yield chunk;
    line += countNewlines(chunk);
  }
  decode(decoder, null, line);
}

/** Text of the chunks. @throws Failure "not_utf8" that names the line. */
function decode(decoder: TextDecoder, chunk: Uint8Array | null, line: number): string {
  try {
    return chunk === null ? decoder.decode() : decoder.decode(chunk, { stream: true });
  } catch (cause) {
    const before = chunk === null ? "" : (new TextDecoder().decode(chunk).split("�")[0] ?? "");
    const at = line + before.split("\n").length - 1;
    throw new Failure("not_utf8", messages.notUtf8(at), { details: { line: at }, cause });
  }
}

async function* readNdjson(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<InputRow> {
  for await (const { line, text, tooLong } of readLines(decoded(chunks))) {
    if (tooLong) yield { line, reason: messages.longLine };
    else if (text.trim() !== "") yield { line, ...parse(text, { line, column: 1 }) };
  }
}

async function* decoded(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let line = 1;
  for await (const chunk of chunks) {
    yield decode(decoder, chunk, line);
    line += countNewlines(chunk);
  }
  yield decode(decoder, null, line);
}

/** `at`: where the text begins in its document. */
function parse(text: string, at: TextPosition): { readonly value: unknown } | { readonly reason: string } {
  try {
    return { value: parseJsonText(text, at) };
  } catch (error) {
    const { code, message } = asFailure(error);
    return { reason: code === "json_too_deep" ? messages.nestedTooDeep(MAX_DEPTH) : messages.notJson(message) };
  }
}

async function* readJsonArray(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<InputRow> {
  let row = 0;
  for await (const { text, ...at } of readItems(decoded(bounded(chunks, MAX_LIST_BYTES)))) {
    row += 1;
    if (text === null) {
      yield { line: null, reason: messages.longRow };
      continue;
    }
    const parsed = parse(text, at);
    // Unlike a line of NDJSON, it does not show where the next one begins.
    if ("reason" in parsed) throw new Failure("bad_json", messages.badRow(row, parsed.reason));
    yield { line: null, value: parsed.value };
  }
}

async function* bounded(chunks: AsyncIterable<Uint8Array>, most: number): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  for await (const chunk of chunks) {
    bytes += chunk.byteLength;
    if (bytes > most) throw new Failure("too_large", messages.jsonTooLarge(most / 1_048_576));
    yield chunk;
  }
}

/** A whole JSON document. @throws Failure "too_large" past MAX_JSON_BYTES, "bad_json", "not_utf8". */
export async function readJson(chunks: AsyncIterable<Uint8Array>): Promise<unknown> {
  const parts = await Array.fromAsync(decoded(bounded(chunks, MAX_JSON_BYTES)));
  const document = parse(parts.join(""), { line: 1, column: 1 });
  if ("reason" in document) throw new Failure("bad_json", messages.badDocument(document.reason));
  return document.value;
}

/** A web stream, or anything that yields bytes, as one kind of thing; the stream is cancelled when reading ends early. */
export async function* toChunks(input: ImportInput): AsyncGenerator<Uint8Array> {
  if (!(input instanceof ReadableStream)) {
    yield* input;
    return;
  }
  const reader = input.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
}

/** Small parts, with a turn of the event loop between them in good time: what an upload brings at once is megabytes. */
async function* inParts(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let began = performance.now();
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length; at += PART_BYTES) {
      yield chunk.subarray(at, at + PART_BYTES);
      if (performance.now() - began < SLICE_MS) continue;
      await new Promise(setImmediate);
      began = performance.now();
    }
  }
}

function countNewlines(chunk: Uint8Array): number {
  let n = 0;
  for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, at + 1)) n++;
  return n;
}

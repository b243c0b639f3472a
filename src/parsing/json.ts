import { asFailure, Failure } from "../failure.ts";
import { parseJsonText } from "../report/json.ts";
import { otherFile } from "../report/other-files.ts";
import { messages } from "./messages.ts";

/** Deeper than any document the service knows; a recursive walk over it is safe. */
const MAX_DEPTH = 64;

/** @throws Failure "not_utf8", "json_too_deep" or "bad_json". */
export function parseJson(bytes: Uint8Array): unknown {
  const text = decode(bytes);
  boundDepth(bytes);
  try {
    return parseJsonText(text);
  } catch (error) {
    const { code, message, options } = asFailure(error);
    throw new Failure(code, messages.notJson(message), options);
  }
}

/** Strict UTF-8: what would become a replacement character is refused instead. A byte order mark is dropped. */
export function decode(bytes: Uint8Array): string {
  const other = otherFile(bytes);
  if (other !== null) throw notUtf8(`${other.what}, not text in UTF-8`, null);
  try {
    // A decoder of its own for each call: one that has thrown keeps the rest of the bad bytes.
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (error) {
    throw notUtf8("not valid UTF-8", error);
  }
}

function notUtf8(what: string, cause: unknown): Failure {
  return new Failure("not_utf8", messages.notUtf8(what), {
    cause,
  });
}

/** JSON.parse reads any depth, but whatever walks the value afterwards overflows its stack; so look before. */
function boundDepth(bytes: Uint8Array): void {
  let depth = 0;
  let inString = false;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at];
    if (inString) {
      if (byte === 0x5c) at++;
      else if (byte === 0x22) inString = false;
    } else if (byte === 0x22) inString = true;
    else if (byte === 0x7b || byte === 0x5b) {
      if (++depth > MAX_DEPTH) {
        throw new Failure("json_too_deep", messages.nestedTooDeep(MAX_DEPTH));
      }
    } else if (byte === 0x7d || byte === 0x5d) depth--;
  }
}

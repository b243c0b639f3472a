import { asFailure, Failure } from "../failure.ts";
import { MAX_DEPTH, parseJsonText } from "../report/input/json.ts";
import { otherFile } from "../report/input/other-files.ts";
import { messages } from "./messages.ts";

/** @throws Failure "not_utf8", "json_too_deep" or "bad_json". */
export function parseJson(bytes: Uint8Array): unknown {
  const text = decode(bytes);
  try {
    return parseJsonText(text);
  } catch (error) {
    const { code, message, options } = asFailure(error);
    throw new Failure(
      code,
      code === "json_too_deep" ? messages.nestedTooDeep(MAX_DEPTH) : messages.notJson(message),
      options,
    );
  }
}

/** Strict UTF-8: what would become a replacement character is refused instead. A byte order mark is dropped. */
export function decode(bytes: Uint8Array): string {
  const other = otherFile(bytes);
  if (other !== null) throw notUtf8(`${other.what}, not text in UTF-8`, null);
  try {
    // A decoder of its own for each call: one that has thrown retains the rest of the bad bytes.
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

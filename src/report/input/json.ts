import { printParseErrorCode, visit } from "jsonc-parser";
import { Failure } from "../../failure.ts";
import { messages } from "../messages.ts";

/** What each mistake is called for the person who has to find it. */
const MISTAKES: Readonly<Record<string, string>> = {
  InvalidSymbol: messages.badWord,
  InvalidNumberFormat: messages.badNumber,
  PropertyNameExpected: messages.noFieldName,
  ValueExpected: messages.noValue,
  ColonExpected: messages.noColon,
  CommaExpected: messages.noComma,
  CloseBraceExpected: messages.noBrace,
  CloseBracketExpected: messages.noBracket,
  EndOfFileExpected: messages.afterEnd,
  InvalidCommentToken: messages.noComments,
  UnexpectedEndOfComment: messages.noComments,
  UnexpectedEndOfString: messages.openText,
  UnexpectedEndOfNumber: messages.openNumber,
  InvalidUnicode: messages.badUnicode,
  InvalidEscapeCharacter: messages.badEscape,
  InvalidCharacter: messages.controlCharacter,
};

/** A position in a text: its line and the column in it, both from 1. */
export interface TextPosition {
  readonly line: number;
  readonly column: number;
}

/**
 * The value of a JSON text (RFC 8259). `at`: where it begins in the document that it is a part of. A number that would be
 * rounded to another whole number, or to infinity, is the text of its digits: ids of 17 digits stay apart.
 * @throws Failure "json_too_deep", or "bad_json" (both permanent) whose message states what is wrong and where, as in "line 3, column 12: a comma is
 *   missing", with `line` and `column` (from 1) among its details where they are known.
 */
export function parseJsonText(text: string, at: TextPosition = { line: 1, column: 1 }): unknown {
  boundDepth(text);
  try {
    return ROUNDED.test(text) ? JSON.parse(text, withDigits) : JSON.parse(text);
  } catch (cause) {
    const mistake = firstMistake(text, at);
    const { line, column, what } = mistake ?? { what: cause instanceof Error ? cause.message : String(cause) };
    const where = line === undefined ? "" : `line ${line}, column ${column}: `;
    throw new Failure("bad_json", `${where}${what}`, { details: line === undefined ? {} : { line, column }, cause });
  }
}

/** Deeper than any document the service knows; a recursive walk over it is safe. */
export const MAX_DEPTH = 64;

/** JSON.parse reads any depth, but whatever walks the value (or its mistakes) afterwards overflows its stack. */
function boundDepth(text: string): void {
  let depth = 0;
  let inString = false;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (inString) {
      if (code === 0x5c) at++;
      else if (code === 0x22) inString = false;
    } else if (code === 0x22) inString = true;
    else if (code === 0x7b || code === 0x5b) {
      if (++depth > MAX_DEPTH) throw new Failure("json_too_deep", messages.nestedTooDeep(MAX_DEPTH));
    } else if (code === 0x7d || code === 0x5d) depth--;
  }
}

/** Whether a text may have a number that a double cannot represent (RFC 8259, section 6); a reviver costs as much again. */
const ROUNDED = /[[:,\s-](?:\d{16}|\d+(?:\.\d+)?e\+?\d{3})/i;

/** A reviver (ES2025), called with the text that a number was read from. */
function withDigits(
  this: unknown,
  _name: string,
  value: unknown,
  { source }: { readonly source?: string } = {},
): unknown {
  if (typeof value !== "number" || source === undefined) return value;
  const rounded = /^-?\d+$/.test(source) && String(value) !== source && !Number.isSafeInteger(value);
  return rounded || !Number.isFinite(value) ? source : value;
}

interface Mistake {
  readonly line?: number;
  readonly column?: number;
  readonly what: string;
}

/** The engine does not report where it failed; a parser that continues after mistakes does. */
function firstMistake(text: string, at: TextPosition): Mistake | null {
  if (text.trim() === "") return { what: "it is empty" };
  let first: Mistake | null = null;
  visit(
    text,
    {
      onError(code, _offset, _length, line, column) {
        first ??= {
          line: at.line + line,
          column: column + (line === 0 ? at.column : 1),
          what: MISTAKES[printParseErrorCode(code)] ?? "this is not JSON",
        };
      },
    },
    { disallowComments: true },
  );
  return first;
}

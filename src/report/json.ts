import { printParseErrorCode, visit } from "jsonc-parser";
import { Failure } from "../failure.ts";
import { messages } from "./messages.ts";

/** What each mistake is called where somebody has to find it. */
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

/** A place in a text: its line and the column in it, both from 1. */
export interface TextPosition {
  readonly line: number;
  readonly column: number;
}

/**
 * The value of a JSON text (RFC 8259). `at`: where it begins in the document that it is a part of.
 * @throws Failure "bad_json" (permanent) whose message says where and what is wrong, as in "line 3, column 12: a comma is
 *   missing", with `line` and `column` (from 1) among its details where they are known.
 */
export function parseJsonText(text: string, at: TextPosition = { line: 1, column: 1 }): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const mistake = firstMistake(text, at);
    const { line, column, what } = mistake ?? { what: cause instanceof Error ? cause.message : String(cause) };
    const where = line === undefined ? "" : `line ${line}, column ${column}: `;
    throw new Failure("bad_json", `${where}${what}`, { details: line === undefined ? {} : { line, column }, cause });
  }
}

interface Mistake {
  readonly line?: number;
  readonly column?: number;
  readonly what: string;
}

/** The engine does not say where it gave up; a parser that continues after mistakes does. */
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

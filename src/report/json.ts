import { printParseErrorCode, visit } from "jsonc-parser";
import { Failure } from "../failure.ts";

/** What each mistake is called where somebody has to find it. */
const MISTAKES: Readonly<Record<string, string>> = {
  InvalidSymbol: "this word is not JSON: texts stand in double quotes",
  InvalidNumberFormat: "this number is not written as JSON has it",
  PropertyNameExpected: "a field's name in double quotes is missing",
  ValueExpected: "a value is missing",
  ColonExpected: "a colon is missing",
  CommaExpected: "a comma is missing",
  CloseBraceExpected: "a closing } is missing",
  CloseBracketExpected: "a closing ] is missing",
  EndOfFileExpected: "there is more behind its end",
  InvalidCommentToken: "JSON has no comments",
  UnexpectedEndOfComment: "JSON has no comments",
  UnexpectedEndOfString: "the text that begins here does not end: its double quote is missing",
  UnexpectedEndOfNumber: "the number ends too early",
  InvalidUnicode: "\\u wants four hexadecimal digits",
  InvalidEscapeCharacter: 'a backslash in a text wants one of " \\ / b f n r t u behind it',
  InvalidCharacter: "a text has a line end or another control character: write it as \\n or \\u00XX",
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

/** The engine does not say where it gave up; a parser that goes on after mistakes does. */
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

/** Longer than any row with a picture of the permitted size. */
const MAX_LINE_CHARACTERS = 4_000_000;

export interface TextLine {
  /** From 1. */
  readonly line: number;
  readonly text: string;
  /** The line passed the limit; its text is not stored. */
  readonly tooLong: boolean;
}

/** The lines of a text that comes in pieces, without their ends (LF or CRLF). */
export async function* readLines(pieces: AsyncIterable<string>): AsyncGenerator<TextLine> {
  let line = 1;
  let rest: string[] = [];
  let restLength = 0;
  const take = (end: string): TextLine => {
    const tooLong = restLength + end.length > MAX_LINE_CHARACTERS;
    const text = tooLong ? "" : rest.join("") + end;
    rest = [];
    restLength = 0;
    return { line: line++, text: text.endsWith("\r") ? text.slice(0, -1) : text, tooLong };
  };
  for await (const piece of pieces) {
    let from = 0;
    for (let at = piece.indexOf("\n"); at >= 0; at = piece.indexOf("\n", from)) {
      yield take(piece.slice(from, at));
      from = at + 1;
    }
    const left = piece.slice(from);
    restLength += left.length;
    if (restLength > MAX_LINE_CHARACTERS) rest = [];
    else if (left !== "") rest.push(left);
  }
  if (restLength > 0) yield take("");
}

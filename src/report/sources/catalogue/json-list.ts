import { Failure } from "../../../failure.ts";
import type { TextPosition } from "../../input/json.ts";
import { messages } from "../messages.ts";

/** Longer than any row with a picture of the permitted size. */
const MAX_ITEM_CHARACTERS = 4_000_000;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const LINE_END = 0x0a;
const OPEN = [0x5b, 0x7b];
const CLOSE = [0x5d, 0x7d];
const BLANK = [0x20, 0x09, 0x0a, 0x0d];

/** An item of a list, and where it begins; null in place of a text that is longer than a row may be. */
interface JsonListItem extends TextPosition {
  readonly text: string | null;
}

/**
 * The items of a JSON list that comes in pieces, each as its text. The
 * list is never parsed whole: 64 MB of it would delay everything else for a second.
 * @throws Failure "bad_json" for what is no list, or does not end as one. What is within an item is not examined.
 */
export async function* readItems(pieces: AsyncIterable<string>): AsyncGenerator<JsonListItem> {
  let depth = 0;
  let inString = false;
  let escaped = false;
  let ended = false;
  let items = 0;
  let text: string[] = [];
  let length = 0;
  /** Of the list: characters before the piece, the line, where that begins, and the item's own. */
  let before = 0;
  let line = 1;
  let lineFrom = 0;
  let start = { line: 1, column: 1 };

  const append = (part: string) => {
    length += part.length;
    if (length > MAX_ITEM_CHARACTERS) text = [];
    else text.push(part);
  };
  const take = () => {
    const item = { ...start, text: length > MAX_ITEM_CHARACTERS ? null : text.join("") };
    text = [];
    length = 0;
    items += 1;
    return item;
  };

  for await (const piece of pieces) {
    let from = 0;
    for (let at = 0; at < piece.length; at++) {
      const char = piece.charCodeAt(at);
      if (char === LINE_END) {
        line += 1;
        lineFrom = before + at + 1;
      }
      if (inString) {
        if (escaped) escaped = false;
        else if (char === BACKSLASH) escaped = true;
        else if (char === QUOTE) inString = false;
      } else if (depth === 0) {
        if (BLANK.includes(char)) continue;
        if (ended || char !== OPEN[0]) throw noList(ended ? messages.moreAfterEnd : null);
        depth = 1;
        from = at + 1;
        start = { line, column: before + from - lineFrom + 1 };
      } else if (char === QUOTE) inString = true;
      else if (OPEN.includes(char)) depth++;
      else if (char === COMMA && depth === 1) {
        append(piece.slice(from, at));
        from = at + 1;
        yield take();
        start = { line, column: before + from - lineFrom + 1 };
      } else if (CLOSE.includes(char) && --depth === 0) {
        if (char !== CLOSE[0]) throw noList("ends as none");
        append(piece.slice(from, at));
        ended = true;
        const last = take();
        if (items > 1 || last.text?.trim() !== "") yield last;
      }
    }
    if (!ended && depth > 0) append(piece.slice(from));
    before += piece.length;
  }
  if (!ended) throw noList(depth > 0 ? messages.endsEarly : null);
}

function noList(how: string | null): Failure {
  return new Failure("bad_json", how === null ? messages.notList : messages.badList(how));
}

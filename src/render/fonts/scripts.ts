// Scripts that are not set letter by letter from left to right: which they are, and the order of their words.
import bidiFactory from "bidi-js";

/** Families of faces for scripts of their own, by the blocks of Unicode that they are for. */
const BLOCKS = {
  Hebrew: [
    [0x0590, 0x05ff],
    [0xfb1d, 0xfb4f],
  ],
  Arabic: [
    [0x0600, 0x06ff],
    [0x0750, 0x077f],
    [0x08a0, 0x08ff],
    [0xfb50, 0xfdff],
    [0xfe70, 0xfeff],
  ],
  Devanagari: [
    [0x0900, 0x097f],
    [0xa8e0, 0xa8ff],
  ],
  Bengali: [[0x0980, 0x09ff]],
  Gurmukhi: [[0x0a00, 0x0a7f]],
  Gujarati: [[0x0a80, 0x0aff]],
  Tamil: [[0x0b80, 0x0bff]],
  Telugu: [[0x0c00, 0x0c7f]],
  Kannada: [[0x0c80, 0x0cff]],
  Malayalam: [[0x0d00, 0x0d7f]],
  Sinhala: [[0x0d80, 0x0dff]],
  Thai: [[0x0e00, 0x0e7f]],
  Lao: [[0x0e80, 0x0eff]],
  Armenian: [
    [0x0530, 0x058f],
    [0xfb13, 0xfb17],
  ],
  Georgian: [
    [0x10a0, 0x10ff],
    [0x1c90, 0x1cbf],
    [0x2d00, 0x2d2f],
  ],
  Khmer: [
    [0x1780, 0x17ff],
    [0x19e0, 0x19ff],
  ],
  Myanmar: [
    [0x1000, 0x109f],
    [0xa9e0, 0xa9ff],
    [0xaa60, 0xaa7f],
  ],
  Ethiopic: [
    [0x1200, 0x139f],
    [0x2d80, 0x2ddf],
    [0xab00, 0xab2f],
  ],
  Syriac: [
    [0x0700, 0x074f],
    [0x0860, 0x086f],
  ],
  Thaana: [[0x0780, 0x07bf]],
  Oriya: [[0x0b00, 0x0b7f]],
  Tibetan: [[0x0f00, 0x0fff]],
  NKo: [[0x07c0, 0x07ff]],
  OlChiki: [[0x1c50, 0x1c7f]],
  Tifinagh: [[0x2d30, 0x2d7f]],
  MeeteiMayek: [
    [0xaae0, 0xaaff],
    [0xabc0, 0xabff],
  ],
} as const;

export type ScriptFamily = keyof typeof BLOCKS;

/** The first code point of the first block: what is below is read in the text's own face. */
const FIRST = 0x0530;

/** Whose letters the character belongs to; null for one of no script that has a face of its own. */
export function scriptOf(codePoint: number): ScriptFamily | null {
  if (codePoint < FIRST) return null;
  for (const [family, blocks] of Object.entries(BLOCKS))
    if (blocks.some(([first, last]) => codePoint >= first && codePoint <= last)) return family as ScriptFamily;
  return null;
}

/** Marks for letters of any script (Unicode 17, 7.9): without a letter that has them, they are set on it. */
const MARK = /[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]/;

/** Has such marks. */
export function hasMarks(text: string): boolean {
  return MARK.test(text);
}

/** Has letters of a script with a face of its own, or marks: not to be drawn as they are, one after the other. */
export function isShaped(text: string): boolean {
  if (hasMarks(text)) return true;
  for (const character of text) if (scriptOf(character.codePointAt(0) ?? 0) !== null) return true;
  return false;
}

/** Has letters that run from right to left. Numbers in Arabic digits, which have a part of their own, do not. */
export function runsFromRight(text: string): boolean {
  return RIGHT_TO_LEFT.test(text) && !ARABIC_NUMBER.test(text);
}

const ARABIC_NUMBER = /^[\u0660-\u0669\u06f0-\u06f9\s]+$/;

const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/;
const bidi = bidiFactory();

/**
 * The line with stand-ins where the rules of Unicode do not know what is meant: an ellipsis is where the rest of the word
 * would be, in the direction of its letters; a dot between blanks separates what is beside it (a name, a telephone number);
 * and the groups of a number are one number.
 */
function asRead(line: string): string {
  return line
    .replace(/(?<=[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc])…/g, "\u05be")
    .replaceAll(" · ", " A ")
    .replace(/(?<=\d) (?=\d)/g, "0");
}

/**
 * A line's parts, cut where the direction changes (Unicode Standard Annex 9), each with its position in the order in which
 * they are, counted from the left (L2). They stay in the order in which they are read. The line begins at the left, as
 * the English around it does. The parts themselves where all run from left to right.
 */
export function inDirections<Part extends { readonly text: string }>(
  parts: readonly Part[],
  cut: (part: Part, text: string) => Part,
): readonly { readonly part: Part; readonly position: number }[] | null {
  if (!parts.some(({ text }) => RIGHT_TO_LEFT.test(text))) return null;
  const line = parts.map(({ text }) => text).join("");
  const { levels } = bidi.getEmbeddingLevels(asRead(line), "ltr");
  let at = 0;
  const placed = parts.flatMap((part) => {
    const found: { text: string; level: number }[] = [];
    for (const character of part.text) {
      const level = levels[at] ?? 0;
      at += character.length;
      const last = found.at(-1);
      if (last?.level === level) last.text += character;
      else found.push({ text: character, level });
    }
    return found.map(({ text, level }) => ({ part: found.length === 1 ? part : cut(part, text), level }));
  });
  const order = placed.map((_, index) => index);
  const levelAt = (index: number) => placed[order[index] ?? -1]?.level ?? -1;
  for (let level = Math.max(...placed.map((each) => each.level)); level > 0; level--)
    for (let begin = 0; begin < order.length; begin++) {
      let end = begin;
      while (levelAt(end) >= level) end++;
      if (end > begin + 1) order.splice(begin, end - begin, ...order.slice(begin, end).reverse());
      begin = Math.max(begin, end - 1);
    }
  const positions = new Map(order.map((index, position) => [index, position]));
  return placed.map(({ part, level }, index) => ({
    part: level % 2 === 1 ? mirrored(part) : part,
    position: positions.get(index) ?? index,
  }));
}

/** The parts in their order from the left, with the characters that are drawn. */
export function visualOrder<Part extends { readonly text: string }>(parts: readonly Part[]): readonly Part[] {
  const found = inDirections(parts, (part, text) => ({ ...part, text }));
  if (found === null) return parts;
  return found
    .toSorted((a, b) => a.position - b.position)
    .map(({ part }) => ({ ...part, text: part.text.replace(TURNED, (character) => drawnFor(character)) }));
}

const BRACKETS = "()[]{}<>«»‹›";
/** Private characters, one for each bracket that is drawn as its mirror image. */
const FIRST_TURNED = 0xe000;
const TURNED = /[\ue000-\ue00c]/g;
/** Drawn as a hyphen where a word continues in the next line, and no letter of the word: read as U+00AD. */
export const SOFT_HYPHEN = "\ue00c";

/**
 * A bracket among letters that run from right to left opens to the left, and is still the bracket that it is in the
 * text.
 */
function mirrored<Part extends { readonly text: string }>(part: Part): Part {
  // Letters are turned around when they are set; what is between them is in another face, and is turned here.
  const stands = RIGHT_TO_LEFT.test(part.text) ? part.text : Array.from(part.text).reverse().join("");
  const turned = (character: string) => String.fromCharCode(FIRST_TURNED + BRACKETS.indexOf(character));
  return { ...part, text: stands.replace(/[()[\]{}<>«»‹›]/g, turned) };
}

function drawnFor(turned: string): string {
  if (turned === SOFT_HYPHEN) return "-";
  const bracket = readAs(turned);
  return bidi.getMirroredCharacter(bracket) ?? bracket;
}

function readAs(turned: string): string {
  if (turned === SOFT_HYPHEN) return "\u00ad";
  return BRACKETS.charAt(turned.charCodeAt(0) - FIRST_TURNED);
}

/** Cut so that what is read as another character than it is drawn as stands alone: the same may be next to it, as itself. */
export function readAlone(text: string): readonly string[] {
  return text.search(TURNED) === -1 ? [text] : text.split(/(?=[\ue000-\ue00c])|(?<=[\ue000-\ue00c])/);
}

/** What is drawn for a part of a line, and, where that differs, which characters its drawn ones are read as. */
export function drawn(text: string): { readonly text: string; readonly readAs: ReadonlyMap<number, number> | null } {
  if (text.search(TURNED) === -1) return { text, readAs: null };
  const readings = new Map<number, number>();
  const shown = text.replace(TURNED, (turned) => {
    const image = drawnFor(turned);
    readings.set(image.charCodeAt(0), readAs(turned).charCodeAt(0));
    return image;
  });
  return { text: shown, readAs: readings };
}

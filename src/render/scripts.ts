// Scripts that are not set letter by letter from left to right: which they are, and in which order their words stand.
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
  Tamil: [[0x0b80, 0x0bff]],
  Sinhala: [[0x0d80, 0x0dff]],
  Thai: [[0x0e00, 0x0e7f]],
  Khmer: [
    [0x1780, 0x17ff],
    [0x19e0, 0x19ff],
  ],
} as const;

export type ScriptFamily = keyof typeof BLOCKS;

/** The first code point of the first block: what is below is read in the text's own face. */
const FIRST = 0x0590;

/** Whose letters the character belongs to; null for one of no script that has a face of its own. */
export function scriptOf(codePoint: number): ScriptFamily | null {
  if (codePoint < FIRST) return null;
  for (const [family, blocks] of Object.entries(BLOCKS))
    if (blocks.some(([first, last]) => codePoint >= first && codePoint <= last)) return family as ScriptFamily;
  return null;
}

/** Has letters whose glyphs stand in another order, or are other ones, than the characters say. */
export const SHAPED = /[\u0900-\u0dff\u0e00-\u0e7f\u1780-\u17ff]/;

/** Whose letters are not drawn as they are by who sets one after the other. */
export function isShaped(text: string): boolean {
  return SHAPED.test(text) || RIGHT_TO_LEFT.test(text);
}

const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/;
const bidi = bidiFactory();

/**
 * Parts of a line in the order in which they stand on it, from left to right (Unicode Standard Annex 9, L2). A part is
 * of one direction: a word, a number, blanks. The line begins at the left, as the English around it does.
 */
export function visualOrder<Part extends { readonly text: string }>(parts: readonly Part[]): readonly Part[] {
  if (!parts.some(({ text }) => RIGHT_TO_LEFT.test(text))) return parts;
  const { levels } = bidi.getEmbeddingLevels(parts.map(({ text }) => text).join(""), "ltr");
  let at = 0;
  const placed = parts.map((part) => {
    const level = levels[at + Math.max(0, part.text.search(/\S/))] ?? 0;
    at += part.text.length;
    return { part, level };
  });
  for (let level = Math.max(...placed.map((each) => each.level)); level > 0; level--)
    for (let begin = 0; begin < placed.length; begin++) {
      let end = begin;
      while ((placed[end]?.level ?? -1) >= level) end++;
      if (end > begin + 1) placed.splice(begin, end - begin, ...placed.slice(begin, end).reverse());
      begin = Math.max(begin, end - 1);
    }
  return placed.map(({ part, level }) => (level % 2 === 1 ? mirrored(part) : part));
}

/** A bracket that opens to the left. */
function mirrored<Part extends { readonly text: string }>(part: Part): Part {
  if (!/[()[\]{}<>«»‹›]/.test(part.text)) return part;
  const text = Array.from(part.text, (character) => bidi.getMirroredCharacter(character) ?? character).join("");
  return { ...part, text };
}

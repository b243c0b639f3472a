/**
 * The language of names in other scripts, as far as their letters determine it (ISO 14289-1, 7.2). Some scripts are
 * written in one language only, or in one by nearly all whose names are in an Australian report; for these it is given.
 * Others are shared by many: the tag then means that it is not the English around it, and names the script (RFC 5646,
 * 4.1: "und").
 */
const LANGUAGES: readonly (readonly [letters: RegExp, language: string])[] = (
  [
    // Han beside Kana or Bopomofo is of their language: these come first.
    ...[
      ["Hiragana", "ja"],
      ["Katakana", "ja"],
      ["Bopomofo", "zh"],
      ["Hangul", "ko"],
      ["Han", "und-Hani"],
    ],
    ...[
      ["Greek", "el"],
      ["Cyrillic", "und-Cyrl"],
      ["Armenian", "hy"],
      ["Georgian", "ka"],
    ],
    ...[
      ["Hebrew", "he"],
      ["Arabic", "und-Arab"],
      ["Syriac", "syr"],
      ["Thaana", "dv"],
      ["Nko", "nqo"],
      ["Ethiopic", "und-Ethi"],
      ["Tifinagh", "und-Tfng"],
    ],
    ...[
      ["Thai", "th"],
      ["Lao", "lo"],
      ["Khmer", "km"],
      ["Myanmar", "und-Mymr"],
      ["Tibetan", "und-Tibt"],
    ],
    ...[
      ["Devanagari", "und-Deva"],
      ["Bengali", "und-Beng"],
      ["Gurmukhi", "pa"],
      ["Gujarati", "gu"],
      ["Oriya", "or"],
      ["Tamil", "ta"],
      ["Telugu", "te"],
      ["Kannada", "kn"],
      ["Malayalam", "ml"],
      ["Sinhala", "si"],
      ["Meetei_Mayek", "mni"],
      ["Ol_Chiki", "sat"],
    ],
  ] as const
).map(([script, language]) => [new RegExp(`\\p{Script=${script}}`, "u"), language]);

/** Most texts have none, and each is checked. */
const OTHER_LETTER = /[\u0370-\u1cff\u2c80-\u2dff\u3005-\ud7ff\uf900-\uffdc\ud840-\ud8ff]/;

export const DOCUMENT_LANGUAGE = "en-AU";

const LATIN = /\p{Script=Latin}/u;

export function hasLatin(text: string): boolean {
  return LATIN.test(text);
}

/** The same of a text that is all in it: none of its words are in Latin letters. */
export function wholeLanguageOf(text: string): string | null {
  const language = otherLanguageOf(text);
  return language === null || hasLatin(text) ? null : language;
}

/** The language of a text that is not the document's, or null. */
export function otherLanguageOf(text: string): string | null {
  if (!OTHER_LETTER.test(text)) return null;
  return LANGUAGES.find(([letters]) => letters.test(text))?.[1] ?? null;
}

import han from "@expo-google-fonts/chocolate-classical-sans/400Regular/ChocolateClassicalSans_400Regular.ttf" with {
  type: "file",
};
import sans from "@expo-google-fonts/hanken-grotesk/400Regular/HankenGrotesk_400Regular.ttf" with { type: "file" };
import sansStrong from "@expo-google-fonts/hanken-grotesk/600SemiBold/HankenGrotesk_600SemiBold.ttf" with {
  type: "file",
};
import hangul from "@expo-google-fonts/nanum-gothic/400Regular/NanumGothic_400Regular.ttf" with { type: "file" };
import serif from "@expo-google-fonts/newsreader/400Regular/Newsreader_400Regular.ttf" with { type: "file" };
import { openFace } from "./face.ts";

/**
 * The faces of a report. Hanken Grotesk sets the text (its figures are tabular as drawn, so columns of numbers line up
 * without a font feature); Newsreader sets titles and large figures. Both cover Latin Extended: Vietnamese, Māori,
 * Polish. The other two are there for names: Chinese, Japanese, Greek and Cyrillic, and Korean.
 */
export type Family = "Sans" | "Serif" | "Han" | "Hangul";

interface Faces {
  readonly normal: string;
  readonly bold: string;
}

export const FONTS: Readonly<Record<Family, Faces>> = {
  Sans: { normal: sans, bold: sansStrong },
  Serif: { normal: serif, bold: serif },
  Han: { normal: han, bold: han },
  Hangul: { normal: hangul, bold: hangul },
};

/** The files of all faces. */
export const FONT_FILES: ReadonlySet<string> = new Set(
  Object.values(FONTS).flatMap(({ normal, bold }) => [normal, bold]),
);

/** Asked in this order for what the family of a text does not cover. */
export const FALLBACKS: readonly Family[] = ["Sans", "Han", "Hangul"];

/** Stands for what no face covers; visible, so that nobody takes a name for complete that is not. Every face of Sans has it. */
export const REPLACEMENT = "◊";

/** Does the family have a glyph for the character? */
export function covers(family: Family, codePoint: number): boolean {
  return opened(FONTS[family].normal).covers(codePoint);
}

/** The width of a text in points, without kerning: a little more than it will take. */
export function widthOf(text: string, family: Family, size: number, bold = false): number {
  const { advance } = opened(bold ? FONTS[family].bold : FONTS[family].normal);
  let width = 0;
  for (const character of text) width += advance(character.codePointAt(0) ?? 0);
  return width * size;
}

interface OpenedFont {
  covers(codePoint: number): boolean;
  /** In ems. */
  advance(codePoint: number): number;
}

const openedFonts = new Map<string, OpenedFont>();

function opened(path: string): OpenedFont {
  const known = openedFonts.get(path);
  if (known !== undefined) return known;
  const font = openFace(path);
  const advances = new Map<number, number>();
  const fresh: OpenedFont = {
    covers: (codePoint) => font.hasGlyphForCodePoint(codePoint),
    advance(codePoint) {
      let advance = advances.get(codePoint);
      if (advance === undefined) {
        advance = font.glyphForCodePoint(codePoint).advanceWidth / font.unitsPerEm;
        advances.set(codePoint, advance);
      }
      return advance;
    },
  };
  openedFonts.set(path, fresh);
  return fresh;
}

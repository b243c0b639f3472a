/*
 * The faces of the report: which one has a letter, which script a text is of, how a text becomes glyphs, and as few
 * bytes of a font's file as that needs.
 * Not here: sizes, colours and lines.
 */

import han from "@expo-google-fonts/chocolate-classical-sans/400Regular/ChocolateClassicalSans_400Regular.ttf" with {
  type: "file",
};
import sans from "@expo-google-fonts/hanken-grotesk/400Regular/HankenGrotesk_400Regular.ttf" with { type: "file" };
import sansStrong from "@expo-google-fonts/hanken-grotesk/600SemiBold/HankenGrotesk_600SemiBold.ttf" with {
  type: "file",
};
import hangul from "@expo-google-fonts/nanum-gothic/400Regular/NanumGothic_400Regular.ttf" with { type: "file" };
import serif from "@expo-google-fonts/newsreader/400Regular/Newsreader_400Regular.ttf" with { type: "file" };
import arabic from "@expo-google-fonts/noto-sans-arabic/400Regular/NotoSansArabic_400Regular.ttf" with { type: "file" };
import armenian from "@expo-google-fonts/noto-sans-armenian/400Regular/NotoSansArmenian_400Regular.ttf" with {
  type: "file",
};
import bengali from "@expo-google-fonts/noto-sans-bengali/400Regular/NotoSansBengali_400Regular.ttf" with {
  type: "file",
};
import devanagari from "@expo-google-fonts/noto-sans-devanagari/400Regular/NotoSansDevanagari_400Regular.ttf" with {
  type: "file",
};
import ethiopic from "@expo-google-fonts/noto-sans-ethiopic/400Regular/NotoSansEthiopic_400Regular.ttf" with {
  type: "file",
};
import georgian from "@expo-google-fonts/noto-sans-georgian/400Regular/NotoSansGeorgian_400Regular.ttf" with {
  type: "file",
};
import gujarati from "@expo-google-fonts/noto-sans-gujarati/400Regular/NotoSansGujarati_400Regular.ttf" with {
  type: "file",
};
import gurmukhi from "@expo-google-fonts/noto-sans-gurmukhi/400Regular/NotoSansGurmukhi_400Regular.ttf" with {
  type: "file",
};
import hebrew from "@expo-google-fonts/noto-sans-hebrew/400Regular/NotoSansHebrew_400Regular.ttf" with { type: "file" };
import kannada from "@expo-google-fonts/noto-sans-kannada/400Regular/NotoSansKannada_400Regular.ttf" with {
  type: "file",
};
import khmer from "@expo-google-fonts/noto-sans-khmer/400Regular/NotoSansKhmer_400Regular.ttf" with { type: "file" };
import lao from "@expo-google-fonts/noto-sans-lao/400Regular/NotoSansLao_400Regular.ttf" with { type: "file" };
import malayalam from "@expo-google-fonts/noto-sans-malayalam/400Regular/NotoSansMalayalam_400Regular.ttf" with {
  type: "file",
};
import meeteiMayek from "@expo-google-fonts/noto-sans-meetei-mayek/400Regular/NotoSansMeeteiMayek_400Regular.ttf" with {
  type: "file",
};
import myanmar from "@expo-google-fonts/noto-sans-myanmar/400Regular/NotoSansMyanmar_400Regular.ttf" with {
  type: "file",
};
import nko from "@expo-google-fonts/noto-sans-nko/400Regular/NotoSansNKo_400Regular.ttf" with { type: "file" };
import olChiki from "@expo-google-fonts/noto-sans-ol-chiki/400Regular/NotoSansOlChiki_400Regular.ttf" with {
  type: "file",
};
import oriya from "@expo-google-fonts/noto-sans-oriya/400Regular/NotoSansOriya_400Regular.ttf" with { type: "file" };
import sinhala from "@expo-google-fonts/noto-sans-sinhala/400Regular/NotoSansSinhala_400Regular.ttf" with {
  type: "file",
};
import syriac from "@expo-google-fonts/noto-sans-syriac/400Regular/NotoSansSyriac_400Regular.ttf" with { type: "file" };
import tamil from "@expo-google-fonts/noto-sans-tamil/400Regular/NotoSansTamil_400Regular.ttf" with { type: "file" };
import telugu from "@expo-google-fonts/noto-sans-telugu/400Regular/NotoSansTelugu_400Regular.ttf" with { type: "file" };
import thaana from "@expo-google-fonts/noto-sans-thaana/400Regular/NotoSansThaana_400Regular.ttf" with { type: "file" };
import thai from "@expo-google-fonts/noto-sans-thai/400Regular/NotoSansThai_400Regular.ttf" with { type: "file" };
import tifinagh from "@expo-google-fonts/noto-sans-tifinagh/400Regular/NotoSansTifinagh_400Regular.ttf" with {
  type: "file",
};
import tibetan from "@expo-google-fonts/noto-serif-tibetan/400Regular/NotoSerifTibetan_400Regular.ttf" with {
  type: "file",
};
import { openFace } from "./face.ts";
import type { ScriptFamily } from "./scripts.ts";

/**
 * The faces of a report. Hanken Grotesk sets the text (its figures are tabular as drawn, so columns of numbers line up
 * without a font feature); Newsreader sets titles and large figures. Both cover Latin Extended: Vietnamese, Māori,
 * Polish. The others are there for names: Chinese, Japanese, Greek and Cyrillic, Korean, and scripts with a face each.
 */
export type Family = "Sans" | "Serif" | "Han" | "Hangul" | ScriptFamily;

interface Faces {
  readonly normal: string;
  readonly bold: string;
}

export const FONTS: Readonly<Record<Family, Faces>> = {
  Sans: { normal: sans, bold: sansStrong },
  Serif: { normal: serif, bold: serif },
  Han: { normal: han, bold: han },
  Hangul: { normal: hangul, bold: hangul },
  Arabic: { normal: arabic, bold: arabic },
  Bengali: { normal: bengali, bold: bengali },
  Devanagari: { normal: devanagari, bold: devanagari },
  Gurmukhi: { normal: gurmukhi, bold: gurmukhi },
  Hebrew: { normal: hebrew, bold: hebrew },
  Khmer: { normal: khmer, bold: khmer },
  Sinhala: { normal: sinhala, bold: sinhala },
  Tamil: { normal: tamil, bold: tamil },
  Thai: { normal: thai, bold: thai },
  Gujarati: { normal: gujarati, bold: gujarati },
  Telugu: { normal: telugu, bold: telugu },
  Kannada: { normal: kannada, bold: kannada },
  Malayalam: { normal: malayalam, bold: malayalam },
  Lao: { normal: lao, bold: lao },
  Armenian: { normal: armenian, bold: armenian },
  Georgian: { normal: georgian, bold: georgian },
  Myanmar: { normal: myanmar, bold: myanmar },
  Ethiopic: { normal: ethiopic, bold: ethiopic },
  Syriac: { normal: syriac, bold: syriac },
  Thaana: { normal: thaana, bold: thaana },
  Oriya: { normal: oriya, bold: oriya },
  Tibetan: { normal: tibetan, bold: tibetan },
  NKo: { normal: nko, bold: nko },
  OlChiki: { normal: olChiki, bold: olChiki },
  Tifinagh: { normal: tifinagh, bold: tifinagh },
  MeeteiMayek: { normal: meeteiMayek, bold: meeteiMayek },
};

/** The files of all faces. */
export const FONT_FILES: ReadonlySet<string> = new Set(
  Object.values(FONTS).flatMap(({ normal, bold }) => [normal, bold]),
);

/** Searched in this order for what the family of a text does not cover. */
export const FALLBACKS: readonly Family[] = ["Sans", "Han", "Hangul"];

/** Stands for what no face covers; visible, so that an incomplete name does not look complete. Every face of Sans has it. */
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
  /** Written by `advance`. */
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

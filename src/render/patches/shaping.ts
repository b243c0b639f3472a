// Why: fontkit has no shaper for Thai and Lao, so that the ring of SARA AM stands on top of the tone mark instead of below
// it; and it takes a number in Arabic digits for letters, which run from right to left.
// Pinned by: fontkit 2.0.4, a font's layout.
import type { Font } from "fontkit";

/** A tone mark of Thai or Lao before SARA AM; as its two parts, of which the ring goes before the mark. */
const SARA_AM = /([\u0e48-\u0e4b]?)\u0e33/g;
const LAO_AM = /([\u0ec8-\u0ecb]?)\u0eb3/g;
const DIGITS = /^[\u0660-\u0669\u06f0-\u06f9]+$/;

export function mendShaping(font: Font): void {
  const { layout } = font;
  font.layout = (text, ...rest) => {
    const run = layout.call(font, text.replace(SARA_AM, "\u0e4d$1\u0e32").replace(LAO_AM, "\u0ecd$1\u0eb2"), ...rest);
    if (DIGITS.test(text)) {
      run.glyphs.reverse();
      run.positions.reverse();
    }
    return run;
  };
}

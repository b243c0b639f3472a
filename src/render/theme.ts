import { MARK_CONTRAST, mix, readable, TEXT_CONTRAST } from "./colour.ts";
import type { Style } from "./text.ts";

/** A4 in points. */
export const PAGE = { width: 595.28, height: 841.89, left: 56, right: 56, top: 78, bottom: 66 } as const;
export const CONTENT_WIDTH = PAGE.width - PAGE.left - PAGE.right;

/** The colour of a report without a brand. */
const OWN_COLOUR = "#17494d";

/** Greys, and one colour that is the agency's: the same few everywhere, distinguished in black and white, too. */
export interface Palette {
  readonly ink: string;
  /** For what is read second; still text contrast. */
  readonly muted: string;
  /** For what stands beside the brand in a chart. */
  readonly bar: string;
  readonly hairline: string;
  readonly wash: string;
  /** The brand, dark enough for shapes and large areas under white text. */
  readonly accent: string;
  /** The brand, dark enough for small text on white and on its own tint. */
  readonly accentText: string;
  readonly accentTint: string;
  /** The edge of an area in a tint of the brand. */
  readonly accentEdge: string;
}

/** @param colour the agency's, as #rrggbb; darkened where it could not be read. */
export function palette(colour: string | null): Palette {
  const own = colour ?? OWN_COLOUR;
  const tint = mix(own, "#ffffff", 0.91);
  const accent = readable(own, "#ffffff", TEXT_CONTRAST);
  return {
    ink: "#15191e",
    muted: "#59626c",
    bar: readable("#aab2bb", tint, MARK_CONTRAST),
    hairline: "#dde1e5",
    wash: "#f4f5f6",
    accent,
    accentText: readable(own, tint, TEXT_CONTRAST),
    accentTint: tint,
    accentEdge: readable(mix(accent, "#ffffff", 0.5), "#ffffff", MARK_CONTRAST),
  };
}

/** The one scale of type. */
export const SIZE = {
  label: 6.6,
  small: 7.4,
  table: 8.2,
  body: 9.4,
  lead: 11.5,
  figure: 21,
  title: 24,
  display: 58,
} as const;

/** Small capitals by size and spacing: a face less to embed. More space, and copied text falls into letters. */
export function label(color: string): Style {
  return { fontSize: SIZE.label, characterSpacing: 0.3, bold: true, color };
}

/*
 * How every document looks: sizes, colours, spacing, styled text, and numbers and dates as they are printed.
 * The agency's colour is darkened where it could not be read.
 * Not here: what is on a page.
 */

import { chroma, contrast, distance, MARK_CONTRAST, mix, readable, TEXT_CONTRAST } from "./colour.ts";
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
  /** For what is beside the brand in a chart. */
  readonly bar: string;
  readonly hairline: string;
  readonly wash: string;
  /** The brand, dark enough for shapes and large areas under white text. */
  readonly accent: string;
  /** The ground of a large field: the brand as it is where that can be seen on paper, and what is set on it. */
  readonly field: string;
  readonly onField: string;
  /** The brand, dark enough for small text on white and on its own tint. */
  readonly accentText: string;
  readonly accentTint: string;
  /** The edge of an area in a tint of the brand. */
  readonly accentEdge: string;
}

const INK = "#15191e";

/** @param colour the agency's, as #rrggbb; darkened where it could not be read. */
export function palette(colour: string | null): Palette {
  const own = colour ?? OWN_COLOUR;
  const dark = readable(own, "#ffffff", TEXT_CONTRAST);
  const marks = isGrey(dark) ? INK : own;
  const tint = mix(marks, "#ffffff", 0.91);
  const accent = readable(marks, "#ffffff", TEXT_CONTRAST);
  return {
    ink: INK,
    muted: "#59626c",
    bar: readable("#aab2bb", tint, MARK_CONTRAST),
    hairline: "#dde1e5",
    wash: "#f4f5f6",
    accent,
    ...(isBright(own) ? { field: own, onField: INK } : { field: isSeen(own) ? dark : accent, onField: "#ffffff" }),
    accentText: readable(marks, tint, TEXT_CONTRAST),
    accentTint: tint,
    accentEdge: readable(mix(accent, "#ffffff", 0.5), "#ffffff", MARK_CONTRAST),
  };
}

/**
 * Such as a yellow, which would become an olive under white words. A colour that is nearly white is no field on white
 * paper.
 */
function isBright(colour: string): boolean {
  return contrast(colour, "#ffffff") < MARK_CONTRAST && isSeen(colour);
}

function isSeen(colour: string): boolean {
  return distance(colour, "#ffffff") >= SEEN_FROM;
}

/** Of 0 to 1. */
const SEEN_FROM = 0.15;

/**
 * As what is beside the brand is: in it, the brand's own rows and bars would be the paler ones. Dark text stands out
 * instead.
 */
function isGrey(colour: string): boolean {
  return chroma(colour) < GREY_BELOW && contrast(colour, "#ffffff") < DARK_FROM;
}

/** The first of 0 to 1, the other a contrast with white. */
const [GREY_BELOW, DARK_FROM] = [0.12, 7];

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

/** The contrast that WCAG 2.2 requires of text (1.4.3). */
export const TEXT_CONTRAST = 4.5;
/** And of the parts of a chart that one must see to understand it (1.4.11). */
export const MARK_CONTRAST = 3;

type Rgb = readonly [number, number, number];

/** Contrast of two colours by WCAG 2.2: 1 to 21. */
export function contrast(a: string, b: string): number {
  const [dark, light] = [luminance(rgb(a)), luminance(rgb(b))].sort((x, y) => x - y) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

/**
 * The colour, darkened as little as it takes to stand out from the background: an agency's yellow stays its yellow's
 * kin.
 */
export function readable(colour: string, background: string, minimum: number): string {
  for (let step = 0; step <= 40; step++) {
    const candidate = mix(colour, "#000000", step / 40);
    if (contrast(candidate, background) >= minimum) return candidate;
  }
  return "#000000";
}

/** The colour of text on a ground of any colour: the first of these that can be read. One of black and white always can. */
export function readableOn(ground: string, ...inks: readonly string[]): string {
  const found = [...inks, "#ffffff"].find((ink) => contrast(ink, ground) >= TEXT_CONTRAST);
  return found ?? "#000000";
}

/** `amount` of the second colour in the first, 0–1. */
export function mix(colour: string, other: string, amount: number): string {
  const [from, to] = [rgb(colour), rgb(other)];
  const part = (index: 0 | 1 | 2) =>
    Math.round(from[index] + (to[index] - from[index]) * amount)
      .toString(16)
      .padStart(2, "0");
  return `#${part(0)}${part(1)}${part(2)}`;
}

/** How far two colours are from each other in red, green or blue, 0–1: whichever is the most. */
export function distance(a: string, b: string): number {
  const [from, to] = [rgb(a), rgb(b)];
  return Math.max(...from.map((part, index) => Math.abs(part - (to[index] ?? 0)))) / 255;
}

/** How far a colour is from a grey, 0–1: its most of red, green or blue less its least. */
export function chroma(colour: string): number {
  const parts = rgb(colour);
  return (Math.max(...parts) - Math.min(...parts)) / 255;
}

function rgb(colour: string): Rgb {
  const value = Number.parseInt(colour.slice(1), 16);
  return [(value >> 16) & 255, (value >> 8) & 255, value & 255];
}

function luminance([red, green, blue]: Rgb): number {
  const linear = (channel: number) => {
    const part = channel / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
}

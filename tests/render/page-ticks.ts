import { openFace } from "../../src/render/fonts/face.ts";
import { FONTS } from "../../src/render/fonts/fonts.ts";
import type { Page, Word } from "./page.ts";

/** The sizes of the numbers at an axis and of the newest value of a line (src/render/charts). */
const SIZE = { tick: 6.4, newest: 7.6 } as const;
const NUMBER = /^(−?)\$?([\d,]+(?:\.\d+)?)([kmb%]?)$/;
const UNITS: Readonly<Record<string, number>> = { "": 1, "%": 1, k: 1e3, m: 1e6, b: 1e9 };
/** Points between two ticks of a chart at most; the next chart of the same measure below it is farther. */
const APART = 60;

/** Charts whose numbers contradict each other: a tick twice, past 100 % or below 0, the newest value outside of them. */
export function tickProblems({ words }: Page): readonly string[] {
  const ticks = words.filter((word) => isOfSize(word, SIZE.tick) && NUMBER.test(word.text));
  const newest = words.filter((word) => isOfSize(word, SIZE.newest) && NUMBER.test(word.text));
  const charts = axesOf(ticks);
  return charts.flatMap((axis) => {
    const values = axis.map(({ text }) => numberOf(text));
    const [most = 0, least = 0] = [values[0], values.at(-1)];
    const isShare = axis.every(({ text }) => text.endsWith("%"));
    const [top, bottom] = [(axis[0]?.top ?? 0) - 4, (axis.at(-1)?.bottom ?? 0) + 4];
    const right = Math.max(...axis.map((tick) => tick.right));
    const end = Math.min(
      ...charts.flatMap(([other]) =>
        other !== undefined && other.left > right && other.top < bottom && other.bottom > top ? other.left : [],
      ),
    );
    const own = newest.filter((word) => word.top > top && word.bottom < bottom && word.left > right && word.left < end);
    return [
      ...(new Set(values).size < values.length ? [`a tick twice: ${axis.map(({ text }) => text).join(" ")}`] : []),
      ...(isShare && most > 100 ? [`a tick past 100%: ${most}%`] : []),
      ...(!isShare && least < 0 ? [`a tick below 0: ${axis.at(-1)?.text}`] : []),
      ...own
        .filter(({ text }) => numberOf(text) > most * 1.005 || numberOf(text) < least - Math.abs(least) * 0.005)
        .map(({ text }) => `${text} is not between the ticks ${axis.map((tick) => tick.text).join(" ")}`),
    ];
  });
}

/** The ticks of each chart, from above: they end at the same height and become less. */
function axesOf(ticks: readonly Word[]): readonly (readonly Word[])[] {
  const columns = Map.groupBy(ticks, ({ right }) => Math.round(right * 2)).values();
  return [...columns].flatMap((column) => {
    const found: Word[][] = [];
    for (const tick of column.toSorted((a, b) => a.top - b.top)) {
      const last = found.at(-1)?.at(-1);
      const continues =
        last !== undefined &&
        measureOf(tick) === measureOf(last) &&
        numberOf(tick.text) <= numberOf(last.text) &&
        tick.top - last.top < APART;
      if (continues) found.at(-1)?.push(tick);
      else found.push([tick]);
    }
    return found.filter((axis) => axis.length > 1);
  });
}

/** "$", "%" or "": a chart has one, and the chart below it may have another. */
function measureOf({ text }: Word): string {
  return /[$%]/.exec(text)?.[0] ?? "";
}

function numberOf(text: string): number {
  const [, sign, digits = "", unit = ""] = NUMBER.exec(text) ?? [];
  return (sign === "−" ? -1 : 1) * Number(digits.replaceAll(",", "")) * (UNITS[unit] ?? Number.NaN);
}

const { ascent, descent, unitsPerEm } = openFace(FONTS.Sans.normal);
/** Of a word's box, by its size. */
const HEIGHT = (ascent - descent) / unitsPerEm;

/** Is it as large as the numbers at an axis? */
export function isTick(word: Word): boolean {
  return isOfSize(word, SIZE.tick);
}

function isOfSize({ top, bottom }: Word, size: number): boolean {
  return Math.abs(bottom - top - size * HEIGHT) < 0.05;
}

export interface Word {
  readonly text: string;
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

export interface Page {
  readonly width: number;
  readonly height: number;
  readonly words: readonly Word[];
  /** The words without any blank: a phrase is found however it is broken. */
  readonly text: string;
}

const ENTITIES: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', "#39": "'", apos: "'" };

/** The pages of a PDF with every word's box, as poppler sees them. */
export async function pagesOf(path: string): Promise<readonly Page[]> {
  const layout = await Bun.$`pdftotext -bbox-layout ${path} -`.text();
  return layout
    .split("<page ")
    .slice(1)
    .map((part) => {
      const [, width, height] = /^width="(.*?)" height="(.*?)"/.exec(part) ?? [];
      const words = Array.from(
        part.matchAll(/<word xMin="(.*?)" yMin="(.*?)" xMax="(.*?)" yMax="(.*?)">(.*?)<\/word>/g),
        ([, left, top, right, bottom, text = ""]) => ({
          text: text.replace(/&(#?\w+);/g, (whole, name: string) => ENTITIES[name] ?? whole),
          left: Number(left),
          top: Number(top),
          right: Number(right),
          bottom: Number(bottom),
        }),
      );
      return {
        width: Number(width),
        height: Number(height),
        words,
        text: squeeze(words.map(({ text }) => text).join("")),
      };
    });
}

export function squeeze(text: string): string {
  return text.replace(/[\s\u00ad]+/g, "");
}

/** Pairs of words that lie on each other. Boxes are as high as the face, not as the letters: their middles are compared. */
export function overlaps(words: readonly Word[]): readonly string[] {
  const cores = words
    .filter(({ text }) => !/^\p{M}+$/u.test(text))
    .map(({ text, left, top, right, bottom }) => {
      const air = (bottom - top) * 0.28;
      return { text, left: left + 0.6, right: right - 0.6, top: top + air, bottom: bottom - air };
    });
  cores.sort((a, b) => a.top - b.top);
  return cores.flatMap((one, index) => {
    const found: string[] = [];
    for (const other of cores.slice(index + 1)) {
      if (other.top >= one.bottom) break;
      if (one.left < other.right && other.left < one.right) found.push(`${one.text} / ${other.text}`);
    }
    return found;
  });
}

/** A letter of a page and its position, in points from the lower left. */
export interface Letter {
  readonly text: string;
  readonly x: number;
  readonly y: number;
  readonly size: number;
}

type Matrix = readonly [number, number, number, number, number, number];

interface LetterFont {
  /** By a glyph's number: thousandths of the size. */
  readonly widths: ReadonlyMap<number, number>;
  readonly texts: ReadonlyMap<number, string>;
}

/**
 * The letters of a PDF as pdfkit writes one without compression (ISO 32000-2, 9.4), in the order in which they are set.
 * It knows the operators that pdfkit uses for text, and no others.
 */
export function lettersOf(pdf: string): readonly Letter[] {
  const objects = new Map(
    [...pdf.matchAll(/(?:^|\n)(\d+) 0 obj\n([\s\S]*?)\nendobj/g)].map(([, id = "", body = ""]) => [id, body]),
  );
  const fonts = new Map<string, LetterFont>();
  for (const [, entries = ""] of pdf.matchAll(/\/Font <<([\s\S]*?)>>/g))
    for (const [, name = "", id = ""] of entries.matchAll(/\/(\S+) (\d+) 0 R/g)) fonts.set(name, fontOf(id, objects));
  return [...objects.values()]
    .filter((body) => /\nBT\n/.test(body))
    .flatMap((body) => setBy(body.slice(body.indexOf("stream\n") + 7, body.lastIndexOf("\nendstream")), fonts));
}

/** What `q` saves (8.4.1). */
interface GraphicsState {
  readonly drawn: Matrix;
  readonly font: LetterFont | undefined;
  readonly size: number;
  readonly spacing: number;
}

function setBy(content: string, fonts: ReadonlyMap<string, LetterFont>): readonly Letter[] {
  const letters: Letter[] = [];
  let state: GraphicsState = { drawn: [1, 0, 0, 1, 0, 0], font: undefined, size: 0, spacing: 0 };
  const saved: GraphicsState[] = [];
  let set: Matrix = state.drawn;
  for (const line of content.split("\n")) {
    const parts = line.split(" ");
    const operator = parts.at(-1);
    const numbers = parts.slice(0, -1).map(Number);
    if (operator === "q") saved.push(state);
    else if (operator === "Q") state = saved.pop() ?? state;
    else if (operator === "cm") state = { ...state, drawn: times(numbers as unknown as Matrix, state.drawn) };
    else if (operator === "Tm") set = numbers as unknown as Matrix;
    else if (operator === "Tc") state = { ...state, spacing: numbers[0] ?? 0 };
    else if (operator === "Tf") state = { ...state, font: fonts.get((parts[0] ?? "").slice(1)), size: numbers[1] ?? 0 };
    else if (operator === "TJ") {
      const { drawn, font, size, spacing } = state;
      for (const [, hex, shift] of line.matchAll(/<([\da-f]*)>|(-?[\d.]+)/g)) {
        if (shift !== undefined) set = times([1, 0, 0, 1, (-Number(shift) / 1000) * size, 0], set);
        for (const [code] of (hex ?? "").matchAll(/..../g)) {
          const glyph = Number.parseInt(code, 16);
          const [, , , , x, y] = times(set, drawn);
          letters.push({ text: font?.texts.get(glyph) ?? "", x, y, size });
          const advance = ((font?.widths.get(glyph) ?? 0) / 1000) * size + spacing;
          set = times([1, 0, 0, 1, advance, 0], set);
        }
      }
    }
  }
  return letters;
}

function fontOf(id: string, objects: ReadonlyMap<string, string>): LetterFont {
  const font = objects.get(id) ?? "";
  const referred = (name: string, body: string) =>
    objects.get(new RegExp(`/${name} \\[?(\\d+) 0 R`).exec(body)?.[1] ?? "") ?? "";
  const widths = /\/W \[0 \[([^\]]*)\]/.exec(referred("DescendantFonts", font))?.[1] ?? "";
  const texts = /beginbfrange([\s\S]*?)endbfrange/g;
  const ranges = [...referred("ToUnicode", font).matchAll(texts)].flatMap(([, range = ""]) => [
    ...range.matchAll(/<([\da-f]{4})> <[\da-f]{4}> \[([^\]]*)\]/g),
  ]);
  return {
    widths: new Map(
      widths
        .trim()
        .split(/\s+/)
        .map((width, glyph) => [glyph, Number(width)]),
    ),
    texts: new Map(
      ranges.flatMap(([, first = "", each = ""]) =>
        [...each.matchAll(/<([\da-f ]*)>/g)].map(([, hex = ""], at) => [
          Number.parseInt(first, 16) + at,
          Buffer.from(hex.replaceAll(" ", ""), "hex").swap16().toString("utf16le"),
        ]),
      ),
    ),
  };
}

/** First `one`, then `other`. */
function times([a, b, c, d, e, f]: Matrix, [g, h, i, j, k, l]: Matrix): Matrix {
  return [a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j, e * g + f * i + k, e * h + f * j + l];
}

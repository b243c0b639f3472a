// Why: a chart goes into pdfmake as SVG, which it reads three times, twice to measure a size that it states, and draws
// through
// svg-to-pdfkit with a state saved and restored for each mark; here the marks of ../charts/marks.ts are written as they
// are.
// A fifth of a report's time.
// Pinned by: pdfmake 0.3.11, DocMeasure.measureSVG and measureImageWithDimensions, Renderer.renderSVG and
// PDFDocument.provideFont; pdfkit 0.19.1, PDFDocument.opacity.
import type { Drawn, Mark } from "../charts/marks.ts";
import { type EmbeddedFont, lettersOf, partsOf, rounded, setLetters } from "./lines.ts";
import { override, type Undo, undoAll } from "./patch.ts";

/** A chart, as any other SVG but for what it was drawn from. */
interface ChartNode {
  readonly drawn?: Drawn;
  readonly x: number;
  readonly y: number;
}

interface SvgMeasure {
  measureSVG(this: SvgMeasure, node: ChartNode): ChartNode;
  measureImageWithDimensions(node: ChartNode, size: Pick<Drawn, "width" | "height">): void;
}

interface DrawingCanvas {
  readonly page: { readonly fonts: Record<string, unknown> };
  provideFont(family: string, bold: boolean, italics: boolean): EmbeddedFont;
  addContent(operator: string): DrawingCanvas;
  opacity(opacity: number): DrawingCanvas;
  _normalizeColor(color: string): readonly number[] | null;
}

interface DrawingRenderer {
  readonly pdfDocument: DrawingCanvas;
  renderSVG(this: DrawingRenderer, svg: ChartNode): void;
}

const { default: DocMeasure } = require("pdfmake/js/DocMeasure.js") as { default: { readonly prototype: SvgMeasure } };
const { default: PdfRenderer } = require("pdfmake/js/Renderer.js") as {
  default: { readonly prototype: DrawingRenderer };
};

export function writeDrawings(): Undo {
  const { measureSVG } = DocMeasure.prototype;
  const { renderSVG } = PdfRenderer.prototype;
  return undoAll([
    override("pdfmake's measure", DocMeasure.prototype, {
      measureSVG(node) {
        if (node.drawn === undefined) return measureSVG.call(this, node);
        this.measureImageWithDimensions(node, node.drawn);
        return node;
      },
    }),
    override("pdfmake's renderer", PdfRenderer.prototype, {
      renderSVG(svg) {
        const operators = svg.drawn && written(svg.drawn, svg.x, svg.y, this.pdfDocument);
        if (operators == null) return renderSVG.call(this, svg);
        this.pdfDocument.opacity(1).addContent(operators);
      },
    }),
  ]);
}

/**
 * The operators that draw it with its upper left corner there; nothing of it is seen outside of its size. Null where a
 * face has no glyph for a part of its words.
 */
function written({ width, height, marks }: Drawn, x: number, y: number, document: DrawingCanvas): string | null {
  const operators = ["q", `1 0 0 1 ${rounded(x)} ${rounded(y)} cm`, `0 0 ${width} ${height} re W n`, PLAIN_PEN];
  const pen = new Map<string, string>();
  /** How the next is painted, unless the one before was painted so. */
  const set = (operator: string, value: string) => {
    if (pen.get(operator) === value) return;
    pen.set(operator, value);
    operators.push(`${value} ${operator}`);
  };
  for (const mark of marks) {
    if (mark.kind === "words") {
      const words = wordsOf(mark, document);
      if (words === null) return null;
      set("rg", partsOf(mark.color, document));
      operators.push(...words);
      continue;
    }
    const path = pathOf(mark);
    if (path === "") continue;
    const { fill, stroke = null } = { stroke: null, ...mark };
    if (fill !== null) set("rg", partsOf(fill, document));
    if (stroke !== null) {
      set("RG", partsOf(stroke.color, document));
      set("w", String(stroke.width));
    }
    operators.push(path, stroke === null ? "f" : fill === null ? "S" : "B");
  }
  return `${operators.join("\n")}\nQ`;
}

/** What SVG begins with: ends cut, corners pointed, no dashes. */
const PLAIN_PEN = "0 J 0 j 4 M [] 0 d";

function pathOf(mark: Exclude<Mark, { readonly kind: "words" }>): string {
  switch (mark.kind) {
    case "path":
      return segments(mark.d);
    case "box":
      return `${mark.x} ${mark.y} ${mark.width} ${mark.height} re`;
    case "circle":
      return circle(mark.x, mark.y, mark.radius);
  }
}

/** Of SVG's path data what d3-path and fontkit write: lines and curves to points that are counted from the corner. */
function segments(d: string): string {
  let operators = "";
  let [x, y] = [0, 0];
  for (const [, command = "", numbers = ""] of d.matchAll(/([A-Za-z])([^A-Za-z]*)/g)) {
    const points = numbers.match(/-?[\d.]+/g)?.map((number) => rounded(Number(number))) ?? [];
    const [toX, toY] = [points.at(-2) ?? x, points.at(-1) ?? y];
    if (command === "Q") {
      const [midX = x, midY = y] = points;
      // The cubic curve that is the same.
      points.unshift(x + (2 * (midX - x)) / 3, y + (2 * (midY - y)) / 3);
      points.splice(2, 2, toX + (2 * (midX - toX)) / 3, toY + (2 * (midY - toY)) / 3);
    }
    const operator = OPERATORS[command];
    if (operator === undefined) throw new Error(`no operator draws ${command} of ${d}`);
    operators += `${points.map(rounded).join(" ")} ${operator}\n`;
    [x, y] = [toX, toY];
  }
  return operators.trimEnd();
}

const OPERATORS: Readonly<Record<string, string>> = { M: "m", L: "l", C: "c", Q: "c", Z: "h" };

/** How far from its ends a quarter of a circle is led, for a radius of 1. */
const LED = 0.5523;

function circle(x: number, y: number, radius: number): string {
  const [left, right, top, bottom] = [x - radius, x + radius, y - radius, y + radius].map(rounded);
  const led = LED * radius;
  const [west, east, north, south] = [x - led, x + led, y - led, y + led].map(rounded);
  return [
    `${right} ${y} m`,
    `${right} ${south} ${east} ${bottom} ${x} ${bottom} c`,
    `${west} ${bottom} ${left} ${south} ${left} ${y} c`,
    `${left} ${north} ${west} ${top} ${x} ${top} c`,
    `${east} ${top} ${right} ${north} ${right} ${y} c h`,
  ].join("\n");
}

function wordsOf(
  { x, y, runs, anchor, size, bold }: Extract<Mark, { readonly kind: "words" }>,
  document: DrawingCanvas,
): readonly string[] | null {
  const found = runs.map(({ text, family }) => {
    const font = document.provideFont(family, bold, false);
    return { letters: lettersOf(text, font), font, width: (font.layout(text).advanceWidth * size) / 1000 };
  });
  const width = found.reduce((sum, run) => sum + run.width, 0);
  let at = x - (anchor === "end" ? width : anchor === "middle" ? width / 2 : 0);
  const operators: string[] = [];
  for (const { letters, font, width } of found) {
    if (letters === null) return null;
    document.page.fonts[font.id] ??= font.ref();
    operators.push(setLetters(letters, { font, size, x: at, baseline: y, spacing: 0 }));
    at += width;
  }
  return operators;
}

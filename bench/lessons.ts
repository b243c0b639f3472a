/**
 * What pdfmake is taught by src/render/writer.ts and src/render/typesetting.ts to be faster: each of the largest costs
 * that a profile has shown.
 */
export const LESSONS = ["faces", "styles", "operators", "lines", "drawings"] as const;
export type Lesson = (typeof LESSONS)[number];

// As they are before anything is taught.
const methods = require("pdfmake/js/PDFDocument.js").default.prototype;
const styles = require("pdfmake/js/StyleContextStack.js").default;
const lines = require("pdfmake/js/Renderer.js").default.prototype;
const drawings = require("pdfmake/js/SVGMeasure.js").default.prototype;
const { getStyleProperty } = styles;
const { renderLine } = lines;
const { measureSVG, writeDimensions } = drawings;

/** The renderer, once it has forgotten these lessons: for a process that does nothing else. */
export async function rendererWithout(lessons: readonly Lesson[]) {
  const { renderPdf } = await import("../src/render/document.ts");
  for (const lesson of lessons) forget[lesson]();
  return renderPdf;
}

// What was inherited from pdfkit is inherited again.
const forget: Readonly<Record<Lesson, () => void>> = {
  faces() {
    for (const name of ["initFonts", "font"]) delete methods[name];
  },
  styles() {
    styles.getStyleProperty = getStyleProperty;
  },
  operators() {
    for (const name of ["addContent", "flushPages"]) delete methods[name];
  },
  lines() {
    lines.renderLine = renderLine;
    for (const name of ["text", "_setColorCore"]) delete methods[name];
  },
  drawings() {
    Object.assign(drawings, { measureSVG, writeDimensions });
  },
};

// Why: the Arabic face draws the dots of a letter as glyphs of their own, which stand for no character: MuPDF and pdf.js
// extract a replacement mark for each. Vowels of Arabic and Hebrew are placed on their letters, and poppler takes each part
// for a word. Here a letter and what is placed on it become one glyph of the document: a composite one (OpenType 1.9.1,
// glyf), which is extracted as the letter and its vowels.
// Pinned by: fontkit 2.0.4, TTFSubset: glyphs, _addGlyph, and the fields that it writes.
import type { Glyph } from "fontkit";
import type { DocumentFont, Position } from "./document-font.ts";

/** What of fontkit's subset is used here. */
interface Subset {
  readonly glyphs: number[];
  includeGlyph(id: number): number;
  _addGlyph(id: number): number;
  readonly glyf: Uint8Array[];
  readonly loca: { readonly offsets: number[] };
  readonly hmtx: { readonly metrics: { readonly advance: number; readonly bearing: number }[] };
  offset: number;
}

interface Part {
  readonly glyph: Glyph;
  /** In units of the face. */
  readonly x: number;
  readonly y: number;
}

/** A letter first, then its marks. */
type Composite = readonly Part[];

/** No face has a glyph of such a number: they end at 65,535. */
const FIRST_COMPOSITE = 0x10000;

interface Composites {
  readonly byParts: Map<string, number>;
  readonly made: Composite[];
}

const composites = new WeakMap<object, Composites>();

/** A glyph as it is set: its number in the document, where a composite has one. */
export interface PlacedGlyph {
  readonly glyph: Glyph;
  readonly position: Position;
  readonly number: number | null;
}

/**
 * Joins each mark with the letter that it is placed on. Letters that run from right to left are set from the left, so
 * that a mark comes before its letter.
 */
export function joinMarks(
  font: DocumentFont,
  glyphs: readonly Glyph[],
  positions: readonly Position[],
): readonly PlacedGlyph[] {
  const found: PlacedGlyph[] = [];
  let marks: Part[] = [];
  for (const [index, position] of positions.entries()) {
    const glyph = glyphs[index];
    if (glyph === undefined) continue;
    if (position.advanceWidth === 0) {
      marks.push({ glyph, ...inUnits(font, position) });
      continue;
    }
    if (marks.length === 0) found.push({ glyph, position, number: null });
    else {
      const letter = [{ glyph, ...inUnits(font, position) }, ...marks];
      found.push({
        glyph,
        position: { ...position, xOffset: 0, yOffset: 0 },
        number: numberOf(font, letter, position),
      });
    }
    marks = [];
  }
  const scale = 1000 / font.font.unitsPerEm;
  for (const { glyph, x, y } of marks)
    found.push({
      glyph,
      position: { xAdvance: 0, advanceWidth: 0, xOffset: x * scale, yOffset: y * scale },
      number: null,
    });
  return found;
}

function inUnits({ font }: DocumentFont, { xOffset, yOffset }: Position): { readonly x: number; readonly y: number } {
  const scale = font.unitsPerEm / 1000;
  return { x: Math.round(xOffset * scale), y: Math.round(yOffset * scale) };
}

/** The number in the document of a letter with its marks. */
function numberOf({ subset, widths, unicode }: DocumentFont, parts: Composite, { advanceWidth }: Position): number {
  const { byParts, made } = compositesOf(subset as unknown as Subset);
  const [letter, ...marks] = parts;
  // In the order in which they are read (9.10.3 of ISO 32000-1): first the letter.
  const codePoints = [letter, ...marks.reverse()].flatMap((part) => part?.glyph.codePoints ?? []);
  const key = `${codePoints.join(" ")} ${parts.map(({ glyph, x, y }) => `${glyph.id} ${x} ${y}`).join(" ")}`;
  let number = byParts.get(key);
  if (number === undefined) {
    number = subset.glyphs.push(FIRST_COMPOSITE + made.push(parts) - 1) - 1;
    byParts.set(key, number);
    widths[number] = advanceWidth;
    unicode[number] = codePoints;
  }
  return number;
}

function compositesOf(subset: Subset): Composites {
  let found = composites.get(subset);
  if (found === undefined) {
    const made: Composite[] = [];
    found = { byParts: new Map(), made };
    composites.set(subset, found);
    const { _addGlyph } = subset;
    subset._addGlyph = (id) => {
      const parts = made[id - FIRST_COMPOSITE];
      return parts === undefined ? _addGlyph.call(subset, id) : addComposite(subset, parts);
    };
  }
  return found;
}

const HEAD_BYTES = 10;
const PART_BYTES = 8;
/** Words, of which the second two are a place; round to the grid; more follow; and the width is this part's. */
const [PLACED, MORE, OWN_WIDTH] = [0x0001 | 0x0002, 0x0020, 0x0200];

function addComposite(subset: Subset, parts: Composite): number {
  const bytes = Buffer.alloc(Math.ceil((HEAD_BYTES + PART_BYTES * parts.length) / 4) * 4);
  const boxes = parts.map(({ glyph: { bbox }, x, y }) => [bbox.minX + x, bbox.minY + y, bbox.maxX + x, bbox.maxY + y]);
  const corner = (at: number, of: (...values: number[]) => number) =>
    bytes.writeInt16BE(Math.round(of(...boxes.map((box) => box[at] ?? 0))), 2 + 2 * at);
  bytes.writeInt16BE(-1, 0);
  corner(0, Math.min);
  corner(1, Math.min);
  corner(2, Math.max);
  corner(3, Math.max);
  for (const [index, { glyph, x, y }] of parts.entries()) {
    const at = HEAD_BYTES + PART_BYTES * index;
    const isLast = index === parts.length - 1;
    bytes.writeUInt16BE(PLACED | (isLast ? 0 : MORE) | (index === 0 ? OWN_WIDTH : 0), at);
    bytes.writeUInt16BE(subset.includeGlyph(glyph.id), at + 2);
    bytes.writeInt16BE(x, at + 4);
    bytes.writeInt16BE(y, at + 6);
  }
  subset.glyf.push(bytes);
  subset.loca.offsets.push(subset.offset);
  subset.hmtx.metrics.push({ advance: parts[0]?.glyph.advanceWidth ?? 0, bearing: bytes.readInt16BE(2) });
  subset.offset += bytes.length;
  return subset.glyf.length - 1;
}

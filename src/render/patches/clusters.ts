// Why: the text that is extracted of a PDF must be the text that was set. In many scripts glyphs are in another order than
// their characters, a glyph is part of several characters (the dots of Arabic), or several are placed on each other; and no
// two programs agree on what they extract of those, or whether they read an ActualText. Here the glyphs of a cluster become
// one glyph of the document, a composite one (OpenType 1.9.1, glyf), which is extracted as the characters of the cluster.
// Pinned by: fontkit 2.0.4, TTFSubset: glyphs, _addGlyph, and the fields that it writes.
import type { Glyph } from "fontkit";
import type { DocumentFont, GlyphPosition } from "./document-font.ts";

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

interface ClusterGlyph {
  readonly glyph: Glyph;
  /** In units of the face. */
  readonly x: number;
  readonly y: number;
}

/** MuPDF reads no more of a glyph. What is more belongs to glyphs behind it without an outline. */
const MOST_CHARACTERS = 8;

/** No face has a glyph of such a number: they end at 65,535. */
const FIRST_COMPOSITE = 0x10000;

/** In units of the face. */
interface Composite {
  readonly parts: readonly ClusterGlyph[];
  readonly advance: number;
}

interface Composites {
  readonly byParts: Map<string, number>;
  readonly made: Composite[];
}

const composites = new WeakMap<object, Composites>();

/** A glyph as it is set: its number in the document, where a composite has one. */
export interface PlacedGlyph {
  readonly glyph: Glyph;
  readonly position: GlyphPosition;
  readonly number: number | null;
}

/** Joins the glyphs of each cluster, of which the first from the left has the characters (../face.ts). */
export function joinClusters(
  font: DocumentFont,
  glyphs: readonly Glyph[],
  positions: readonly GlyphPosition[],
): readonly PlacedGlyph[] {
  const clusters: { readonly glyph: Glyph; readonly position: GlyphPosition }[][] = [];
  for (const [index, position] of positions.entries()) {
    const glyph = glyphs[index];
    if (glyph === undefined) continue;
    const last = clusters.at(-1);
    if (last === undefined || glyph.codePoints.length > 0) clusters.push([{ glyph, position }]);
    else last.push({ glyph, position });
  }
  return clusters.flatMap((cluster): PlacedGlyph[] => {
    const [first] = cluster;
    if (first === undefined) return [];
    if (cluster.length === 1) return [{ ...first, number: null }];
    const parts: ClusterGlyph[] = [];
    let pen = 0;
    for (const { glyph, position } of cluster) {
      const { xAdvance, xOffset, yOffset } = position;
      // What joins letters has a glyph without an outline.
      if (Number.isFinite(glyph.bbox.minX))
        parts.push({ glyph, x: inUnits(font, pen + xOffset), y: inUnits(font, yOffset) });
      pen += xAdvance;
    }
    const { glyph } = first;
    const { codePoints } = glyph;
    return Array.from({ length: Math.ceil(codePoints.length / MOST_CHARACTERS) }, (_, index) => {
      const [isFirst, from] = [index === 0, index * MOST_CHARACTERS];
      const advance = isFirst ? pen : 0;
      const characters = codePoints.slice(from, from + MOST_CHARACTERS);
      return {
        glyph,
        position: { xAdvance: advance, advanceWidth: advance, xOffset: 0, yOffset: 0 },
        number: numberOf(font, isFirst ? parts : [], characters, advance),
      };
    });
  });
}

/** @param value in thousandths of the font's size. */
function inUnits({ font }: DocumentFont, value: number): number {
  return Math.round((value * font.unitsPerEm) / 1000);
}

/** The number in the document of a cluster's glyphs. */
function numberOf(
  font: DocumentFont,
  parts: readonly ClusterGlyph[],
  codePoints: readonly number[],
  advanceWidth: number,
): number {
  const { subset, widths, unicode } = font;
  const { byParts, made } = compositesOf(subset as unknown as Subset);
  const key = `${codePoints.join(" ")} ${parts.map(({ glyph, x, y }) => `${glyph.id} ${x} ${y}`).join(" ")}`;
  let number = byParts.get(key);
  if (number === undefined) {
    const advance = inUnits(font, advanceWidth);
    number = subset.glyphs.push(FIRST_COMPOSITE + made.push({ parts, advance }) - 1) - 1;
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
      const composite = made[id - FIRST_COMPOSITE];
      return composite === undefined ? _addGlyph.call(subset, id) : addComposite(subset, composite);
    };
  }
  return found;
}

const HEAD_BYTES = 10;
const PART_BYTES = 8;
/** Words, of which the second two are an offset; and more parts follow. */
const [HAS_OFFSET, MORE] = [0x0001 | 0x0002, 0x0020];

function addComposite(subset: Subset, { parts, advance }: Composite): number {
  const bytes = parts.length === 0 ? Buffer.alloc(0) : outlineOf(subset, parts);
  subset.glyf.push(bytes);
  subset.loca.offsets.push(subset.offset);
  subset.hmtx.metrics.push({ advance, bearing: parts.length === 0 ? 0 : bytes.readInt16BE(2) });
  subset.offset += bytes.length;
  return subset.glyf.length - 1;
}

function outlineOf(subset: Subset, parts: readonly ClusterGlyph[]): Buffer {
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
    bytes.writeUInt16BE(HAS_OFFSET | (isLast ? 0 : MORE), at);
    bytes.writeUInt16BE(subset.includeGlyph(glyph.id), at + 2);
    bytes.writeInt16BE(x, at + 4);
    bytes.writeInt16BE(y, at + 6);
  }
  return bytes;
}

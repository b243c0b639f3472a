// Why: a block that a chart makes a little too high for the rest of a page leaves that rest empty. pdfmake draws at one height;
// here the charts of such a block are drawn lower, and the space above it is less, as far as each allows, where the block
// then has room. At the top of a page there is no such space.
// Pinned by: pdfmake 0.3.11, PageElementWriter.commitUnbreakableBlock, ElementWriter's contexts and items, and a node's _height.
import type { Tag } from "../structure/tag.ts";
import { override, type Undo } from "./patch.ts";
import type { Stamped } from "./structure-layout.ts";

interface LowerDrawing extends Stamped {
  readonly y: number;
  readonly tag?: Tag;
  _height: number;
  readonly drawn?: { readonly marks: readonly unknown[] };
  readonly lower?: { readonly least: number; readonly draw: (height: number) => object };
}

interface BlockItem {
  readonly type: string;
  readonly item: object;
}

interface LoweredContext {
  y: number;
  readonly availableHeight: number;
  readonly pageMargins: { readonly top: number };
  readonly pages: readonly { items: readonly BlockItem[] }[];
}

interface LoweringWriter {
  readonly transactionLevel: number;
  readonly contextStack: readonly LoweredContext[];
  context(): LoweredContext;
  commitUnbreakableBlock(this: LoweringWriter, x?: number, y?: number): void;
  addFragment(this: LoweringWriter, ...rest: unknown[]): unknown;
  moveToNextPage(this: LoweringWriter): void;
}

const { default: ElementWriter } = require("pdfmake/js/PageElementWriter.js") as {
  default: { readonly prototype: LoweringWriter };
};
const { offsetVector } = require("pdfmake/js/helpers/tools.js") as {
  offsetVector(vector: object, x: number, y: number): void;
};

/** Writers whose block begins the next page, although it would fit without its space. */
const breaking = new WeakSet<LoweringWriter>();

export function lowerDrawings(): Undo {
  const { addFragment, commitUnbreakableBlock } = ElementWriter.prototype;
  return override("pdfmake's writer", ElementWriter.prototype, {
    commitUnbreakableBlock(x, y) {
      const outside = this.contextStack.at(-1);
      if (this.transactionLevel === 1 && x === undefined && y === undefined && outside !== undefined) {
        if (settle(this.context(), outside)) breaking.add(this);
      }
      commitUnbreakableBlock.call(this, x, y);
    },
    addFragment(...rest) {
      if (breaking.delete(this)) this.moveToNextPage();
      return addFragment.apply(this, rest);
    },
  });
}

/** In points: sums of heights differ by less. */
const ROUNDING = 0.01;

/**
 * Lowers what can be lower of a block by as much as that is higher than the room for it, if that is enough. Returns
 * whether it has room only because its space was left out for the next page: there it must begin.
 */
function settle(block: LoweredContext, { y, availableHeight, pageMargins }: LoweredContext): boolean {
  const [page, ...others] = block.pages;
  if (page === undefined || others.length > 0) return false;
  const rows = rowsOf(page.items);
  if (rows.length === 0) return false;
  const over = block.y - availableHeight + ROUNDING;
  const isEnough = rows.reduce((sum, { gives }) => sum + gives, 0) >= over;
  const isFirst = y <= pageMargins.top + ROUNDING;
  let left = isFirst || !isEnough ? 0 : Math.max(0, over);
  for (const row of rows) {
    const isAtTop = isSpace(row) && (isFirst || !isEnough) && (row.charts[0]?.y ?? 0) < ROUNDING;
    const less = isAtTop ? heightOf(row) : Math.min(left, row.gives);
    left = Math.max(0, left - less);
    if (less > 0) lower(row, less, page.items);
    block.y -= less;
  }
  // It has taken its height.
  page.items = page.items.filter(({ item }) => !rows.some((row) => isSpace(row) && row.charts.includes(item as never)));
  return !isFirst && !isEnough && block.y <= availableHeight;
}

function isSpace({ charts }: ChartRow): boolean {
  return charts.every(({ drawn }) => drawn?.marks.length === 0);
}

function lower({ charts }: ChartRow, by: number, items: readonly BlockItem[]): void {
  const bottom = bottomOf(charts);
  for (const each of items) if (topOf(each) > bottom - ROUNDING) raise(each, by);
  for (const chart of charts) {
    const height = chart._height - by;
    Object.assign(chart, chart.lower?.draw(height), { _height: height });
    // How much of what it shows is within it.
    if (typeof chart.tag === "object" && chart.element !== undefined && "role" in chart.element)
      chart.element.alt = chart.tag.alt;
  }
}

interface ChartRow {
  readonly charts: readonly LowerDrawing[];
  /** Points by which all of them can be lower. */
  readonly gives: number;
}

/** Charts side by side, from above; none where something else that is beside them is as high. */
function rowsOf(items: readonly BlockItem[]): readonly ChartRow[] {
  const drawings = items.flatMap(({ type, item }) => (type === "svg" ? [item as LowerDrawing] : []));
  return [...Map.groupBy(drawings, ({ y }) => Math.round(y)).values()].flatMap((charts) => {
    const [top, bottom] = [charts[0]?.y ?? 0, bottomOf(charts)];
    const beside = items.some((each) => {
      const at = topOf(each);
      return !charts.includes(each.item as LowerDrawing) && at > top && at < bottom - ROUNDING;
    });
    const gives = Math.min(...charts.map(({ _height, lower: to }) => (to === undefined ? 0 : _height - to.least)));
    return beside || gives <= 0 ? [] : [{ charts, gives }];
  });
}

function heightOf({ charts }: ChartRow): number {
  return Math.max(...charts.map(({ _height }) => _height));
}

function bottomOf(charts: readonly LowerDrawing[]): number {
  return Math.max(...charts.map(({ y, _height }) => y + _height));
}

interface Placed {
  y?: number;
  readonly y1?: number;
  readonly points?: readonly { readonly y: number }[];
}

function topOf({ item }: BlockItem): number {
  const { y, y1, points } = item as Placed;
  return y ?? y1 ?? Math.min(...(points ?? []).map((point) => point.y));
}

function raise({ type, item }: BlockItem, by: number): void {
  if (type === "vector") offsetVector(item, 0, -by);
  else (item as Placed).y = ((item as Placed).y ?? 0) - by;
}

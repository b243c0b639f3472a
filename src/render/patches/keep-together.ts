// Why: pdfmake leaves the last row of a table alone at the top of a page, and has no way to keep a title with the beginning of
// what it heads but to lay the whole document out again for each break (`pageBreakBefore`). Here the last rows of a table are
// one block as its first ones are, and a node with `keepWithNext` is one with the next whole thing: a text, columns, a
// drawing, an unbreakable block, or the head and first rows of a table.
// Pinned by: pdfmake 0.3.11, PageElementWriter's transactions and currentBlockToRepeatable, TableProcessor's beginTable,
// beginRow and endRow, and LayoutBuilder.processNode.
import { override, type Undo, undoAll } from "./patch.ts";

interface ContentNode {
  readonly keepWithNext?: boolean;
  readonly text?: unknown;
  readonly columns?: unknown;
  readonly canvas?: unknown;
  readonly svg?: unknown;
  readonly image?: unknown;
}

/** What is drawn of a page. */
interface DrawnItem {
  readonly type: string;
  readonly item: { y: number; clone?(): DrawnItem["item"] };
}

interface PageWriter {
  readonly transactionLevel: number;
  context(): { readonly y: number; getCurrentPage(): { readonly items: readonly DrawnItem[] } };
  beginUnbreakableBlock(this: PageWriter, width?: number, height?: number): void;
  commitUnbreakableBlock(this: PageWriter, x?: number, y?: number): void;
  currentBlockToRepeatable(this: PageWriter): { items: DrawnItem[]; height: number };
}

interface Processor {
  readonly tableNode: { readonly table: { readonly body: readonly unknown[]; readonly keepLastRows?: number } };
  readonly rowsWithoutPageBreak: number;
  beginTable(this: Processor, writer: PageWriter): void;
  beginRow(this: Processor, row: number, writer: PageWriter): void;
  endRow(this: Processor, row: number, writer: PageWriter, breaks: unknown): void;
}

interface Builder {
  readonly writer: PageWriter;
  processNode(this: Builder, node: ContentNode, ...rest: unknown[]): void;
}

const { default: LayoutBuilder } = require("pdfmake/js/LayoutBuilder.js") as {
  default: { readonly prototype: Builder };
};
const { default: TableProcessor } = require("pdfmake/js/TableProcessor.js") as {
  default: { readonly prototype: Processor };
};
const { default: ElementWriter } = require("pdfmake/js/PageElementWriter.js") as {
  default: { readonly prototype: PageWriter };
};
const { offsetVector, pack } = require("pdfmake/js/helpers/tools.js") as {
  offsetVector(vector: object, x: number, y: number): void;
  pack<Part extends object>(part: Part): Part;
};

/** Writers whose outermost block waits for what comes next. */
const waiting = new WeakSet<PageWriter>();
/** Where in its block the last table began. */
const begun = new WeakMap<PageWriter, { readonly items: number; readonly y: number }>();

export function keepTogether(): Undo {
  const { processNode } = LayoutBuilder.prototype;
  const { commitUnbreakableBlock, currentBlockToRepeatable } = ElementWriter.prototype;
  const { beginTable, beginRow, endRow } = TableProcessor.prototype;
  return undoAll([
    override("pdfmake's layout", LayoutBuilder.prototype, {
      processNode(node, ...rest) {
        const { writer } = this;
        const opens = node.keepWithNext === true && writer.transactionLevel === 0;
        const closes = waiting.has(writer) && writer.transactionLevel === 1 && isWhole(node);
        if (opens || closes) writer.beginUnbreakableBlock();
        processNode.call(this, node, ...rest);
        if (opens) waiting.add(writer);
        if (closes) writer.commitUnbreakableBlock();
      },
    }),
    override("pdfmake's writer", ElementWriter.prototype, {
      commitUnbreakableBlock(x, y) {
        commitUnbreakableBlock.call(this, x, y);
        if (this.transactionLevel === 1 && waiting.delete(this)) commitUnbreakableBlock.call(this);
      },
      /** The head of a table alone, whatever is above it in the same block. */
      currentBlockToRepeatable() {
        const head = currentBlockToRepeatable.call(this);
        const { items, y } = begun.get(this) ?? { items: 0, y: 0 };
        if (items === 0 && y === 0) return head;
        return { ...head, items: head.items.slice(items).map((item) => raised(item, y)), height: head.height - y };
      },
    }),
    override("pdfmake's tables", TableProcessor.prototype, {
      beginTable(writer) {
        const context = writer.context();
        begun.set(
          writer,
          writer.transactionLevel === 0
            ? { items: 0, y: 0 }
            : { items: context.getCurrentPage().items.length, y: context.y },
        );
        beginTable.call(this, writer);
      },
      beginRow(row, writer) {
        if (row === firstOfLast(this)) writer.beginUnbreakableBlock();
        beginRow.call(this, row, writer);
      },
      endRow(row, writer, breaks) {
        endRow.call(this, row, writer, breaks);
        if (firstOfLast(this) !== null && row === this.tableNode.table.body.length - 1) writer.commitUnbreakableBlock();
      },
    }),
  ]);
}

function isWhole({ text, columns, canvas, svg, image }: ContentNode): boolean {
  return [text, columns, canvas, svg, image].some((each) => each !== undefined);
}

/** Null where the first rows, which are with the head, are all that there are. */
function firstOfLast({ tableNode: { table }, rowsWithoutPageBreak }: Processor): number | null {
  const first = table.body.length - (table.keepLastRows ?? 0);
  return first < rowsWithoutPageBreak || first >= table.body.length ? null : first;
}

function raised({ type, item }: DrawnItem, y: number): DrawnItem {
  const copy = item.clone?.() ?? pack(item);
  if (type === "vector") offsetVector(copy, 0, -y);
  else copy.y -= y;
  return { type, item: copy };
}

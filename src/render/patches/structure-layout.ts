// Why: pdfmake does not know what a part of a page is. Here each line and drawing is given its element of the structure
// as it is laid out: pdfmake goes through the definition in its order, and that is the order it is to be read in, wherever
// on the page they are.
// Pinned by: pdfmake 0.3.11, the methods of LayoutBuilder that are overridden here, the copies that it makes of lines and
// drawings with all their properties, and that it makes a page's items in the order of the definition.
import type { Tag } from "../structure/tag.ts";
import { addElement, type Element, type Role } from "../structure/tree.ts";
import { override, type Undo } from "./patch.ts";
import { ARTIFACT, type Artifact, createStructure } from "./structure-content.ts";

/** What of a node of the definition is used here. */
interface TaggedNode {
  readonly tag?: Tag;
  readonly text?: unknown;
  readonly table?: { readonly headerRows?: number };
  readonly canvas?: readonly object[];
  readonly stack?: readonly TaggedNode[];
}

interface LayoutRow {
  readonly tableNode?: TaggedNode;
  readonly rowIndex?: number;
}

interface TaggingLayoutBuilder {
  layoutDocument(this: TaggingLayoutBuilder, content: unknown, document: Document, ...rest: unknown[]): unknown;
  processNode(this: TaggingLayoutBuilder, node: TaggedNode, ...rest: unknown[]): void;
  processRow(this: TaggingLayoutBuilder, row: LayoutRow): unknown;
  buildNextLine(this: TaggingLayoutBuilder, node: TaggedNode): object | null;
  processImage(this: TaggingLayoutBuilder, node: TaggedNode): void;
  processSVG(this: TaggingLayoutBuilder, node: TaggedNode): void;
  processCanvas(this: TaggingLayoutBuilder, node: TaggedNode): void;
  addBackground(this: TaggingLayoutBuilder, ...rest: unknown[]): void;
  addDynamicRepeatable(this: TaggingLayoutBuilder, getter: unknown, size: unknown, property: "header" | "footer"): void;
}

interface Document {
  readonly options: { readonly tagged?: boolean };
}

/** Where the layout is in the structure. */
interface Walk {
  current: Element | Artifact;
  /** The node whose cells are the current element's, where that is a table. */
  table: TaggedNode | null;
  /** The cell that continues in the next one of its row. */
  joined: Element | null;
  /** The nodes of the current element where all are texts of no kind of their own: these need no paragraph within. */
  words: readonly TaggedNode[];
}

const walks = new WeakMap<TaggingLayoutBuilder, Walk>();

const { default: Builder } = require("pdfmake/js/LayoutBuilder.js") as {
  default: { readonly prototype: TaggingLayoutBuilder };
};
export function tagLayout(): Undo {
  const before = pick(Builder.prototype);
  return override("pdfmake's layout", Builder.prototype, {
    layoutDocument(content, document, ...rest) {
      if (document.options.tagged === true) {
        walks.set(this, { current: createStructure(document).root, table: null, joined: null, words: NONE });
      }
      return before.layoutDocument.call(this, content, document, ...rest);
    },
    processNode(node, ...rest) {
      const walk = walks.get(this);
      if (walk === undefined) return before.processNode.call(this, node, ...rest);
      const { current, table, words } = walk;
      walk.current = elementOf(node, walk);
      walk.table = node.tag === "Table" || node.tag === "TOC" ? node : null;
      if (words === NONE || !words.includes(node))
        walk.words = walk.current !== current && node.stack?.every(isPlainText) === true ? node.stack : NONE;
      before.processNode.call(this, node, ...rest);
      walk.current = current;
      walk.table = table;
      walk.words = words;
    },
    processRow(row) {
      const walk = walks.get(this);
      if (walk?.table == null || row.tableNode !== walk.table || "begin" in walk.current)
        return before.processRow.call(this, row);
      const { current, table } = walk;
      const isHead = (row.rowIndex ?? 0) < (table.table?.headerRows ?? 0);
      walk.current = addElement(table.tag === "TOC" ? "TOCI" : "TR", current, isHead ? REPEATS : undefined);
      walk.joined = null;
      const result = before.processRow.call(this, row);
      walk.current = current;
      return result;
    },
    buildNextLine(node) {
      const walk = walks.get(this);
      const line = stamped(before.buildNextLine.call(this, node), walk);
      if (line !== null && walk !== undefined && walk.words.length > 1) (line as Stamped).text = node;
      return line;
    },
    processImage(node) {
      stamped(node, walks.get(this));
      before.processImage.call(this, node);
    },
    processSVG(node) {
      stamped(node, walks.get(this));
      before.processSVG.call(this, node);
    },
    processCanvas(node) {
      for (const vector of node.canvas ?? []) stamped(vector, walks.get(this));
      before.processCanvas.call(this, node);
    },
    addBackground(...rest) {
      within(this, ARTIFACT.layout, () => before.addBackground.apply(this, rest));
    },
    addDynamicRepeatable(getter, size, property) {
      within(this, ARTIFACT[property], () => before.addDynamicRepeatable.call(this, getter, size, property));
    },
  });
}

const REPEATS = { repeats: true };
const NONE: readonly TaggedNode[] = [];

function isPlainText({ text, tag }: TaggedNode): boolean {
  return text !== undefined && tag === undefined;
}

function pick(prototype: TaggingLayoutBuilder): TaggingLayoutBuilder {
  const { layoutDocument, processNode, processRow, buildNextLine, processImage, processSVG, processCanvas } = prototype;
  const { addBackground, addDynamicRepeatable } = prototype;
  return {
    ...{ layoutDocument, processNode, processRow, buildNextLine, processImage, processSVG, processCanvas },
    ...{ addBackground, addDynamicRepeatable },
  };
}

/** What of a page is written with its element: pdfmake passes all properties on with it. */
export interface Stamped {
  element?: Element | Artifact;
  /** Of a line of an element of several texts: which one, so that they are read apart. */
  text?: object;
}

function stamped<Item extends object | null>(item: Item, walk: Walk | undefined): Item {
  if (item !== null && walk !== undefined) (item as Stamped).element = walk.current;
  return item;
}

function within(builder: TaggingLayoutBuilder, artifact: Artifact, run: () => void): void {
  const walk = walks.get(builder);
  const outer = walk?.current;
  if (walk !== undefined) walk.current = artifact;
  run();
  if (walk !== undefined && outer !== undefined) walk.current = outer;
}

/** What may contain words without a paragraph. */
const HOLDS_WORDS: ReadonlySet<Role> = new Set(["TD", "TH", "Lbl", "LBody"]);

/** The element that a node's content belongs to. */
function elementOf(node: TaggedNode, walk: Walk): Element | Artifact {
  const { current } = walk;
  const { tag } = node;
  if ("begin" in current) return current;
  if (tag === "Artifact") return ARTIFACT.layout;
  if (current.role === "TR") return cellOf(tag, current, walk);
  if (typeof tag === "object") return addElement("Figure", current, tag);
  if (tag === "RowHead") return addElement("TH", current, { scope: "Row" });
  if (tag === "TH") return addElement("TH", current, { scope: "Column" });
  // Columns are one list.
  if (tag === "TOC") return lastOf("TOC", current) ?? addElement("TOC", current);
  if (tag === "MoreItems") return lastOf("L", current) ?? addElement("L", current);
  if (tag === "LI" && node.text !== undefined) return addElement("LBody", addElement("LI", current));
  if (tag !== undefined && tag !== "Joined") return addElement(tag, current);
  if (HOLDS_WORDS.has(current.role) && walk.words.includes(node)) return current;
  if (node.text !== undefined && current.role === "TOCI")
    return lastOf("Reference", current) ?? addElement("Reference", current);
  if (node.text !== undefined) return addElement("P", current);
  const isDrawn = "canvas" in node || "svg" in node || "image" in node;
  return isDrawn && current.role !== "Figure" ? ARTIFACT.layout : current;
}

function lastOf(role: Role, { kids }: Element): Element | null {
  const last = kids.at(-1);
  return last !== undefined && "role" in last && last.role === role ? last : null;
}

function cellOf(tag: Tag | undefined, row: Element, walk: Walk): Element {
  const { joined } = walk;
  walk.joined = null;
  const cell = joined ?? addCell(tag, row);
  // A logo's cell is one with the name that its row has.
  if (joined !== null && tag === "RowHead") Object.assign(joined, { role: "TH", scope: "Row" });
  if (tag === "Joined") walk.joined = cell;
  return cell;
}

function addCell(tag: Tag | undefined, row: Element): Element {
  const alt = typeof tag === "object" ? tag : undefined;
  if (row.repeats) return addElement("TH", row, { scope: "Column", repeats: true, ...alt });
  if (tag === "RowHead") return addElement("TH", row, { scope: "Row" });
  return tag === "TH" || alt !== undefined ? addElement("TH", row, { scope: "Column", ...alt }) : addElement("TD", row);
}

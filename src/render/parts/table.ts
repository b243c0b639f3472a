/*
 * What the pages of several documents are built of: tables and their columns, figures with their marks, portraits.
 * A part gets values and a palette, and returns content.
 * Not here: whole sections, and charts.
 */

import type { Content, ContentBase, CustomTableLayout, TableCell } from "pdfmake/interfaces";
import { METHODS, UNKNOWN } from "../style/format.ts";
import { type Inline, inlines, paragraph, type Style } from "../style/text.ts";
import { CONTENT_WIDTH, label, type Palette, SIZE } from "../style/theme.ts";

export interface Column<Row> {
  readonly title: string;
  /** In points; a column without one takes what is left. Fixed, because a long name must wrap, never widen the page. */
  readonly width?: number;
  readonly alignment?: "left" | "right";
  /** The column names its rows; of one without a title, what it contains, for screen readers. */
  readonly names?: true;
  readonly spoken?: string;
  /** Its cells, which have no words of their own, are one with those of the next column. */
  readonly joined?: true;
  /** Several styles on one line, or drawn content. */
  readonly cell: (row: Row) => readonly Inline[] | Content;
}

const PADDING = 5;
/** Between numbers set to the right and words set to the left, which would run together. */
const WIDE_PADDING = 12;
/** Space at both ends of a row, so that a highlighted row has air around its words. */
const END = 6;

export interface TableOptions<Row> {
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly palette: Palette;
  readonly width?: number;
  readonly highlighted?: (row: Row) => boolean;
  readonly fontSize?: number;
  /** Less air between the rows, for tables that should fit on a page. */
  readonly dense?: boolean;
  readonly margin?: [number, number, number, number];
}

/**
 * Hairlines, no boxes; the heads repeat on each page, and no row is cut in two. There must be a row. A column about which
 * nothing is known of any row is left out, and its width is the others'.
 */
export function table<Row>({
  columns: offered,
  rows,
  palette,
  width = CONTENT_WIDTH,
  highlighted = () => false,
  fontSize = SIZE.table,
  dense = false,
  margin = [0, 0, 0, 0],
}: TableOptions<Row>): Content {
  const says = (column: Column<Row> | undefined) =>
    column !== undefined && (column.names || rows.some((row) => saysSomething(column.cell(row))));
  // A bar goes with the figure that follows it.
  const columns = offered.filter((column, index) => says(column.joined ? offered[index + 1] : column));
  const widths = share(columns, width);
  const heads = columns.map(({ title, alignment = "left", joined, spoken }) => ({
    ...paragraph([inlines(title.toUpperCase(), label(palette.muted))], { alignment, margin: [0, 0, 0, 2] }),
    ...(joined ? { tag: "Joined" as const } : spoken === undefined ? {} : { tag: { alt: spoken } }),
  }));
  const body = rows.map((row) => columns.map((column) => cell(column, row, fontSize) as TableCell));
  return {
    tag: "Table",
    table: {
      widths,
      headerRows: 1,
      ...together(rows.length),
      dontBreakRows: true,
      body: [heads as TableCell[], ...body],
    },
    layout: layout({ columns, rows, palette, highlighted, dense }),
    margin,
  };
}

/**
 * The heads of columns that have none to see, as those of a short list below its caption: for screen readers. For tables
 * of tagged stacks.
 */
export function spokenHeads(...titles: readonly string[]): Content {
  return { stack: titles.map((alt) => ({ stack: [], tag: { alt } })), tag: "TR" };
}

/** The rows that stay with the head, and the rows at the end of the table that stay together. */
const TOGETHER = { first: 2, last: 3 } as const;

/** A table of which neither part would be more than that is not parted at all. */
export function together(rows: number): { readonly keepWithHeaderRows: number; readonly keepLastRows: number } {
  const { first, last } = TOGETHER;
  return rows < first + last
    ? { keepWithHeaderRows: rows, keepLastRows: 0 }
    : { keepWithHeaderRows: first, keepLastRows: last };
}

function cell<Row>(column: Column<Row>, row: Row, fontSize: number): Content {
  const tag = column.names ? ("RowHead" as const) : column.joined ? ("Joined" as const) : undefined;
  const content = contentOf(column, row, fontSize);
  if (tag !== undefined) content.tag = tag;
  return content;
}

function contentOf<Row>(column: Column<Row>, row: Row, fontSize: number): Content & ContentBase {
  const content = column.cell(row) as readonly Inline[] | (Content & ContentBase);
  if (!isInlines(content)) return content;
  const style: Style = { fontSize, lineHeight: 1 };
  return paragraph([content], column.alignment === "right" ? { ...style, alignment: "right" } : style);
}

/** Where a row has no value. */
const NOTHING: readonly string[] = ["", UNKNOWN, METHODS.not_stated];

function saysSomething(content: readonly Inline[] | Content): boolean {
  return (
    !isInlines(content) ||
    !NOTHING.includes(
      content
        .map(({ text }) => text)
        .join("")
        .trim(),
    )
  );
}

function isInlines(content: readonly Inline[] | Content): content is readonly Inline[] {
  return Array.isArray(content);
}

/** Paddings come off the given widths, so that these add up to the table's. */
function share<Row>(columns: readonly Column<Row>[], width: number): number[] {
  const given = columns.reduce((sum, column) => sum + (column.width ?? 0), 0);
  const open = columns.filter((column) => column.width === undefined).length;
  const rest = (width - given) / Math.max(1, open);
  return columns.map((column, index) => {
    const left = index === 0 ? END : 0;
    const right = paddingRight(columns, index);
    return (column.width ?? rest) - left - right;
  });
}

function paddingRight<Row>(columns: readonly Column<Row>[], index: number): number {
  const next = columns[index + 1];
  if (next === undefined) return END;
  return columns[index]?.alignment === "right" && next.alignment !== "right" ? WIDE_PADDING : PADDING;
}

function layout<Row>({
  columns,
  rows,
  palette,
  highlighted,
  dense,
}: Required<Pick<TableOptions<Row>, "columns" | "rows" | "palette" | "highlighted" | "dense">>): CustomTableLayout {
  return {
    hLineWidth: (index) => (index === 0 ? 0 : index === 1 ? 0.8 : 0.4),
    vLineWidth: () => 0,
    hLineColor: (index) => (index === 1 ? palette.ink : palette.hairline),
    paddingLeft: (index) => (index === 0 ? END : 0),
    paddingRight: (index) => paddingRight(columns, index),
    paddingTop: () => (dense ? 2.1 : 3.2),
    paddingBottom: () => (dense ? 2.1 : 3.2),
    fillColor: (index) => {
      const row = rows[index - 1];
      return index > 0 && row !== undefined && highlighted(row) ? palette.accentTint : null;
    },
  };
}

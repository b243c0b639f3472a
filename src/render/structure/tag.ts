/**
 * What a part of a page is, for screen readers: the structure types of ISO 32000-1, 14.8.4. A node of a
 * definition carries one as `tag`. A text without one is a paragraph; what is drawn without one is decoration.
 */
export type Tag =
  | "Sect"
  | "H1"
  | "H2"
  | "H3"
  | "P"
  | "Caption"
  | "Note"
  | "L"
  | "MoreItems"
  | "LI"
  | "Lbl"
  | "LBody"
  | "Table"
  | "TR"
  | "TH"
  | "TD"
  | "RowHead"
  | "TOC"
  | "Joined"
  | "Artifact"
  | TaggedPicture;

/** A picture or chart, and what it shows in words; `lang`: their language, where that is not the document's. */
export interface TaggedPicture {
  readonly alt: string;
  readonly lang?: string;
}

declare module "pdfmake/interfaces" {
  interface ContentBase {
    /**
     * Table, TOC: each row of a table is then a row or an entry, and its cells are cells, the rows of its head with
     * heads. "RowHead": the cell names its row. "Joined": the cell and the next are one. "MoreItems": of the list that
     * comes before, if one does.
     */
    tag?: Tag;
  }
}

import type { BadRow, CatalogueKind } from "../report/sources/catalogue.ts";
import type { ImportColumn } from "./columns/columns.ts";
import type { ImportMap } from "./columns/map.ts";
import type { RuleUse } from "./rules.ts";
import type { FileFormat, TableFacts } from "./table.ts";

export interface ReadOptions {
  /** Null: by the columns. */
  readonly kind: CatalogueKind | null;
  /** Null: by its beginning. */
  readonly format: FileFormat | null;
  readonly map?: ImportMap | null;
  readonly sheet?: string;
  /** The locality of rows that name none. */
  readonly locality?: {
    readonly suburb?: string | null;
    readonly state?: string | null;
    readonly postcode?: string | null;
  };
  /** YYYY-MM-DD. */
  readonly today: string;
  readonly onBadRow?: (row: BadRow) => void;
  readonly onLeftOut?: (row: OmittedRow) => void;
  /** Leaves bad rows out instead of refusing them all. */
  readonly skipBad?: boolean;
}

/** A row that can be read, but that no report can use. */
export interface OmittedRow {
  readonly line: number | null;
  readonly row: number;
  readonly reason: string;
}

/** What was understood of a file. */
export interface FileReading {
  readonly kind: CatalogueKind;
  /** True if the columns determined the kind. */
  readonly kind_by_columns: boolean;
  readonly facts: TableFacts;
  readonly columns: readonly {
    readonly column: string;
    readonly field: string | null;
    readonly by: ImportColumn["by"];
  }[];
  readonly rules: readonly RuleUse[];
  /** Rows staged, by kind; those made from names among them. */
  readonly rows: Partial<Readonly<Record<CatalogueKind, number>>>;
  readonly made: { readonly agencies: number; readonly agents: number };
  readonly left_out: number;
  readonly bad: number;
  readonly warnings: readonly string[];
  /** The first rows as they will be stored. */
  readonly first: readonly Readonly<Record<string, unknown>>[];
}

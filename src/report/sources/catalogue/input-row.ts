/** A row of an input, parsed but not checked, or why it could not be. */
export interface InputRow {
  /** The line it begins on, from 1; null in a JSON document. */
  readonly line: number | null;
  /** Which row it is, from 1, where that is not how many came before. */
  readonly row?: number;
  readonly value?: unknown;
  /** Why the row cannot be read. */
  readonly reason?: string;
}

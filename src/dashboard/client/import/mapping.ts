import type { Maps } from "../responses.ts";

/** What columns are: a person's corrections of a saved mapping. */
export interface Mapping {
  /** The name of a saved one; "" for none. */
  readonly saved: string;
  /** The whole saved mapping: its entries beside columns are unchanged. */
  readonly document: Readonly<Record<string, unknown>>;
  /** By column, what it was changed to: a field, or "" for one to leave out. */
  readonly changed: Readonly<Record<string, string>>;
}

export const NO_MAPPING: Mapping = { saved: "", document: {}, changed: {} };

/** Whether it differs from what is saved. */
export function isDirty({ changed }: Mapping): boolean {
  return Object.keys(changed).length > 0;
}

export function savedMapping(maps: Maps, name: string): Mapping {
  const found = maps.find((each) => each.name === name);
  return found === undefined ? NO_MAPPING : { saved: name, document: found.map, changed: {} };
}

/** The document that PUT /api/catalogue-maps/{name} and ?map= take. */
export function mapOf({ document, changed }: Mapping): Readonly<Record<string, unknown>> {
  const wasChanged = (column: string) => Object.hasOwn(changed, column);
  const columns: Record<string, string[]> = {};
  for (const [field, named] of Object.entries(
    (document.columns ?? {}) as Readonly<Record<string, string | string[]>>,
  )) {
    const left = (typeof named === "string" ? [named] : named).filter((column) => !wasChanged(column));
    if (left.length > 0) columns[field] = left;
  }
  const ignored = ((document.ignore ?? []) as readonly string[]).filter((column) => !wasChanged(column));
  for (const [column, field] of Object.entries(changed)) {
    if (field === "") ignored.push(column);
    else columns[field] = [...(columns[field] ?? []), column];
  }
  const { ignore: _ignore, columns: _columns, ...rest } = document;
  return { ...rest, columns, ...(ignored.length === 0 ? {} : { ignore: ignored }) };
}

/** A name that a mapping may have, made of a file's: "rex-export". */
export function mapNameOf(fileName: string): string {
  const plain = fileName
    .replace(/\.\w+$/, "")
    .replace(/[^\w.-]+/g, "-")
    .replace(/^-+|-+$/g, "");
  return plain.slice(0, 60) || "mapping";
}

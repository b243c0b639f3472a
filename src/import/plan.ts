import { CATALOGUE_KINDS, type CatalogueKind } from "../report/sources/catalogue.ts";
import type { FileFormat } from "./table.ts";

/** What a file's name states about what is in it. */
export interface FilePlan {
  /** Null where the name does not state it. */
  readonly kind: CatalogueKind | null;
  /** Null where the name does not state it: its beginning does. */
  readonly format: FileFormat | null;
}

const TABLES = new Set(["csv", "tsv", "tab", "txt", "xlsx", "xlsm", "xls", "ods"]);

/** `name` without its folder: "Manly-Agents 2026.csv" has agents. */
export function planOf(name: string): FilePlan {
  const lower = name.toLowerCase();
  const extension = /\.([a-z]+)$/.exec(lower)?.[1] ?? "";
  const words = lower
    .replaceAll("commission_rates", "commissionrates")
    .replaceAll("area_kinds", "areakinds")
    .split(/[^a-z]+/);
  return {
    kind: CATALOGUE_KINDS.find((each) => words.includes(each.replace("_", ""))) ?? null,
    format: TABLES.has(extension)
      ? "table"
      : extension === "json"
        ? "json"
        : extension === "ndjson" || extension === "jsonl"
          ? "ndjson"
          : null,
  };
}

import { Failure } from "../../../failure.ts";
import { DataSet } from "../../data-set.ts";
import { readDataSet, unknownFields } from "../../validation.ts";
import { messages } from "../messages.ts";
import { CATALOGUE_KINDS, type CatalogueKind } from "./kind-names.ts";
import type { RowLocality } from "./kinds.ts";

export interface ParsedDocument {
  readonly locality: RowLocality;
  readonly parts: readonly { readonly kind: CatalogueKind; readonly rows: readonly unknown[] }[];
  readonly warnings: readonly string[];
}

/**
 * A DataSet document as rows of the catalogue, all of the suburb it names.
 * @throws Failure "invalid_data_set" where it is none or names no suburb.
 */
export function parseDocument(value: unknown): ParsedDocument {
  const dataSet = readDataSet(value);
  const { suburb } = dataSet;
  if (!suburb)
    throw new Failure("invalid_data_set", messages.dataSetWithoutSuburb, {
      details: { problems: [{ path: "/suburb", message: "is required" }] },
    });
  return {
    locality: { suburb: suburb.name, state: suburb.state, postcode: suburb.postcode ?? null },
    parts: CATALOGUE_KINDS.map((kind) => ({ kind, rows: dataSet[kind] ?? [] })),
    warnings: unknownFields(DataSet, value).map((path) => messages.unknownField(path)),
  };
}

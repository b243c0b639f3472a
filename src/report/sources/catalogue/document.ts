import { Failure } from "../../../failure.ts";
import { DataSet } from "../../data-set.ts";
import { parseDataSet, unknownFields } from "../../validation.ts";
import type { CatalogueKind, RowPlace } from "./kinds.ts";

export interface ParsedDocument {
  readonly place: RowPlace;
  readonly parts: readonly { readonly kind: CatalogueKind; readonly rows: readonly unknown[] }[];
  readonly warnings: readonly string[];
}

/**
 * A DataSet document as rows of the catalogue, all of the suburb it names.
 * @throws Failure "invalid_data_set" where it is none or names no suburb.
 */
export function parseDocument(value: unknown): ParsedDocument {
  const { suburb, sources, agencies, agents, sales, listings, market } = parseDataSet(value);
  if (!suburb)
    throw new Failure(
      "invalid_data_set",
      "the data set must name its suburb to be kept: give suburb.name and suburb.state",
      {
        details: { problems: [{ path: "/suburb", message: "is required" }] },
      },
    );
  return {
    place: { suburb: suburb.name, state: suburb.state, postcode: suburb.postcode ?? null },
    parts: [
      { kind: "sources", rows: sources ?? [] },
      { kind: "agencies", rows: agencies ?? [] },
      { kind: "agents", rows: agents ?? [] },
      { kind: "sales", rows: sales ?? [] },
      { kind: "listings", rows: listings ?? [] },
      { kind: "market", rows: market ?? [] },
    ],
    warnings: unknownFields(DataSet, value).map((path) => `${path} is unknown and was ignored`),
  };
}

import agencies from "../../../data/sample/agencies.csv" with { type: "file" };
import agents from "../../../data/sample/agents.ndjson" with { type: "file" };
import areaKinds from "../../../data/sample/area_kinds.csv" with { type: "file" };
import rates from "../../../data/sample/commission_rates.csv" with { type: "file" };
import listings from "../../../data/sample/listings.csv" with { type: "file" };
import market from "../../../data/sample/market.ndjson" with { type: "file" };
import partners from "../../../data/sample/partners.ndjson" with { type: "file" };
import rentals from "../../../data/sample/rentals.csv" with { type: "file" };
import sales from "../../../data/sample/sales.csv" with { type: "file" };
import sources from "../../../data/sample/sources.ndjson" with { type: "file" };
import { readPacked } from "../../host/files/packed.ts";
import type { Catalogue, CatalogueKind, ImportFormat } from "./catalogue.ts";

const FILES: readonly (readonly [CatalogueKind, ImportFormat, string])[] = [
  ["sources", "ndjson", sources],
  ["agencies", "csv", agencies],
  ["agents", "ndjson", agents],
  ["sales", "csv", sales],
  ["listings", "csv", listings],
  ["market", "ndjson", market],
  ["rentals", "csv", rentals],
  ["partners", "ndjson", partners],
  ["commission_rates", "csv", rates],
  ["area_kinds", "csv", areaKinds],
];

/**
 * Takes the synthetic sample set into the catalogue: Manly NSW and five neighbours. Its files are part of the program,
 * so a binary in an empty folder has them; its source has `synthetic`, so every page of a report is labelled as a sample.
 */
export async function importSample(catalogue: Catalogue): Promise<void> {
  const session = catalogue.startImport();
  try {
    for (const [kind, format, path] of FILES) await session.read(kind, format, new Blob([readPacked(path)]).stream());
    await session.commit();
  } finally {
    session.rollback();
  }
}

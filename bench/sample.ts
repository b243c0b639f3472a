import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DataSet } from "../src/report/data-set.ts";
import type { ReportOptions } from "../src/report/report.ts";
import { openCatalogue } from "../src/report/sources/catalogue.ts";
import { importSample } from "../src/report/sources/sample.ts";

/** The sample report: Manly NSW, prepared for one of its agencies. */
export const OPTIONS: ReportOptions = {
  suburb: "Manly",
  state: "NSW",
  postcode: "2095",
  preparedFor: "Norfolk & Pine Property",
  branding: null,
  printEmails: false,
  date: "2026-07-01",
};

/** What the catalogue returns for it when the sample data has been imported. */
export async function sampleDataSet(
  locality: Pick<ReportOptions, "suburb" | "state" | "postcode"> = OPTIONS,
  of: "sales" | "rentals" = "sales",
): Promise<DataSet> {
  const folder = await mkdtemp(join(tmpdir(), "agentlink-sample-"));
  const catalogue = openCatalogue({ path: join(folder, "catalogue.db") });
  try {
    await importSample(catalogue);
    const document = catalogue.dataSet(locality, of);
    if (document === null) throw new Error(`the sample data knows nothing of ${locality.suburb}`);
    return JSON.parse(document) as DataSet;
  } finally {
    catalogue.close();
    await rm(folder, { recursive: true, force: true });
  }
}

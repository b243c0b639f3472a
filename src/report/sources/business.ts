import type { DataSet } from "../data-set.ts";

/**
 * A data set, as JSON text, completed from the operator's catalogue: partners, commission rates and kinds of areas, as
 * far as the data set does not have them. Its JSON is not parsed for that: it may be large.
 */
export function withBusiness(
  dataSet: string,
  business: Pick<DataSet, "partners" | "commission_rates" | "area_kinds">,
): string {
  const fields = Object.entries(business).filter(
    ([kind, rows]) => rows !== undefined && rows.length > 0 && !dataSet.includes(`"${kind}":`),
  );
  if (fields.length === 0) return dataSet;
  const open = dataSet.trimEnd().slice(0, -1);
  const comma = open.trimEnd().endsWith("{") ? "" : ",";
  return `${open}${comma}${fields.map(([kind, rows]) => `"${kind}":${JSON.stringify(rows)}`).join(",")}}`;
}

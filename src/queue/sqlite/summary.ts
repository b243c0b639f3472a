import type { Database } from "bun:sqlite";
import { DOCUMENTS } from "./job-row.ts";

/** A job of before the column was there requested nothing but a locality. */
const REQUEST = `coalesce(jobs.requested, '{"metadata":' || coalesce(jobs.metadata, 'null') || '}') AS request`;

/**
 * The columns of `jobs` that show a job: all but the request, which may bring a logo of a megabyte, and instead of it
 * what it requests without that; and when the attempt began that runs. The rows are those of {@link import("./job-row.ts").JobRow}.
 */
export function summaryColumns(db: Database): string {
  const columns = db.query("SELECT name FROM pragma_table_info('jobs')").all() as { readonly name: string }[];
  const shown = columns.flatMap(({ name }) =>
    ["request", "requested", "metadata"].includes(name) ? [] : [`jobs.${name}`],
  );
  const attempt =
    "(SELECT started_at FROM attempts WHERE attempts.lease_token = jobs.lease_token) AS attempt_started_at";
  return [...shown, attempt, DOCUMENTS, REQUEST].join(", ");
}

import type { Database } from "bun:sqlite";

/**
 * The columns of `jobs` for who shows a job: all but the request, which may bring a logo of a megabyte, and in its place
 * the metadata alone. The rows are those of {@link import("./job-row.ts").JobRow}.
 */
export function summaryColumns(db: Database): string {
  const columns = db.query("SELECT name FROM pragma_table_info('jobs')").all() as { readonly name: string }[];
  const shown = columns.flatMap(({ name }) => (name === "request" || name === "metadata" ? [] : [`jobs.${name}`]));
  return [...shown, `'{"metadata":' || coalesce(jobs.metadata, 'null') || '}' AS request`].join(", ");
}

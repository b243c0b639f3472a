import { Database } from "bun:sqlite";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { rowsInWords } from "../../report/sources/catalogue.ts";
import type { Config } from "../../settings/config.ts";
import { type Finding, ok, warn } from "./finding.ts";
import { messages } from "./messages.ts";

const COUNTS = ["sales", "listings", "agents"] as const;

/** Whether there is anything that a report could be made of. Looks, and changes nothing. */
export function checkData(config: Config): readonly Finding[] {
  const { dataDir, sourceUrl, domainKey, domainClientId } = config;
  const path = join(dataDir, "catalogue.db");
  const counts = existsSync(path) ? countsOf(path) : [];
  const shown = counts.filter(({ rows }) => rows > 0).map(({ kind, rows }) => rowsInWords(rows, kind));
  if (shown.length > 0) return [ok("data", shown.join(", "))];
  if (sourceUrl !== null || domainKey !== "" || domainClientId !== "") return [ok("data", messages.catalogueUnused)];
  return [warn("data", messages.noData, messages.addData)];
}

function countsOf(path: string): readonly { readonly kind: string; readonly rows: number }[] {
  const database = new Database(path, { readonly: true });
  try {
    return COUNTS.map((kind) => ({
      kind,
      rows: (database.query(`SELECT count(*) AS rows FROM ${kind}`).get() as { rows: number }).rows,
    }));
  } finally {
    database.close();
  }
}

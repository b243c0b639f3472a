import type { FileReading } from "../import/import.ts";
import type { FeedReading } from "../import/reaxml/feed.ts";
import type { RegisterReading } from "../import/register/sales.ts";
import { type CatalogueChanges, type CatalogueKind, rowsInWords } from "../report/sources/catalogue.ts";
import { quoted } from "../text/visible-text.ts";
import { messages } from "./messages.ts";

/** "3 sales, 2 agencies". */
export function describeRows(rows: Partial<Readonly<Record<CatalogueKind, number>>>): string {
  const parts = Object.entries(rows).flatMap(([kind, n]) => (n > 0 ? [rowsInWords(n, kind)] : []));
  return parts.length > 0 ? parts.join(", ") : "no rows";
}

/** "3 new, 1 changed, 0 unchanged, 2 removed", over all kinds. */
export function describeChanges({ kinds }: CatalogueChanges): string {
  const sum = (of: "new" | "changed" | "unchanged" | "renamed" | "removed" | "repeated") =>
    Object.values(kinds).reduce((total, each) => total + (each[of] ?? 0), 0);
  const removed = sum("removed") === 0 ? "" : `, ${sum("removed")} removed`;
  const renamed = sum("renamed");
  const repeated = sum("repeated");
  const beside = `${renamed === 0 ? "" : messages.storedSeparately(renamed)}${repeated === 0 ? "" : messages.replacedWithin(repeated)}`;
  return `${sum("new")} new, ${sum("changed")} changed, ${sum("unchanged")} unchanged${removed}${beside}`;
}

/** The result of a file of a feed. */
export function describeFeed({
  file,
  listings,
  bad,
  pending,
  sold,
  for_sale,
  rentals,
  rules,
}: FeedReading): readonly string[] {
  const odd = [
    pending.length > 0 ? `${pending.length} ${pending.length === 1 ? "waits" : "wait"} for more` : null,
    bad.length > 0 ? `${bad.length} cannot be read` : null,
  ].filter((each) => each !== null);
  const rows = [`${sold} sold`, `${for_sale} for sale`, ...(rentals > 0 ? [`${rentals} for rent`] : []), ...odd];
  return [messages.feedRead(file, listings, rows.join(", ")), ...describeRules(rules)];
}

/** Failed jobs that would be served now, and how they are retried. */
export function describeServed(
  jobs: readonly { readonly job_id: string; readonly suburb: string; readonly state: string }[],
): readonly string[] {
  if (jobs.length === 0) return [];
  const localities = [...new Set(jobs.map(({ suburb, state }) => `${suburb} ${state}`))].join(", ");
  return [
    messages.failedForData(
      jobs.length === 1 ? "a job" : `${jobs.length} jobs`,
      localities,
      jobs.length === 1 ? "it" : "them",
    ),
    `  agentlink jobs retry ${jobs.map(({ job_id }) => job_id).join(" ")}`,
  ];
}

const FILES_SHOWN = 20;

/** The result of the register's files: each, where they are few, and all together. */
export function describeRegisters(registers: readonly RegisterReading[]): readonly string[] {
  if (registers.length === 0) return [];
  const total = (of: "sales" | "joined" | "left_out") => registers.reduce((sum, each) => sum + each[of], 0);
  const line = (name: string, sales: number, joined: number, left: number) =>
    `${name}: ${rowsInWords(sales, "sales")}${joined > 0 ? messages.rowsMerged(joined) : ""}${left > 0 ? `; ${left} left out` : ""}`;
  const each =
    registers.length > FILES_SHOWN
      ? []
      : registers.map(({ file, sales, joined, left_out }) => line(file, sales, joined, left_out));
  const all =
    registers.length === 1
      ? []
      : [line(messages.registerFiles(registers.length), total("sales"), total("joined"), total("left_out"))];
  const rules = new Map<string, { count: number; example: string }>();
  for (const { field, rule, count, example } of registers.flatMap((register) => register.rules)) {
    const key = field === "row" ? rule : `${field}: ${rule}`;
    rules.set(key, { count: (rules.get(key)?.count ?? 0) + count, example: rules.get(key)?.example ?? example });
  }
  return [
    ...each,
    ...all,
    ...[...rules].map(([rule, { count, example }]) => `  ${rule} (${count}, such as ${example})`),
  ];
}

const RULES_SHOWN = 40;

function describeRules(rules: FileReading["rules"]): readonly string[] {
  const lines = rules
    .slice(0, RULES_SHOWN)
    .map(({ field, rule, count, example }) => `  ${field}: ${rule} (${count}, such as ${example})`);
  return rules.length > RULES_SHOWN ? [...lines, `  ${messages.moreRules(rules.length - RULES_SHOWN)}`] : lines;
}

/**
 * How a file was interpreted, where that does not just follow from the catalogue's own names; all of it in a dry
 * run.
 */
export function describeReading(reading: FileReading | null, inFull: boolean): readonly string[] {
  if (reading === null) return [];
  const { facts, columns, rules, made, left_out, bad, kind, kind_by_columns, first } = reading;
  const lines: string[] = [];
  const add = (line: string) => lines.push(`  ${line}`);
  const odd = [
    facts.encoding !== undefined && facts.encoding !== "utf-8" ? facts.encoding : null,
    facts.separator !== undefined && facts.separator !== "commas" ? `columns separated by ${facts.separator}` : null,
    facts.sheet === undefined
      ? null
      : `the sheet ${quoted(facts.sheet)}${facts.other_sheets ? ` (not read: ${facts.other_sheets.join(", ")})` : ""}`,
    facts.header_row === 0
      ? messages.tableWithoutNames
      : facts.header_row === undefined
        ? null
        : messages.headerRow(facts.header_row),
    facts.publication ?? null,
    kind_by_columns ? `${kind}, by its columns` : null,
  ].filter((each) => each !== null);
  if (odd.length > 0) add(`read as ${odd.join("; ")}`);
  const renamed = columns.filter(({ field, by }) => field !== null && (inFull || by !== "name"));
  if (renamed.length > 0) add(`columns: ${renamed.map(({ column, field }) => `${column} → ${field}`).join(", ")}`);
  const ignored = columns.filter(({ field, column }) => field === null && column !== "");
  if (inFull && ignored.length > 0) add(`not used: ${ignored.map(({ column }) => column).join(", ")}`);
  lines.push(...describeRules(rules));
  if (made.agencies + made.agents > 0) add(messages.madeFromNames(made.agencies, made.agents));
  if (left_out > 0) add(`left out: ${left_out}`);
  if (bad > 0) add(messages.leftOut(bad));
  if (inFull) for (const row of first) add(JSON.stringify(row));
  return lines;
}

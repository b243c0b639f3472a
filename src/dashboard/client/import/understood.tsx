import { kindTitle, rowsOf } from "../catalogue/words.ts";
import type { ImportedFile, ImportedTable } from "../responses.ts";
import { many, number } from "../words.ts";
import { messages } from "./messages.tsx";

/** What the service took a file for, in a sentence or two. */
export function Summary({ file }: { readonly file: ImportedFile }) {
  const { table, feed, rows } = file;
  if (feed !== null)
    return (
      <p>
        {feed.registered > 0
          ? messages.registerFiles(many(feed.registered, "sale"))
          : messages.reaxmlFeed(
              many(feed.listings, "listing"),
              number(feed.sold),
              number(feed.for_sale),
              number(feed.rentals),
            )}
      </p>
    );
  const counts = Object.entries(rows).map(([kind, count]) => rowsOf(kind, count));
  if (table === null) return <p>{messages.wholeDataSet(counts.join(", "))}</p>;
  const made = [
    ...(table.made.agents > 0 ? [rowsOf("agents", table.made.agents)] : []),
    ...(table.made.agencies > 0 ? [rowsOf("agencies", table.made.agencies)] : []),
  ];
  return (
    <p>
      {kindTitle(table.kind)}, as {KIND_BY[table.kind_by]}: {rowsOf(table.kind, rows[table.kind] ?? 0)}
      {made.length > 0 && messages.madeFromNames(made.join(" and "))}. {factsOf(table)}
    </p>
  );
}

const KIND_BY = {
  request: "you chose",
  name: messages.byFileName,
  columns: "its columns show",
} as const;

function factsOf({ format, separator, encoding, sheet, header_row }: ImportedTable): string {
  const facts = [
    format === "csv" && separator !== null
      ? `${separator === "commas" ? "CSV" : `text with ${separator}`}`
      : format.toUpperCase(),
    ...(encoding === null || /^utf-?8$/i.test(encoding) ? [] : [encoding]),
    ...(sheet === null ? [] : [`sheet “${sheet}”`]),
    ...(header_row === null ? [] : [messages.headerRow(header_row)]),
  ];
  return `Read as ${facts.join(", ")}.`;
}

/** What was done to values, so that nothing is guessed in silence. */
export function Rules({ rules }: { readonly rules: ImportedTable["rules"] }) {
  if (rules.length === 0) return null;
  return (
    <details class="panel">
      <summary>
        <h2>
          {messages.rulesUsed} {many(rules.length, "rule")}
        </h2>
      </summary>
      <ul class="dots">
        {rules.map(({ field, rule, count, example }) => (
          <li key={`${field} ${rule}`}>
            {field.replaceAll("_", " ")}: {rule}{" "}
            <span class="second">{`${many(count, "time")}, such as ${example}`}</span>
          </li>
        ))}
      </ul>
    </details>
  );
}

/** The first rows as they will be stored. */
export function FirstRows({ first }: { readonly first: ImportedTable["first"] }) {
  if (first.length === 0) return null;
  const fields = [...new Set(first.flatMap((row) => Object.keys(row)))];
  return (
    <section class="panel" aria-labelledby="first-rows">
      <h2 id="first-rows">{messages.firstRows}</h2>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: who has no mouse scrolls what has the focus */}
      <section class="scroll" aria-label="The first rows" tabIndex={0}>
        <table class="plain-table first-rows">
          <tbody>
            {fields.map((field) => (
              <tr key={field}>
                <th scope="row">{field.replaceAll("_", " ")}</th>
                {first.map((row, i) => (
                  <td key={i}>{shown(row[field])}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </section>
  );
}

function shown(value: unknown): string {
  if (value === undefined || value === null) return "–";
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (Array.isArray(value)) return value.map(shown).join(", ");
  if (typeof value === "object")
    return Object.entries(value)
      .map(([name, each]) => (name === "role" ? `(${shown(each)})` : shown(each)))
      .join(" ");
  return String(value).slice(0, 200);
}

interface RowListProps {
  readonly id: string;
  readonly title: string;
  readonly count: number;
  readonly rows: ImportedTable["bad_rows"];
}

/** Rows that are not taken, with why; the first of them by name. */
export function RowList({ id, title, count, rows }: RowListProps) {
  if (count === 0) return null;
  return (
    <section class="panel" aria-labelledby={id}>
      <h2 id={id}>
        {title}
        <span class="count">{number(count)}</span>
      </h2>
      <ul class="dots">
        {rows.map(({ line, row, reason }) => (
          <li key={row} class="long">
            <span class="second">{line === null ? `row ${row}` : `line ${line}`}</span> {reason}
          </li>
        ))}
      </ul>
      {count > rows.length && <p class="hint">{`and ${many(count - rows.length, "more row")}`}</p>}
    </section>
  );
}

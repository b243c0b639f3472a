import { readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { describeColumns } from "../../src/import/columns/template.ts";
import { CATALOGUE_KINDS, type CatalogueKind } from "../../src/report/sources/catalogue.ts";

/** The last part of docs/data.md is made from the schema: `bun run docs` writes it, data-page.test.ts compares it. */
export const DATA_PAGE = resolve(import.meta.dir, "../../docs/data.md");

const MARK = "<!-- Generated from here by `bun run docs` from the schema in the code. Change it there. -->\n";

const ABOUT: Readonly<Record<CatalogueKind, string>> = {
  sources: "Where the data comes from; the Method page lists the sources.",
  agencies: "Agencies, and what a report prints about them.",
  agents: "Agents, and what a report prints about them.",
  sales: "Sales, and auctions with another `outcome`; one row each.",
  listings: "Properties for sale now.",
  market: "Published figures, one row for each period, category and number of bedrooms.",
  rentals: "Properties that are or were for rent.",
  partners: "Agents who pay to be shown; reports label them as paid.",
  commission_rates: "Usual commissions by price band.",
  area_kinds: "Whether an area is inner city, suburb or rural, by postcode or suburb.",
};

/** The page with its tables as the code has them. */
export function dataPage(page = readFileSync(DATA_PAGE, "utf8")): string {
  const [head] = page.split(MARK);
  const tables = CATALOGUE_KINDS.map((kind) => {
    const rows = describeColumns(kind).map(
      ({ name, required, contents, example }) =>
        `| \`${name}\` | ${required ? "yes" : ""} | ${cell(contents)} | ${cell(example)} |`,
    );
    return [
      `### ${kind}`,
      "",
      ABOUT[kind],
      "",
      "| column | required | contents | example |",
      "| --- | --- | --- | --- |",
      ...rows,
    ].join("\n");
  });
  return `${head}${MARK}\n${tables.join("\n\n")}\n`;
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll(/\s+/g, " ");
}

if (import.meta.main) writeFileSync(DATA_PAGE, dataPage());

import { isNode, type Kid, type Node } from "./pdf-ua/structure.ts";
import type { Reading } from "./pdf-ua.ts";

/** A cell without information: "·" is no sale of a price band. */
const NOTHING = /^[–·\s]*$/;

interface ReadTable {
  readonly heads: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** The tables of a PDF, cell by cell, as its structure has them. */
export function tablesOf({ structure, pages }: Reading): readonly ReadTable[] {
  const texts = new Map<string, string>();
  for (const [page, runs] of pages)
    for (const { run, text } of runs) texts.set(`${page} ${run}`, (texts.get(`${page} ${run}`) ?? "") + text);
  const textOf = (kid: Kid): string => {
    if (!isNode(kid)) return "run" in kid ? (texts.get(`${kid.page} ${kid.run}`) ?? "") : "";
    const words = kid.kids.map(textOf).join(" ");
    return words.trim() === "" ? String(kid.dict["/Alt"] ?? "") : words;
  };
  return structure.all
    .filter(({ role }) => role === "Table")
    .map((table) => {
      const rows = below(table, "TR").map((row) => [...below(row, "TH"), ...below(row, "TD")].sort(inOrderOf(row)));
      const body = rows.filter((row) => row.some(({ role }) => role === "TD"));
      const heads = rows.find((row) => !body.includes(row)) ?? [];
      return { heads: heads.map(textOf), rows: body.map((row) => row.map(textOf)) };
    });
}

/** Columns of tables that have nothing in any row, by their heads. */
export function emptyColumns(reading: Reading): readonly string[] {
  return tablesOf(reading).flatMap(({ heads, rows }) =>
    (rows[0] ?? []).flatMap((_, index) =>
      rows.every((row) => NOTHING.test(row[index] ?? "")) ? [`nothing in the column ${heads[index] ?? index + 1}`] : [],
    ),
  );
}

function below(node: Node, role: string): readonly Node[] {
  return node.kids.flatMap((kid) => (isNode(kid) && kid.role === role ? [kid] : []));
}

function inOrderOf({ kids }: Node): (a: Node, b: Node) => number {
  return (a, b) => kids.indexOf(a) - kids.indexOf(b);
}

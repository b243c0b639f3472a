export type Row = Readonly<Record<string, string | number>>;

/** Rows as a Markdown table. */
export function table(rows: readonly Row[]): string {
  const [first] = rows;
  if (first === undefined) return "";
  const names = Object.keys(first);
  const line = (cells: readonly unknown[]) => `| ${cells.join(" | ")} |`;
  return [line(names), line(names.map(() => "---")), ...rows.map((row) => line(names.map((name) => row[name])))].join(
    "\n",
  );
}

/** The middle one, so that a single disturbed run does not count. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

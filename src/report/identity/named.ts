import type { Agency } from "../data-set.ts";

/** The first that {@link namedAs} finds. */
export function findAgency<T extends Pick<Agency, "id" | "name">>(
  agencies: ReadonlyMap<string, T>,
  requested: string | null,
): T | null {
  if (requested === null) return null;
  return agencies.get(requested) ?? namedAs([...agencies.values()], requested)[0] ?? null;
}

/** By id, else by name, whatever the case and spacing; else without accents and punctuation, as people type. */
export function namedAs<T extends Pick<Agency, "id" | "name">>(rows: readonly T[], requested: string): readonly T[] {
  const exact = rows.filter(({ id }) => id === requested);
  if (exact.length > 0) return exact;
  for (const spell of [foldName, bareName]) {
    const key = spell(requested);
    const found = rows.filter(({ id, name }) => key !== "" && (spell(name) === key || spell(id) === key));
    if (found.length > 0) return found;
  }
  return [];
}

/** Without accents and punctuation, too, as people type it. */
export function bareName(name: string): string {
  return foldName(name)
    .normalize("NFKD")
    .replace(/[^\p{L}\p{N}]/gu, "");
}

/** What two spellings of an agency's name share. */
export function foldName(name: string): string {
  return name.normalize("NFKC").toLowerCase().replaceAll("’", "'").replace(/\s+/gu, "");
}

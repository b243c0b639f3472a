/**
 * The pages of the dashboard by name, each with its address below the service's; a part with a colon names one thing.
 * The page is in page.tsx of the folder of its name.
 */
export const ADDRESSES = {
  overview: "",
  jobs: "jobs",
  job: "jobs/:id",
  submit: "new",
  failures: "failures",
  access: "keys",
  delivery: "delivery",
  settings: "settings",
  health: "health",
  audit: "audit",
  usage: "usage",
  catalogue: "catalogue",
  import: "catalogue/import",
  locality: "catalogue/localities/:state/:suburb",
} as const;

export type PageName = keyof typeof ADDRESSES;

const PAGES = Object.entries(ADDRESSES).map(([page, address]) => ({
  page: page as PageName,
  parts: address.split("/"),
}));

/** The page at a path below the service's address, and what its address names; null where there is none. */
export function pageAt(
  path: string,
): { readonly page: PageName; readonly named: Readonly<Record<string, string>> } | null {
  const given = path.split("/");
  for (const { page, parts } of PAGES) {
    const isAt =
      parts.length === given.length && parts.every((part, i) => (part.startsWith(":") ? given[i] : part === given[i]));
    if (!isAt) continue;
    const named = parts.flatMap((part, i) => (part.startsWith(":") ? [[part.slice(1), decoded(given[i] ?? "")]] : []));
    return { page, named: Object.fromEntries(named) };
  }
  return null;
}

/** What is no encoding of anything is taken as it is. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

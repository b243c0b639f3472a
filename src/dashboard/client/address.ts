import { signal } from "@preact/signals";
import { type PageName, pageAt } from "./addresses.ts";
import { cameBack, enterNew, rememberSpots, renamed } from "./spot.ts";

/** Where one is: the address contains everything that another person, or the back button, needs to see the same. */
export interface PageAddress {
  readonly page: PageName;
  /** What the address names, such as a job's id. */
  readonly named: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
}

/** What a page gets: what its address names, and the rest of the address. */
export type PageProps = Omit<PageAddress, "page">;

/** The service's own address. The script lies in its folder "assets", wherever a proxy has put that. */
const root = new URL("../", import.meta.url);

/** An address of the service, such as "api/jobs", as fetch and links take it. */
export function at(path: string): string {
  return new URL(path, root).href;
}

/** The link to a page, with those of the parameters that have a value. */
export function linkTo(
  path:
    | ""
    | "jobs"
    | "new"
    | "failures"
    | "keys"
    | "delivery"
    | "settings"
    | "health"
    | "audit"
    | "usage"
    | `jobs/${string}`
    | "catalogue"
    | `catalogue/${string}`,
  query: Readonly<Record<string, string>> = {},
): string {
  const url = new URL(path, root);
  for (const [name, value] of Object.entries(query)) if (value !== "") url.searchParams.set(name, value);
  // A query may have commas as they are (RFC 3986, section 3.4): an address that is shared should be legible.
  return url.pathname + url.search.replaceAll("%2C", ",");
}

export const pageAddress = signal<PageAddress>(read() ?? { page: "overview", named: {}, query: new URLSearchParams() });

/** Goes to a page of the dashboard. `replace`: the back button does not come back to where one was. */
export function go(link: string, { replace = false } = {}): void {
  if (replace) renamed(link);
  else enterNew(link);
  const next = read();
  if (next !== null) pageAddress.value = next;
}

/** Has links between pages of the dashboard followed without loading it again. */
export function followLinks(): void {
  rememberSpots();
  addEventListener("popstate", () => {
    cameBack();
    const next = read();
    if (next !== null) pageAddress.value = next;
  });
  document.addEventListener("click", (event) => {
    const link = event.target instanceof Element ? event.target.closest("a") : null;
    if (link === null || event.defaultPrevented || event.button !== 0) return;
    // A new tab or window, or a download, is the browser's.
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey || link.target !== "" || link.download) return;
    if (parse(new URL(link.href)) === null || link.hash !== "") return;
    event.preventDefault();
    go(link.href);
    scrollTo(0, 0);
  });
}

function read(): PageAddress | null {
  return parse(new URL(location.href));
}

function parse(url: URL): PageAddress | null {
  if (url.origin !== root.origin || !url.pathname.startsWith(root.pathname)) return null;
  const found = pageAt(url.pathname.slice(root.pathname.length));
  return found === null ? null : { ...found, query: url.searchParams };
}

// All pages of a search, though no more than 1,000 results of one search can be reached, and pages change while they
// are read. What comes of it is a heap of rows in no order: mapping.ts takes each listing once.

import { PROPERTY_TYPES, REACHABLE, type SoldWindow } from "./endpoints.ts";
import type { SearchRow, SoldPage } from "./responses.ts";
import { idOf, listOf, whole } from "./values.ts";

/** For a service that returns fewer rows on a page than requested, and never the number of pages. */
const MOST_PAGES = 200;

export interface SoldPages {
  readonly rows: readonly SearchRow[];
  /** Windows that cannot be split further and contain more than can be reached. */
  readonly cut: readonly SoldWindow[];
}

/**
 * Reads the sales of a window. One with more results than can be reached is split by month, then by types of property.
 * `request` returns one page, from 1; with `again` it must not be one from the cache.
 */
export async function readSold(
  request: (window: SoldWindow, page: number, again: boolean) => Promise<SoldPage | null>,
  window: SoldWindow,
  today: string,
): Promise<SoldPages> {
  const first = await request(window, 1, false);
  const total = whole(first?.totalResults, Number.MAX_SAFE_INTEGER);
  const parts = total !== null && total > REACHABLE ? split(window, today) : [];
  if (parts.length > 0) {
    const read = await Promise.all(parts.map((part) => readSold(request, part, today)));
    // Those of no type that can be requested are only here.
    const rows = [...rowsOf(first), ...read.flatMap((part) => part.rows)];
    return { rows, cut: read.flatMap((part) => part.cut) };
  }
  const once = await readPages((page) => (page === 1 ? Promise.resolve(first) : request(window, page, false)));
  const cut = total !== null && total > REACHABLE ? [window] : [];
  if (!once.changed) return { rows: once.rows, cut };
  const again = await readPages((page) => request(window, page, true));
  return { rows: again.changed ? [...once.rows, ...again.rows] : again.rows, cut };
}

/** Whether rows moved from page to page while they were read: one may have been missed. */
interface Pass {
  readonly rows: readonly SearchRow[];
  readonly changed: boolean;
}

async function readPages(page: (number: number) => Promise<SoldPage | null>): Promise<Pass> {
  const first = await page(1);
  const pages = [first];
  const known = lastPage(first);
  if (known !== null) {
    const others = Array.from({ length: Math.max(0, known - 1) }, (_, at) => page(at + 2));
    pages.push(...(await Promise.all(others)));
  } else if (rowsOf(first).length > 0) {
    const seen = new Set(idsOf(rowsOf(first)));
    for (let number = 2; number <= MOST_PAGES; number++) {
      const next = await page(number);
      const fresh = idsOf(rowsOf(next)).filter((id) => !seen.has(id));
      if (fresh.length === 0) break;
      for (const id of fresh) seen.add(id);
      pages.push(next);
      if (seen.size >= REACHABLE) break;
    }
  }
  const rows = pages.flatMap(rowsOf);
  const ids = idsOf(rows);
  const totals = new Set(pages.flatMap((each) => whole(each?.totalResults, Number.MAX_SAFE_INTEGER) ?? []));
  return { rows, changed: totals.size > 1 || new Set(ids).size < ids.length };
}

/** How many pages can be read; null where the service does not report it. */
function lastPage(page: SoldPage | null): number | null {
  const size = rowsOf(page).length;
  if (size === 0) return 1;
  const total = whole(page?.totalResults, Number.MAX_SAFE_INTEGER);
  const pages = whole(page?.totalPages, Number.MAX_SAFE_INTEGER) ?? (total === null ? null : Math.ceil(total / size));
  return pages === null ? null : Math.max(1, Math.min(pages, Math.ceil(REACHABLE / size), MOST_PAGES));
}

function rowsOf(page: SoldPage | null): readonly SearchRow[] {
  return listOf(page?.results);
}

function idsOf(rows: readonly SearchRow[]): readonly string[] {
  return rows.flatMap((row) => idOf(row.listing?.id) ?? []);
}

/** By month; a month by halves of its types; one type of one month cannot be split. */
export function split(window: SoldWindow, today: string): readonly SoldWindow[] {
  const months = monthsOf(window, today);
  if (months.length > 1) return months;
  const types = window.types ?? PROPERTY_TYPES;
  if (types.length < 2) return [];
  const middle = Math.ceil(types.length / 2);
  return [
    { ...window, types: types.slice(0, middle) },
    { ...window, types: types.slice(middle) },
  ];
}

function monthsOf({ from, to, types }: SoldWindow, today: string): readonly SoldWindow[] {
  const last = to ?? today;
  const windows: SoldWindow[] = [];
  for (let start = from; start <= last; ) {
    const [year = 0, month = 1] = start.split("-").map(Number);
    const end = iso(Date.UTC(year, month, 0));
    windows.push({ from: start, to: end < last ? end : to, types });
    start = iso(Date.UTC(year, month, 1));
  }
  return windows;
}

/**
 * Reads current listings, page after page to an empty one: their number may be missing, and a short page is not the
 * last. Where more than can be reached may be there each half of the types is requested, too.
 */
export async function readCurrent(
  request: (types: readonly string[] | null, page: number) => Promise<readonly SearchRow[] | null>,
  types: readonly string[] | null = null,
): Promise<readonly SearchRow[]> {
  const rows: SearchRow[] = [];
  const seen = new Set<string>();
  for (let page = 1; page <= MOST_PAGES && seen.size < REACHABLE; page++) {
    const next = listOf(await request(types, page));
    const ids = next.map((row) => idOf(row.listing?.id) ?? JSON.stringify(row));
    const isNew = ids.some((id) => !seen.has(id));
    if (!isNew) break;
    for (const id of ids) seen.add(id);
    rows.push(...next);
  }
  const all = types ?? PROPERTY_TYPES;
  if (seen.size < REACHABLE || all.length < 2) return rows;
  const middle = Math.ceil(all.length / 2);
  const halves = await Promise.all([all.slice(0, middle), all.slice(middle)].map((half) => readCurrent(request, half)));
  return [...rows, ...halves.flat()];
}

/**
 * The sales that a report counts: two years and the month they begin in. What is sold in a month is reported for weeks
 * after it, so only months before the last one are closed. The windows stay the same for a month.
 */
export function soldWindows(today: string): { readonly open: SoldWindow; readonly closed: SoldWindow } {
  const [year = 0, month = 1] = today.split("-").map(Number);
  const open = iso(Date.UTC(year, month - 2, 1));
  return {
    open: { from: open, to: null, types: null },
    closed: { from: iso(Date.UTC(year - 2, month - 2, 1)), to: iso(Date.UTC(year, month - 2, 0)), types: null },
  };
}

function iso(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}

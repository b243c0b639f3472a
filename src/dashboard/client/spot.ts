/** Where one was on a page when one left it, for the back button. */
export interface Spot {
  /** Of the page, in pixels. */
  readonly scroll: number;
  /** Of the list of jobs, in pixels, and how many of its rows had been read. */
  readonly listScroll: number;
  readonly rows: number;
  /** The address of the link that had the focus; null for none. */
  readonly focus: string | null;
}

const STORAGE_KEY = "agentlink.spots";
/** Pages of the history that are remembered, in this tab. */
const MOST = 50;
/** How long a page may take to restore its content; after that it stays as it is. */
const RESTORE_MS = 8_000;

/** The list of jobs and its rows, as the page has them. */
const LIST = ".rows";

let key = keyOf(history.state);
/** What the page that is shown now is to be brought back to; null on a new visit. */
let arrival: Spot | null = null;
let stopRestoring = () => {};

/** Begins to remember. A page that is loaded again, or come back to from elsewhere, is brought back as well. */
export function rememberSpots(): void {
  history.scrollRestoration = "manual";
  if (key === null) {
    key = newKey();
    history.replaceState({ key }, "");
  } else arrive();
  addEventListener("pagehide", leave);
}

/** A new page of the history begins. */
export function enterNew(link: string): void {
  leave();
  key = newKey();
  arrival = null;
  history.pushState({ key }, "", link);
}

/** The page of the history stays, under another address. */
export function renamed(link: string): void {
  history.replaceState({ key }, "", link);
}

/** The browser has gone back or forth. */
export function cameBack(): void {
  leave();
  key = keyOf(history.state);
  arrive();
}

/** How many rows the list had, to read them again at once. */
export function rowsToReturnTo(): number {
  return arrival?.rows ?? 0;
}

function arrive(): void {
  arrival = key === null ? null : (spots()[key] ?? null);
  if (arrival !== null) restore(arrival);
}

function leave(): void {
  stopRestoring();
  if (key === null) return;
  const list = document.querySelector<HTMLElement>(LIST);
  const focused = document.activeElement instanceof HTMLAnchorElement ? document.activeElement : null;
  const spot: Spot = {
    scroll: scrollY,
    listScroll: list?.scrollTop ?? 0,
    rows: Number(list?.dataset.count ?? 0),
    focus: focused?.closest("main") ? focused.getAttribute("href") : null,
  };
  const stored = Object.entries({ ...spots(), [key]: spot }).slice(-MOST);
  try {
    sessionStorage.setItem(STORAGE_KEY, JSON.stringify(Object.fromEntries(stored)));
  } catch {
    // A browser that stores nothing goes back to the top, as before.
  }
}

/** Scrolls and focuses as soon as the page has its previous content again, unless the viewer is quicker. */
function restore({ scroll, listScroll, rows, focus }: Spot): void {
  const deadline = performance.now() + RESTORE_MS;
  const acted = new AbortController();
  for (const event of ["wheel", "pointerdown", "keydown", "touchstart"])
    addEventListener(event, () => acted.abort(), { signal: acted.signal, passive: true });
  stopRestoring = () => acted.abort();
  const step = () => {
    if (acted.signal.aborted) return;
    const list = document.querySelector<HTMLElement>(LIST);
    const isThere = rows === 0 || Number(list?.dataset.count ?? 0) >= rows;
    if (isThere) {
      if (list !== null && Math.abs(list.scrollTop - listScroll) > 1) list.scrollTop = listScroll;
      if (Math.abs(scrollY - scroll) > 1) scrollTo(0, scroll);
      const link = focus === null ? null : document.querySelector<HTMLElement>(`main a[href="${CSS.escape(focus)}"]`);
      link?.focus({ preventScroll: true });
      const scrolled = Math.abs((list?.scrollTop ?? 0) - listScroll) <= 1 && Math.abs(scrollY - scroll) <= 1;
      if (scrolled && (focus === null || document.activeElement === link)) return acted.abort();
    }
    if (performance.now() < deadline) requestAnimationFrame(step);
    else acted.abort();
  };
  requestAnimationFrame(step);
}

/** Not by randomUUID: browsers have that on https and on this machine alone. */
function newKey(): string {
  return crypto.getRandomValues(new Uint32Array(3)).join("-");
}

function spots(): Readonly<Record<string, Spot>> {
  try {
    return JSON.parse(sessionStorage.getItem(STORAGE_KEY) ?? "{}") as Readonly<Record<string, Spot>>;
  } catch {
    return {};
  }
}

function keyOf(state: unknown): string | null {
  const found = typeof state === "object" && state !== null && "key" in state ? state.key : null;
  return typeof found === "string" ? found : null;
}

import { signal } from "@preact/signals";
import type { ComponentType } from "preact";
import { useEffect } from "preact/hooks";
import type { PageAddress, PageProps } from "./address.ts";
import type { PageName } from "./addresses.ts";
import { onSync } from "./live.ts";
import { messages } from "./messages.ts";

interface Listed {
  readonly title: string;
  /** Each page is a separate file, which a browser loads when the page is opened. */
  readonly load: () => Promise<{ readonly Page: ComponentType<PageProps> }>;
}

export const PAGES: Readonly<Record<PageName, Listed>> = {
  overview: { title: "Overview", load: () => import("./overview/page.tsx") },
  jobs: { title: "Jobs", load: () => import("./jobs/page.tsx") },
  job: { title: "Job", load: () => import("./job/page.tsx") },
  failures: { title: "Failures", load: () => import("./failures/page.tsx") },
  delivery: { title: "Delivery", load: () => import("./delivery/page.tsx") },
  usage: { title: "Usage", load: () => import("./usage/page.tsx") },
  access: { title: "Keys", load: () => import("./access/page.tsx") },
  settings: { title: "Settings", load: () => import("./settings/page.tsx") },
  health: { title: "Health", load: () => import("./health/page.tsx") },
  audit: { title: "Audit", load: () => import("./audit/page.tsx") },
  submit: { title: "New report", load: () => import("./submit/page.tsx") },
  catalogue: { title: "Catalogue", load: () => import("./catalogue/page.tsx") },
  import: { title: "Import a file", load: () => import("./import/page.tsx") },
  locality: { title: "Catalogue", load: () => import("./locality/page.tsx") },
};

const loaded = signal<Partial<Record<PageName, ComponentType<PageProps>>>>({});
const failed = signal<PageName | null>(null);

/** The page at an address, as soon as its file is there. */
export function LoadedPage({ page, named, query }: PageAddress) {
  const Page = loaded.value[page];
  useEffect(() => void load(page), [page]);
  if (Page !== undefined) return <Page key={Object.values(named).join("/")} named={named} query={query} />;
  if (failed.value !== page) return <p class="hint loading">Loading…</p>;
  return <NotLoaded />;
}

/**
 * Loads the files of all other pages when the browser has nothing else to do: one can go to them while the service is
 * away, and without a wait.
 */
export function loadOthers(): void {
  const idle = window.requestIdleCallback ?? ((work: () => void) => setTimeout(work, 1_000));
  idle(() => {
    for (const page of Object.keys(PAGES) as PageName[]) void load(page, { quietly: true });
  });
}

async function load(page: PageName, { quietly = false } = {}): Promise<void> {
  if (loaded.value[page] !== undefined) return;
  try {
    const { Page } = await PAGES[page].load();
    loaded.value = { ...loaded.value, [page]: Page };
  } catch (error) {
    if (quietly) return;
    console.warn(error);
    failed.value = page;
  }
}

/** The service is away, or was updated, and its files have other names now. */
function NotLoaded() {
  // Nothing is shown that a person could lose.
  useEffect(() => onSync(() => location.reload()), []);
  return (
    <div class="empty" role="alert">
      <h2>{messages.pageNotLoaded}</h2>
      <p>{messages.downOrUpdated}</p>
      <button type="button" class="button" onClick={() => location.reload()}>
        Load it again
      </button>
    </div>
  );
}

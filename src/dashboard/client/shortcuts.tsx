import { signal } from "@preact/signals";
import { go, linkTo, type PageAddress, pageAddress } from "./address.ts";
import { messages } from "./messages.ts";
import { Modal } from "./parts/modal.tsx";
import { maySubmit } from "./viewer.ts";

const STORAGE_KEY = "agentlink.shortcuts";
const helpOpen = signal(false);
/** Users who dictate or have a tremor can trigger single letters by mistake (WCAG 2.2, 2.1.4). */
const enabled = signal(localStorageSays());
const SECOND_KEY_MS = 1_500;

interface Shortcut {
  readonly keys: string;
  readonly what: string;
  readonly run: () => void;
}

const EVERYWHERE: readonly Shortcut[] = [
  { keys: "g o", what: messages.toOverview, run: () => go(linkTo("")) },
  { keys: "g j", what: messages.toJobs, run: () => go(linkTo("jobs")) },
  { keys: "g c", what: messages.toCatalogue, run: () => go(linkTo("catalogue")) },
  ...(maySubmit ? [{ keys: "n", what: messages.newReport, run: () => go(linkTo("new")) }] : []),
  { keys: "/", what: "Search the jobs", run: focusSearch },
  { keys: "j", what: messages.nextJob, run: () => step(1) },
  { keys: "k", what: messages.previousJob, run: () => step(-1) },
  { keys: "r", what: messages.retryJob, run: () => press("retry") },
  { keys: "c", what: messages.cancelJob, run: () => press("cancel") },
  { keys: "?", what: "This list", run: () => openHelp() },
];

/** Listens for the shortcuts, outside of fields and dialogs. */
export function listenForShortcuts(): void {
  let first = "";
  let timer: ReturnType<typeof setTimeout> | undefined;
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    const target = event.target instanceof HTMLElement ? event.target : null;
    if (
      target?.closest("input, textarea, select, dialog[open], [contenteditable]") ||
      document.querySelector("dialog[open]")
    )
      return;
    if (!enabled.value && event.key !== "?") return;
    const keys = first === "" ? event.key : `${first} ${event.key}`;
    clearTimeout(timer);
    first = "";
    const shortcut = EVERYWHERE.find((each) => each.keys === keys);
    if (shortcut !== undefined) {
      event.preventDefault();
      shortcut.run();
    } else if (EVERYWHERE.some((each) => each.keys.startsWith(`${event.key} `))) {
      first = event.key;
      timer = setTimeout(() => {
        first = "";
      }, SECOND_KEY_MS);
    }
  });
}

export function openHelp(): void {
  helpOpen.value = true;
}

let searchedAt: PageAddress | null = null;

/** At once where the field is there: what is typed next is meant for it, and would be shortcuts until then. */
function focusSearch(): void {
  if (pageAddress.value.page === "jobs") document.querySelector<HTMLInputElement>("main input[type=search]")?.focus();
  else go(linkTo("jobs"));
  searchedAt = pageAddress.value;
}

/** Whether the page was opened to search the jobs: their search field takes the focus as soon as it is there. */
export function isSearchWanted(): boolean {
  return searchedAt === pageAddress.value;
}

function step(by: 1 | -1): void {
  const links = [...document.querySelectorAll<HTMLAnchorElement>("tbody a.row")];
  const at = links.indexOf(document.activeElement as HTMLAnchorElement);
  links[at === -1 ? 0 : at + by]?.focus();
}

/** Buttons declare their shortcut; a user who may not press one has no button. */
function press(name: string): void {
  document.querySelector<HTMLButtonElement>(`main [data-shortcut="${name}"]`)?.click();
}

export function ShortcutHelp() {
  if (!helpOpen.value) return null;
  const close = () => {
    helpOpen.value = false;
  };
  return (
    <Modal title="Keyboard shortcuts" onClose={close}>
      <dl class="keys">
        {EVERYWHERE.map(({ keys, what }) => (
          <div key={keys}>
            <dt>
              {keys.split(" ").map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
      <label class="check">
        <input
          type="checkbox"
          checked={enabled.value}
          onChange={({ currentTarget }) => storeEnabled(currentTarget.checked)}
        />
        Shortcuts are on
      </label>
      <div class="actions end">
        <button type="button" class="button primary" onClick={close}>
          Close
        </button>
      </div>
    </Modal>
  );
}

function storeEnabled(on: boolean): void {
  enabled.value = on;
  try {
    localStorage.setItem(STORAGE_KEY, on ? "on" : "off");
  } catch {
    // Then the choice applies for as long as the page is open.
  }
}

function localStorageSays(): boolean {
  try {
    return localStorage.getItem(STORAGE_KEY) !== "off";
  } catch {
    return true;
  }
}

import { viewer } from "../viewer.ts";

/** Of this tab alone; gone with it. */
const KEY = "agentlink-form";
/** A logo of the catalogue as it is in the form may be larger than what a browser stores. */
const LONGEST = 2_000_000;

/** What was typed into the form, and at which address. */
interface StoredForm {
  readonly client: string | null;
  readonly address: string;
  readonly values: Readonly<Record<string, string | boolean>>;
}

/**
 * Stores the contents of the form: the session may end, or the page be closed, before it is sent. Files cannot be
 * stored.
 */
export function storeForm(form: HTMLFormElement): void {
  const values: Record<string, string | boolean> = {};
  for (const control of controlsOf(form)) {
    if (control.value.length > LONGEST) continue;
    values[control.name || control.id] = control.type === "checkbox" ? control.checked === true : control.value;
  }
  try {
    const stored: StoredForm = { client: viewer.client, address: addressNow(), values };
    sessionStorage.setItem(KEY, JSON.stringify(stored));
  } catch {
    // The browser stores nothing for pages; the form works all the same.
  }
}

/** It was sent, or is no longer needed. */
export function forgetForm(): void {
  try {
    sessionStorage.removeItem(KEY);
  } catch {
    // Nor did it store anything.
  }
}

/** What was typed here before, by the names of the fields; null for nothing, or by another person. */
export function storedForm(): StoredForm["values"] | null {
  try {
    const stored = JSON.parse(sessionStorage.getItem(KEY) ?? "null") as StoredForm | null;
    const isOurs = stored !== null && stored.client === viewer.client && stored.address === addressNow();
    return isOurs && Object.values(stored.values).some((value) => value !== "" && value !== false)
      ? stored.values
      : null;
  } catch {
    return null;
  }
}

/** Fills the form in as it was left, and unfolds what has something in it. Returns whether anything came back. */
export function restoreForm(form: HTMLFormElement, values: StoredForm["values"]): boolean {
  let isChanged = false;
  for (const control of controlsOf(form)) {
    const value = values[control.name || control.id];
    const before = control.type === "checkbox" ? control.checked === true : control.value;
    if (value === undefined || value === before) continue;
    if (typeof value === "boolean") control.checked = value;
    else control.value = value;
    isChanged = true;
    // As if it had been typed, so that what depends on it knows.
    if (control.id !== "suburb") control.dispatchEvent(new Event("input", { bubbles: true }));
    control.closest("details")?.setAttribute("open", "");
  }
  return isChanged;
}

type Control = HTMLElement & { name: string; value: string; type: string; checked?: boolean };

function controlsOf(form: HTMLFormElement): readonly Control[] {
  const all = [...form.elements].filter(
    (each) =>
      each instanceof HTMLInputElement || each instanceof HTMLSelectElement || each instanceof HTMLTextAreaElement,
  );
  return all.filter(({ name, id, type }) => (name !== "" || id === "suburb") && type !== "file") as readonly Control[];
}

function addressNow(): string {
  return location.pathname + location.search;
}

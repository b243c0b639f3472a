import { effect, signal } from "@preact/signals";
import { chosenTheme, storeTheme } from "./theme-choice.ts";

/** The theme that was chosen. */
export const theme = signal(chosenTheme());

/** Counts up whenever the colours are others: what draws with them draws again. */
export const coloursChanged = signal(0);

/** Applies the chosen theme to the page, or the system's. */
export function applyTheme(): void {
  effect(() => {
    if (theme.value === "system") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme.value;
    storeTheme(theme.value);
    coloursChanged.value = coloursChanged.peek() + 1;
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    coloursChanged.value++;
  });
}

/** A colour of the theme in force, such as "--ink". */
export function colour(name: `--${string}`): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

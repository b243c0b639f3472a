export type Theme = "system" | "light" | "dark";

const STORAGE_KEY = "agentlink.theme";

/** What was chosen in this browser; the system's setting where nothing was, or where nothing can be stored. */
export function chosenTheme(): Theme {
  try {
    const stored = localStorage.getItem(STORAGE_KEY);
    return stored === "light" || stored === "dark" ? stored : "system";
  } catch {
    return "system";
  }
}

/** Stores the choice in this browser, where that is allowed. */
export function storeTheme(theme: Theme): void {
  try {
    if (theme === "system") localStorage.removeItem(STORAGE_KEY);
    else localStorage.setItem(STORAGE_KEY, theme);
  } catch {
    // A browser that stores nothing forgets the choice with the page, which is what its owner requested.
  }
}

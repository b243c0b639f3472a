export type Theme = "system" | "light" | "dark";

const KEPT_AS = "agentlink.theme";

/** What was chosen in this browser; what the system says where nothing was, or where nothing can be kept. */
export function chosenTheme(): Theme {
  try {
    const kept = localStorage.getItem(KEPT_AS);
    return kept === "light" || kept === "dark" ? kept : "system";
  } catch {
    return "system";
  }
}

/** Keeps the choice in this browser, where that is allowed. */
export function keepTheme(theme: Theme): void {
  try {
    if (theme === "system") localStorage.removeItem(KEPT_AS);
    else localStorage.setItem(KEPT_AS, theme);
  } catch {
    // A browser that keeps nothing forgets the choice with the page, which is what its owner asked for.
  }
}

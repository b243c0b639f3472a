import { chosenTheme } from "./theme-choice.ts";

// Runs before anything is drawn: who chose a theme never sees the other one flash by.
const theme = chosenTheme();
if (theme !== "system") document.documentElement.dataset.theme = theme;

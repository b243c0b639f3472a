/*
 * The program of the dashboard in the browser: its frame, addresses, live updates and the pages, each in a folder.
 * It is a client of the API like any other, and imports the shapes of responses as types.
 * Not here: code of the service, except the facts of a job in client/.
 */

import { render } from "preact";
import { followLinks } from "./address.ts";
import { App } from "./app.tsx";
import { startClock } from "./clock.ts";
import { listen } from "./live.ts";
import { loadOthers } from "./pages.tsx";
import { listenForShortcuts } from "./shortcuts.tsx";
import { applyTheme } from "./theme.ts";

fixIcon();
applyTheme();
startClock();
followLinks();
listenForShortcuts();
listen();
render(<App />, document.body);
loadOthers();

/** Browsers request the icon again when the address changes, and its own is relative to the page's first one. */
function fixIcon(): void {
  const link = document.querySelector<HTMLLinkElement>("link[rel=icon]");
  if (link !== null) link.href = String(link.href);
}

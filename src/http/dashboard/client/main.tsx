import { render } from "preact";
import { followLinks } from "./address.ts";
import { App } from "./app.tsx";
import { startClock } from "./clock.ts";
import { listen } from "./live.ts";
import { listenForShortcuts } from "./shortcuts.tsx";
import { applyTheme } from "./theme.ts";

applyTheme();
startClock();
followLinks();
listenForShortcuts();
listen();
render(<App />, document.body);

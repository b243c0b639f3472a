// Why: what would push metrics loads node's HTTP client, a tenth of the start; ours are fetched.
// Pinned by: the text of prom-client 15.1.3, index.js.
import type { BunPlugin } from "bun";
import { replaced } from "./replace.ts";

export function prometheusPushesNothing(): BunPlugin {
  return replaced(
    "prometheus-pushes-nothing",
    /[/\\]prom-client[/\\]index\.js$/,
    "exports.Pushgateway = require('./lib/pushgateway');",
    () => "",
  );
}

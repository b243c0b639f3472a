import { readLocalKey } from "../access/keys/local-key.ts";
import type { Config } from "../settings/config.ts";

/** Where the service is found: the given address, else where `serve` listens by the same settings. */
export function serviceUrl({ url, host, port }: Pick<Config, "url" | "host" | "port">): string {
  if (url !== null) return url;
  return `http://${reachable(host)}:${port}`;
}

/** A listener on every address is called on loopback. */
function reachable(host: string): string {
  if (host === "0.0.0.0") return "127.0.0.1";
  if (host === "::" || host === "[::]") return "[::1]";
  return host.includes(":") && !host.startsWith("[") ? `[${host}]` : host;
}

/**
 * What a command shows the service: the key it was given, else, to one on this machine, the one in the data folder that
 * proves who runs it; null for none.
 */
export function keyToShow(config: Pick<Config, "url" | "host" | "port" | "key" | "dataDir">): string | null {
  const { hostname } = new URL(serviceUrl(config));
  const here = hostname === "localhost" || hostname === "[::1]" || hostname.startsWith("127.");
  return config.key ?? (here ? readLocalKey(config.dataDir) : null);
}

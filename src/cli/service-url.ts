import type { Config } from "../config.ts";

/** Where the service is found: as told, else where `serve` listens by the same settings. */
export function serviceUrl({ url, host, port }: Pick<Config, "url" | "host" | "port">): string {
  if (url !== null) return url;
  return `http://${reachable(host)}:${port}`;
}

/** What listens on every address is asked on the machine's own. */
function reachable(host: string): string {
  if (host === "0.0.0.0") return "127.0.0.1";
  if (host === "::" || host === "[::]") return "[::1]";
  return host.includes(":") && !host.startsWith("[") ? `[${host}]` : host;
}

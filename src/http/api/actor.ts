import type { Caller } from "../../access/access.ts";

/**
 * Whom the history names for what a request changes: the client, and whether a person did it in the dashboard. Browsers
 * send `Sec-Fetch-Site` with each request (Fetch Metadata), and no page can leave it out; programs do not.
 */
export function actorOf({ client }: Pick<Caller, "client">, { headers }: Request): string {
  return headers.has("sec-fetch-site") ? `${client} (dashboard)` : client;
}

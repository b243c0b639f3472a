import { Failure } from "../failure.ts";
import { messages } from "./messages.ts";

export function changes({ method }: Pick<Request, "method">): boolean {
  return method !== "GET" && method !== "HEAD";
}

export function originOfUrl(url: string | null): string | null {
  return url === null ? null : new URL(url).origin;
}

/**
 * Browsers send the origin of a request; programs do not.
 * @throws Failure "cross_site" for a request that a page of another site began.
 */
export function refuseOtherSites(headers: Headers, publicOrigin: string | null): void {
  const host = (headers.get("host") ?? "").toLowerCase();
  const site = headers.get("sec-fetch-site");
  const origin = headers.get("origin");
  const sameSite = site === null || site === "same-origin" || site === "none";
  const sameOrigin =
    // A proxy may speak https where we speak http.
    origin === null || origin === publicOrigin || /^https?:\/\/(.*)$/.exec(origin.toLowerCase())?.[1] === host;
  if (sameSite && sameOrigin) return;
  throw new Failure("cross_site", messages.otherSite(origin ?? site));
}

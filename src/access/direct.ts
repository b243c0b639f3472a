import { Failure } from "../failure.ts";
import type { SocketOwner } from "../host/sockets/peers.ts";
import { messages } from "./messages.ts";
import { changes, originOfUrl, refuseOtherSites } from "./other-sites.ts";

/** What makes a key; anyone may read it, so it names no folder. */
export const MAKE_A_KEY = messages.createKey;
const MAKE = messages.operatorCreatesKey(MAKE_A_KEY);

/**
 * Any of them, whatever its value, means that a proxy forwarded the request. Proxies have names of their own
 * beside these, but send one of these as well; each name more costs every request.
 */
const FORWARDING = [
  "x-forwarded-for",
  "forwarded",
  "x-real-ip",
  "via",
  "x-forwarded-host",
  "x-forwarded-proto",
] as const;

/**
 * Lets in who needs no key: programs of this machine that call the service directly and on no one else's behalf. The function
 * that it returns takes a request and the address of the other end of its connection, null where that is not known.
 * @throws Failure "access_denied", "host_not_allowed" or "cross_site", each with what to do.
 */
export function createDirectCheck(publicUrl: string | null): (request: Request, address: string | null) => void {
  const publicOrigin = originOfUrl(publicUrl);
  // Nearly all requests name the service the same way.
  /** Written by what `createDirectCheck` returns. */
  let lastHost: string | null = null;

  return ({ headers, method }, address) => {
    if (publicUrl !== null) throw denied(messages.noKeyPublic(MAKE));
    if (address === null || !isLoopbackAddress(address))
      throw denied(messages.otherMachine(address ?? "another machine", MAKE));
    for (const header of FORWARDING) {
      if (headers.has(header)) throw denied(messages.forwarded(header, MAKE));
    }
    const host = headers.get("host") ?? "";
    if (host !== lastHost) {
      requireOurs(host.toLowerCase());
      lastHost = host;
    }
    if (changes({ method })) refuseOtherSites(headers, publicOrigin);
  };
}

function denied(message: string): Failure {
  return new Failure("access_denied", `${message}.`.replace(/\.\.$/, "."));
}

/** @throws Failure "access_denied" where the program is not one of the user that the service runs as. */
export function requireOwner(owner: SocketOwner): void {
  if (owner.kind === "own") return;
  throw denied(owner.kind === "other" ? messages.otherUser(owner.reason, MAKE) : messages.unknownUser(MAKE));
}

function requireOurs(host: string): void {
  if (isLoopbackHost(host)) return;
  throw new Failure("host_not_allowed", messages.hostName(host.slice(0, 100), MAKE));
}

/** Whether only programs of this machine have, or reach, the address. */
export function isLoopbackAddress(address: string): boolean {
  return address === "::1" || address.startsWith("127.") || address.startsWith("::ffff:127.");
}

/** Names that always mean this machine, whatever a name server returns (RFC 6761, section 6.3). */
function isLoopbackHost(host: string): boolean {
  const name = host.replace(/:\d{1,5}$/, "");
  return name === "localhost" || name.endsWith(".localhost") || name === "[::1]" || /^127(\.\d{1,3}){3}$/.test(name);
}

import { Elysia } from "elysia";
import { Failure } from "../failure.ts";

/** Who calls: the queue is shared fairly between clients. */
export interface Caller {
  readonly client: string;
}

export interface Access {
  /**
   * Answers who calls, from the address of the other end of the connection; null when it is not known.
   * @throws Failure "access_denied", "host_not_allowed" or "cross_site", each with what to do.
   */
  admit(request: Request, address: string | null): Caller;
}

/**
 * Any of them means that somebody else's request was passed on to us, whatever it says. Proxies have names of their own
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

const LOCAL: Caller = { client: "local" };

/**
 * Who may call while no keys are configured: a program of this machine that asks directly. A page in a browser of this
 * machine is not such a program, so a name that is not ours (DNS rebinding) and a change asked for by another site
 * (cross-site request forgery) are refused as well.
 */
export function createAccess(options: { readonly publicUrl: string | null }): Access {
  const publicHost = options.publicUrl === null ? null : new URL(options.publicUrl).host.toLowerCase();
  const publicOrigin = options.publicUrl === null ? null : new URL(options.publicUrl).origin;
  // Nearly all requests name the service the same way.
  let lastHost: string | null = null;

  return {
    admit(request, address) {
      const { headers, method } = request;
      if (address === null || !isLoopbackAddress(address)) {
        throw new Failure(
          "access_denied",
          `Without keys the service answers programs of its own machine alone, and this request came from ${address ?? "elsewhere"}. Call it there, at 127.0.0.1.`,
        );
      }
      for (const header of FORWARDING) {
        if (headers.has(header)) {
          throw new Failure(
            "access_denied",
            `Without keys the service answers direct requests alone, and this one was forwarded (it has a ${header} header). Call the service on its own machine, without the proxy.`,
          );
        }
      }
      const host = headers.get("host") ?? "";
      if (host !== lastHost) {
        requireOurs(host.toLowerCase(), publicHost);
        lastHost = host;
      }
      if (method !== "GET" && method !== "HEAD") refuseOtherSites(headers, host, publicOrigin);
      return LOCAL;
    },
  };
}

function requireOurs(host: string, publicHost: string | null): void {
  if (isLoopbackHost(host) || host === publicHost) return;
  throw new Failure(
    "host_not_allowed",
    `The service is not known as "${host}". Call it as 127.0.0.1 or localhost, or name its address in AGENTLINK_PUBLIC_URL.`,
  );
}

/** Browsers say where a request comes from; programs say nothing. */
function refuseOtherSites(headers: Headers, host: string, publicOrigin: string | null): void {
  const site = headers.get("sec-fetch-site");
  const origin = headers.get("origin");
  const sameSite = site === null || site === "same-origin" || site === "none";
  const sameOrigin =
    origin === null || origin === publicOrigin || origin.toLowerCase() === `http://${host.toLowerCase()}`;
  if (sameSite && sameOrigin) return;
  throw new Failure(
    "cross_site",
    `A page of another site (${origin ?? site}) may not change anything here. Send the request from a program, or from a page of this service.`,
  );
}

/** Whether only programs of this machine have, or reach, the address. */
export function isLoopbackAddress(address: string): boolean {
  return address === "::1" || address.startsWith("127.") || address.startsWith("::ffff:127.");
}

/** Names that always mean this machine, whatever a name server says (RFC 6761, section 6.3). */
function isLoopbackHost(host: string): boolean {
  const name = host.replace(/:\d{1,5}$/, "");
  return name === "localhost" || name.endsWith(".localhost") || name === "[::1]" || /^127(\.\d{1,3}){3}$/.test(name);
}

/**
 * The check as an Elysia plugin: a route of an instance that uses it is answered for those who may call, and its
 * handler is told who that is.
 */
export function createAdmission(access: Access, connections: { address(request: Request): string | null }) {
  return new Elysia({ name: "admission" }).derive({ as: "scoped" }, ({ request }) => ({
    caller: access.admit(request, connections.address(request)),
  }));
}

export type Admission = ReturnType<typeof createAdmission>;

/*
 * Requests to addresses that others chose, and the circuit breaker for dependencies that are down.
 * Every address is checked when the connection is made, so that no internal address can be reached.
 * Not here: any other room.
 */

import { lookup } from "node:dns/promises";
import ip from "ipaddr.js";
import { asFailure, Failure } from "../failure.ts";
import { type AddressPolicy, createAddressGuard, hostOf } from "./address.ts";
import { badResponse } from "./bad-response.ts";
import { messages } from "./messages.ts";

export interface OutboundRequest {
  readonly method: "GET" | "POST";
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** For everything, redirects and the last byte included. */
  readonly timeoutMs: number;
  /** Of the response, unpacked. */
  readonly maxBytes: number;
  /** Withhold the result of a response that is too long, too slow or broken off, instead of failing. */
  readonly cut?: boolean;
  /** How many redirects are followed, each checked like the first address; with 0 a redirect is returned as it is. */
  readonly redirects: number;
}

export interface OutboundResponse {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
}

/** The way out of the process to addresses that others gave: nothing inside can be reached through it. */
export interface Outbound {
  /** As {@link createAddressGuard}'s check. */
  check(address: string): URL;
  /**
   * Sends a request. The name is looked up here, every response is checked, and the connection is made to what was checked.
   * @throws Failure "address_refused" and "too_large", "too_many_redirects" (permanent); "host_unknown", "unreachable",
   *   "broken_off", "too_slow" (transient).
   */
  request(address: string, request: OutboundRequest): Promise<OutboundResponse>;
  /** The same, with the bytes of a file. */
  download(address: string, request: OutboundRequest): Promise<OutboundFile>;
}

export interface OutboundFile {
  readonly status: number;
  readonly headers: Headers;
  readonly bytes: Uint8Array;
}

export interface OutboundOptions extends AddressPolicy {
  /** All addresses of a name; the system's resolver by default. */
  readonly resolve?: (name: string) => Promise<readonly string[]>;
  /** Certificates trusted instead of the system's, PEM. */
  readonly trust?: string;
}

const REDIRECTS = new Set([301, 302, 303, 307, 308]);

export function createOutbound(options: OutboundOptions): Outbound {
  const guard = createAddressGuard(options);
  const { resolve = systemResolve, trust, variable = "AGENTLINK_ALLOW_HOSTS" } = options;

  /** @throws Failure when one of the responses may not be connected to: a name that leads inside, too, is not trusted. */
  async function addressesOf(url: URL): Promise<readonly string[]> {
    const host = hostOf(url);
    const addresses = ip.isValid(host) ? [host] : await resolve(host).catch(unknownHost(host));
    if (addresses.length === 0) throw unknownHost(host)(null);
    for (const address of addresses)
      if (!guard.mayConnect(url, address))
        throw new Failure(
          "address_refused",
          // Where a name leads inside is the operator's to know, and not a caller's.
          options.machine === undefined
            ? messages.resolvesToPrivate(host, address, variable)
            : messages.resolvesToNone(host, variable),
        );
    // IPv4 first: a machine without IPv6 finds out only by waiting.
    return addresses.toSorted((a, b) => Number(ip.IPv6.isValid(a)) - Number(ip.IPv6.isValid(b)));
  }

  async function send(url: URL, request: OutboundRequest, signal: AbortSignal): Promise<Response> {
    const addresses = await unlessAborted(addressesOf(url), signal);
    let failure: unknown;
    for (const address of addresses) {
      try {
        return await connect(url, address, request, signal);
      } catch (error) {
        signal.throwIfAborted();
        failure = error;
      }
    }
    throw failure;
  }

  /** To this address and no other; the name goes into the Host header and, for TLS, is what the certificate must be for. */
  function connect(url: URL, address: string, request: OutboundRequest, signal: AbortSignal): Promise<Response> {
    const target = new URL(url);
    target.hostname = ip.IPv6.isValid(address) ? `[${address}]` : address;
    const named = ip.isValid(hostOf(url)) ? {} : { serverName: hostOf(url) };
    return fetch(target.href, {
      method: request.method,
      headers: { ...request.headers, Host: url.host },
      ...(request.body === undefined ? {} : { body: request.body }),
      redirect: "manual",
      // A connection cached for another name would skip the check of this one's certificate.
      keepalive: false,
      signal,
      tls: { ...named, ...(trust === undefined ? {} : { ca: trust }) },
    });
  }

  async function follow(address: string, request: OutboundRequest, signal: AbortSignal): Promise<Response> {
    let url = guard.check(address);
    let { headers } = request;
    for (let left = request.redirects; ; left--) {
      const response = await send(url, { ...request, headers }, signal);
      const location = response.headers.get("location");
      if (request.redirects === 0 || !REDIRECTS.has(response.status) || location === null) return response;
      void response.body?.cancel();
      if (left === 0) throw new Failure("too_many_redirects", messages.redirects(url.host, request.redirects));
      const next = guard.check(URL.canParse(location, url) ? new URL(location, url).href : location);
      // Headers are for the host they were set for: they may contain its password.
      if (next.origin !== url.origin) headers = {};
      url = next;
    }
  }

  async function download(address: string, request: OutboundRequest): Promise<OutboundFile> {
    const deadline = AbortSignal.timeout(request.timeoutMs);
    const host = guard.check(address).host;
    try {
      const response = await follow(address, request, deadline);
      const bytes = await read(response, request, deadline, host);
      return { status: response.status, headers: response.headers, bytes };
    } catch (error) {
      if (error instanceof Failure) throw error;
      if (deadline.aborted) throw tooSlow(host, request.timeoutMs, error);
      throw new Failure("unreachable", badResponse(host, error) ?? noResponse(host, error), {
        transient: true,
        cause: error,
      });
    }
  }

  return {
    check: guard.check,
    download,

    async request(address, request) {
      const { bytes, ...reply } = await download(address, request);
      return { ...reply, body: new TextDecoder().decode(bytes) };
    },
  };
}

/** Counts while it reads: the other side may send a false length. */
async function read(
  response: Response,
  { maxBytes, cut = false }: OutboundRequest,
  deadline: AbortSignal,
  host: string,
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  const reader = response.body?.getReader();
  if (reader === undefined) return new Uint8Array();
  try {
    while (bytes <= maxBytes) {
      const { done, value } = await unlessAborted(reader.read(), deadline);
      if (done) break;
      chunks.push(value);
      bytes += value.length;
    }
  } catch (error) {
    const isOther = deadline.aborted || badResponse(host, error) !== null;
    if (!cut)
      throw isOther ? error : new Failure("broken_off", messages.brokenOff(host), { transient: true, cause: error });
  } finally {
    reader.cancel().catch(() => {
      // It broke off before: there is nothing left to give up.
    });
  }
  if (bytes > maxBytes && !cut)
    throw new Failure("too_large", messages.responseTooLarge(host, Math.round(maxBytes / 1e6)));
  return Buffer.concat(chunks).subarray(0, maxBytes);
}

/** The result of the promise, or the signal's reason as soon as it is aborted. */
export function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason);
    if (signal.aborted) stop();
    signal.addEventListener("abort", stop, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", stop));
  });
}

async function systemResolve(name: string): Promise<readonly string[]> {
  return (await lookup(name, { all: true })).map(({ address }) => address);
}

function unknownHost(host: string) {
  return (error: unknown): never => {
    throw new Failure("host_unknown", messages.nameUnknown(host), { transient: true, cause: error });
  };
}

function tooSlow(host: string, timeoutMs: number, cause: unknown): Failure {
  return new Failure("too_slow", messages.timeout(host, timeoutMs / 1_000), {
    transient: true,
    cause,
  });
}

/** The engine's codes are enough; its texts are advice for programmers. */
function noResponse(host: string, error: unknown): string {
  const reason = error instanceof Error && "code" in error ? String(error.code) : asFailure(error).message;
  return reason === "ECONNRESET" ? messages.brokenOff(host) : messages.unreachable(host, reason);
}

/**
 * Refuses addresses that are set wrong at the start, and not with the first job that fails of it.
 * @throws Failure "config" that names the variable.
 */
export function requireAllowed(outbound: Outbound, addresses: Readonly<Record<string, string | null>>): void {
  for (const [variable, address] of Object.entries(addresses)) {
    try {
      if (address !== null) outbound.check(address);
    } catch (error) {
      throw new Failure("config", `${variable}: ${asFailure(error).message}`, { cause: error });
    }
  }
}

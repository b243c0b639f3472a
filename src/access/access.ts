/*
 * Who may call: keys, their scopes and rates, browsers' sessions, and the admission of each request.
 * Keys and sessions are stored in files beside the jobs, or in Redis for several hosts.
 * Not here: routes, pages, and anything that reads or changes a job.
 */

import { Elysia } from "elysia";
import { Failure } from "../failure.ts";
import type { SocketOwner } from "../host/sockets/peers.ts";
import { retryAfter } from "../outbound/retry-after.ts";
import { type Caller, needs } from "./caller.ts";
import { createDirectCheck, requireOwner } from "./direct.ts";
import { HIGHEST_PRIORITY, type Key, type KeyRing } from "./keys/key.ts";
import { LOCAL_KEY } from "./keys/local-key.ts";
import { covers, type Scope } from "./keys/scope.ts";
import { messages } from "./messages.ts";
import { changes, originOfUrl, refuseOtherSites } from "./other-sites.ts";
import { createMeter, type Meter, type Rate } from "./rate.ts";
import type { Sessions } from "./sessions/sessions.ts";

/** Names and values of header fields. */
type HeaderFields = Readonly<Record<string, string>>;

export interface Access {
  /**
   * Returns who calls, from the key it shows, or from the address of the other end of the connection (null when it is not known) while there are no keys. `needed` is the scope that the call requires; by default that of its method.
   * @throws Failure "key_required", "key_unknown", "keys_lost", "scope_needed", "rate_limited", "access_denied",
   *   "host_not_allowed" or "cross_site", each with what to do.
   */
  admit(request: Request, address: string | null, needed?: Scope): Caller;
  /** Whether an admitted client would still be admitted: for responses that take a long time. */
  remains(caller: Caller): Promise<boolean>;
  /** The authenticated caller of this request; null for none. */
  callerOf(request: Request): Caller | null;
  /** What a response states about the rate of the request's key; undefined where there is none. */
  headers(request: Request): HeaderFields | undefined;
}

/** For a key that is unknown or was revoked. */
export function keyUnknown(): Failure {
  return new Failure("key_unknown", messages.unknownKey);
}

const LOCAL: Caller = {
  client: "local",
  scope: "admin",
  keyId: null,
  maxPriority: HIGHEST_PRIORITY,
  quota: null,
  session: null,
};

interface AccessDependencies {
  readonly publicUrl: string | null;
  /** Whose program is at the other end of a request's connection, which is within this machine. */
  readonly ownerOf: (request: Request) => SocketOwner;
  readonly keys: KeyRing;
  readonly sessions: Pick<Sessions, "find" | "shown" | "lasts">;
  /** Of keys without their own; null: unlimited. */
  readonly keyRate: Rate | null;
  readonly meter?: Meter;
}

/**
 * Who may call. From the first key on: a caller that shows one, from any address, or has signed in with one. Before
 * that the service is one person's own: it serves the programs of the user it runs as, on its own machine, that call it
 * directly and on no one else's behalf. A loopback address alone is no proof of that, because a proxy has it as well,
 * and may not name its clients; and other users of the machine have it, too. A page in a browser of this machine is no
 * such program either, so a name that is not ours (DNS rebinding) and a change requested by another site (cross-site
 * request forgery) are refused as well. A public address means that others are expected: they need keys from the start.
 */
export function createAccess(dependencies: AccessDependencies): Access {
  const { publicUrl, ownerOf, keys, sessions, keyRate, meter = createMeter() } = dependencies;
  const publicOrigin = originOfUrl(publicUrl);
  /** Written by `withKey`. */
  const rates = new WeakMap<Request, HeaderFields>();
  /** Written by `admit`. */
  const callers = new WeakMap<Request, Caller>();
  const requireDirect = createDirectCheck(publicUrl);

  /** The key a request shows or has signed in with. A wrong one is refused even where none is needed. */
  function keyOf(request: Request): Key | null {
    const { headers } = request;
    const secret = secretOf(headers);
    if (secret !== null) {
      const key = keys.find(secret);
      if (key === null) throw keyUnknown();
      return key;
    }
    const key = headers.has("cookie") ? sessions.find(headers) : null;
    // A browser sends the cookie automatically; a program that sends its key intends the request.
    if (key !== null && changes(request)) refuseOtherSites(headers, publicOrigin);
    return key;
  }

  function withKey(request: Request, key: Key, needed: Scope): Caller {
    const rate = key.rate ?? keyRate;
    if (rate !== null) {
      const allowance = meter.take(key.id, rate);
      const { requests, windowS } = rate;
      // draft-ietf-httpapi-ratelimit-headers: r is what is left, t when all of it is there again.
      rates.set(request, {
        "RateLimit-Policy": `"key";q=${requests};w=${windowS}`,
        RateLimit: `"key";r=${allowance.left};t=${retryAfter(allowance.fullInMs)}`,
      });
      if (!allowance.admitted)
        throw new Failure("rate_limited", messages.rate(requests, windowS), {
          retryAfterMs: allowance.nextInMs,
        });
    }
    if (!covers(key.scope, needed)) throw needs(needed, key.scope);
    keys.used(key.id);
    const session = secretOf(request.headers) === null ? sessions.shown(request.headers) : null;
    return {
      client: key.name,
      scope: key.scope,
      keyId: key.id,
      maxPriority: key.maxPriority,
      quota: key.quota,
      session,
    };
  }

  return {
    headers: (request) => rates.get(request),

    callerOf: (request) => callers.get(request) ?? null,

    async remains({ keyId, session }) {
      if (keyId === null) return !keys.configured();
      return keys.active(keyId) !== null && (session === null || (await sessions.lasts(session)));
    },

    admit(request, address, needed = scopeNeeded(request.method)) {
      const caller = admitted(request, address, needed);
      callers.set(request, caller);
      return caller;
    },
  };

  function admitted(request: Request, address: string | null, needed: Scope): Caller {
    const key = keyOf(request);
    if (key !== null && key.id !== LOCAL_KEY.id) return withKey(request, key, needed);
    if (keys.configured()) throw new Failure("key_required", messages.sendKey);
    requireDirect(request, address);
    // A user who can read the data folder runs the service, whatever the system reports about the connection.
    if (key === null) requireOwner(ownerOf(request));
    return LOCAL;
  }
}

/** The minimum scope of a call: to read, to request reports and change jobs, and all else (the catalogue's PUT). */
function scopeNeeded(method: string): Scope {
  if (method === "GET" || method === "HEAD") return "read";
  return method === "POST" ? "submit" : "admin";
}

/**
 * The check as an Elysia plugin: a route of an instance that uses it serves only authorised callers, and its
 * handler gets the caller.
 */
export function createAdmission(access: Access, connections: { address(request: Request): string | null }) {
  return new Elysia({ name: "admission" }).derive({ as: "scoped" }, ({ request }) => ({
    caller: access.admit(request, connections.address(request)),
  }));
}

export type Admission = ReturnType<typeof createAdmission>;

/** The secret a request shows, as `Authorization: Bearer` (RFC 6750) or `X-API-Key`; null without any. */
function secretOf(headers: Headers): string | null {
  const authorization = headers.get("authorization");
  // Another scheme may be the proxy's own. The service ignores it.
  const bearer = authorization === null ? null : /^bearer(?:\s+(.*))?$/i.exec(authorization);
  if (bearer !== null) return (bearer[1] ?? "").trim();
  return headers.get("x-api-key")?.trim() ?? null;
}

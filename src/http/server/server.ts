/*
 * The sockets: listening or systemd's, connections, compression, the log of requests, the orderly stop.
 * A request goes from here to the router of api/.
 * Not here: routes and what they return.
 */

import type { Server } from "bun";
import { Failure } from "../../failure.ts";
import { createApp } from "../api/app.ts";
import { createConnections } from "../connections.ts";
import { errors } from "../errors.ts";
import type { HttpDependencies, ReservedMemory } from "../http.ts";
import { messages } from "../messages.ts";
import { problem } from "../problem.ts";
import { compressed } from "./compression.ts";
import { logAccepted, logRequest } from "./request-log.ts";
import { type ActivatedSocket, acceptActivated } from "./socket-activation.ts";

export interface HttpServer {
  /** With the port it really has. */
  readonly url: string;
  readonly port: number;
  /** Long polls: requests that wait until their job changes. */
  longPolls(): number;
  /** Streams of events open now. */
  listening(): number;
  /** The memory of bodies, responses and streams that can be released. */
  readonly memory: ReservedMemory;
  /** Accepts no new connections, ends long polls with the current state and lets other requests end, for the grace time. */
  stop(graceMs?: number): Promise<void>;
}

/** Seconds a connection may be silent; a long poll and a slow body have limits of their own. */
const IDLE_TIMEOUT_S = 60;
const STOP_GRACE_MS = 5_000;
const RECHECK_MS = 10;
/** Where the server itself listens when its connections come in through a socket that it was given. */
const BEHIND_SOCKET = { host: "127.0.0.1", port: 0 };

/** Where to listen. */
export interface Address {
  readonly host: string;
  readonly port: number;
  /** A listening socket this process was given, in place of host and port. */
  readonly socket?: number | null;
}

/**
 * Starts the server.
 * @throws Failure "address_in_use" or "cannot_listen".
 */
export async function startHttp(dependencies: HttpDependencies, address: Address): Promise<HttpServer> {
  const { socket = null } = address;
  const { host, port } = socket === null ? address : BEHIND_SOCKET;
  const { log } = dependencies;
  const connections = createConnections();
  /** Written by `fetch`. */
  const requestIds = new WeakMap<Request, string>();
  /** What was thrown while a request was served, for the log. Written by `cause`. */
  const causes = new WeakMap<Request, unknown>();
  const app = createApp(dependencies, connections, {
    accepted: (request, submitted) => logAccepted(log, requestIds.get(request) ?? null, submitted),
    requestIdOf: (request) => requestIds.get(request) ?? null,
    cause: (request, error) => void causes.set(request, error),
  });
  const { fetch: handle, waiters, feed, memory, routeOf, callerOf } = app;
  /** Written by `stop`. */
  let stopping = false;

  const fetch = async (received: Request): Promise<Response> => {
    const began = performance.now();
    const id = requestId(received.headers);
    const routed = routable(received);
    const request = routed ?? received;
    if (request !== received) connections.stand(request, received);
    requestIds.set(request, id);
    const response = await compressed(request, routed === null ? problem(badHost()) : await handle(request));
    response.headers.set("X-Request-Id", id);
    if (stopping) response.headers.set("Connection", "close");
    const route = routeOf(request);
    const ms = performance.now() - began;
    const longPollMs = connections.longPollMs(request);
    dependencies.onResponse({ method: request.method, route: route.pattern, status: response.status, ms, longPollMs });
    const client = callerOf(request)?.client ?? null;
    logRequest(log, { request, response, id, ms, route, client, cause: causes.get(request) });
    return response;
  };

  let server: Server<undefined>;
  /** The socket that this process was given. Written by `startHttp`, once. */
  let activated: ActivatedSocket | null = null;
  try {
    server = Bun.serve({
      hostname: host,
      port,
      idleTimeout: IDLE_TIMEOUT_S,
      // Each route bounds its body itself, so that too large a one gets a problem document.
      maxRequestBodySize: Number.MAX_SAFE_INTEGER,
      fetch,
      error: (error) => {
        log.error({ err: error }, messages.requestFailed);
        return problem(error);
      },
    });
  } catch (error) {
    waiters.close();
    feed.close();
    throw cannotListen(error, host, port);
  }
  if (socket !== null) {
    activated = await acceptActivated(socket, server.port ?? port).catch(async (error) => {
      waiters.close();
      feed.close();
      await server.stop(true);
      throw error;
    });
  }
  connections.attach(server, activated ?? undefined);
  const { host: ownHost, port: ownPort } = activated ?? { host, port: server.port ?? port };

  return {
    url: `http://${ownHost.includes(":") ? `[${ownHost}]` : ownHost}:${ownPort}`,
    port: ownPort,
    longPolls: () => waiters.size,
    listening: () => feed.size,
    memory,
    async stop(graceMs = STOP_GRACE_MS) {
      stopping = true;
      waiters.close();
      feed.close();
      const deadline = performance.now() + graceMs;
      activated?.close();
      while ((activated?.owed() ?? 0) > 0 && performance.now() < deadline) await Bun.sleep(RECHECK_MS);
      const closed = server.stop(false);
      while (server.pendingRequests > 0 && performance.now() < deadline) await Bun.sleep(RECHECK_MS);
      await server.stop(true);
      await closed;
      activated?.end();
    },
  };
}

function badHost(): Failure {
  return errors.badHost();
}

/** A caller's own id, so that its log and ours can be laid side by side; else a new one. */
function requestId(headers: Headers): string {
  const given = headers.get("x-request-id");
  return given !== null && /^[\w.:/+=-]{1,128}$/.test(given) ? given : crypto.randomUUID();
}

function cannotListen(error: unknown, host: string, port: number): Failure {
  const code = error instanceof Error && "code" in error ? error.code : null;
  return code === "EADDRINUSE"
    ? new Failure("address_in_use", messages.addressTaken(host, port), {
        cause: error,
      })
    : new Failure(
        "cannot_listen",
        messages.cannotListen(host, port, error instanceof Error ? error.message : String(error)),
        { cause: error },
      );
}

/** What a Host header may contain (RFC 9110, section 7.2): a name or an address, and a port. */
const HOST = /^(\[[0-9a-f:.]+\]|[\w.~-]+)(:\d{1,5})?$/i;
/** Elysia searches for the path from the eleventh character on: "http://" and a host of at least four. */
const ROUTED_FROM = 11;
const PADDING = "short.invalid";

/**
 * The request as the router can read it: its URL is absolute, and its path begins behind the eleventh character. A host of
 * one to three letters, and one that HTTP/1.0 leaves out, are replaced in the URL, and stay as they are in the header:
 * the router would else take a later part of the path for the path. Null: the Host header is none that may be sent, or
 * there are two (RFC 9112, section 3.2).
 */
function routable(request: Request): Request | null {
  const { url } = request;
  const host = request.headers.get("host") ?? "";
  if (host !== "" && !HOST.test(host)) return null;
  const path = url.indexOf("/", "http://".length);
  if (url.startsWith("http") && path >= ROUTED_FROM) return request;
  const behind = url.startsWith("/") ? url : url.slice(path);
  return new Request(new URL(`http://${PADDING}${behind}`), request);
}

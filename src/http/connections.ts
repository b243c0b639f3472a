import type { Server } from "bun";
import { isLoopbackAddress } from "../access/direct.ts";
import type { Peer } from "../host/sockets/peers.ts";

/** An address and a port of another machine, or of this one. */
export interface End {
  readonly address: string;
  readonly port: number;
}

/**
 * The connections requests come in on. The routes are built before there is a socket, and Elysia's own `server` costs
 * each request as much as all its headers, so they get this instead.
 */
export interface Connections {
  /** The address of the other end; null after it is closed. */
  address(request: Request): string | null;
  /** The other end with its port, and the port of ours that it is connected to; null after it is closed. */
  peer(request: Request): Peer | null;
  /** Lets a request's connection be silent for so many seconds; 0 is for ever. */
  allowSilence(request: Request, seconds: number): void;
  /** Records that a response was delayed for so long because the request was a long poll. */
  noteReserved(request: Request, ms: number): void;
  longPollMs(request: Request): number;
  /** A request in place of the one that came in: it is on the same connection. */
  stand(request: Request, received: Request): void;
  /** Sets which server they are on, and who knows the other ends if they come through a port of ours. */
  attach(server: Server<undefined>, activated?: Passed): void;
}

/** A socket that was there before, and passes its connections on to ours. */
interface Passed {
  /** The address that its callers connect to. */
  readonly port: number;
  /** Whose connection reaches us from this port of ours. */
  peer(port: number): End | null;
}

export function createConnections(): Connections {
  /** Written by `attach`. */
  let server: Server<undefined> | null = null;
  // Nothing but this machine reaches a loopback address, so there is no need to query the socket each time.
  /** Written by `attach`. */
  let all: string | null = null;
  /** Written by `stand`. */
  const received = new WeakMap<Request, Request>();
  /** Written by `noteReserved`. */
  const longPolls = new WeakMap<Request, number>();
  const cameIn = (request: Request) => received.get(request) ?? request;
  /** Written by `attach`. */
  let passed: Passed | undefined;
  const endOf = (request: Request): End | null => {
    const end = server?.requestIP(cameIn(request)) ?? null;
    return end === null || passed === undefined ? end : passed.peer(end.port);
  };
  return {
    address(request) {
      return all ?? endOf(request)?.address ?? null;
    },
    peer(request) {
      const end = endOf(request);
      const ownPort = passed?.port ?? server?.port;
      return end === null || ownPort === undefined
        ? null
        : { address: end.address, port: end.port, ownPort, ownAddress: all };
    },
    allowSilence: (request, seconds) => server?.timeout(cameIn(request), seconds),
    noteReserved: (request, ms) => void longPolls.set(request, ms),
    longPollMs: (request) => longPolls.get(request) ?? 0,
    stand: (request, original) => void received.set(request, original),
    attach(opened, activated) {
      server = opened;
      passed = activated;
      const ownHost = activated === undefined && isLoopbackAddress(opened.hostname ?? "");
      all = ownHost ? (opened.hostname ?? null) : null;
    },
  };
}

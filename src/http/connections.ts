import type { Server } from "bun";
import { isLoopbackAddress } from "./access.ts";

/**
 * The connections requests come in on. The routes are built before there is a socket, and Elysia's own `server` costs
 * each request as much as all its headers, so they are handed this instead.
 */
export interface Connections {
  /** The address of the other end; null when it is gone. */
  address(request: Request): string | null;
  /** Lets a request's connection be silent for so many seconds; 0 is for ever. */
  allowSilence(request: Request, seconds: number): void;
  /** A request that stands for the one that came in: it is on the same connection. */
  stand(request: Request, received: Request): void;
  /** Says which server they are on, and who knows the other ends where they come through a port of ours. */
  attach(server: Server<undefined>, peer?: (port: number) => string | null): void;
}

export function createConnections(): Connections {
  let server: Server<undefined> | null = null;
  // Nothing but this machine reaches a loopback address, so there is no need to ask the socket each time.
  let everybody: string | null = null;
  const received = new WeakMap<Request, Request>();
  const cameIn = (request: Request) => received.get(request) ?? request;
  let passedOn: ((port: number) => string | null) | undefined;
  return {
    address(request) {
      if (everybody !== null) return everybody;
      const end = server?.requestIP(cameIn(request)) ?? null;
      return end === null || passedOn === undefined ? (end?.address ?? null) : passedOn(end.port);
    },
    allowSilence: (request, seconds) => server?.timeout(cameIn(request), seconds),
    stand: (request, original) => void received.set(request, original),
    attach(opened, peer) {
      server = opened;
      passedOn = peer;
      const alone = peer === undefined && isLoopbackAddress(opened.hostname ?? "");
      everybody = alone ? (opened.hostname ?? null) : null;
    },
  };
}

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
  /** Says which server they are on. */
  attach(server: Server<undefined>): void;
}

export function createConnections(): Connections {
  let server: Server<undefined> | null = null;
  // Nothing but this machine reaches a loopback address, so there is no need to ask the socket each time.
  let everybody: string | null = null;
  return {
    address: (request) => everybody ?? server?.requestIP(request)?.address ?? null,
    allowSilence: (request, seconds) => server?.timeout(request, seconds),
    attach: (opened) => {
      server = opened;
      everybody = isLoopbackAddress(opened.hostname ?? "") ? (opened.hostname ?? null) : null;
    },
  };
}

import { createServer, connect as dial, type Socket } from "node:net";
import { Failure } from "../../failure.ts";
import { messages } from "../messages.ts";

/** The first of the sockets that systemd passes (sd_listen_fds(3)). */
const FIRST = 3;
/** A connection this young may have a request in flight, of which no byte has arrived yet. */
const FRESH_MS = 1_000;

/**
 * The listening socket this process was started with, as systemd and `systemd-socket-activate` pass one; null
 * where there is none. The variables name the process they are meant for, so that its children do not take them.
 * @throws Failure "config" for more than one.
 */
export function activatedSocket(
  { LISTEN_PID, LISTEN_FDS }: Readonly<Record<string, string | undefined>>,
  pid: number,
): number | null {
  if (LISTEN_PID !== String(pid) || LISTEN_FDS === undefined || LISTEN_FDS === "0") return null;
  if (LISTEN_FDS !== "1") throw new Failure("config", messages.socketCount(LISTEN_FDS));
  return FIRST;
}

/** Connections that come in through a socket that was there before this process, and stays when it is closed. */
export interface ActivatedSocket {
  /** The address and port it listens on. */
  readonly host: string;
  readonly port: number;
  /** Whose connection reaches the server from this port of ours; null when it is none of these, or closed. */
  peer(port: number): { readonly address: string; readonly port: number } | null;
  /** Accepts nothing more: what comes from now on waits in the socket for the next process. */
  close(): void;
  /** Accepted connections that have not got a response. */
  owed(): number;
  /** Cuts those that are left. */
  end(): void;
}

/**
 * Takes connections from an inherited socket and passes their bytes on to the server at this port of ours, because the
 * server can adopt no socket itself. It costs a copy of each byte; in return the socket outlives every restart, and
 * the kernel queues connections until then.
 * @throws Failure "cannot_listen" when the socket accepts no TCP connections.
 */
export async function acceptActivated(fd: number, serverPort: number): Promise<ActivatedSocket> {
  /** Written by `front` and `closed`. */
  const links = new Set<ActivatedConnection>();
  /** Written by `front` and `closed`. */
  const peers = new Map<number, { readonly address: string; readonly port: number }>();

  const front = createServer({ allowHalfOpen: true, pauseOnConnect: true }, (client) => {
    const server = dial({ host: "127.0.0.1", port: serverPort, allowHalfOpen: true });
    const link: ActivatedConnection = { client, acceptedAt: performance.now(), requested: false, responded: false };
    links.add(link);
    let port: number | null = null;
    server.once("connect", () => {
      port = server.localPort ?? null;
      // Before the first byte goes out: the server may read the peer's address.
      const { remoteAddress: address, remotePort } = client;
      if (port !== null && address !== undefined && remotePort !== undefined)
        peers.set(port, { address, port: remotePort });
      client.on("data", () => Object.assign(link, { requested: true, responded: false }));
      server.on("data", () => Object.assign(link, { responded: true }));
      client.pipe(server);
      server.pipe(client);
    });
    const closed = () => {
      if (port !== null) peers.delete(port);
      links.delete(link);
      client.destroy();
      server.destroy();
    };
    for (const end of [client, server]) end.on("error", closed).on("close", closed);
  });

  const { address: host, port } = await listening(front, fd);
  return {
    host,
    port,
    peer: (from) => peers.get(from) ?? null,
    close: () => void front.close(),
    owed: () => [...links].filter((link) => isOwed(link, performance.now())).length,
    end: () => {
      for (const { client } of links) client.destroy();
    },
  };
}

interface ActivatedConnection {
  readonly client: Socket;
  readonly acceptedAt: number;
  requested: boolean;
  /** Of the last request, at least the beginning of the response was sent; the server itself knows when it has ended. */
  responded: boolean;
}

function isOwed({ acceptedAt, requested, responded }: ActivatedConnection, now: number): boolean {
  return requested ? !responded : now - acceptedAt < FRESH_MS;
}

function listening(front: ReturnType<typeof createServer>, fd: number): Promise<{ address: string; port: number }> {
  return new Promise((resolve, reject) => {
    const refuse = (why: string, cause?: unknown) =>
      reject(new Failure("cannot_listen", messages.badSocket(why), { cause }));
    front.once("error", (error) => refuse(error.message, error));
    front.listen({ fd }, () => {
      const at = front.address();
      if (at === null || typeof at === "string") return refuse(messages.notTcp);
      resolve(at);
    });
  });
}

import { messages } from "../messages.ts";
import { createHolders } from "./holders.ts";
import { behindLogin, hasMore, LOGIN, orNull, type Process, RELAYS, ROOT, userName } from "./processes.ts";
import { openSocketQuery } from "./sock-diag.ts";
import { canonical, type Endpoint, leftConnections, type TcpSocket, tcpSockets } from "./sockets.ts";

/** The other end of a TCP connection to this process, and the port of ours that it is connected to. */
export interface Peer extends Endpoint {
  readonly ownPort: number;
  /** The address of ours that it is connected to, if that is the only one that is listened at. */
  readonly ownAddress?: string | null;
}

/**
 * Whose program is at the other end of a connection within this machine: the user's that this process runs as (or
 * root's) and serves no one else; another user's, in words for the caller; or unknown.
 */
export type SocketOwner =
  | { readonly kind: "own" }
  | { readonly kind: "other"; readonly reason: string }
  | { readonly kind: "unknown" };

export interface Peers {
  ownerOf(peer: Peer): SocketOwner;
}

/**
 * A list of all sockets is reused for this many times the time that it took, so that listing is a small part of the
 * work.
 */
const REUSE_FACTOR = 20;
/** As long, at least, as what was seen of a program that does not listen anywhere. */
const LEAST_REUSE_MS = 20;
/** Quiet sockets that are remembered; one is examined again otherwise. */
const MOST_QUIET = 1_000;
const OWN: SocketOwner = { kind: "own" };

interface SocketTable {
  readonly until: number;
  readonly byPort: ReadonlyMap<number, readonly TcpSocket[]>;
  /** The ports that are listened at, each with a socket that does. */
  readonly listening: ReadonlyMap<number, number>;
  /** What was found out about each socket with this list. */
  readonly owners: Map<number, SocketOwner>;
  /** Of a socket whose program serves others, too: all that the program had open. */
  readonly servers: Map<number, Process>;
}

/**
 * Finds out by /proc who is at the other end: a loopback address alone proves nothing, because a proxy of this machine
 * has it, too, whatever client called the proxy. Who owns a connection's socket is searched for once a connection;
 * whether its program also serves others is checked again all the time: of one that listens with each request, because
 * it may request another one now than the last time, of others every 20 ms.
 */
export function createPeers(): Peers {
  const uid = process.getuid?.();
  const query = openSocketQuery();
  /** Written by `take`. */
  let last: SocketTable | null = null;
  const holders = createHolders();
  /** One question to the kernel was enough before. Written by `quickOwner`. */
  let kernelResponses = false;
  /**
   * Sockets of this user's programs that did not listen when all that they have open was examined, and until when that
   * counts. Written by `quickOwner`.
   */
  const quiet = new Map<number, number>();
  /**
   * Connections by which no other user can call, though the other end is closed: it was when this
   * process began, or it was one of this user's programs.
   * Written by `take` and `servesOthers`.
   */
  let harmless = new Set(orNull(leftConnections) ?? []);

  function take(): SocketTable {
    const began = performance.now();
    const byPort = new Map<number, TcpSocket[]>();
    const listening = new Map<number, number>();
    const open = new Set<number>();
    const stillHarmless = new Set<number>();
    for (const socket of tcpSockets()) {
      const { local, listens, inode } = socket;
      if (listens) listening.set(local.port, inode);
      else byPort.set(local.port, [...(byPort.get(local.port) ?? []), socket]);
      open.add(inode);
      if (harmless.has(inode)) stillHarmless.add(inode);
    }
    harmless = stillHarmless;
    holders.retain(open);
    const now = performance.now();
    const until = now + Math.max(LEAST_REUSE_MS, REUSE_FACTOR * (now - began));
    last = { until, byPort, listening, owners: new Map(), servers: new Map() };
    return last;
  }

  /** The sockets at the other end; usually one, but 127.0.0.2 is this machine, too. */
  function socketsOf(peer: Peer, table: SocketTable): readonly TcpSocket[] {
    const address = canonical(peer.address);
    return (table.byPort.get(peer.port) ?? []).filter(
      ({ local, remote }) => local.address === address && remote.port === peer.ownPort,
    );
  }

  function ownerOfSocket(socket: TcpSocket, table: SocketTable): SocketOwner {
    if (socket.uid !== uid && socket.uid !== ROOT) return other(messages.otherUser(userName(socket.uid)));
    const holder = holders.of(socket.inode);
    if (holder === null) {
      // Root's can be examined by root alone, and root may do everything here as it is.
      if (socket.uid !== uid) return OWN;
      return uid !== undefined && behindLogin(uid) ? OWN : { kind: "unknown" };
    }
    if (holder.pid === String(process.pid) || LOGIN.test(holder.name)) return OWN;
    if ([...table.listening.values()].some((inode) => holder.sockets.has(inode)))
      table.servers.set(socket.inode, holder);
    if (RELAYS.has(holder.name)) return other(messages.proxy(holder.name));
    return servesOthers(holder, table) ? other(messages.sharedProgram(holder.name)) : OWN;
  }

  /** Whether a program of another user is connected to a port that the process responds at. */
  function servesOthers({ sockets }: Process, { byPort, listening }: SocketTable): boolean {
    for (const [port, connections] of byPort) {
      if (!listening.has(port)) continue;
      for (const { inode, local, remote } of connections) {
        if (!sockets.has(inode)) continue;
        const listed = (byPort.get(remote.port) ?? []).filter(
          (end) => same(end.local, remote) && same(end.remote, local),
        );
        if (listed.length === 0 && harmless.has(inode)) continue;
        // The list is not of one moment: of a connection that began while it was read it may have one end alone.
        const ends = listed.length > 0 ? listed : [query?.find(remote, local) ?? null];
        if (ends.some((end) => end === null || (end.uid !== uid && end.uid !== ROOT))) return true;
        harmless.add(inode);
      }
    }
    return false;
  }

  /**
   * What one question to the kernel is enough for: the socket is this user's, and its program does not listen anywhere
   * and passes nothing on. Null for all else, where everything that is open has to be examined.
   */
  function quickOwner({ address, port, ownPort, ownAddress }: Peer): SocketOwner | null {
    if (query === null || !ownAddress) return null;
    const remote = { address: canonical(ownAddress), port: ownPort };
    const socket = query.find({ address: canonical(address), port }, remote);
    // It has listed others: a socket that it does not know has closed, and a search of all open files would find no owner.
    if (socket === null) return kernelResponses ? { kind: "unknown" } : null;
    kernelResponses = true;
    if (socket.uid !== uid) return null;
    const now = performance.now();
    if (now < (quiet.get(socket.inode) ?? 0)) return OWN;
    quiet.delete(socket.inode);
    const holder = holders.of(socket.inode);
    if (holder === null || RELAYS.has(holder.name)) return null;
    if (holder.pid === String(process.pid)) return OWN;
    const listening = query.listening();
    if ([...holder.sockets].some((inode) => listening.has(inode))) return null;
    if (quiet.size >= MOST_QUIET) quiet.clear();
    quiet.set(socket.inode, now + LEAST_REUSE_MS);
    return OWN;
  }

  return {
    ownerOf(peer) {
      if (uid === undefined || process.platform !== "linux") return { kind: "unknown" };
      try {
        const quick = quickOwner(peer);
        if (quick !== null) return quick;
        let table = last !== null && performance.now() < last.until ? last : take();
        let sockets = socketsOf(peer, table);
        // The connection is newer than the snapshot, or the program has a new client.
        if (sockets.length === 0 || sockets.some(({ inode }) => hasMore(table.servers.get(inode)))) {
          table = take();
          sockets = socketsOf(peer, table);
        }
        if (sockets.length === 0) return { kind: "unknown" };
        const owners = sockets.map((socket) => {
          const owner = table.owners.get(socket.inode) ?? ownerOfSocket(socket, table);
          table.owners.set(socket.inode, owner);
          return owner;
        });
        return owners.find(({ kind }) => kind !== "own") ?? OWN;
      } catch {
        return { kind: "unknown" };
      }
    },
  };
}

function same(one: Endpoint, two: Endpoint): boolean {
  return one.port === two.port && one.address === two.address;
}

function other(reason: string): SocketOwner {
  return { kind: "other", reason };
}

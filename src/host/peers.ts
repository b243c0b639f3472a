import { readdirSync, readFileSync, readlinkSync, statSync } from "node:fs";
import { messages } from "./messages.ts";
import { openSocketQuery } from "./sock-diag.ts";
import { canonical, type Endpoint, type TcpSocket, tcpSockets } from "./sockets.ts";

/** The other end of a TCP connection to this process, and the port of ours that it came to. */
export interface Peer extends Endpoint {
  readonly ownPort: number;
  /** The address of ours that it came to, where that is the only one that is listened at. */
  readonly ownAddress?: string | null;
}

/**
 * Whose program is at the other end of a connection within this machine: the user's that this process runs as (or
 * root's) and serves nobody else; somebody else's, in words for the one who asked; or nobody can say.
 */
export type Owner =
  | { readonly kind: "own" }
  | { readonly kind: "other"; readonly reason: string }
  | { readonly kind: "unknown" };

export interface Peers {
  ownerOf(peer: Peer): Owner;
}

/** Programs that pass on what others ask, by the name the kernel has for them (proc_pid_comm(5), 15 letters). */
const RELAYS: ReadonlySet<string> = new Set(
  "angie apache2 caddy chisel cloudflared docker-proxy envoy frpc gost h2o haproxy hitch httpd lighttpd nginx ngrok pound rathole redir rinetd socat sozu squid ssh sslh stunnel stunnel4 systemd-socket- tailscaled traefik varnishd".split(
    " ",
  ),
);
/** Asked its user who they are before it passed on anything: `ssh -L` to the service is that user. */
const LOGIN = /^sshd(-session)?$/;
const ROOT = 0;

/** A look at all sockets is used again for so many times the time that it took, so that looking is a small part of the work. */
const REUSE_FACTOR = 20;
/** As long, at least, as what was seen of a program that does not listen anywhere. */
const LEAST_REUSE_MS = 20;
/** Sockets whose process is remembered; it is looked up again otherwise. */
const MOST_HOLDERS = 1_000;
/** Processes that are looked at before all others. */
const REMEMBERED = 4;
const OWN: Owner = { kind: "own" };

interface Look {
  readonly until: number;
  readonly byPort: ReadonlyMap<number, readonly TcpSocket[]>;
  /** The ports that are listened at, each with a socket that does. */
  readonly listening: ReadonlyMap<number, number>;
  /** What was found out of each socket in this look. */
  readonly owners: Map<number, Owner>;
  /** Of a socket whose program serves others, too: all that the program had open. */
  readonly servers: Map<number, Process>;
}

interface Process {
  readonly pid: string;
  readonly name: string;
  readonly sockets: ReadonlySet<number>;
}

/**
 * Finds out by /proc who is at the other end: a loopback address alone says nothing, because a proxy of this machine
 * has it, too, whoever asked the proxy. Who owns a connection's socket is looked for once a connection; whether its
 * program also serves others is checked again all the time: of one that listens with each request, because it may
 * ask for another one now than the last time, of others every 20 ms.
 */
export function createPeers(): Peers {
  const uid = process.getuid?.();
  const query = openSocketQuery();
  let last: Look | null = null;
  /** The processes that held a connection lately, the last first. */
  let lastFound: readonly string[] = [];
  /** One question to the kernel was enough before. */
  let kernelResponses = false;
  /** Sockets of this user's programs that did not listen when all that they have open was looked at, and until when that counts. */
  const quiet = new Map<number, number>();
  /**
   * Connections by which no stranger can ask, though nobody is at the other end any more: there was nobody when this
   * process began, or it was one of this user's programs.
   */
  let harmless = new Set(orNull(leftConnections) ?? []);
  /** Which process had a socket when it was last looked for. */
  let holders = new Map<number, string>();

  function take(): Look {
    const began = performance.now();
    const byPort = new Map<number, TcpSocket[]>();
    const listening = new Map<number, number>();
    const known = new Map<number, string>();
    const stillHarmless = new Set<number>();
    for (const socket of tcpSockets()) {
      const { local, listens, inode } = socket;
      if (listens) listening.set(local.port, inode);
      else byPort.set(local.port, [...(byPort.get(local.port) ?? []), socket]);
      const holder = holders.get(inode);
      if (holder !== undefined) known.set(inode, holder);
      if (harmless.has(inode)) stillHarmless.add(inode);
    }
    harmless = stillHarmless;
    holders = known;
    const now = performance.now();
    const until = now + Math.max(LEAST_REUSE_MS, REUSE_FACTOR * (now - began));
    last = { until, byPort, listening, owners: new Map(), servers: new Map() };
    return last;
  }

  /** The sockets at the other end; usually one, but 127.0.0.2 is this machine, too. */
  function socketsOf(peer: Peer, look: Look): readonly TcpSocket[] {
    const address = canonical(peer.address);
    return (look.byPort.get(peer.port) ?? []).filter(
      ({ local, remote }) => local.address === address && remote.port === peer.ownPort,
    );
  }

  function* candidates(): Iterable<string> {
    yield* lastFound;
    yield* processes().toReversed();
  }

  function holderOf(inode: number): Process | null {
    const before = holders.get(inode);
    const process = before === undefined ? null : readProcess(before);
    if (process?.sockets.has(inode)) return process;
    // Who was found last first: a program makes one connection after the other. Then the youngest: who has just connected
    // has often just begun.
    for (const pid of candidates()) {
      const each = uid === ROOT || userOf(pid) === uid ? readProcess(pid) : null;
      if (!each?.sockets.has(inode)) continue;
      lastFound = [pid, ...lastFound.filter((other) => other !== pid)].slice(0, REMEMBERED);
      if (holders.size >= MOST_HOLDERS) holders.clear();
      holders.set(inode, pid);
      return each;
    }
    return null;
  }

  function ownerOfSocket(socket: TcpSocket, look: Look): Owner {
    if (socket.uid !== uid && socket.uid !== ROOT) return other(messages.otherUser(userName(socket.uid)));
    const holder = holderOf(socket.inode);
    if (holder === null) {
      // Root's can be looked at by root alone, and root may do everything here as it is.
      if (socket.uid !== uid) return OWN;
      return uid !== undefined && behindLogin(uid) ? OWN : { kind: "unknown" };
    }
    if (holder.pid === String(process.pid) || LOGIN.test(holder.name)) return OWN;
    if ([...look.listening.values()].some((inode) => holder.sockets.has(inode))) look.servers.set(socket.inode, holder);
    if (RELAYS.has(holder.name)) return other(messages.proxy(holder.name));
    return servesOthers(holder, look) ? other(messages.sharedProgram(holder.name)) : OWN;
  }

  /** Whether somebody but this user's programs is connected to a port that the process responds at. */
  function servesOthers({ sockets }: Process, { byPort, listening }: Look): boolean {
    for (const [port, connections] of byPort) {
      if (!listening.has(port)) continue;
      for (const { inode, local, remote } of connections) {
        if (!sockets.has(inode)) continue;
        const ends = (byPort.get(remote.port) ?? []).filter(
          (end) => same(end.local, remote) && same(end.remote, local),
        );
        if (ends.length === 0 && harmless.has(inode)) continue;
        if (ends.length === 0 || ends.some((end) => end.uid !== uid && end.uid !== ROOT)) return true;
        harmless.add(inode);
      }
    }
    return false;
  }

  /**
   * What one question to the kernel is enough for: the socket is this user's, and its program does not listen anywhere
   * and passes nothing on. Null for all else, where everything that is open has to be looked at.
   */
  function quickOwner({ address, port, ownPort, ownAddress }: Peer): Owner | null {
    if (query === null || !ownAddress) return null;
    const remote = { address: canonical(ownAddress), port: ownPort };
    const socket = query.find({ address: canonical(address), port }, remote);
    // It has listed others: a socket that it does not know has closed, and looking at all open files would find nobody.
    if (socket === null) return kernelResponses ? { kind: "unknown" } : null;
    kernelResponses = true;
    if (socket.uid !== uid) return null;
    const now = performance.now();
    if (now < (quiet.get(socket.inode) ?? 0)) return OWN;
    quiet.delete(socket.inode);
    const holder = holderOf(socket.inode);
    if (holder === null || RELAYS.has(holder.name)) return null;
    if (holder.pid === String(process.pid)) return OWN;
    const listening = query.listening();
    if ([...holder.sockets].some((inode) => listening.has(inode))) return null;
    if (quiet.size >= MOST_HOLDERS) quiet.clear();
    quiet.set(socket.inode, now + LEAST_REUSE_MS);
    return OWN;
  }

  return {
    ownerOf(peer) {
      if (uid === undefined || process.platform !== "linux") return { kind: "unknown" };
      try {
        const quick = quickOwner(peer);
        if (quick !== null) return quick;
        let look = last !== null && performance.now() < last.until ? last : take();
        let sockets = socketsOf(peer, look);
        // The connection has come since, or somebody to the program.
        if (sockets.length === 0 || sockets.some(({ inode }) => hasMore(look.servers.get(inode)))) {
          look = take();
          sockets = socketsOf(peer, look);
        }
        if (sockets.length === 0) return { kind: "unknown" };
        const owners = sockets.map((socket) => {
          const owner = look.owners.get(socket.inode) ?? ownerOfSocket(socket, look);
          look.owners.set(socket.inode, owner);
          return owner;
        });
        return owners.find(({ kind }) => kind !== "own") ?? OWN;
      } catch {
        return { kind: "unknown" };
      }
    },
  };
}

/**
 * A service that was killed leaves such ones with the programs that it asked, such as a bucket on this machine. Whoever
 * asks this process does so after it began.
 */
function leftConnections(): readonly number[] {
  const sockets = tcpSockets();
  const ends = new Set(
    sockets.map(({ local, remote }) => `${local.address} ${local.port} ${remote.address} ${remote.port}`),
  );
  return sockets.flatMap(({ local, remote, listens, inode }) => {
    const otherEnd = `${remote.address} ${remote.port} ${local.address} ${local.port}`;
    return listens || !isOfThisMachine(remote) || ends.has(otherEnd) ? [] : [inode];
  });
}

function isOfThisMachine({ address }: Endpoint): boolean {
  return address === "::1" || address.startsWith("127.");
}

/** Whether a program has opened connections, or taken them, since it was looked at. */
function hasMore(before: Process | undefined): boolean {
  if (before === undefined) return false;
  const now = readProcess(before.pid);
  return now === null || [...now.sockets].some((inode) => !before.sockets.has(inode));
}

function same(one: Endpoint, two: Endpoint): boolean {
  return one.port === two.port && one.address === two.address;
}

function other(reason: string): Owner {
  return { kind: "other", reason };
}

function processes(): readonly string[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .toSorted((a, b) => Number(a) - Number(b));
}

function userOf(pid: string): number | null {
  return orNull(() => statSync(`/proc/${pid}`).uid);
}

/** Null for one that is gone or may not be looked at. */
function readProcess(pid: string): Process | null {
  return orNull(() => {
    const sockets = new Set<number>();
    for (const descriptor of readdirSync(`/proc/${pid}/fd`)) {
      const target = orNull(() => readlinkSync(`/proc/${pid}/fd/${descriptor}`));
      const inode = target === null ? undefined : /^socket:\[(\d+)\]$/.exec(target)?.[1];
      if (inode !== undefined) sockets.add(Number(inode));
    }
    return { pid, name: nameOf(pid), sockets };
  });
}

function nameOf(pid: string): string {
  return readFileSync(`/proc/${pid}/comm`, "utf8").trim();
}

/**
 * Whether a socket of this user that no process can be seen to have is that of a login over ssh: the kernel lets nobody
 * but root look at sshd. What else it hides of this user's must be no proxy.
 */
function behindLogin(uid: number): boolean {
  const names = processes().flatMap((pid) => {
    const user = orNull(() => /^Uid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]);
    return user === String(uid) ? (orNull(() => nameOf(pid)) ?? []) : [];
  });
  return names.some((name) => LOGIN.test(name)) && !names.some((name) => RELAYS.has(name));
}

function userName(uid: number): string {
  const names = orNull(() => readFileSync("/etc/passwd", "utf8")) ?? "";
  return (
    names
      .split("\n")
      .find((line) => line.split(":")[2] === String(uid))
      ?.split(":")[0] ?? `user ${uid}`
  );
}

function orNull<T>(look: () => T): T | null {
  try {
    return look();
  } catch {
    return null;
  }
}

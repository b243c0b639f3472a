/*
 * Who is at the other end of a connection on this machine: its sockets as the kernel lists them, and the processes and
 * users that have them.
 * Not here: what a caller may do with that (access/).
 */

import { readFileSync } from "node:fs";
import ip from "ipaddr.js";

/** A TCP socket of this machine, as the kernel lists it (proc_pid_net(5)). */
export interface TcpSocket {
  readonly local: Endpoint;
  readonly remote: Endpoint;
  readonly listens: boolean;
  readonly uid: number;
  /** What /proc/PID/fd calls it; 0 if no process has it open. */
  readonly inode: number;
}

/** An address, IPv4 as such also where it is written as IPv6. */
export interface Endpoint {
  readonly address: string;
  readonly port: number;
}

const ESTABLISHED = "01";
const LISTEN = "0A";
/** A side that has sent its last byte may still wait for the response: FIN_WAIT1, FIN_WAIT2, CLOSE_WAIT. */
const OPEN: ReadonlySet<string> = new Set([ESTABLISHED, "04", "05", "08"]);

/** Whether a connection of this state, by the kernel's number, has a process at this end. */
export function isOpen(state: number): boolean {
  return OPEN.has(state.toString(16).toUpperCase().padStart(2, "0"));
}

/**
 * All TCP sockets of this network namespace that a process has open.
 * @throws where the system does not list them.
 */
export function tcpSockets(): readonly TcpSocket[] {
  // Not /proc/net, which systemd's ProcSubset=pid hides.
  const four = parse(readFileSync("/proc/self/net/tcp", "latin1"));
  return [...four, ...parse(readSix())];
}

/** Empty where the kernel knows no IPv6. */
function readSix(): string {
  try {
    return readFileSync("/proc/self/net/tcp6", "latin1");
  } catch {
    return "";
  }
}

/** Its number, both ends, and the state. */
const STATE = /^ *\d+: \S+ \S+ (\w\w) /;

function parse(table: string): readonly TcpSocket[] {
  const found: TcpSocket[] = [];
  for (const line of table.split("\n").slice(1)) {
    // A busy machine has tens of thousands that only wait for their time to be over: those cost no more than this.
    const state = STATE.exec(line)?.[1] ?? "";
    if (state !== LISTEN && !OPEN.has(state)) continue;
    const [, local = "", remote = "", , , , , uid = "", , inode = ""] = line.trim().split(/\s+/);
    // For a socket that its process has closed the kernel reports neither owner nor number: nothing responds for it.
    if (inode === "" || inode === "0") continue;
    found.push({
      local: endpoint(local),
      remote: endpoint(remote),
      listens: state === LISTEN,
      uid: Number(uid),
      inode: Number(inode),
    });
  }
  return found;
}

/** "0100007F:1F90": words of 32 bits, each in the machine's byte order (little-endian wherever this runs), and the port. */
function endpoint(text: string): Endpoint {
  const [hex = "", port = ""] = text.split(":");
  const bytes = (hex.match(/.{8}/g) ?? []).flatMap((word) => [...Buffer.from(word, "hex").reverse()]);
  return { address: canonical(ip.fromByteArray(bytes).toString()), port: Number.parseInt(port, 16) };
}

/** One spelling for each address; IPv4 that is written as IPv6 is what it really is. */
export function canonical(address: string): string {
  return ip.isValid(address) ? ip.process(address).toString() : address;
}

/**
 * A service that was killed leaves such ones with the programs that it called, such as a bucket on this machine. A
 * client of this process connects after it began.
 */
export function leftConnections(): readonly number[] {
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

import { ptr } from "bun:ffi";
import ip from "ipaddr.js";
import { openCLibrary } from "../c-library.ts";
import { messages } from "../messages.ts";
import { type Endpoint, isOpen } from "./sockets.ts";

/** Queries the kernel for single TCP sockets (sock_diag(7)): /proc lists all, which takes milliseconds on any machine. */
export interface SocketQuery {
  /** Whose the socket between these two is, and its number; null where there is no such one that is open. */
  find(local: Endpoint, remote: Endpoint): { readonly uid: number; readonly inode: number } | null;
  /** The numbers of all sockets that listen. */
  listening(): ReadonlySet<number>;
}

const AF_INET = 2;
const AF_INET6 = 10;
const AF_NETLINK = 16;
const SOCK_RAW_CLOEXEC = 3 | 0o2000000;
const NETLINK_SOCK_DIAG = 4;
const SOCK_DIAG_BY_FAMILY = 20;
const NLM_F_REQUEST = 0x1;
const NLM_F_DUMP = 0x300;
const NLMSG_ERROR = 2;
const NLMSG_DONE = 3;
const IPPROTO_TCP = 6;
const TCP_LISTEN = 10;
const ALL_STATES = 0xffffffff;
/** The kernel's response is there when `send` returns. */
const MSG_DONTWAIT = 0x40;

const REQUEST_BYTES = 72;
const RESPONSE_BYTES = 65_536;
/**
 * From the beginning of a message: linux/netlink.h, linux/inet_diag.h. Ports are big-endian, all else the machine's.
 */
const AT = {
  type: 4,
  flags: 6,
  sequence: 8,
  family: 16,
  protocol: 17,
  states: 20,
  id: 24,
  state: 17,
  uid: 80,
  inode: 84,
} as const;
const ID_OF_RESPONSE = 20;
const ID_BYTES = 48;
const COOKIE_AT = 40;

const FUNCTIONS = {
  socket: { args: ["int", "int", "int"], returns: "int" },
  send: { args: ["int", "ptr", "usize", "int"], returns: "i64" },
  recv: { args: ["int", "ptr", "usize", "int"], returns: "i64" },
} as const;

/** Null where the kernel, the C library or a sandbox does not allow it. */
export function openSocketQuery(): SocketQuery | null {
  const libc = openCLibrary(FUNCTIONS);
  try {
    return libc && open(libc);
  } catch {
    // Netlink is not allowed.
    return null;
  }
}

/** @throws where no such socket may be opened. */
function open(libc: NonNullable<ReturnType<typeof openCLibrary<typeof FUNCTIONS>>>): SocketQuery {
  const descriptor = libc.socket(AF_NETLINK, SOCK_RAW_CLOEXEC, NETLINK_SOCK_DIAG);
  if (descriptor < 0) throw new Error(messages.noNetlink);
  const response = new Uint8Array(RESPONSE_BYTES);
  /** Written by `query`. */
  let sequence = 0;

  /** All messages of the response. @throws where nothing comes back. */
  function query(request: Uint8Array<ArrayBuffer>): readonly DataView[] {
    const view = new DataView(request.buffer);
    sequence = (sequence + 1) >>> 0;
    view.setUint32(AT.sequence, sequence, true);
    if (Number(libc.send(descriptor, ptr(request), request.length, 0)) !== request.length) throw new Error("not sent");
    const single = view.getUint16(AT.flags, true) === NLM_F_REQUEST;
    const found: DataView[] = [];
    for (;;) {
      const bytes = Number(libc.recv(descriptor, ptr(response), response.length, MSG_DONTWAIT));
      if (bytes <= 0) throw new Error("nothing came back");
      const copy = response.slice(0, bytes);
      for (let at = 0; at + AT.family <= bytes; ) {
        const message = new DataView(copy.buffer, at);
        at += Math.max(AT.family, (message.getUint32(0, true) + 3) & ~3);
        // Left over from a question that was given up.
        if (message.getUint32(AT.sequence, true) !== sequence) continue;
        const type = message.getUint16(AT.type, true);
        if (type === NLMSG_ERROR || type === NLMSG_DONE) return found;
        found.push(message);
        if (single) return found;
      }
    }
  }

  return {
    find(local, remote) {
      const request = message(local.address.includes(":") ? AF_INET6 : AF_INET, NLM_F_REQUEST, ALL_STATES);
      const id = idOf(local, remote);
      request.set(id, AT.id);
      for (const found of query(request)) {
        const of = new Uint8Array(found.buffer, found.byteOffset + ID_OF_RESPONSE, ID_BYTES);
        // Where there is none between the two the kernel returns the one that listens there.
        if (!isOpen(found.getUint8(AT.state)) || !sameEnds(of, id)) continue;
        const inode = found.getUint32(AT.inode, true);
        if (inode !== 0) return { uid: found.getUint32(AT.uid, true), inode };
      }
      return null;
    },
    listening() {
      const dumps = [AF_INET, AF_INET6].map((family) =>
        query(message(family, NLM_F_REQUEST | NLM_F_DUMP, 1 << TCP_LISTEN)),
      );
      return new Set(dumps.flat().map((found) => found.getUint32(AT.inode, true)));
    },
  };
}

function message(family: number, flags: number, states: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(REQUEST_BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, bytes.length, true);
  view.setUint16(AT.type, SOCK_DIAG_BY_FAMILY, true);
  view.setUint16(AT.flags, flags, true);
  view.setUint8(AT.family, family);
  view.setUint8(AT.protocol, IPPROTO_TCP);
  view.setUint32(AT.states, states >>> 0, true);
  return bytes;
}

/** struct inet_diag_sockid; the cookie is that of any socket. */
function idOf(local: Endpoint, remote: Endpoint): Uint8Array {
  const bytes = new Uint8Array(ID_BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, local.port);
  view.setUint16(2, remote.port);
  bytes.set(ip.parse(local.address).toByteArray(), 4);
  bytes.set(ip.parse(remote.address).toByteArray(), 20);
  bytes.fill(0xff, COOKIE_AT);
  return bytes;
}

/** Ports and addresses: 36 bytes. */
function sameEnds(one: Uint8Array, two: Uint8Array): boolean {
  return one.subarray(0, 36).every((byte, at) => byte === two[at]);
}

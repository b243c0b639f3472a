import { dlopen, ptr } from "bun:ffi";

const AF_INET = 2;
const SOCK_STREAM = 1;

export interface ListeningSocket extends Disposable {
  /** The file descriptor, to be passed to a process. */
  readonly fd: number;
  readonly url: string;
}

/** A socket that listens on a free port of this machine and that no process accepts from: what systemd opens for a service. */
export function openListeningSocket(): ListeningSocket {
  const libc = dlopen("libc.so.6", {
    socket: { args: ["i32", "i32", "i32"], returns: "i32" },
    bind: { args: ["i32", "ptr", "u32"], returns: "i32" },
    listen: { args: ["i32", "i32"], returns: "i32" },
    getsockname: { args: ["i32", "ptr", "ptr"], returns: "i32" },
    close: { args: ["i32"], returns: "i32" },
  });
  const { socket, bind, listen, getsockname, close } = libc.symbols;
  const address = new DataView(new ArrayBuffer(16));
  const length = new Uint32Array([address.byteLength]);
  address.setUint16(0, AF_INET, true);
  address.setUint32(4, 0x7f000001);
  const fd = socket(AF_INET, SOCK_STREAM, 0);
  const at = ptr(address.buffer);
  if (fd < 0 || bind(fd, at, 16) !== 0 || listen(fd, 1_024) !== 0 || getsockname(fd, at, ptr(length)) !== 0)
    throw new Error("there is no listening socket to be had");
  return {
    fd,
    url: `http://127.0.0.1:${address.getUint16(2)}`,
    [Symbol.dispose]() {
      close(fd);
      libc.close();
    },
  };
}

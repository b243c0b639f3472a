import type { Socket, TCPSocketListener } from "bun";

/** A line between a client and a server, that can be cut, or be slow, or swallow everything. */
export interface CuttableLine {
  readonly port: number;
  /** Ends all connections and refuses new ones until it is healed. */
  cut(): void;
  /** Leaves the connections open, but nothing comes through any more: as when a cable is pulled. */
  silence(): void;
  /** Everything takes so much longer in each direction. */
  delay(ms: number): void;
  heal(): void;
  stop(): void;
}

interface Side {
  other: Socket<Side> | null;
  /** What came before the other side was there. */
  waiting: Buffer[];
}

/** Begins a proxy on a free port of loopback that leads to this port. */
export function startProxy(target: number): CuttableLine {
  const sockets = new Set<Socket<Side>>();
  let state: "open" | "cut" | "silent" = "open";
  let delayMs = 0;

  const forward = (from: Socket<Side>, chunk: Buffer) => {
    if (state === "silent") return;
    // The buffer is the socket's own, and used again.
    const copy = Buffer.from(chunk);
    const send = () => {
      const { other } = from.data;
      if (other === null) from.data.waiting.push(copy);
      else if (state !== "silent") write(other, copy);
    };
    if (delayMs === 0) send();
    else setTimeout(send, delayMs);
  };

  const pending = new WeakMap<Socket<Side>, Buffer[]>();
  const write = (socket: Socket<Side>, chunk: Buffer) => {
    const queue = pending.get(socket) ?? [];
    pending.set(socket, queue);
    queue.push(chunk);
    flush(socket);
  };
  const flush = (socket: Socket<Side>) => {
    const queue = pending.get(socket) ?? [];
    while (queue[0] !== undefined) {
      const written = Math.max(0, socket.write(queue[0]));
      if (written < queue[0].length) {
        queue[0] = queue[0].subarray(written);
        return;
      }
      queue.shift();
    }
  };

  const handlers = {
    data: forward,
    drain: flush,
    close(socket: Socket<Side>) {
      sockets.delete(socket);
      if (state !== "silent") socket.data.other?.end();
    },
    error() {},
  };

  const listener: TCPSocketListener<Side> = Bun.listen<Side>({
    hostname: "127.0.0.1",
    port: 0,
    socket: {
      ...handlers,
      open(client) {
        client.data = { other: null, waiting: [] };
        sockets.add(client);
        if (state === "cut") {
          client.terminate();
          return;
        }
        void Bun.connect<Side>({
          hostname: "127.0.0.1",
          port: target,
          data: { other: client, waiting: [] },
          socket: {
            ...handlers,
            open(server) {
              sockets.add(server);
              client.data.other = server;
              for (const chunk of client.data.waiting.splice(0)) write(server, chunk);
            },
          },
        }).catch(() => client.end());
      },
    },
  });

  const endAll = () => {
    for (const socket of sockets) socket.terminate();
    sockets.clear();
  };

  return {
    port: listener.port,
    cut() {
      state = "cut";
      endAll();
    },
    silence() {
      state = "silent";
    },
    delay(ms) {
      delayMs = ms;
    },
    heal() {
      // What was silent has lost bytes: such a connection is of no use any more.
      if (state === "silent") endAll();
      state = "open";
      delayMs = 0;
    },
    stop() {
      endAll();
      listener.stop(true);
    },
  };
}

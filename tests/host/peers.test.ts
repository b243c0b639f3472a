import { afterEach, expect } from "bun:test";
import { symlinkSync } from "node:fs";
import { createServer, type Socket } from "node:net";
import { join } from "node:path";
import { createPeers } from "../../src/host/sockets/peers.ts";
import { temporaryFolder } from "../e2e/binary.ts";
import { onLinux } from "../programs.ts";
import { until } from "../until.ts";

const ending: (() => void)[] = [];
afterEach(() => {
  for (const end of ending.splice(0)) end();
});

/** A program that responds at a port, never lets a connection go, and calls another port on command. */
const SERVER = `
const net = require("node:net");
const sockets = [];
const server = net.createServer({ allowHalfOpen: true }, (socket) => { socket.on("error", () => {}); sockets.push(socket); });
server.listen(0, "127.0.0.1", () => console.log(server.address().port));
process.stdin.on("data", (port) => sockets.push(net.connect(Number(port), "127.0.0.1")));
`;

async function startServer() {
  const child = Bun.spawn([process.execPath, "-e", SERVER], { stdin: "pipe", stdout: "pipe" });
  ending.push(() => child.kill("SIGKILL"));
  const reader = child.stdout.getReader();
  const { value } = await reader.read();
  return { child, port: Number(new TextDecoder().decode(value)) };
}

/** A program that is connected to it, and dies. */
async function connectAndDie(port: number, between: () => Promise<unknown> = async () => {}): Promise<void> {
  const script = `require("node:net").connect(${port}, "127.0.0.1", () => console.log("connected"))`;
  const child = Bun.spawn([process.execPath, "-e", script], { stdout: "pipe" });
  await child.stdout.getReader().read();
  await between();
  child.kill("SIGKILL");
  await child.exited;
}

onLinux.each([null, "127.0.0.1"])(
  "a program that served this service before a kill, and calls it now, is its user; one that serves others by then is not (%p)",
  async (ownAddress) => {
    const { child, port } = await startServer();
    await connectAndDie(port);
    const peers = createPeers();
    const came: Socket[] = [];
    const server = createServer((socket) => void came.push(socket)).listen(0, "127.0.0.1");
    ending.push(() => server.close());
    await until(() => server.address());
    const { port: ownPort } = server.address() as { port: number };
    const request = async () => {
      const before = came.length;
      child.stdin.write(String(ownPort));
      child.stdin.flush();
      const socket = await until(() => came[before]);
      return peers.ownerOf({ address: socket.remoteAddress ?? "", port: socket.remotePort ?? 0, ownPort, ownAddress });
    };
    expect(await request()).toEqual({ kind: "own" });
    // Seen to be the user's own as long as it lived.
    await connectAndDie(port, async () => expect(await request()).toEqual({ kind: "own" }));
    expect(await request()).toEqual({ kind: "own" });
    await connectAndDie(port);
    expect(await request()).toMatchObject({ kind: "other" });
    for (const socket of came) socket.destroy();
  },
  120_000,
);

onLinux.each([null, "127.0.0.1"])(
  "a tunnel's program, which listens nowhere and asks for others, is no user of one's own (%p)",
  async (ownAddress) => {
    const came: Socket[] = [];
    const server = createServer((socket) => void came.push(socket)).listen(0, "127.0.0.1");
    ending.push(() => server.close());
    await until(() => server.address());
    const { port: ownPort } = server.address() as { port: number };
    const peers = createPeers();
    const folder = temporaryFolder();
    const requests = async (name: string) => {
      symlinkSync(process.execPath, join(folder, name));
      const before = came.length;
      const script = `require("node:net").connect(${ownPort}, "127.0.0.1")`;
      const child = Bun.spawn([join(folder, name), "-e", script]);
      ending.push(() => child.kill("SIGKILL"));
      const socket = await until(() => came[before]);
      return peers.ownerOf({ address: socket.remoteAddress ?? "", port: socket.remotePort ?? 0, ownPort, ownAddress });
    };
    expect(await requests("report-maker")).toEqual({ kind: "own" });
    expect(await requests("cloudflared")).toMatchObject({
      kind: "other",
      reason: expect.stringContaining("cloudflared"),
    });
    for (const socket of came) socket.destroy();
  },
  120_000,
);

onLinux(
  "a program whose own user connects to it all the time is its user, however many connections begin during a look",
  async () => {
    const { child, port } = await startServer();
    const connect = `const net = require("node:net");
for (let left = 300; left > 0; left -= 1) setTimeout(() => net.connect(${port}, "127.0.0.1"), left);`;
    const came: Socket[] = [];
    const server = createServer((socket) => void came.push(socket)).listen(0, "127.0.0.1");
    ending.push(() => server.close());
    await until(() => server.address());
    const { port: ownPort } = server.address() as { port: number };
    child.stdin.write(String(ownPort));
    child.stdin.flush();
    const socket = await until(() => came[0]);
    const peers = createPeers();
    const peer = { address: socket.remoteAddress ?? "", port: socket.remotePort ?? 0, ownPort, ownAddress: null };
    // Each begins its connections while these looks go on.
    for (let caller = 0; caller < 2; caller += 1) {
      const calling = Bun.spawn([process.execPath, "-e", connect]);
      ending.push(() => calling.kill("SIGKILL"));
      for (let look = 0; look < 60; look += 1) {
        expect(peers.ownerOf(peer)).toEqual({ kind: "own" });
        await Bun.sleep(0);
      }
    }
    socket.destroy();
  },
  120_000,
);

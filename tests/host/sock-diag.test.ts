import { expect } from "bun:test";
import { createServer, connect as open } from "node:net";
import { openSocketQuery } from "../../src/host/sockets/sock-diag.ts";
import { tcpSockets } from "../../src/host/sockets/sockets.ts";
import { unless } from "../programs.ts";
import { until } from "../until.ts";

const query = openSocketQuery();
const test = unless(query === null ? "it is about Linux, where netlink is allowed" : null);

for (const [host, family] of [
  ["127.0.0.1", "IPv4"],
  ["::1", "IPv6"],
] as const)
  test(`one question finds what the list of all sockets says of a connection over ${family}, and of no other`, async () => {
    if (query === null) throw new Error("there is no netlink");
    const server = createServer().listen(0, host);
    await until(() => server.address());
    const { port } = server.address() as { port: number };
    const client = open(port, host);
    await until(() => client.localPort);
    const local = { address: host, port: client.localPort ?? 0 };
    const remote = { address: host, port };
    const listed = await until(() =>
      tcpSockets().find((each) => each.local.port === local.port && each.remote.port === port),
    );
    expect(query.find(local, remote)).toEqual({ uid: listed.uid, inode: listed.inode });
    // Thousands of queries get no results mixed up.
    for (let time = 0; time < 1_000; time += 1) {
      expect(query.find({ ...local, port: 1 }, remote)).toBeNull();
      expect(query.find(local, remote)?.inode).toBe(listed.inode);
    }
    // Where a connection would be but for its other end there is one that listens, which is not it.
    expect(query.find(remote, { ...local, port: 1 })).toBeNull();
    const listener = tcpSockets().find((each) => each.listens && each.local.port === port);
    expect(query.listening().has(listener?.inode ?? 0)).toBe(true);
    expect(query.listening().has(listed.inode)).toBe(false);
    client.destroy();
    await until(() => query.find(local, remote) === null);
    server.close();
  });

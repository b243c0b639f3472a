import { expect, test } from "bun:test";
import { createTurns } from "../../src/host/scheduling/turns.ts";
import { createConnections } from "../../src/http/connections.ts";
import { createOutgoing, type Outgoing } from "../../src/http/outgoing.ts";
import { problem } from "../../src/http/problem.ts";
import { until } from "../until.ts";
import { head, rawClient } from "./socket.ts";

/** A server whose only response has no end: as far as it is read, so far it is made. */
function serveEndless() {
  const connections = createConnections();
  const outgoing: Outgoing = createOutgoing({ connections, turns: createTurns() });
  let made = 0;
  async function* endless(): AsyncGenerator<string> {
    for (;;) {
      made += 1;
      yield "x".repeat(10_000);
    }
  }
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    idleTimeout: 120,
    fetch: (request) =>
      outgoing
        .pieces({ request, owner: new URL(request.url).pathname }, async () => endless())
        .catch((error: unknown) => problem(error)),
  });
  connections.attach(server);
  const unread = (path: string) => {
    const client = rawClient(server.port ?? 0);
    client.socket.pause();
    client.send(head(`GET ${path}`));
    return client;
  };
  return { server, outgoing, unread, made: () => made };
}

test("a response that is not read is made no further, and its connection is closed after twenty seconds", async () => {
  const { server, outgoing, unread, made } = serveEndless();
  const client = unread("/a");
  await until(() => outgoing.open === 1);
  let before = -1;
  await until(async () => {
    const still = before === made();
    before = made();
    await Bun.sleep(200);
    return still && before > 0;
  });
  expect(outgoing.reservedBytes).toBe(65_536);
  await until(() => outgoing.open === 0, 60_000);
  expect(outgoing.reservedBytes).toBe(0);
  client.socket.resume();
  await client.received;
  await server.stop(true);
}, 120_000);

test("a client has fifty of them at once, another its own, and all go where memory is needed", async () => {
  const { server, outgoing, unread } = serveEndless();
  const clients = Array.from({ length: 60 }, () => unread("/a"));
  await until(() => outgoing.open === 50);
  const refused = await fetch(`${server.url}a`);
  expect([refused.status, refused.headers.get("retry-after")]).toEqual([429, "5"]);
  expect(await refused.json()).toMatchObject({ code: "too_many_unread" });
  const other = unread("/b");
  await until(() => outgoing.open === 51);
  outgoing.shed();
  expect([outgoing.open, outgoing.reservedBytes]).toEqual([0, 0]);
  for (const { socket } of [...clients, other]) socket.destroy();
  await server.stop(true);
}, 60_000);

test("what is read comes on, and a client that goes away leaves nothing behind", async () => {
  const { server, outgoing } = serveEndless();
  const leaving = new AbortController();
  const response = await fetch(`${server.url}a`, { signal: leaving.signal });
  let bytes = 0;
  const reader = response.body?.getReader();
  while (bytes < 20_000_000) bytes += (await reader?.read())?.value?.length ?? 0;
  expect(outgoing.open).toBe(1);
  leaving.abort();
  await until(() => outgoing.open === 0);
  await server.stop(true);
}, 60_000);

import { expect, test } from "bun:test";
import { networkInterfaces } from "node:os";
import fc from "fast-check";
import { createAccess } from "../../src/access/access.ts";
import { createSessions } from "../../src/access/sessions/sessions.ts";
import { openSessionStore } from "../../src/access/sessions/store.ts";
import type { SocketOwner } from "../../src/host/sockets/peers.ts";
import { openApi } from "../http/api.ts";
import { bodyOf, head, rawClient } from "../http/socket.ts";
import { unless } from "../programs.ts";

const NO_KEYS = { configured: () => false, find: () => null, active: () => null, clients: () => 0, used: () => {} };
const sessions = createSessions(NO_KEYS, openSessionStore({ path: ":memory:" }), { secure: true });
const accessWhere = (parts: { publicUrl?: string; owner?: SocketOwner }) =>
  createAccess({
    publicUrl: parts.publicUrl ?? null,
    ownerOf: () => parts.owner ?? { kind: "own" },
    keys: NO_KEYS,
    sessions,
    keyRate: null,
  });
const ONLY = accessWhere({});

function admit(address: string | null, headers: Record<string, string> = {}, method = "GET", access = ONLY): string {
  const request = new Request("http://localhost/", { method });
  const all = new Headers({ host: "localhost:8080", ...headers });
  try {
    return access.admit({ headers: all, method, url: request.url } as Request, address).client;
  } catch (error) {
    return (error as { code: string }).code;
  }
}

test("a program of this machine is served, whichever way it writes its address", () => {
  for (const address of ["127.0.0.1", "127.8.9.10", "::1", "::ffff:127.0.0.1"]) expect(admit(address)).toBe("local");
});

test("the owner of the other program decides, and a program whose owner cannot be found has no access", () => {
  const code = (owner: SocketOwner) => admit("127.0.0.1", {}, "GET", accessWhere({ owner }));
  expect(code({ kind: "other", reason: "it belongs to another user" })).toBe("access_denied");
  expect(code({ kind: "unknown" })).toBe("access_denied");
});

test("with a public address every request needs a key, from wherever", () => {
  const access = accessWhere({ publicUrl: "https://reports.example.com" });
  for (const host of ["localhost:8080", "reports.example.com"])
    expect(admit("127.0.0.1", { host }, "GET", access)).toBe("access_denied");
});

test("any other address is refused", () => {
  for (const address of [
    "10.0.0.7",
    "192.168.1.2",
    "203.0.113.9",
    "fe80::1",
    "::ffff:10.0.0.1",
    "1270.0.0.1",
    "",
    null,
  ]) {
    expect(admit(address)).toBe("access_denied");
  }
  fc.assert(fc.property(fc.ipV4(), (address) => (admit(address) === "local") === address.startsWith("127.")));
});

test("a forwarded request is refused, whatever its headers say", () => {
  for (const header of ["X-Forwarded-For", "Forwarded", "X-Real-IP", "Via", "X-Forwarded-Host", "X-Forwarded-Proto"]) {
    expect(admit("127.0.0.1", { [header]: "127.0.0.1" })).toBe("access_denied");
    expect(admit("127.0.0.1", { [header]: "" })).toBe("access_denied");
  }
});

test("a name that is not ours is refused, so that no web page can rebind its own name to this machine", () => {
  for (const host of ["localhost", "localhost:8080", "127.0.0.1:1", "[::1]:8080", "[::1]", "app.localhost"]) {
    expect(admit("127.0.0.1", { host })).toBe("local");
  }
  for (const host of [
    "evil.example",
    "localhost.evil.example",
    "127.0.0.1.evil.example",
    "evil.example:8080",
    "reports.example.com",
    "",
  ]) {
    expect(admit("127.0.0.1", { host })).toBe("host_not_allowed");
  }
});

test("a page of another site may change nothing", () => {
  const post = (headers: Record<string, string>) => admit("::1", headers, "POST");
  expect(post({})).toBe("local");
  expect(post({ origin: "http://localhost:8080", "sec-fetch-site": "same-origin" })).toBe("local");
  expect(post({ origin: "https://evil.example", "sec-fetch-site": "cross-site" })).toBe("cross_site");
  expect(post({ origin: "http://localhost:3000", "sec-fetch-site": "same-site" })).toBe("cross_site");
  expect(post({ origin: "null" })).toBe("cross_site");
  expect(post({ "sec-fetch-site": "cross-site" })).toBe("cross_site");
  expect(admit("::1", { "sec-fetch-site": "cross-site" })).toBe("local");
});

const [neighbour] = Object.values(networkInterfaces())
  .flatMap((each) => each ?? [])
  .filter(({ family, internal }) => family === "IPv4" && !internal);

unless(neighbour === undefined ? "it needs an address beside loopback" : null)(
  "a server that listens on all addresses serves its own machine alone",
  async () => {
    await using api = await openApi({ host: "0.0.0.0" });
    expect((await api.request("/api/jobs")).status).toBe(200);
    const from = (path: string) =>
      fetch(`http://${neighbour?.address}:${api.port}${path}`, { headers: { Host: "localhost" } });
    const refused = await from("/api/jobs");
    expect(refused.status).toBe(403);
    expect(await refused.json()).toMatchObject({
      code: "access_denied",
      detail: expect.stringContaining(neighbour?.address ?? ""),
    });
    expect((await from("/livez")).status).toBe(200);
  },
);

test("the refusal is a problem that says what to do, on every route but the health checks", async () => {
  await using api = await openApi();
  const forwarded = { headers: { "X-Forwarded-For": "203.0.113.9" } };
  const paths = [
    "/",
    "/docs",
    "/openapi.json",
    "/api/jobs",
    "/api/job-status/x",
    "/api/jobs/x/report.pdf",
    "/api/suburbs?q=m",
    "/docs/start.js",
  ];
  for (const path of paths) {
    const response = await api.request(path, forwarded);
    expect(response.status).toBe(403);
    expect(await response.json()).toMatchObject({
      code: "access_denied",
      detail: expect.stringContaining("Call the service"),
    });
  }
  for (const path of ["/livez", "/readyz"]) expect((await api.request(path, forwarded)).status).toBe(200);
});

test("a refused post gets its response before its body is read, and nothing is accepted", async () => {
  await using api = await openApi();
  const client = rawClient(api.port);
  client.send(
    head(
      "POST /api/generate-agents-report",
      "Origin: https://evil.example",
      "Content-Length: 1000",
      "Connection: close",
    ),
  );
  const reply = await client.received;
  expect(reply).toStartWith("HTTP/1.1 403 ");
  expect(bodyOf(reply)).toMatchObject({ code: "cross_site" });
  expect(await api.queue.counts()).toMatchObject({ queued: 0 });
});

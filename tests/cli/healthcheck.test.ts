import { expect, test } from "bun:test";
import { healthcheck } from "../../src/cli/healthcheck.ts";
import { openApi } from "../http/api.ts";

interface Wish {
  readonly ready?: boolean;
  readonly timeoutMs?: number;
  readonly process?: number;
  readonly json?: boolean;
}

async function check(url: string, options: Wish = {}) {
  const out: string[] = [];
  const err: string[] = [];
  const code = await healthcheck({
    config: { url, host: "127.0.0.1", port: 1 },
    ready: false,
    timeoutMs: 10_000,
    json: false,
    ...options,
    out: (line) => out.push(line),
    err: (line) => err.push(line),
  });
  return { code, out, err: err.join("\n") };
}

test("a service that lives is well, also while it waits for credentials; --ready says what it lacks", async () => {
  let problems: string[] = [];
  await using api = await openApi({ ready: async () => problems });
  expect(await check(api.url)).toEqual({ code: 0, out: ["alive"], err: "" });
  expect(await check(api.url, { ready: true })).toEqual({ code: 0, out: ["ready"], err: "" });
  problems = ["reports cannot be delivered to dropbox: the token was revoked"];
  expect((await check(api.url)).code).toBe(0);
  const unready = await check(api.url, { ready: true });
  expect(unready).toMatchObject({ code: 1, out: [] });
  expect(unready.err).toContain("the token was revoked");
});

test("--json reports the same as one object", async () => {
  let problems: string[] = [];
  await using api = await openApi({ ready: async () => problems });
  const notified = async () => {
    const { code, out } = await check(api.url, { ready: true, json: true });
    return { code, ...JSON.parse(out.join("\n")) };
  };
  const address = `${api.url}/readyz`;
  expect(await notified()).toEqual({ code: 0, ok: true, address, status: "ready", problem: null });
  problems = ["the disk is full"];
  const problem = expect.stringMatching(/^responds with 503: .*The disk is full/);
  expect(await notified()).toEqual({ code: 1, ok: false, address, status: null, problem });
});

test("no listener, silence, and another program at the address are unhealthy", async () => {
  using other = Bun.serve({ port: 0, fetch: () => Response.json({ status: "ok" }) });
  expect(await check(String(other.url.origin))).toMatchObject({ code: 1, out: [] });
  using silent = Bun.serve({ port: 0, fetch: () => new Promise<Response>(() => {}) });
  expect(await check(silent.url.origin, { timeoutMs: 50 })).toMatchObject({ code: 1, out: [] });
  const { origin } = silent.url;
  await silent.stop(true);
  expect(await check(origin)).toMatchObject({ code: 1, err: expect.stringContaining(origin) });
});

test("a process that has ended is not well, though another program responds at the address", async () => {
  await using api = await openApi();
  const ended = Bun.spawn(["true"]);
  await ended.exited;
  expect(await check(api.url, { process: ended.pid })).toMatchObject({
    code: 1,
    out: [],
    err: expect.stringContaining(`process ${ended.pid} has ended`),
  });
  expect(await check(api.url, { process: process.pid })).toMatchObject({ code: 0, out: ["alive"] });
});

test("a service that ends before it responds is given up at once, though the socket still takes callers", async () => {
  using silent = Bun.serve({ port: 0, fetch: () => new Promise<Response>(() => {}) });
  const service = Bun.spawn(["cat"], { stdin: "pipe" });
  const checked = check(silent.url.origin, { timeoutMs: 600_000, process: service.pid });
  expect(await Promise.race([checked, Bun.sleep(500)])).toBeUndefined();
  await service.stdin.end();
  expect(await checked).toMatchObject({ code: 1, err: expect.stringContaining(`process ${service.pid} has ended`) });
});

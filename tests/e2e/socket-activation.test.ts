import { expect } from "bun:test";
import { onLinux } from "../programs.ts";
import { until } from "../until.ts";
import { binaryPath, post, startBinary, temporaryFolder, untilEnded } from "./binary.ts";
import { inlineJob } from "./jobs.ts";
import { openListeningSocket } from "./listening-socket.ts";

onLinux(
  "restarts behind a socket that stays open lose no request: one that comes in between is served by the next process",
  async () => {
    using socket = openListeningSocket();
    const dataDir = temporaryFolder();
    const { url, fd } = socket;
    // No process accepts yet: the first post waits in the socket for the service to be up.
    const early = post(url, inlineJob(0), { connection: "close" });
    // A stop that waits for renders takes posts for as long: reports by the hundred on a slow machine, and nothing shown.
    const env = { AGENTLINK_STOP_GRACE: "0s" };
    let service = await startBinary({ dataDir, socket: fd, env });
    expect(service.url).toBe(url);
    const accepted = [await early];
    for (let restarts = 0; restarts < 3; restarts++) {
      let over = false;
      const clients = Array.from({ length: 3 }, async (_, client) => {
        for (let i = 1; !over; i++) {
          // Neither an Idempotency-Key nor a retry: each must be accepted the first time.
          accepted.push(await post(url, inlineJob(restarts * 1_000 + client * 100 + i), { connection: "close" }));
          await Bun.sleep(150);
        }
      });
      const before = accepted.length;
      await until(() => accepted.length >= before + 3);
      expect(await service.end("SIGTERM")).toBe(0);
      service = await startBinary({ dataDir, socket: fd, env });
      // What comes while nothing restarts shows nothing, and a slow machine has more of it to render.
      over = true;
      await Promise.all(clients);
    }
    for (const id of accepted) expect((await untilEnded(url, id)).status).toBe("completed");
    expect(new Set(accepted).size).toBe(accepted.length);
    await service.end("SIGTERM");
  },
  120_000,
);

onLinux(
  "what comes through the socket is a direct request, a long poll gets its response at the stop, large bodies pass",
  async () => {
    using socket = openListeningSocket();
    const dataDir = temporaryFolder();
    const env = { AGENTLINK_STOP_GRACE: "0s" };
    const service = await startBinary({ dataDir, socket: socket.fd, env });
    const forwarded = await fetch(`${socket.url}/api/jobs`, { headers: { "x-forwarded-for": "203.0.113.9" } });
    expect([forwarded.status, (await fetch(`${socket.url}/api/jobs`)).status]).toEqual([403, 200]);

    const rows = Array.from({ length: 40_000 }, (_, i) => ({ id: `a${i}`, name: `Agency ${i}`, note: "x".repeat(60) }));
    const body = rows.map((row) => JSON.stringify(row)).join("\n");
    const upload = await fetch(`${socket.url}/api/catalogue/agencies`, {
      method: "PUT",
      headers: { "content-type": "application/x-ndjson" },
      body,
    });
    expect(upload.status).toBe(200);
    expect(body.length).toBeGreaterThan(3_000_000);

    // A job that waits: of one that ends there is nothing to wait for.
    await fetch(`${socket.url}/api/queue/pause`, { method: "POST" });
    const id = await post(socket.url, { suburb: "Mosman", state: "NSW", callback_url: undefined });
    const waiting = fetch(`${socket.url}/api/job-status/${id}?wait=60`);
    const metrics = async () => (await fetch(`${socket.url}/metrics`)).text();
    await until(async () => /^agentlink_long_polls 1$/m.test(await metrics()));
    expect(await service.end("SIGTERM")).toBe(0);
    expect((await waiting).status).toBe(200);
  },
  60_000,
);

onLinux(
  "a request whose first bytes were here at the stop is served, and one that came later waits for the next process",
  async () => {
    using socket = openListeningSocket();
    const dataDir = temporaryFolder();
    const env = { AGENTLINK_STOP_GRACE: "0s" };
    const service = await startBinary({ dataDir, socket: socket.fd, env });
    const response = Promise.withResolvers<string>();
    const { hostname, port } = new URL(socket.url);
    const slow = await Bun.connect({
      hostname,
      port: Number(port),
      socket: { data: (_, bytes) => response.resolve(bytes.toString()), close: () => response.resolve("cut") },
    });
    slow.write("GET /livez HTTP/1.1\r\nHost: 127.0.0.1\r\n");
    // Connections are accepted in their order, so that the first is by now.
    expect((await fetch(`${socket.url}/livez`, { headers: { connection: "close" } })).status).toBe(200);
    const stopped = service.end("SIGTERM");
    await Bun.sleep(500);
    const late = fetch(`${socket.url}/livez`);
    slow.write("Connection: close\r\n\r\n");
    expect(await response.promise).toStartWith("HTTP/1.1 200");
    expect(await stopped).toBe(0);
    const next = await startBinary({ dataDir, socket: socket.fd });
    expect((await late).status).toBe(200);
    await next.end("SIGTERM");
  },
  60_000,
);

onLinux("what is no listening socket, and several of them, are refused in a line", async () => {
  const start = async (fds: number) => {
    const command = ["sh", "-c", `LISTEN_PID=$$ LISTEN_FDS=${fds} exec "$0" serve --data-dir "$1"`, binaryPath()];
    const child = Bun.spawn([...command, temporaryFolder()], { stdio: ["ignore", "pipe", "pipe", "ignore"] });
    const [text, code] = [await new Response(child.stderr).text(), await child.exited];
    return { text, code };
  };
  expect(await start(1)).toEqual({
    code: 1,
    text: expect.stringMatching(/^agentlink: the socket that systemd passed.*\n$/),
  });
  expect(await start(2)).toEqual({ code: 2, text: expect.stringMatching(/^agentlink: .*only one: .*\n$/) });
});

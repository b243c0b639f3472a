import { expect, test } from "bun:test";
import { until } from "../until.ts";
import { openApi } from "./api.ts";
import { head, rawClient } from "./socket.ts";

/** Each row of a table has so much of it: what lies in the system's buffers is a part of all. */
const METADATA = { note: "m".repeat(15_000) };
const BATCH = 300;

test("a table or a zip that is read slowly ends with the key it was asked with", async () => {
  await using api = await openApi({ queueLimit: 10_000 });
  const boss = api.keys.create({ name: "boss", scope: "admin", rate: null });
  const pdf = new Uint8Array(1_500_000).map((_, at) => (at * 7919) % 251);
  for (let i = 0; i < 2; i += 1) {
    const reports = Array.from({ length: BATCH }, () => ({ suburb: "Manly", state: "NSW", metadata: METADATA }));
    const { status } = await fetch(`${api.url}/api/generate-agents-reports`, {
      method: "POST",
      headers: { Authorization: `Bearer ${boss.secret}`, "Content-Type": "application/json" },
      body: JSON.stringify({ reports }),
    });
    expect(status).toBe(200);
  }
  for (let i = 0; i < 10; i += 1) await api.finish(pdf);

  for (const path of ["/api/jobs.csv", "/api/jobs/reports.zip"]) {
    const whole = Number(
      (await (await fetch(api.url + path, { headers: { Authorization: `Bearer ${boss.secret}` } })).arrayBuffer())
        .byteLength,
    );
    const { secret, key } = api.keys.create({ name: "eyes", scope: "viewer", rate: null });
    const client = rawClient(api.port);
    client.socket.once("data", () => void client.socket.pause());
    client.send(head(`GET ${path}`, `Authorization: Bearer ${secret}`));
    await until(() => client.socket.bytesRead > 0);
    api.keys.revoke(key.id);
    await until(async () => {
      const { status } = await fetch(`${api.url}/api/jobs`, { headers: { Authorization: `Bearer ${secret}` } });
      return status === 401;
    });
    client.socket.resume();
    const received = await client.received;
    expect(received).toStartWith("HTTP/1.1 200");
    expect([path, received.length < whole, received.endsWith("\r\n0\r\n\r\n")]).toEqual([path, true, false]);
  }

  // While two are sent, a third is refused before it reads any job: to find that there is no report it would read all.
  const open = [0, 1].map(() => {
    const client = rawClient(api.port);
    client.socket.once("data", () => void client.socket.pause());
    client.send(head("GET /api/jobs/reports.zip", `Authorization: Bearer ${boss.secret}`));
    return client;
  });
  for (const { socket } of open) await until(() => socket.bytesRead > 0);
  for (const path of ["/api/jobs/reports.zip?status=failed", "/api/jobs/reports.zip"]) {
    const { status } = await api.request(path, { headers: { Authorization: `Bearer ${boss.secret}` } });
    expect([path, status]).toEqual([path, 429]);
  }
  for (const { socket } of open) socket.destroy();
}, 60_000);

import { expect, test } from "bun:test";
import { until } from "../until.ts";
import { openApi } from "./api.ts";
import { head, rawClient } from "./socket.ts";

test("a download whose connection closed before or while it was sent takes no slot", async () => {
  await using api = await openApi();
  const { secret } = api.keys.create({ name: "anna", scope: "submit", rate: null });
  const shown = { Authorization: `Bearer ${secret}` };
  for (let i = 0; i < 3; i += 1) await api.accept({}, shown);
  await api.finish();
  for (const path of ["/api/jobs.csv", "/api/jobs.xlsx", "/api/jobs/reports.zip"]) {
    const request = head(`GET ${path}`, `Authorization: Bearer ${secret}`);
    for (let i = 0; i < 8; i += 1) {
      // Two in one go: the connection is closed before the first has begun.
      const client = rawClient(api.port);
      client.send(i % 2 === 0 ? request + request : request);
      if (i % 2 === 0) await until(() => client.closed() || client.socket.bytesRead > 0);
      client.socket.destroySoon();
    }
    const { bytes } = await until(async () => {
      const response = await fetch(api.url + path, { headers: shown });
      const body = await response.arrayBuffer();
      return response.status === 200 && { bytes: body.byteLength };
    });
    expect(bytes).toBeGreaterThan(100);
  }
}, 60_000);

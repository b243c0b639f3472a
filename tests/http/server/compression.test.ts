import { expect, test } from "bun:test";
import { gunzipSync } from "node:zlib";
import { openApi } from "../api.ts";
import { listen } from "../event-stream.ts";

test("JSON is gzipped for clients that read that, from a size on, and is the same", async () => {
  await using api = await openApi();
  for (let i = 0; i < 30; i += 1) await api.accept({ metadata: { note: `order ${i} 北` } });
  const get = async (path: string, accepted: string | null, method = "GET") => {
    const headers: Record<string, string> = accepted === null ? {} : { "Accept-Encoding": accepted };
    const response = await fetch(api.url + path, { method, headers, decompress: false });
    return { response, coding: response.headers.get("content-encoding"), bytes: await response.bytes() };
  };
  for (const path of ["/api/jobs", "/openapi.json", "/api/statistics?window=day"]) {
    const plain = await get(path, "identity");
    expect([path, plain.coding, plain.response.headers.get("vary")]).toEqual([path, null, "Accept-Encoding"]);
    for (const accepted of ["gzip", "br, gzip;q=0.5", "deflate, GZIP", "*"]) {
      const { coding, bytes, response } = await get(path, accepted);
      expect([path, accepted, coding]).toEqual([path, accepted, "gzip"]);
      expect(bytes.length).toBeLessThan(plain.bytes.length / 2);
      expect(response.headers.get("content-type")).toBe("application/json");
      if (path !== "/api/statistics?window=day")
        expect(gunzipSync(bytes).toString()).toBe(Buffer.from(plain.bytes).toString());
    }
    for (const refused of ["gzip;q=0", "br", "", "*;q=0", "gzip;q=0.0, *"])
      expect([path, refused, (await get(path, refused)).coding]).toEqual([path, refused, null]);
    const head = await get(path, "gzip", "HEAD");
    expect([head.response.status, head.coding, head.bytes.length]).toEqual([200, null, 0]);
  }
  const id = await api.accept();
  expect((await get(`/api/jobs?limit=1&q=${id}`, "gzip")).coding).toBeNull();
});

test("a long list is gzipped as it is read, and a client that leaves in the middle leaves nothing behind", async () => {
  await using api = await openApi();
  const metadata = { note: "a note that is a few hundred letters long ".repeat(40) };
  for (let i = 0; i < 120; i += 1) await api.accept({ metadata });
  const path = `${api.url}/api/jobs?limit=200`;
  const plain = await (await fetch(path, { headers: { "Accept-Encoding": "identity" } })).text();
  expect(plain.length).toBeGreaterThan(200_000);
  const response = await fetch(path, { headers: { "Accept-Encoding": "gzip" }, decompress: false });
  const bytes = await response.bytes();
  expect([response.headers.get("content-encoding"), response.headers.get("vary")]).toEqual(["gzip", "Accept-Encoding"]);
  expect(bytes.length).toBeLessThan(plain.length / 4);
  expect(gunzipSync(bytes).toString()).toBe(plain);
  for (let i = 0; i < 60; i += 1) {
    const leaving = new AbortController();
    await fetch(path, { headers: { "Accept-Encoding": "gzip" }, signal: leaving.signal });
    leaving.abort();
  }
  // More than one client may have in progress at once: those that left are not counted.
  const again = await fetch(path, { headers: { "Accept-Encoding": "gzip" } });
  expect([again.status, await again.text()]).toEqual([200, plain]);
});

test("a stream of events and a PDF go out as they are", async () => {
  await using api = await openApi();
  const stream = await listen(`${api.url}/api/events`, { "Accept-Encoding": "gzip" });
  expect(stream.response.headers.get("content-encoding")).toBeNull();
  await stream.first(({ event }) => event === "overview");
  stream.leave();
  const id = await api.accept();
  await api.finish(new Uint8Array(100_000));
  const pdf = await fetch(`${api.url}/api/jobs/${id}/report.pdf`, {
    headers: { "Accept-Encoding": "gzip" },
    decompress: false,
  });
  expect([pdf.headers.get("content-encoding"), (await pdf.bytes()).length]).toEqual([null, 100_000]);
});

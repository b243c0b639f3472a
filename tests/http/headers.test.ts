import { expect, test } from "bun:test";
import { type Api, openApi } from "./api.ts";
import type { Document } from "./conformance.ts";

/** Every address that is documented, those that are not, and each way to be refused. */
async function everyResponse(api: Api): Promise<readonly (readonly [string, Response])[]> {
  const id = await api.accept();
  const { paths } = (await (await api.request("/openapi.json")).json()) as Document;
  const documented = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map(
      (method) => [method.toUpperCase(), path.replace("{id}", id).replace("{kind}", "agents")] as const,
    ),
  );
  const others = [
    ["GET", "/nothing"],
    ["DELETE", "/api/jobs"],
    ["GET", "/sign-in"],
    ["POST", "/sign-in"],
    ["POST", "/sign-out"],
    ["GET", "/docs/start.js"],
    ["GET", "/docs/swagger-ui.js"],
    ["GET", "/docs/swagger-ui.css"],
    ["GET", `/api/jobs/${id}/report.pdf`],
  ] as const;
  const page = await (await fetch(`${api.url}/`)).text();
  const assets = [...page.matchAll(/"(assets\/[^"]+)"/g)].map(([, name]) => ["GET", `/${name}`] as const);
  expect(assets.length).toBeGreaterThan(2);
  const stop = new AbortController();
  const responses: (readonly [string, Response])[] = [];
  for (const [method, path] of [...documented, ...others, ...assets]) {
    const response = await fetch(api.url + path, { method, redirect: "manual", signal: stop.signal });
    responses.push([`${method} ${path}: ${response.status}`, response]);
  }
  // The streams of events among them have no end of their own.
  stop.abort();
  return responses;
}

test("no response can be sniffed, framed, leaked by a referrer or read by another site", async () => {
  await using api = await openApi();
  for (const [what, { headers }] of await everyResponse(api)) {
    const policy = headers.get("content-security-policy") ?? "";
    expect([what, headers.get("x-content-type-options")]).toEqual([what, "nosniff"]);
    // With no-referrer a browser sends the dashboard's own forms without their origin, and they would be refused.
    expect([what, headers.get("referrer-policy")]).toEqual([
      what,
      expect.stringMatching(/^(no-referrer|same-origin)$/),
    ]);
    expect([what, headers.get("cross-origin-resource-policy")]).toEqual([what, "same-origin"]);
    expect([what, headers.get("access-control-allow-origin")]).toEqual([what, null]);
    expect([what, policy]).toEqual([what, expect.stringContaining("default-src 'none'")]);
    expect([what, policy]).toEqual([what, expect.stringContaining("frame-ancestors 'none'")]);
    const scripts = /script-src([^;]*)/.exec(policy)?.[1] ?? "";
    expect([what, scripts]).toEqual([what, expect.stringMatching(/^( 'self'| 'sha256-[\w+/=]+')*$/)]);
    // Swagger UI writes its styles into its page.
    if (!what.startsWith("GET /docs:")) expect([what, policy]).toEqual([what, expect.not.stringContaining("unsafe")]);
    expect([what, headers.get("server")]).toEqual([what, null]);
    expect([what, headers.get("cache-control")]).toEqual([
      what,
      expect.stringMatching(/no-store|private|no-cache|immutable|max-age/),
    ]);
  }
}, 60_000);

test("browsers must come by https for a year where the public address is one, and never else", async () => {
  for (const [publicUrl, notified] of [
    ["https://reports.example.com", "max-age=31536000"],
    ["http://reports.example.com", null],
    [null, null],
  ] as const) {
    await using api = await openApi({ publicUrl });
    for (const path of ["/livez", "/nothing", "/", "/docs"]) {
      const reply = await fetch(api.url + path);
      expect([publicUrl, path, reply.headers.get("strict-transport-security")]).toEqual([publicUrl, path, notified]);
    }
  }
}, 60_000);

import { expect, test } from "bun:test";
import { openBrowser } from "../dashboard/browser.ts";
import { withPrograms } from "../programs.ts";
import { openApi } from "./api.ts";
import type { Document } from "./conformance.ts";

const METHODS = ["get", "post", "put", "patch", "delete"];

test("each response in JSON has a schema with a name", async () => {
  await using api = await openApi();
  const document = (await (await api.request("/openapi.json")).json()) as Document;
  const unnamed = Object.entries(document.paths).flatMap(([path, operations]) =>
    Object.entries(operations).flatMap(([method, { responses }]) =>
      Object.entries(responses).flatMap(([status, { content = {} }]) =>
        Object.entries(content)
          .filter(([type, { schema }]) => type.endsWith("json") && !("$ref" in schema))
          .map(() => `${method} ${path} ${status}`),
      ),
    ),
  );
  // The document is one of another standard.
  expect(unnamed).toEqual(["get /openapi.json 200"]);
});

test("the document describes every call, once, with all that it refers to", async () => {
  await using api = await openApi();
  const document = (await (await api.request("/openapi.json")).json()) as Document;
  expect(document.openapi).toBe("3.1.0");
  expect(Object.keys(document.paths).sort()).toEqual([
    "/",
    "/api/agencies",
    "/api/agencies/{id}",
    "/api/audit",
    "/api/callbacks/resend",
    "/api/catalogue",
    "/api/catalogue-maps",
    "/api/catalogue-maps/{name}",
    "/api/catalogue/failed-jobs",
    "/api/catalogue/imports",
    "/api/catalogue/imports/{id}/undo",
    "/api/catalogue/localities/{state}/{suburb}",
    "/api/catalogue/localities/{state}/{suburb}/people",
    "/api/catalogue/localities/{state}/{suburb}/{kind}",
    "/api/catalogue/{kind}",
    "/api/catalogue/{kind}/{id}",
    "/api/deliveries",
    "/api/deliveries/{target}/test",
    "/api/doctor",
    "/api/dropbox",
    "/api/dropbox/link",
    "/api/dropbox/link/finish",
    "/api/dropbox/unlink",
    "/api/events",
    "/api/failures",
    "/api/failures/dismiss",
    "/api/generate-agency-report",
    "/api/generate-agents-report",
    "/api/generate-agents-reports",
    "/api/import",
    "/api/import/reaxml",
    "/api/job-status/{id}",
    "/api/jobs",
    "/api/jobs.csv",
    "/api/jobs.xlsx",
    "/api/jobs/cancel",
    "/api/jobs/count",
    "/api/jobs/delete",
    "/api/jobs/prune",
    "/api/jobs/reports.zip",
    "/api/jobs/retry",
    "/api/jobs/{id}",
    "/api/jobs/{id}/callback",
    "/api/jobs/{id}/callbacks",
    "/api/jobs/{id}/cancel",
    "/api/jobs/{id}/documents/{file}",
    "/api/jobs/{id}/events",
    "/api/jobs/{id}/report.pdf",
    "/api/jobs/{id}/retry",
    "/api/jobs/{id}/send",
    "/api/keys",
    "/api/keys/{id}",
    "/api/overview",
    "/api/queue/pause",
    "/api/queue/resume",
    "/api/settings",
    "/api/statistics",
    "/api/suburbs",
    "/api/territories",
    "/api/territories/{name}",
    "/api/usage",
    "/api/usage.csv",
    "/api/usage.xlsx",
    "/api/views",
    "/api/views/{name}",
    "/docs",
    "/livez",
    "/metrics",
    "/openapi.json",
    "/readyz",
  ]);
  const operations = Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ path, method, operation })),
  );
  expect(new Set(operations.map(({ operation }) => operation.operationId)).size).toBe(operations.length);
  for (const { path, method, operation } of operations) {
    expect(METHODS).toContain(method);
    const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? "");
    const declared = (operation.parameters ?? []).filter((each) => each.in === "path");
    expect(declared.map(({ name }) => name)).toEqual(inPath);
    expect(declared.every(({ required }) => required)).toBe(true);
    expect(Object.keys(operation.responses)).toContain("500");
    for (const [status, { content }] of Object.entries(operation.responses)) {
      if (Number(status) >= 400) expect(Object.keys(content ?? {})).toEqual(["application/problem+json"]);
    }
  }
  const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)];
  expect(references.length).toBeGreaterThan(20);
  for (const [, name] of references) expect(Object.keys(document.components.schemas)).toContain(name ?? "");
});

test("each call reads the query that it publishes, and refuses any other", async () => {
  await using api = await openApi();
  const job = await api.accept();
  const document = (await (await api.request("/openapi.json")).json()) as Document;
  const requested = Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).flatMap(([method, { parameters = [] }]) => {
      const names = parameters.flatMap((each) => (each.in === "query" ? [each.name] : []));
      return names.length === 0 ? [] : [{ path, method, names }];
    }),
  );
  expect(requested.length).toBeGreaterThan(12);
  const values = { id: job, kind: "sales", state: "NSW", suburb: "Manly" } as Readonly<Record<string, string>>;
  for (const { path, method, names } of requested) {
    const address = path.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "x");
    const bodied = method === "put" || method === "post";
    const init = { method, ...(bodied ? { body: "a", headers: { "Content-Type": "application/octet-stream" } } : {}) };
    const response = await api.request(`${address}?nonsense=1`, init);
    // The old service skipped what it did not know.
    if (path === "/api/job-status/{id}") expect(response.status).toBe(200);
    else {
      const message =
        names.length === 0
          ? "unknown parameter. This endpoint has no parameters"
          : `unknown parameter. Use ${names.length === 1 ? `only ${names[0]}` : `one of ${names.join(", ")}`}`;
      expect([path, await response.json()]).toMatchObject([path, { problems: [{ parameter: "nonsense", message }] }]);
    }
  }
});

test("readiness says in words what is wrong", async () => {
  const wrong: string[] = [];
  await using api = await openApi({ ready: async () => wrong });
  expect(await (await api.request("/readyz")).json()).toEqual({
    status: "ready",
    version: "1.2.3",
    notes: [expect.stringContaining("there is no data yet")],
  });
  wrong.push("the disk is read-only", "the database is gone");
  const response = await api.request("/readyz");
  expect(response.status).toBe(503);
  expect(await response.json()).toMatchObject({ detail: "The disk is read-only; the database is gone." });
  expect((await api.request("/livez")).status).toBe(200);
});

test("suburbs are found by what a person types", async () => {
  await using api = await openApi();
  const { suburbs } = (await (await api.request("/api/suburbs?q=manly%20nsw")).json()) as { suburbs: unknown[] };
  expect(suburbs[0]).toMatchObject({ suburb: "Manly", state: "NSW", postcode: "2095" });
  expect((await api.request("/api/suburbs")).status).toBe(422);
  expect((await api.request("/api/suburbs?q=x&limit=5")).status).toBe(422);
});

const testInBrowser = withPrograms("chromium");

testInBrowser(
  "the API's page shows its calls in a browser and asks no other host for anything",
  async () => {
    await using api = await openApi();
    const browser = await openBrowser();
    try {
      const page = await (await browser.newContext()).newPage();
      const requests: string[] = [];
      const complaints: string[] = [];
      page.on("request", (request) => requests.push(request.url()));
      page.on("console", (message) => void (message.type() === "error" && complaints.push(message.text())));
      page.on("pageerror", (error) => complaints.push(error.message));
      await page.goto(`${api.url}/docs`);
      await page.locator(".opblock").first().waitFor();
      const { paths } = (await (await fetch(`${api.url}/openapi.json`)).json()) as Document;
      const calls = Object.values(paths).flatMap((item) => Object.keys(item));
      expect(await page.locator(".opblock").count()).toBe(calls.length);
      expect(await page.locator(".opblock-summary-path").allInnerTexts()).toContain("/api/generate-agents-report");
      expect(await page.locator(".errors-wrapper").count()).toBe(0);

      await page.locator("#operations-Reports-generateAgentsReport .opblock-summary-control").first().click();
      await page.locator("#operations-Reports-generateAgentsReport .try-out__btn").click();
      await page
        .locator("#operations-Reports-generateAgentsReport textarea")
        .first()
        .fill('{"suburb":"Manly","state":"NSW"}');
      await page.locator("#operations-Reports-generateAgentsReport .execute").click();
      await page.locator("#operations-Reports-generateAgentsReport .live-responses-table").waitFor();
      expect(await api.queue.counts()).toMatchObject({ queued: 1 });

      const others = requests.filter(
        (url) => !url.startsWith(api.url) && !url.startsWith("data:") && !url.startsWith("blob:"),
      );
      expect(others).toEqual([]);
      expect(complaints).toEqual([]);
    } finally {
      await browser.close();
    }
  },
  60_000,
);

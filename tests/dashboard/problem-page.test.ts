import { describe, expect, test } from "bun:test";
import { openApi } from "../http/api.ts";

const TIMEOUT_MS = 60_000;
/** As browsers open an address that was typed, or clicked in a mail. */
const NAVIGATES = {
  Accept: "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
  "Sec-Fetch-Mode": "navigate",
  "Sec-Fetch-Site": "none",
};

describe("a person in a browser", () => {
  test(
    "gets what is wrong as a page, with its status, where to go, and nothing of it in JSON",
    async () => {
      await using api = await openApi({
        metrics: () => Promise.reject(new Error("INNER SECRET")),
      });
      for (const [path, status, words] of [
        ["/nowhere", 404, "There is nothing at /nowhere"],
        ["/api/jobs/0123abcd", 404, "There is no job &quot;0123abcd&quot;"],
        ["/api/jobs/0123abcd/report.pdf", 404, "There is no job &quot;0123abcd&quot;"],
        ["/api/jobs?limit=many", 422, "limit: must be a whole number"],
        ["/api/queue/pause", 405, "does not support GET"],
        ["/metrics", 500, "Internal error"],
        ["/assets/none.js", 404, "There is no none.js"],
      ] as const) {
        const response = await fetch(api.url + path, { headers: NAVIGATES });
        const text = await response.text();
        expect([path, response.status]).toEqual([path, status]);
        expect(response.headers.get("content-type")).toBe("text/html; charset=utf-8");
        expect(response.headers.get("content-security-policy")).toContain("default-src 'none'; script-src 'self'");
        expect(text).toContain(words);
        expect(text).not.toContain("urn:agentlink");
        expect(text).not.toContain("INNER SECRET");
        // What the page names is there, from wherever it stands.
        const named = [...text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, name]) => name ?? "");
        for (const name of named) {
          const there = await fetch(new URL(name, api.url + path), { headers: NAVIGATES });
          expect([path, name, there.status]).toEqual([path, name, 200]);
        }
      }
      const broken = await fetch(`${api.url}/metrics`, { headers: { ...NAVIGATES, "X-Request-Id": "r-77" } });
      expect(await broken.text()).toContain("<code>r-77</code>");
    },
    TIMEOUT_MS,
  );

  test(
    "is never shown an address's words as markup",
    async () => {
      await using api = await openApi();
      const response = await fetch(`${api.url}/%3Cscript%3Ealert(1)%3C%2Fscript%3E`, { headers: NAVIGATES });
      expect(response.status).toBe(404);
      expect(await response.text()).not.toContain("<script>alert");
      const query = await fetch(`${api.url}/api/jobs?<b>x=1`, { headers: NAVIGATES });
      expect(await query.text()).not.toContain("<b>x");
    },
    TIMEOUT_MS,
  );

  test("gets JSON where the page's own script calls, and so does every program", async () => {
    await using api = await openApi();
    for (const headers of [
      { ...NAVIGATES, "Sec-Fetch-Mode": "cors" },
      { Accept: "*/*" },
      { Accept: "application/json" },
      {},
    ]) {
      const response = await fetch(`${api.url}/api/jobs/0123abcd`, { headers });
      expect(response.headers.get("content-type")).toBe("application/problem+json");
    }
  });

  test(
    "a visitor without a session is asked to sign in wherever a link leads, and comes there afterwards",
    async () => {
      await using api = await openApi();
      const { secret } = api.keys.create({ name: "office", scope: "submit", rate: null });
      const { secret: reader } = api.keys.create({ name: "reader", scope: "read", rate: null });
      for (const path of [
        "/jobs/01a20f7c",
        "/api/jobs/01a20f7c/report.pdf",
        "/api/job-status/01a20f7c",
        "/docs",
        "/",
      ]) {
        const requested = await fetch(api.url + path, { headers: NAVIGATES, redirect: "manual" });
        expect([path, requested.status]).toEqual([path, 303]);
        const form = new URL(requested.headers.get("location") ?? "", api.url + path);
        expect(form.pathname).toBe("/sign-in");
        const signed = await fetch(form, {
          method: "POST",
          body: new URLSearchParams({ key: secret }),
          headers: { ...NAVIGATES, Origin: api.url, "Sec-Fetch-Site": "same-origin" },
          redirect: "manual",
        });
        expect(signed.status).toBe(303);
        expect(new URL(signed.headers.get("location") ?? "", form).pathname).toBe(path);
      }
      for (const bad of [
        "https://example.com/",
        "//example.com",
        "sign-out",
        "api/../../x",
        "jobs/a/b",
        "javascript:1",
      ]) {
        const form = `${api.url}/sign-in?next=${encodeURIComponent(bad)}`;
        const { secret } = api.keys.create({
          name: `office-${bad.length}-${bad.charCodeAt(0)}`,
          scope: "submit",
          rate: null,
        });
        const signed = await fetch(form, {
          method: "POST",
          body: new URLSearchParams({ key: secret }),
          headers: { ...NAVIGATES, Origin: api.url, "Sec-Fetch-Site": "same-origin" },
          redirect: "manual",
        });
        expect([bad, signed.headers.get("location")]).toEqual([bad, "./"]);
      }
      // A page that a key may not see reports it, and offers another.
      const session = await fetch(`${api.url}/sign-in`, {
        method: "POST",
        body: new URLSearchParams({ key: reader }),
        headers: { ...NAVIGATES, Origin: api.url, "Sec-Fetch-Site": "same-origin" },
        redirect: "manual",
      });
      const cookie = (session.headers.get("set-cookie") ?? "").split(";")[0] ?? "";
      const refused = await fetch(`${api.url}/metrics`, { headers: { ...NAVIGATES, Cookie: cookie } });
      expect(refused.status).toBe(403);
      expect(await refused.text()).toMatch(
        /This request needs a key with the scope metrics, viewer or admin.*Sign in with another key/s,
      );
    },
    TIMEOUT_MS,
  );
});

import { expect, test } from "bun:test";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { ADDRESSES } from "../../src/dashboard/client/addresses.ts";
import { type Api, openApi } from "../http/api.ts";

/** From source the page is bundled when it is first requested. */
const BUNDLING_MS = 60_000;
/** Every page, of things that need not be there. */
const PAGES = Object.values(ADDRESSES).map((address) => `/${address.replaceAll(/:\w+/g, "x")}`);

test(
  "each page is the same shell, which lets nothing in that is not the service's own",
  async () => {
    await using api = await openApi();
    for (const path of PAGES) {
      const response = await api.request(path);
      expect([path, response.status]).toEqual([path, 200]);
      const policy = response.headers.get("content-security-policy") ?? "";
      expect(policy).toContain("default-src 'none'");
      expect(policy).toContain("script-src 'self'; style-src 'self'");
      expect(policy).not.toMatch(/unsafe|data:|blob:|https?:|\*/);
      const text = await response.text();
      expect(text).not.toMatch(/<script(?![^>]* src=)|<style|\sstyle=|\son\w+=/);
      // What the page names is there, from wherever it names it.
      const named = [...text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, name]) => name ?? "");
      expect(named.length).toBeGreaterThan(4);
      for (const name of named) {
        const { pathname } = new URL(name, api.url + path);
        expect([name, (await api.request(pathname)).status]).toEqual([name, 200]);
      }
    }
  },
  BUNDLING_MS,
);

test("a bookmark of a suburb's page at its address of before leads to the new one", async () => {
  await using api = await openApi();
  const moved = await api.request("/catalogue/places/NSW/St%20Ives?postcode=2075", { redirect: "manual" });
  const { href } = new URL(moved.headers.get("location") ?? "", moved.url);
  expect([moved.status, href]).toEqual([301, `${api.url}/catalogue/localities/NSW/St%20Ives?postcode=2075`]);
});

test(
  "without a script the page says so, and where the same things are",
  async () => {
    await using api = await openApi();
    const text = await (await api.request("/jobs/x")).text();
    const without = /<noscript>(.*)<\/noscript>/s.exec(text)?.[1] ?? "";
    expect(without).toContain("needs JavaScript");
    expect(without).toContain('href="../docs"');
  },
  BUNDLING_MS,
);

test(
  "its files are cached for ever, because a changed one has another name",
  async () => {
    await using api = await openApi();
    for (const name of await assetsOf(api)) {
      const { headers, status } = await api.request(name);
      expect([name, status, headers.get("cache-control")]).toEqual([name, 200, "public, max-age=31536000, immutable"]);
      expect(name).toMatch(/-[0-9a-f]{12}\.(js|css|svg|woff2)$/);
    }
    const other = await api.request("/assets/main-000000000000.js");
    expect([other.status, other.headers.get("cache-control")]).toEqual([404, "no-store"]);
  },
  BUNDLING_MS,
);

test(
  "its files come compressed as the browser reads them, and plain to whom reads neither",
  async () => {
    await using api = await openApi();
    const [script] = (await assetsOf(api)).filter((name) => name.includes("/main-"));
    const get = async (accepted: string) => {
      const response = await fetch(`${api.url}${script}`, {
        headers: { "Accept-Encoding": accepted },
        decompress: false,
      });
      expect(response.headers.get("vary")).toBe("Accept-Encoding");
      return { coding: response.headers.get("content-encoding"), bytes: await response.bytes() };
    };
    const plain = await get("identity");
    const brotli = await get("gzip, deflate, br, zstd");
    const gzip = await get("gzip, deflate");
    expect([plain.coding, brotli.coding, gzip.coding]).toEqual([null, "br", "gzip"]);
    expect(Buffer.compare(brotliDecompressSync(brotli.bytes), plain.bytes)).toBe(0);
    expect(Buffer.compare(gunzipSync(gzip.bytes), plain.bytes)).toBe(0);
    expect((await get("br;q=0, gzip;q=0")).coding).toBeNull();
  },
  BUNDLING_MS,
);

test(
  "what the first view of any page loads, fonts included, is under 150 kB, to browsers that read no brotli, too",
  async () => {
    await using api = await openApi();
    for (const path of PAGES) {
      for (const accepted of ["br", "gzip"]) {
        let sum = 0;
        for (const name of [path, ...(await assetsOf(api, path))]) {
          const response = await fetch(api.url + name, {
            headers: { "Accept-Encoding": accepted },
            decompress: false,
          });
          sum += (await response.bytes()).length;
        }
        expect(sum).toBeGreaterThan(80_000);
        expect({ path, accepted, sum, over: Math.max(0, sum - 150_000) }).toMatchObject({ over: 0 });
      }
    }
  },
  BUNDLING_MS,
);

test(
  "a page names every script of its first view, and no other page's",
  async () => {
    await using api = await openApi();
    const imported = async (name: string) =>
      [...(await (await api.request(name)).text()).matchAll(/(?:from|import)"\.\/([\w-]+\.js)"/g)].map(
        ([, found]) => `/assets/${found}`,
      );
    const mentioned = async (name: string) =>
      [...(await (await api.request(name)).text()).matchAll(/"\.\/([\w-]+-\w+\.js)"/g)].map(
        ([, found]) => `/assets/${found}`,
      );
    const firstViews = new Map<string, ReadonlySet<string>>();
    for (const path of PAGES) {
      const named = (await assetsOf(api, path)).filter((name) => name.endsWith(".js"));
      for (const name of named) {
        for (const each of await imported(name)) expect(named).toContain(each);
      }
      firstViews.set(path, new Set(named));
      // What is loaded later is there as well.
      for (const name of named)
        for (const each of await mentioned(name)) expect([each, (await api.request(each)).status]).toEqual([each, 200]);
    }
    // Each has its own file, which no other page's view names.
    for (const [path, named] of firstViews) {
      const others = [...firstViews].filter(([other]) => other !== path);
      const own = [...named].filter((name) => !others.some(([, theirs]) => theirs.has(name)));
      expect({ path, own }).toEqual({ path, own: [expect.stringMatching(/^\/assets\/page-/)] });
    }
  },
  BUNDLING_MS,
);

test(
  "a visitor without a session is sent to sign in, and from there back to the requested page, and nowhere else",
  async () => {
    await using api = await openApi();
    api.keys.create({ name: "boss", scope: "admin", rate: null });
    const html = { Accept: "text/html" };
    const to = async (path: string) => {
      const response = await api.request(path, { headers: html, redirect: "manual" });
      expect(response.status).toBe(303);
      return response.headers.get("location");
    };
    expect(await to("/")).toBe("sign-in");
    expect(await to("/jobs?status=failed,waiting&q=manly")).toBe(
      `sign-in?next=${encodeURIComponent("jobs?status=failed,waiting&q=manly")}`,
    );
    expect(await to("/jobs/abc")).toBe("../sign-in?next=jobs%2Fabc");

    let signedIn = 0;
    const after = async (next: string) => {
      // Each with a key of its own: one may sign in only so often.
      const { secret } = api.keys.create({ name: `boss-${++signedIn}`, scope: "admin", rate: null });
      const response = await api.request(`/sign-in?next=${encodeURIComponent(next)}`, {
        method: "POST",
        headers: { "Content-Type": "application/x-www-form-urlencoded" },
        body: new URLSearchParams({ key: secret }).toString(),
        redirect: "manual",
      });
      return response.headers.get("location");
    };
    for (const next of [
      "",
      "new",
      "docs",
      "jobs",
      "jobs/abc",
      "jobs?status=failed,waiting&q=manly+vale",
      "catalogue/localities/NSW/Manly%20Vale?postcode=2093",
    ])
      expect(await after(next)).toBe(`./${next}`);
    for (const next of [
      "//evil.example",
      "/evil",
      "https://evil.example",
      "jobs/../../x",
      "jobs\\x",
      "docs/x",
      "api/../../x",
      "jobs/x#y",
      "catalogue/localities/NSW/%2e%2e",
      "catalogue/localities/../x",
    ])
      expect(await after(next)).toBe("./");
  },
  BUNDLING_MS,
);

/** The paths of the files that the first view of a page loads. */
async function assetsOf(api: Api, path = "/"): Promise<readonly string[]> {
  const page = await (await api.request(path)).text();
  const named = [...page.matchAll(/assets\/[\w.-]+/g)].map(([name]) => `/${name}`);
  const sheet = named.find((name) => name.endsWith(".css")) ?? "";
  const fonts = [...(await (await api.request(sheet)).text()).matchAll(/url\(["']?([\w.-]+\.woff2)/g)];
  return [...named, ...fonts.map(([, name]) => `/assets/${name}`)];
}

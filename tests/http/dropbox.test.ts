import { expect, test } from "bun:test";
import { openDropboxAccount } from "../../src/delivery/dropbox/account.ts";
import { openLocalRecords } from "../../src/storage/records/local.ts";
import { APP, FakeDropbox } from "../fakes/dropbox.ts";
import { bearer, openApi } from "./api.ts";

const PATHS = ["link", "link/finish", "unlink"] as const;

async function linkable(publicUrl: string | null = null) {
  const fake = await new FakeDropbox().start();
  const dropbox = await openDropboxAccount({
    settings: { appKey: APP.key, appSecret: null, refreshToken: "" },
    ...{ pathRoot: null, publicUrl, fetch: fake.fetch, records: openLocalRecords({ path: ":memory:" }) },
    onChange: () => {},
  });
  const api = await openApi({ dropbox });
  const key = (scope: "admin" | "submit" | "read" | "viewer" | "metrics", name = scope as string) =>
    api.keys.create({ name, scope, rate: null }).secret;
  return {
    fake,
    api,
    key,
    codeAt: (url: string) => {
      const page = fake.consents.open(url);
      if (!("code" in page)) throw new Error(JSON.stringify(page));
      return page.code;
    },
    async [Symbol.asyncDispose]() {
      await api[Symbol.asyncDispose]();
      await fake.stop();
    },
  };
}

test("an admin links a Dropbox with its code; who it was is in the audit list, and no secret is shown", async () => {
  await using world = await linkable();
  const { api, key } = world;
  const [admin, viewer] = [bearer(key("admin", "boss")), bearer(key("viewer"))];
  const begun = await api.post("/api/dropbox/link", {}, admin);
  expect(begun.status).toBe(200);
  const { url, state } = (await begun.json()) as { url: string; state: string };
  expect(new URL(url).searchParams.get("redirect_uri")).toBeNull();
  const done = await api.post("/api/dropbox/link/finish", { state, code: world.codeAt(url) }, admin);
  const shown = { linked: { account: "Ada Agent <ada@example.com>", by: "boss" }, app_key: APP.key };
  expect(await done.json()).toMatchObject(shown);
  const text = await (await api.request("/api/dropbox", { headers: viewer })).text();
  expect(JSON.parse(text)).toMatchObject(shown);
  const [token = ""] = [...world.fake.refreshTokens].filter((each) => each !== APP.refreshToken);
  expect(token).toStartWith("refresh-");
  const audit = await (await api.request("/api/audit", { headers: admin })).text();
  expect(JSON.parse(audit).entries[0]).toMatchObject({
    ...{ actor: "boss", action: "linkDropbox", subject: "Ada Agent <ada@example.com>" },
  });
  for (const said of [text, audit, JSON.stringify(api.logged)]) expect(said).not.toContain(token);

  const unlinked = await api.post("/api/dropbox/unlink", {}, admin);
  expect(await unlinked.json()).toMatchObject({ linked: null, in_settings: false });
  expect(world.fake.refreshTokens.has(token)).toBe(false);
});

test("only an admin begins, ends or undoes a link, and no page of another site does", async () => {
  await using world = await linkable("https://reports.example.com");
  const { api, key } = world;
  const admin = bearer(key("admin"));
  for (const scope of ["submit", "read", "viewer", "metrics"] as const) {
    const secret = bearer(key(scope));
    for (const path of PATHS)
      expect([scope, path, (await api.post(`/api/dropbox/${path}`, {}, secret)).status]).toEqual([scope, path, 403]);
    const seen = await api.request("/api/dropbox", { headers: secret });
    expect([scope, seen.status]).toEqual([scope, scope === "viewer" ? 200 : 403]);
  }
  for (const path of PATHS) expect((await api.post(`/api/dropbox/${path}`, {})).status).toBe(401);
  // With an admin's cookie, from elsewhere.
  const signedIn = await fetch(`${api.url}/sign-in`, {
    method: "POST",
    headers: { "Content-Type": "application/x-www-form-urlencoded" },
    body: new URLSearchParams({ key: admin.Authorization.slice(7) }),
    redirect: "manual",
  });
  const cookie = (signedIn.headers.get("set-cookie") ?? "").split(";")[0] ?? "";
  expect(cookie).not.toBe("");
  for (const path of PATHS)
    for (const elsewhere of [{ Origin: "https://evil.example" }, { "Sec-Fetch-Site": "cross-site" }])
      expect((await api.post(`/api/dropbox/${path}`, {}, { Cookie: cookie, ...elsewhere })).status).toBe(403);
  // Another admin's sign-in cannot end what this one began.
  const { url, state } = (await (await api.post("/api/dropbox/link", {}, admin)).json()) as {
    url: string;
    state: string;
  };
  const other = await api.post(
    "/api/dropbox/link/finish",
    { state, code: world.codeAt(url) },
    bearer(key("admin", "other")),
  );
  expect([other.status, ((await other.json()) as { code: string }).code]).toEqual([409, "dropbox_link_expired"]);
  expect(world.fake.count("oauth2/token")).toBe(0);
});

test("what cannot be used is refused with what to do", async () => {
  await using world = await linkable();
  const { api, key } = world;
  const admin = bearer(key("admin"));
  const why = async (path: string, body: unknown) => {
    const response = await api.post(`/api/dropbox/${path}`, body, admin);
    return [response.status, ((await response.json()) as { detail: string }).detail] as const;
  };
  expect(await why("link", { app_key: "not a key" })).toEqual([422, expect.stringContaining("App Console")]);
  expect(await why("link", { redirect: true })).toEqual([422, expect.stringContaining("AGENTLINK_PUBLIC_URL")]);
  expect((await why("link", { redirect: "yes" }))[0]).toBe(422);
  expect(await why("link", { secret: "x" })).toEqual([422, expect.stringContaining("unknown field")]);
  expect((await why("link", []))[0]).toBe(422);
  expect((await why("link/finish", { state: "x" }))[0]).toBe(422);
  expect(await why("link/finish", { state: "x", code: "y" })).toEqual([409, expect.stringContaining("Link Dropbox")]);
  const begun = await (await api.post("/api/dropbox/link", {}, admin)).json();
  const { state } = begun as { state: string };
  expect(await why("link/finish", { state, code: "wrong" })).toEqual([422, expect.stringContaining("did not accept")]);
});

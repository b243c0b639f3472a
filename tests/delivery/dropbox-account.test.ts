import { afterAll, afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Redis } from "ioredis";
import { openDropboxAccount } from "../../src/delivery/dropbox/account.ts";
import { openLocalRecords } from "../../src/storage/records/local.ts";
import type { Records } from "../../src/storage/records/records.ts";
import { openSharedRecords } from "../../src/storage/records/shared.ts";
import { APP, FakeDropbox } from "../fakes/dropbox.ts";
import { withPrograms } from "../programs.ts";
import { type RedisServer, startRedis } from "../queue/redis-server.ts";

let fake: FakeDropbox;
let redis: RedisServer | null = null;
beforeEach(async () => {
  fake = await new FakeDropbox().start();
});
afterEach(() => fake.stop());
afterAll(async () => void (await redis?.remove()));

const NOBODY = { appKey: "", appSecret: null, refreshToken: "" };
const SESSION = "a-session";
const BY = "anna (dashboard)";
const WISH = { appKey: APP.key, redirect: false, session: SESSION };

describe.each(["SQLite", "Redis"])("a Dropbox linked in the browser, stored in %s", (backend) => {
  const run = backend === "Redis" ? withPrograms("redis-server") : test;

  /** Opens the account on any number of hosts, over one store. */
  async function hosts() {
    const closers: (() => void)[] = [];
    let now = new Date("2026-11-26T09:00:00Z");
    let records: Records;
    if (backend === "Redis") {
      redis ??= await startRedis();
      const client = new Redis(redis.url);
      closers.push(() => client.disconnect());
      records = openSharedRecords({ client, base: `{${Bun.randomUUIDv7()}}` });
    } else {
      records = openLocalRecords({ path: join(mkdtempSync(join(tmpdir(), "agentlink-link-")), "office.db") });
    }
    closers.push(() => records.close());
    return {
      records,
      wait: (ms: number) => {
        now = new Date(now.getTime() + ms);
      },
      open: async (settings = NOBODY as typeof NOBODY | typeof APP_SETTINGS, publicUrl: string | null = null) => {
        let changes = 0;
        const account = await openDropboxAccount({
          ...{ settings, pathRoot: null, publicUrl, records, fetch: fake.fetch, now: () => now },
          onChange: () => {
            changes += 1;
          },
        });
        return { account, changes: () => changes };
      },
      [Symbol.dispose]: () => {
        for (const close of closers) close();
      },
    };
  }
  const APP_SETTINGS = { appKey: APP.key, appSecret: APP.secret, refreshToken: APP.refreshToken };
  const codeAt = (url: string) => {
    const page = fake.consents.open(url);
    if (!("code" in page)) throw new Error(JSON.stringify(page));
    return page.code;
  };

  run("is used at once, after a restart, and by other hosts, and revoked when it is unlinked", async () => {
    using world = await hosts();
    const { account, changes } = await world.open();
    const other = await world.open();
    expect(account.keys()).toBeNull();
    const { url, state } = await account.begin(WISH);
    const linked = await account.finish({ state, code: ` ${codeAt(url)} `, session: SESSION, by: BY });
    expect(linked).toMatchObject({ account: "Ada Agent <ada@example.com>", by: BY });
    expect(JSON.stringify(account.linked())).not.toContain("refresh");
    const keys = account.keys();
    expect(keys).toMatchObject({ appKey: APP.key, appSecret: null });
    expect(fake.refreshTokens.has(keys?.refreshToken ?? "")).toBe(true);
    expect(changes()).toBe(1);
    expect((await world.open()).account.keys()).toEqual(keys);
    await other.account.reload();
    expect(other.account.keys()).toEqual(keys);
    expect(other.changes()).toBe(1);

    expect(await account.unlink()).toBe(true);
    expect(account.keys()).toBeNull();
    expect(fake.refreshTokens.has(keys?.refreshToken ?? "")).toBe(false);
    await other.account.reload();
    expect(other.account.keys()).toBeNull();
    expect(await account.unlink()).toBe(false);
  });

  run("another sign-in, a used or old state, and an unknown one link nothing", async () => {
    using world = await hosts();
    const { account } = await world.open();
    const { url, state } = await account.begin(WISH);
    const code = codeAt(url);
    const refused = "expired, or was begun in another sign-in";
    const finish = (changes: object) => account.finish({ state, code, session: SESSION, by: BY, ...changes });
    await expect(finish({ session: "a stranger's" })).rejects.toThrow(refused);
    await expect(finish({ state: "guessed" })).rejects.toThrow(refused);
    expect(fake.count("oauth2/token")).toBe(0);
    await finish({});
    await expect(finish({})).rejects.toThrow(refused);
    const late = await account.begin(WISH);
    world.wait(16 * 60_000);
    await expect(finish({ state: late.state, code: codeAt(late.url) })).rejects.toThrow(refused);
    // What was linked before stays.
    expect(account.linked()).toMatchObject({ by: BY });
  });

  run("a wrong or expired code, an unknown app and missing permissions are reported, and change nothing", async () => {
    using world = await hosts();
    const { account, changes } = await world.open(APP_SETTINGS);
    const finish = async (code: string | null, wish = WISH) => {
      const { url, state } = await account.begin(wish);
      const given = code ?? codeAt(url);
      if (code === null) fake.consents.expire();
      return account.finish({ state, code: given, session: SESSION, by: BY });
    };
    await expect(finish("no code")).rejects.toMatchObject({ code: "dropbox_code" });
    await expect(finish(null)).rejects.toMatchObject({ code: "dropbox_code" });
    await expect(finish("x", { ...WISH, appKey: "wrongkey" })).rejects.toMatchObject({ code: "dropbox_app" });
    fake.scopes = ["files.content.write"];
    const { url, state } = await account.begin(WISH);
    await expect(account.finish({ state, code: codeAt(url), session: SESSION, by: BY })).rejects.toMatchObject({
      code: "dropbox_refused",
      message: expect.stringContaining("account_info.read"),
    });
    expect(account.linked()).toBeNull();
    expect(changes()).toBe(0);
    // The account of the settings still works.
    expect(account.keys()).toMatchObject({ refreshToken: APP.refreshToken, appSecret: APP.secret });
  });

  run("a Dropbox that is down is reported, and the same code works when it is back", async () => {
    using world = await hosts();
    const { account } = await world.open();
    const { url, state } = await account.begin(WISH);
    const finish = (code: string) => account.finish({ state, code, session: SESSION, by: BY });
    const code = codeAt(url);
    for (const fault of ["503", "reset", "429"] as const) {
      fake.fault = () => fault;
      await expect(finish(code)).rejects.toMatchObject({ code: "dropbox_unreachable" });
    }
    fake.fault = () => null;
    expect(await finish(code)).toMatchObject({ account: "Ada Agent <ada@example.com>" });
  });

  run(
    "Dropbox sends the browser back where there is a public address with https, and shows a code elsewhere",
    async () => {
      using world = await hosts();
      expect((await world.open(NOBODY, "http://reports.example.com")).account.redirectUri).toBeNull();
      const { account } = await world.open(NOBODY, "https://example.com/agentlink/");
      expect(account.redirectUri).toBe("https://example.com/agentlink/delivery");
      const { url, state } = await account.begin({ ...WISH, redirect: true });
      expect(fake.consents.open(url)).toEqual({ refused: "Invalid redirect_uri" });
      fake.consents.redirectUris = ["https://example.com/agentlink/delivery"];
      const page = fake.consents.open(url);
      const back = new URL("sentTo" in page ? page.sentTo : "https://nowhere");
      expect(back.searchParams.get("state")).toBe(state);
      const code = back.searchParams.get("code") ?? "";
      await account.finish({ state, code, session: SESSION, by: BY });
      expect(account.linked()?.appKey).toBe(APP.key);
      // Many who begin and never end leave no heap of secrets.
      for (let at = 0; at < 30; at += 1) await account.begin(WISH);
      expect((await world.records.last("dropbox", 1_000)).length).toBeLessThanOrEqual(21);
    },
  );
});

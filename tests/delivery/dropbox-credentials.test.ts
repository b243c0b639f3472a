import { describe, expect, test } from "bun:test";
import { APP } from "../fakes/dropbox.ts";
import { aJob } from "./builders.ts";
import {
  clock,
  deliver,
  eachWithDropbox,
  failureOf,
  fake,
  open,
  PATH,
  PDF,
  problems,
  replaceReport,
  suburbs,
} from "./dropbox-world.ts";

eachWithDropbox();

describe("the access token", () => {
  test("is got by one request, however many deliveries wait for it", async () => {
    const delivery = open();
    await Promise.all(suburbs(20).map((suburb) => deliver(delivery, aJob({ suburb }))));
    expect(fake.refreshes).toBe(1);
    expect(fake.files.paths()).toHaveLength(20);
  });

  test("is renewed before its time is over", async () => {
    const delivery = open();
    await deliver(delivery);
    clock.advance(4 * 3_600_000);
    await deliver(delivery);
    expect(fake.refreshes).toBe(2);
  });

  test.each([0, 60, 240, "240", undefined])(
    "whose life is given as %p serves the deliveries of a minute",
    async (life) => {
      fake.expiresIn = life;
      const delivery = open();
      for (const suburb of suburbs(5)) await deliver(delivery, aJob({ suburb }));
      expect(fake.refreshes).toBe(1);
    },
  );

  test("that is refused is renewed once, by one request for all", async () => {
    const delivery = open();
    await deliver(delivery);
    fake.expireTokens();
    await Promise.all(suburbs(20).map((suburb) => deliver(delivery, aJob({ suburb }))));
    expect(fake.refreshes).toBe(2);
    expect(problems).toEqual([]);
  });

  test("leaves no secret in the address of a request, nor in what a failure says", async () => {
    fake.refreshTokens.clear();
    const failure = await failureOf(deliver());
    expect(Bun.inspect(failure, { depth: 9 })).not.toMatch(/refresh-token-1|app-secret/);
  });
});

describe("dead credentials", () => {
  test("stop all deliveries, cost no job its attempts, and are reported once", async () => {
    fake.refreshTokens.clear();
    const delivery = open();
    const all = await Promise.all(suburbs(50).map((suburb) => failureOf(deliver(delivery, aJob({ suburb })))));
    for (const { code, transient, options } of all) {
      expect(code).toBe("delivery_credentials");
      expect(transient && options.uncounted).toBe(true);
      expect(options.retryAfterMs).toBeGreaterThan(0);
    }
    expect(fake.count("oauth2/token")).toBe(1);
    expect(delivery.breaker.open()?.reason).toBe("credentials");
    expect(await delivery.problem()).toContain("agentlink dropbox login");
    expect(problems).toHaveLength(1);
  });

  test("let no request through until the next probe is due, however many deliveries come one after the other", async () => {
    fake.refreshTokens.clear();
    const delivery = open();
    for (let i = 0; i < 10; i += 1) await failureOf(deliver(delivery, aJob({ suburb: `Place ${i}` })));
    expect(fake.count("oauth2/token")).toBe(1);
  });

  test("an upload whose response names another content hash is checked again, and is not taken for ours", async () => {
    // Something between changes the upload, or Dropbox stored half of it: the response's content_hash is not the report's.
    let lies = 1;
    const lying: typeof fetch = (async (url: string, init?: RequestInit) => {
      const response = await fake.fetch(url, init as never);
      if (!String(url).includes("/files/upload") || lies-- <= 0) return response;
      const body = (await response.json()) as Record<string, unknown>;
      fake.files.remove(String(body.path_lower));
      return Response.json({ ...body, content_hash: "0".repeat(64) });
    }) as never;
    await deliver(open({ fetch: lying as never }));
    expect(fake.files.file(PATH).content.toString()).toBe(PDF);
    // As much for the last part of a large one.
    lies = 1;
    const large = "%PDF ".repeat(100);
    await replaceReport(large);
    const session = (url: string) => url.includes("/files/upload_session/finish");
    const lyingAtTheEnd = async (url: string, init?: RequestInit) =>
      session(String(url)) ? lying(url, init) : fake.fetch(url, init as never);
    const limits = { atOnceBytes: 100, chunkBytes: 64 };
    const { to } = await deliver(open({ fetch: lyingAtTheEnd as never, limits }), aJob({ suburb: "Large" }));
    expect(fake.files.content(to)).toBe(large);
  });

  test("are tested by one delivery after a while, and when it works all resume", async () => {
    const delivery = open();
    fake.refreshTokens.clear();
    await failureOf(deliver(delivery));
    clock.advance(60_000);
    expect(delivery.breaker.blocked()).toBe(false);
    await Promise.all(suburbs(9).map((suburb) => failureOf(deliver(delivery, aJob({ suburb })))));
    expect(fake.count("oauth2/token")).toBe(2);
    fake.refreshTokens.add(APP.refreshToken);
    clock.advance(60_000);
    await deliver(delivery);
    expect(delivery.breaker.blocked()).toBe(false);
    expect(await delivery.problem()).toBeNull();
    expect(problems).toEqual([expect.stringContaining("revoked"), null]);
    await Promise.all(suburbs(9).map((suburb) => deliver(delivery, aJob({ suburb }))));
  });

  test("a requested check finds that a token is valid again, before the next attempt is due", async () => {
    fake.refreshTokens.clear();
    const delivery = open();
    await failureOf(deliver(delivery));
    await delivery.check(AbortSignal.timeout(5_000));
    expect(await delivery.problem()).toContain("revoked");
    fake.refreshTokens.add(APP.refreshToken);
    await delivery.check(AbortSignal.timeout(5_000));
    expect([await delivery.problem(), delivery.breaker.blocked()]).toEqual([null, false]);
    await deliver(delivery);
    expect(fake.files.paths()).toEqual([PATH]);
  });

  test("that are good again are noticed by a check of the target, with no job to test them", async () => {
    const delivery = open();
    fake.refreshTokens.clear();
    await failureOf(deliver(delivery));
    fake.refreshTokens.add(APP.refreshToken);
    expect(await delivery.problem()).not.toBeNull();
    clock.advance(60_000);
    expect(await delivery.problem()).toBeNull();
  });

  test("are also a permission the app lacks, and it is named", async () => {
    fake.scopes = ["files.metadata.read"];
    const delivery = open();
    expect(await failureOf(deliver(delivery))).toMatchObject({ code: "delivery_credentials" });
    expect(await delivery.problem()).toContain("files.content.write");
    expect(delivery.breaker.open()?.reason).toBe("credentials");
  });

  test("are also a wrong app key", async () => {
    const keys = { appKey: "wrong", appSecret: null, refreshToken: APP.refreshToken };
    const delivery = open({ keys: () => keys });
    await failureOf(deliver(delivery));
    expect(await delivery.problem()).toContain("AGENTLINK_DROPBOX_APP_KEY");
  });
});

import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { createDropboxDelivery, type DropboxOptions } from "../../src/delivery/dropbox/delivery.ts";
import { Failure } from "../../src/failure.ts";
import type { Job, ReportFile } from "../../src/queue/job.ts";
import { temporaryFolder } from "../e2e/binary.ts";
import { hurryingClock } from "../fakes/clock.ts";
import { APP, FakeDropbox, type Fault, TEAM } from "../fakes/dropbox.ts";
import { until } from "../until.ts";
import { aJob, writeReport } from "./builders.ts";

const PDF = "%PDF-1.7 a report";
const PATH = "/Reports/NSW/Manly/2026-07-01 Manly agents report 0123abcd.pdf";

const KEYS = { appKey: APP.key, appSecret: APP.secret, refreshToken: APP.refreshToken };

let dataDir: string;
let report: ReportFile;
let fake: FakeDropbox;
let clock: ReturnType<typeof hurryingClock>;
let troubles: (string | null)[];

beforeEach(async () => {
  dataDir = temporaryFolder();
  report = await writeReport(dataDir, "reports/one.pdf", PDF);
  clock = hurryingClock();
  troubles = [];
  fake = await new FakeDropbox().start();
});
afterEach(() => fake.stop());

function open(changes: Partial<DropboxOptions> = {}) {
  return createDropboxDelivery({
    keys: KEYS,
    folder: "Reports",
    pathRoot: null,
    share: false,
    dataDir,
    clock,
    fetch: fake.fetch,
    onChange: (open) => troubles.push(open?.message ?? null),
    ...changes,
  });
}

function deliver(delivery = open(), job: Job = aJob(), file = report, signal = new AbortController().signal) {
  return delivery.deliver(job, file, delivery.pathFor(job), signal);
}

/** These faults, one for each request of that kind in their order (null is none), and then none. */
function faults(endpoint: string, ...given: (Fault | null)[]): void {
  fake.fault = (name) => (name === endpoint ? (given.shift() ?? null) : null);
}

async function failureOf(promise: Promise<unknown>): Promise<Failure> {
  const error = await promise.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof Failure)) throw new Error(`not a Failure: ${error}`);
  return error;
}

describe("delivery into Dropbox", () => {
  test("puts the report below the folder, with its state, suburb and date", async () => {
    expect(await deliver()).toEqual({ to: PATH, url: null });
    expect(fake.files.paths()).toEqual([PATH]);
    expect(fake.files.content(PATH)).toBe(PDF);
  });

  test("done again, recognises its own file and sends nothing", async () => {
    const delivery = open();
    const first = await deliver(delivery);
    expect(await deliver(delivery)).toEqual(first);
    expect(await deliver(open())).toEqual(first);
    expect(fake.count("files/upload")).toBe(1);
  });

  test("another's file of the same name is never overwritten, also where only the case differs", async () => {
    fake.files.write("/reports/INBOX/MANLY.PDF", "somebody else's");
    const wish = aJob({ request: { delivery: { folder: "inbox", filename: "manly.pdf" } } });
    expect((await deliver(open(), wish)).to).toBe("/Reports/inbox/manly 0123abcd.pdf");
    expect(fake.files.content("/reports/inbox/manly.pdf")).toBe("somebody else's");
  });

  test("a file that comes while ours is sent is not overwritten either", async () => {
    const wish = aJob({ request: { delivery: { filename: "manly" } } });
    fake.fault = (endpoint) => {
      if (endpoint === "files/upload" && fake.files.paths().length === 0)
        fake.files.write("/Reports/NSW/Manly/manly.pdf", "somebody else's");
      return null;
    };
    expect((await deliver(open(), wish)).to).toBe("/Reports/NSW/Manly/manly 0123abcd.pdf");
    expect(fake.files.content("/Reports/NSW/Manly/manly.pdf")).toBe("somebody else's");
  });

  test("when both names are taken it fails for good and says so", async () => {
    const wish = aJob({ request: { delivery: { filename: "manly" } } });
    for (const name of ["manly", "manly 0123abcd"]) fake.files.write(`/Reports/NSW/Manly/${name}.pdf`, "another's");
    expect(await failureOf(deliver(open(), wish))).toMatchObject({ code: "delivery_taken", transient: false });
  });

  test("names that Dropbox never keeps are changed, and every character that it takes arrives", async () => {
    const request = { delivery: { folder: "desktop.ini/陳 & Søns…/a\ud800b", filename: "O’Brien ☎ \u007f" } };
    const { to } = await deliver(open(), aJob({ request }));
    expect(to).toStartWith("/Reports/-desktop.ini/陳 & Søns");
    expect(to).toEndWith("/O’Brien ☎ -.pdf");
    expect(fake.files.content(to)).toBe(PDF);
  });

  test.each([
    ["an emoji", { filename: "O’Brien 🏠" }, "/Reports/NSW/Manly/O’Brien -.pdf"],
    ["a family of them", { folder: "Sold 👨‍👩‍👧", filename: "a👍🏽b" }, "/Reports/Sold -/a-b.pdf"],
    ["a rare ideograph", { folder: "𠮷野家" }, "/Reports/-野家/2026-07-01 Manly agents report 0123abcd.pdf"],
    [
      "nothing but emoji",
      { folder: "🏠", filename: "🏠🏠.pdf" },
      "/Reports/NSW/Manly/2026-07-01 Manly agents report 0123abcd.pdf",
    ],
  ])("four-byte characters, which Dropbox refuses, are replaced: %s", async (_, delivery, path) => {
    const { to } = await deliver(open(), aJob({ request: { delivery } }));
    expect(to).toBe(path);
    expect(fake.files.content(to)).toBe(PDF);
  });

  test("a report that is not as it was rendered is not sent", async () => {
    await Bun.write(`${dataDir}/${report.path}`, "%PDF-1.7 cut o");
    expect(await failureOf(deliver())).toMatchObject({ code: "report_damaged", transient: false });
    expect(fake.requests).toEqual([]);
  });

  test("goes into the team's space, or a namespace, when it is told to", async () => {
    await deliver(open({ pathRoot: "team" }));
    await deliver(open({ pathRoot: TEAM }), aJob({ suburb: "Bondi" }));
    expect(fake.files.paths()).toEqual([]);
    expect(fake.homes.get(TEAM)?.paths()).toHaveLength(2);
  });

  test("an aborted delivery ends with the abort's reason", async () => {
    faults("files/upload", "stall");
    const controller = new AbortController();
    const ended = deliver(open(), aJob(), report, controller.signal);
    await until(() => fake.count("files/upload") !== 0);
    controller.abort(new Failure("cancelled", "the job was cancelled"));
    expect(await failureOf(ended)).toMatchObject({ code: "cancelled" });
  });
});

describe("a large report", () => {
  const limits = { atOnceBytes: 100, chunkBytes: 64 };
  const LARGE = "%PDF ".repeat(100);
  beforeEach(async () => {
    report = await writeReport(dataDir, "reports/large.pdf", LARGE);
  });

  test("goes through an upload session, a chunk at a time", async () => {
    const { to } = await deliver(open({ limits }));
    expect(fake.files.content(to)).toBe(LARGE);
    expect(fake.count("files/upload")).toBe(0);
    expect(fake.count("files/upload_session/append_v2")).toBe(6);
    expect(fake.count("files/upload_session/finish")).toBe(1);
  });

  test("goes on at the right offset after an answer was lost", async () => {
    faults("files/upload_session/append_v2", "lost", null, "half", null, "reset", "500", null, "503");
    const { to } = await deliver(open({ limits }));
    expect(fake.files.content(to)).toBe(LARGE);
    expect(fake.count("files/upload_session/start")).toBe(1);
  });

  test("is recognised when the answer to its last part was lost", async () => {
    faults("files/upload_session/finish", "lost");
    const { to } = await deliver(open({ limits }));
    expect(fake.files.content(to)).toBe(LARGE);
    expect(fake.files.writes).toHaveLength(1);
    expect(fake.count("files/upload_session/start")).toBe(1);
  });

  test("begins anew when Dropbox has forgotten the session", async () => {
    fake.fault = (endpoint) => {
      if (endpoint === "files/upload_session/append_v2" && fake.count("files/upload_session/append_v2") === 3)
        fake.files.sessions.clear();
      return null;
    };
    const { to } = await deliver(open({ limits }));
    expect(fake.files.content(to)).toBe(LARGE);
    expect(fake.count("files/upload_session/start")).toBe(2);
  });
});

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

  test("that is refused is renewed once, by one request for all", async () => {
    const delivery = open();
    await deliver(delivery);
    fake.expireTokens();
    await Promise.all(suburbs(20).map((suburb) => deliver(delivery, aJob({ suburb }))));
    expect(fake.refreshes).toBe(2);
    expect(troubles).toEqual([]);
  });

  test("leaves no secret in the address of a request, nor in what a failure says", async () => {
    fake.refreshTokens.clear();
    const failure = await failureOf(deliver());
    expect(Bun.inspect(failure, { depth: 9 })).not.toMatch(/refresh-token-1|app-secret/);
  });
});

describe("dead credentials", () => {
  test("stop all deliveries, cost no job its tries, and are told once", async () => {
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
    expect(troubles).toHaveLength(1);
  });

  test("let nothing be asked until the next probe is due, however many deliveries come one after the other", async () => {
    fake.refreshTokens.clear();
    const delivery = open();
    for (let i = 0; i < 10; i += 1) await failureOf(deliver(delivery, aJob({ suburb: `Place ${i}` })));
    expect(fake.count("oauth2/token")).toBe(1);
  });

  test("an upload whose answer names another content hash is looked at again, and is not taken for ours", async () => {
    // Somebody between changes what is sent, or Dropbox kept half of it: the answer's content_hash is not the report's.
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
    report = await writeReport(dataDir, "reports/large.pdf", large);
    const session = (url: string) => url.includes("/files/upload_session/finish");
    const lyingAtTheEnd = async (url: string, init?: RequestInit) =>
      session(String(url)) ? lying(url, init) : fake.fetch(url, init as never);
    const limits = { atOnceBytes: 100, chunkBytes: 64 };
    const { to } = await deliver(open({ fetch: lyingAtTheEnd as never, limits }), aJob({ suburb: "Large" }));
    expect(fake.files.content(to)).toBe(large);
  });

  test("are tried by one delivery after a while, and when it works all go on", async () => {
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
    expect(troubles).toEqual([expect.stringContaining("revoked"), null]);
    await Promise.all(suburbs(9).map((suburb) => deliver(delivery, aJob({ suburb }))));
  });

  test("a look that somebody asks for finds that a token is good again, before the next attempt is due", async () => {
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

  test("that are good again are noticed by who asks, with no job to try them", async () => {
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
    const delivery = open({ keys });
    await failureOf(deliver(delivery));
    expect(await delivery.problem()).toContain("AGENTLINK_DROPBOX_APP_KEY");
  });
});

describe("a Dropbox that asks for a pause", () => {
  test.each(["429", "writes"] as const)("with %s is, by all deliveries", async (fault) => {
    const delivery = open();
    await deliver(delivery);
    faults("files/upload", fault);
    await deliver(delivery, aJob({ suburb: "Bondi" }));
    expect(clock.slept).toBeGreaterThanOrEqual(1_000);
    expect(fake.files.paths()).toHaveLength(2);
  });

  test("for long gives the place to others, and nothing is sent until then", async () => {
    await fake.stop();
    fake = await new FakeDropbox({ retryAfterSeconds: 300 }).start();
    const delivery = open();
    faults("files/upload", "429");
    const failure = await failureOf(deliver(delivery));
    expect(failure).toMatchObject({ code: "dropbox_busy", transient: true });
    expect(failure.options).toMatchObject({ uncounted: true, retryAfterMs: 300_000 });
    expect(delivery.breaker.open()?.reason).toBe("rate limit");
    const sent = fake.requests.length;
    await failureOf(deliver(delivery, aJob({ suburb: "Bondi" })));
    expect(fake.requests).toHaveLength(sent);
    clock.advance(300_000);
    expect(delivery.breaker.blocked()).toBe(false);
    await deliver(delivery);
  });
});

describe("a network that fails", () => {
  test.each(["500", "503", "reset", "lost", "half"] as const)("with %s is tried again", async (fault) => {
    faults("files/upload", fault, fault);
    expect((await deliver()).to).toBe(PATH);
    expect(fake.files.writes).toEqual([PATH]);
  });

  test("with silence is given up after a time and tried again", async () => {
    faults("files/upload", "stall");
    expect((await deliver(open({ requestTimeoutMs: 50 }))).to).toBe(PATH);
  });

  test("costs nobody an attempt, but a job that fails again and again while others get through", async () => {
    const delivery = open();
    const counted: boolean[] = [];
    for (let attempt = 0; attempt < 4; attempt += 1) {
      faults("files/get_metadata", "500", "500", "500");
      counted.push((await failureOf(deliver(delivery))).options.uncounted !== true);
      await deliver(delivery, aJob({ id: `01980000-0000-7000-8000-00000000000${attempt}`, suburb: "Bondi" }));
    }
    expect(counted).toEqual([false, false, true, true]);
    fake.fault = () => "503";
    const other = aJob({ id: "01980000-0000-7000-8000-0000000000ff" });
    while (delivery.breaker.open() === null)
      expect((await failureOf(deliver(delivery, other))).options.uncounted).toBe(true);
    expect(delivery.breaker.open()?.reason).toBe("outage");
  });
});

describe("what an operator has to put right", () => {
  const uncounted = { transient: true, uncounted: true };
  const NO_WRITE = { ".tag": "path", reason: { ".tag": "no_write_permission" } };
  const wishing = aJob({ request: { delivery: { folder: "Sold" } } });

  test("no room: all jobs wait, and go on when there is some", async () => {
    await fake.stop();
    fake = await new FakeDropbox({ quota: 5 }).start();
    const delivery = open();
    expect(await failureOf(deliver(delivery))).toMatchObject({ code: "dropbox_full", options: uncounted });
    expect(delivery.breaker.open()).toMatchObject({ reason: "no room", message: expect.stringContaining("free some") });
    expect(await failureOf(deliver(delivery, aJob({ suburb: "Bondi" })))).toMatchObject({ code: "dropbox_full" });
    fake.files.quota = 1_000;
    clock.advance(60_000);
    await deliver(delivery);
    expect([await delivery.problem(), troubles.length]).toEqual([null, 2]);
  });

  test("is found at the start, before the first job, and what is right leaves nothing", async () => {
    const signal = new AbortController().signal;
    for (const changes of [{ folder: "Reports." }, { pathRoot: "999" }, { keys: { ...KEYS, refreshToken: "old" } }]) {
      const delivery = open(changes);
      await delivery.check(signal);
      expect(await delivery.problem()).toContain("AGENTLINK_DROPBOX_");
    }
    for (const folder of ["", "Reports"]) {
      const delivery = open({ folder });
      await delivery.check(signal);
      expect([await delivery.problem(), fake.files.paths()]).toEqual([null, []]);
    }
  });

  test("a folder that Dropbox forbids: also for a job that wishes for another below it", async () => {
    for (const job of [aJob(), wishing]) {
      const delivery = open();
      fake.refuses = (path) => (path.startsWith("/Reports/") ? NO_WRITE : null);
      expect(await failureOf(deliver(delivery, job))).toMatchObject({ code: "delivery_denied", options: uncounted });
      expect(delivery.breaker.open()).toMatchObject({ reason: "settings" });
      expect(await delivery.problem()).toContain("AGENTLINK_DROPBOX_FOLDER");
    }
  });

  test("a root folder with a name that Dropbox does not take", async () => {
    for (const job of [aJob(), wishing]) {
      const delivery = open({ folder: "Reports./Sold" });
      expect(await failureOf(deliver(delivery, job))).toMatchObject({ code: "delivery_path", options: uncounted });
      expect(await delivery.problem()).toContain("AGENTLINK_DROPBOX_FOLDER");
    }
  });

  test("a 403 of the team", async () => {
    fake.forbids = true;
    const delivery = open();
    expect(await failureOf(deliver(delivery))).toMatchObject({ code: "delivery_credentials", options: uncounted });
    expect(await delivery.problem()).toMatch(/administrator.*AGENTLINK_DROPBOX_REFRESH_TOKEN/);
  });

  test("a space that is not this account's", async () => {
    const delivery = open({ pathRoot: "999" });
    expect(await failureOf(deliver(delivery))).toMatchObject({ code: "dropbox_path_root", options: uncounted });
    expect(await delivery.problem()).toContain("AGENTLINK_DROPBOX_PATH_ROOT");
  });

  test("but a team that got another space is found there by itself", async () => {
    const delivery = open({ pathRoot: "team" });
    await deliver(delivery);
    fake.moveTeam("4711");
    await deliver(delivery, aJob({ suburb: "Bondi" }));
    expect(fake.homes.get("4711")?.paths()).toHaveLength(1);
    expect(troubles).toEqual([]);
  });

  test("a link that the account may not share", async () => {
    fake.refuses = (_path, endpoint) => (endpoint.startsWith("sharing/create") ? { ".tag": "access_denied" } : null);
    const delivery = open({ share: true });
    expect(await failureOf(deliver(delivery))).toMatchObject({ code: "dropbox_share", options: uncounted });
    expect(await delivery.problem()).toContain("AGENTLINK_DROPBOX_SHARE");
  });
});

describe("what is wrong with one job's own request fails it for good, and no other", () => {
  test.each([
    ["a file where its folder must be", { folder: "Sold" }, "delivery_taken"],
    ["a folder of its own that is forbidden", { folder: "Locked" }, "delivery_denied"],
  ])("%s", async (_, delivery, code) => {
    fake.files.write("/Reports/Sold", "in the way");
    fake.refuses = (path) =>
      path.includes("/Locked/") ? { ".tag": "path", reason: { ".tag": "no_write_permission" } } : null;
    const target = open();
    expect(await failureOf(deliver(target, aJob({ request: { delivery } })))).toMatchObject({ code, transient: false });
    expect(target.breaker.open()).toBeNull();
    await deliver(target, aJob({ suburb: "Bondi" }));
    expect(fake.files.paths().some((path) => path.includes("agentlink-check"))).toBe(false);
  });

  test("a path that Dropbox does not allow", async () => {
    const delivery = open();
    const signal = new AbortController().signal;
    const own = aJob({ request: { delivery: { folder: "own" } } });
    expect(await failureOf(delivery.deliver(own, report, "/no/such?/name./x.pdf", signal))).toMatchObject({
      code: "delivery_path",
      transient: false,
    });
    expect(delivery.breaker.open()).toBeNull();
  });
});

describe("a shared link", () => {
  test("is in the result when it is asked for, and reused", async () => {
    const { url } = await deliver(open({ share: true }));
    expect(url).toStartWith("https://www.dropbox.com/");
    expect((await deliver(open({ share: true }))).url).toBe(url);
    expect(fake.files.links.size).toBe(1);
  });

  test("whose making was not answered is found", async () => {
    faults("sharing/create_shared_link_with_settings", "lost");
    const delivery = open({ share: true });
    const first = await deliver(delivery).catch(() => deliver(delivery));
    expect(first.url).toStartWith("https://www.dropbox.com/");
    expect(fake.files.links.size).toBe(1);
  });
});

function suburbs(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `Suburb ${index}`);
}

import { describe, expect, test } from "bun:test";
import { aJob } from "./builders.ts";
import {
  clock,
  deliver,
  eachWithDropbox,
  failureOf,
  fake,
  faults,
  KEYS,
  open,
  PATH,
  problems,
  replaceDropbox,
  report,
} from "./dropbox-world.ts";

eachWithDropbox();

describe("a Dropbox that requests a pause", () => {
  test.each(["429", "writes"] as const)("with %s is, by all deliveries", async (fault) => {
    const delivery = open();
    await deliver(delivery);
    faults("files/upload", fault);
    await deliver(delivery, aJob({ suburb: "Bondi" }));
    expect(clock.slept).toBeGreaterThanOrEqual(1_000);
    expect(fake.files.paths()).toHaveLength(2);
  });

  test("for long gives the slot to others, and nothing is sent until then", async () => {
    await replaceDropbox({ retryAfterSeconds: 300 });
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
  test.each(["500", "503", "reset", "lost", "half"] as const)("with %s is retried", async (fault) => {
    faults("files/upload", fault, fault);
    expect((await deliver()).to).toBe(PATH);
    expect(fake.files.writes).toEqual([PATH]);
  });

  test("with silence is given up after a time and retried", async () => {
    faults("files/upload", "stall");
    expect((await deliver(open({ requestTimeoutMs: 50 }))).to).toBe(PATH);
  });

  test("costs no job an attempt, but one that fails again and again while others get through", async () => {
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

  test("no room: all jobs wait, and resume when there is some", async () => {
    await replaceDropbox({ quota: 5 });
    const delivery = open();
    expect(await failureOf(deliver(delivery))).toMatchObject({ code: "dropbox_full", options: uncounted });
    expect(delivery.breaker.open()).toMatchObject({ reason: "no room", message: expect.stringContaining("free some") });
    expect(await failureOf(deliver(delivery, aJob({ suburb: "Bondi" })))).toMatchObject({ code: "dropbox_full" });
    fake.files.quota = 1_000;
    clock.advance(60_000);
    await deliver(delivery);
    expect([await delivery.problem(), problems.length]).toEqual([null, 2]);
  });

  test("is found at the start, before the first job, and what is right leaves nothing", async () => {
    const signal = new AbortController().signal;
    const old = { ...KEYS, refreshToken: "old" };
    for (const changes of [{ folder: "Reports." }, { pathRoot: "999" }, { keys: () => old }]) {
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

  test("a folder that Dropbox forbids: also for a job that names another below it", async () => {
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
    expect(problems).toEqual([]);
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

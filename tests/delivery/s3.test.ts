import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { checkBucket } from "../../src/delivery/s3/check.ts";
import { createS3Delivery, type S3Options } from "../../src/delivery/s3/delivery.ts";
import type { Job, ReportFile } from "../../src/queue/job.ts";
import { temporaryFolder } from "../e2e/binary.ts";
import { hurryingClock } from "../fakes/clock.ts";
import { FakeS3, KEYS, type S3Fault } from "../fakes/s3.ts";
import { aJob, writeReport } from "./builders.ts";

const PDF = "%PDF-1.7 a report";
const KEY = "sold/NSW/Manly/2026-07-01 Manly agents report 0123abcd.pdf";

let dataDir: string;
let report: ReportFile;
let fake: FakeS3;
let clock: ReturnType<typeof hurryingClock>;

beforeEach(async () => {
  dataDir = temporaryFolder();
  report = await writeReport(dataDir, "reports/one.pdf", PDF);
  clock = hurryingClock();
  fake = await new FakeS3().start();
});
afterEach(() => fake.stop());

function open(changes: Partial<S3Options> = {}) {
  return createS3Delivery({ ...fake.options(), prefix: "sold/", dataDir, clock, ...changes });
}

function deliver(delivery = open(), job: Job = aJob(), file = report) {
  return delivery.deliver(job, file, delivery.pathFor(job), new AbortController().signal);
}

function faults(method: string, ...given: S3Fault[]): void {
  fake.fault = (name) => (name === method ? (given.shift() ?? null) : null);
}

describe("delivery into a bucket", () => {
  test("puts the report below the prefix", async () => {
    expect(await deliver()).toEqual({ to: `s3://reports/${KEY}`, url: null });
    expect([...fake.objects]).toEqual([[KEY, Buffer.from(PDF)]]);
  });

  test("done again, recognises its own object and sends nothing, whatever its ETag says", async () => {
    await deliver();
    await deliver();
    fake.opaqueTags = true;
    await deliver();
    expect(fake.writes).toEqual([KEY]);
    expect(fake.requests.filter((method) => method === "GET")).toHaveLength(1);
  });

  test("another's object is never overwritten, neither one of the same size nor one that appears during the upload", async () => {
    fake.objects.set("sold/NSW/Manly/same.pdf", Buffer.from("%PDF-1.7 another!"));
    const same = aJob({ request: { delivery: { filename: "same" } } });
    expect((await deliver(open(), same)).to).toEndWith("same 0123abcd.pdf");
    fake.fault = (method) => {
      if (method === "PUT" && !fake.objects.has("sold/NSW/Manly/race.pdf"))
        fake.objects.set("sold/NSW/Manly/race.pdf", Buffer.from("another's"));
      return null;
    };
    const race = aJob({ request: { delivery: { filename: "race" } } });
    expect((await deliver(open(), race)).to).toEndWith("race 0123abcd.pdf");
    expect(fake.objects.get("sold/NSW/Manly/race.pdf")?.toString()).toBe("another's");
  });

  test("signs names of every kind", async () => {
    const request = { delivery: { folder: "陳 & Søns (1)/it's", filename: "50% + 1~ok=yes!" } };
    const { to } = await deliver(open(), aJob({ request }));
    expect(to).toBe("s3://reports/sold/陳 & Søns (1)/it's/50% + 1~ok=yes!.pdf");
    expect([...fake.objects.keys()]).toEqual([to.slice("s3://reports/".length)]);
  });

  test.each(["500", "503", "reset", "lost"] as const)("is attempted again after %s", async (fault) => {
    faults("PUT", fault, fault);
    await deliver();
    expect(fake.writes).toEqual([KEY]);
  });

  test("says whether the bucket responded, and with what", async () => {
    const said = async (fault: "500" | "reset") => {
      fake.fault = () => fault;
      return (await deliver().catch((error) => error)).message;
    };
    expect(await said("500")).toMatch(/^the bucket \S+ at \S+ responded with 500/);
    expect(await said("reset")).toMatch(/^the bucket \S+ at \S+ does not respond:/);
  });

  test("gives up on silence, and makes another attempt", async () => {
    faults("PUT", "stall");
    await deliver(open({ requestTimeoutMs: 50 }));
    expect(fake.writes).toEqual([KEY]);
  });

  test("refused keys stop all deliveries and cost no job its attempts, until one works", async () => {
    fake.keys = { ...fake.keys, secretAccessKey: "changed" };
    const delivery = open();
    const failure = await deliver(delivery).catch((error) => error);
    expect(failure).toMatchObject({ code: "delivery_credentials", transient: true, options: { uncounted: true } });
    expect(delivery.breaker.open()?.reason).toBe("credentials");
    expect(await delivery.problem()).toContain("AGENTLINK_S3_ACCESS_KEY_ID");
    expect(failure.message).not.toContain("secret+key");
    fake.keys = { ...fake.options() };
    clock.advance(60_000);
    await deliver(delivery);
    expect(await delivery.problem()).toBeNull();
  });
});

describe("a setting that is wrong costs no job an attempt, and is named", () => {
  const set = (changes: Partial<FakeS3>) => {
    Object.assign(fake, changes);
    return {};
  };
  const cases: Record<string, [() => Partial<S3Options>, string, RegExp]> = {
    "the region": [
      () => ({ region: "us-east-1" }),
      "s3_region",
      /in the region eu-central-1.*AGENTLINK_S3_REGION=eu-central-1/,
    ],
    "another endpoint's bucket": [
      () => set({ isElsewhere: true }),
      "s3_region",
      /AGENTLINK_S3_REGION.*AGENTLINK_S3_ENDPOINT/,
    ],
    "the bucket": [() => ({ bucket: "no-such" }), "s3_bucket", /AGENTLINK_S3_BUCKET/],
    "the access key": [
      () => ({ accessKeyId: "AKIDOTHER" }),
      "delivery_credentials",
      /InvalidAccessKeyId.*AGENTLINK_S3_ACCESS_KEY_ID/,
    ],
    "the secret": [() => ({ secretAccessKey: "x" }), "delivery_credentials", /SignatureDoesNotMatch/],
    "what the keys may do": [() => set({ denies: true }), "delivery_credentials", /AccessDenied.*PutObject/],
    "the clock": [() => set({ aheadMs: 3_600_000 }), "s3_clock", /RequestTimeTooSkewed.*GMT.*set the clock/],
    "no room": [() => set({ quotaBytes: 3 }), "s3_full", /QuotaExceeded/],
    "a prefix that is too long": [() => ({ prefix: "p".repeat(1_100) }), "delivery_path", /AGENTLINK_S3_PREFIX/],
  };
  test.each(Object.keys(cases))("%s", async (name) => {
    const [change, code, said] = cases[name] ?? [() => ({}), "", /-/];
    for (const job of [aJob(), aJob({ request: { delivery: { folder: "own" } } })]) {
      const delivery = open(change());
      const failure = await deliver(delivery, job).catch((error) => error);
      expect(failure).toMatchObject({ code, options: { transient: true, uncounted: true } });
      expect(await delivery.problem()).toMatch(said);
      expect(Bun.inspect(failure, { depth: 9 })).not.toContain(KEYS.secretAccessKey);
    }
  });

  test("an endpoint that is any web server, whatever it returns", async () => {
    for (const status of [200, 404, 403, 405]) {
      using server = Bun.serve({
        port: 0,
        hostname: "127.0.0.1",
        fetch: () =>
          new Response("<!doctype html><h1>Welcome</h1>", { status, headers: { "content-type": "text/html" } }),
      });
      const options = { ...fake.options(), endpoint: server.url.origin };
      const delivery = open(options);
      const failure = await deliver(delivery).catch((error) => error);
      expect(failure).toMatchObject({ code: "s3_endpoint", options: { uncounted: true } });
      expect(await delivery.problem()).toContain("AGENTLINK_S3_ENDPOINT");
      const checked = await checkBucket({ ...options, prefix: "" }, () => {}).catch((error) => error);
      expect(checked).toMatchObject({ code: "s3_endpoint" });
    }
  });

  test("an endpoint that speaks no HTTP is not said to be silent", async () => {
    const data = (socket: { end(text: string): unknown }) => void socket.end("SSH-2.0-OpenSSH_9.6\r\n");
    using server = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data } });
    const failure = await deliver(open({ endpoint: `http://127.0.0.1:${server.port}` })).catch((error) => error);
    expect(failure).toMatchObject({
      code: "s3_unreachable",
      message: `127.0.0.1:${server.port} sent a response that cannot be read (Malformed_HTTP_Response)`,
    });
  });

  test("an endpoint that returns 200 to everything, without a web page", async () => {
    using server = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => Response.json({ ok: true }) });
    const delivery = open({ endpoint: server.url.origin });
    expect(await deliver(delivery).catch((error) => error)).toMatchObject({ code: "s3_endpoint" });
    expect(delivery.breaker.open()?.reason).toBe("settings");
  });

  test("is found at the start, before the first job", async () => {
    for (const changes of [{ bucket: "no-such" }, { region: "us-east-1" }, { secretAccessKey: "x" }]) {
      const delivery = open(changes);
      await delivery.check(new AbortController().signal);
      expect(await delivery.problem()).toContain("AGENTLINK_S3_");
    }
    const delivery = open();
    await delivery.check(new AbortController().signal);
    expect([await delivery.problem(), fake.objects.size]).toEqual([null, 0]);
  });

  test.each([
    ["refuses connections", "http://127.0.0.1:1"],
    ["has no address", "http://no-such-host.invalid"],
  ])("an endpoint that %s", async (_, endpoint) => {
    const delivery = open({ endpoint });
    while (delivery.breaker.open() === null)
      expect(await deliver(delivery).catch((error) => error)).toMatchObject({ options: { uncounted: true } });
    expect(delivery.breaker.open()).toMatchObject({ reason: "outage" });
    expect(await delivery.problem()).toContain("AGENTLINK_S3_ENDPOINT");
  });

  test("put right at the other side, all resume by themselves", async () => {
    fake.denies = true;
    const delivery = open();
    await deliver(delivery).catch(() => {});
    fake.denies = false;
    expect(await deliver(delivery).catch((error) => error.code)).toBe("delivery_credentials");
    clock.advance(15_000);
    await deliver(delivery);
    expect([await delivery.problem(), fake.writes]).toEqual([null, [KEY]]);
  });
});

test("a folder that only one job names and may not write is that job's own fault, and no other's", async () => {
  fake.deniesKey = (key) => key.startsWith("sold/Locked/");
  const delivery = open();
  const own = aJob({ request: { delivery: { folder: "Locked" } } });
  expect(await deliver(delivery, own).catch((error) => error)).toMatchObject({
    code: "delivery_credentials",
    transient: false,
  });
  expect(delivery.breaker.open()).toBeNull();
  await deliver(delivery);
  expect([...fake.objects.keys()]).toEqual([KEY]);
});

describe("S3 in the world", () => {
  test.each([
    [501, "NotImplemented"],
    [400, "NotImplemented"],
    [400, "InvalidArgument"],
    [400, "InvalidRequest"],
  ] as const)("a service that returns %d (%s) to a condition gets a check and a plain put", async (status, code) => {
    fake.refusesCondition = [status, code];
    const delivery = open();
    await deliver(delivery);
    const before = fake.requests.length;
    await deliver(delivery, aJob({ suburb: "Bondi" }));
    expect(fake.requests.slice(before)).toEqual(["HEAD", "PUT"]);
    fake.objects.set("sold/NSW/Manly/same.pdf", Buffer.from("another's"));
    const same = aJob({ request: { delivery: { filename: "same" } } });
    expect((await deliver(delivery, same)).to).toEndWith("same 0123abcd.pdf");
    expect(fake.objects.get("sold/NSW/Manly/same.pdf")?.toString()).toBe("another's");
  });

  test("what is refused with and without the condition says what is wrong, and the condition is retried", async () => {
    fake.refusesCondition = [400, "InvalidArgument"];
    fake.quotaBytes = 3;
    const delivery = open();
    expect(await deliver(delivery).catch((error) => error)).toMatchObject({ code: "s3_full" });
    Object.assign(fake, { refusesCondition: null, quotaBytes: Number.POSITIVE_INFINITY });
    delivery.breaker.probeNow();
    fake.objects.set(KEY, Buffer.from("another's"));
    expect((await deliver(delivery)).to).toEndWith(" 0123abcd.pdf");
    expect(fake.objects.get(KEY)?.toString()).toBe("another's");
  });

  test.each([
    [409, "XMinioStorageFull"],
    [507, "XMinioStorageFull"],
    [507, "InsufficientStorage"],
    [409, "QuotaExceeded"],
  ])("no room, said with %d (%s), is no object in the way: all jobs wait", async (status, code) => {
    fake.refusesPut = [status, code];
    const delivery = open();
    const failure = await deliver(delivery).catch((error) => error);
    expect(failure).toMatchObject({ code: "s3_full", options: { transient: true, uncounted: true } });
    expect(delivery.breaker.open()?.reason).toBe("no room");
  });

  test.each(["with:colon", "with@at", "with blank", "with/slash", "with+plus=%41&x"])(
    "an access key %p",
    async (accessKeyId) => {
      fake.keys = { accessKeyId, secretAccessKey: `${accessKeyId} secret` };
      await deliver(open(fake.keys));
      expect(fake.writes).toEqual([KEY]);
    },
  );

  test("307 is followed to the bucket's own service with a signature of its own, and not in a circle", async () => {
    const regional = await new FakeS3().start();
    fake.redirect = ({ pathname }) => `http://127.0.0.1:${regional.port}${pathname}`;
    await deliver();
    expect([fake.writes, regional.writes]).toEqual([[], [KEY]]);
    expect(regional.objects.get(KEY)?.toString()).toBe(PDF);
    regional.redirect = ({ pathname }) => `http://127.0.0.1:${fake.port}${pathname}`;
    const failure = await deliver(open(), aJob({ suburb: "Bondi" })).catch((error) => error);
    expect(failure).toMatchObject({ code: "s3_region", options: { uncounted: true } });
    await regional.stop();
  });

  test("307 to any other host gets no signature", async () => {
    const requested: string[] = [];
    using other = Bun.serve({
      port: 0,
      hostname: "127.0.0.2",
      fetch: ({ url }) => new Response(String(requested.push(url))),
    });
    fake.redirect = ({ pathname }) => `http://127.0.0.2:${other.port}${pathname}`;
    expect(await deliver().catch((error) => error)).toMatchObject({ code: "s3_region" });
    expect(requested).toEqual([]);
  });

  test.each([
    ["below a path", "/s3", ""],
    ["with the bucket in its path", "/s3", "/reports"],
    ["with the bucket in its path alone", "", "/reports"],
  ])("an endpoint %s", async (_, base, more) => {
    fake.base = base;
    await deliver(open({ endpoint: `${fake.options().endpoint}${more}` }));
    expect(fake.writes).toEqual([KEY]);
  });

  test("an endpoint with the bucket in its host", async () => {
    await deliver(open({ endpoint: `http://reports.localhost:${fake.port}` }));
    expect(fake.writes).toEqual([KEY]);
  });

  test.each(["31536000", "Fri, 31 Dec 9999 23:59:59 GMT", "-1", "soon"])(
    "Retry-After: %s stops nothing for long",
    async (text) => {
      fake.retryAfter = text;
      const delivery = open();
      faults("HEAD", "503");
      for (let attempt = 0; fake.writes.length === 0 && attempt < 4; attempt += 1) {
        await deliver(delivery).catch(({ options }) => expect(options.uncounted).toBe(true));
        clock.advance(5 * 60_000);
      }
      expect(fake.writes).toEqual([KEY]);
    },
  );
});

describe("the check", () => {
  const check = (changes: Partial<S3Options> = {}) => {
    const lines: string[] = [];
    return checkBucket({ ...fake.options(), prefix: "/sold/", ...changes }, (line) => lines.push(line)).then(
      () => lines,
    );
  };

  test("puts, reads and removes an object, and says so", async () => {
    expect(await check()).toEqual([
      "Put sold/agentlink-check.txt there.",
      "Read it back.",
      "Deleted it. Reports can be delivered.",
    ]);
    expect([fake.objects.size, fake.writes.length]).toEqual([0, 1]);
  });

  test("keys that may not remove are good enough", async () => {
    fake.retainsAll = true;
    expect((await check()).at(-1)).toContain("but deliveries do not need that. Reports can be delivered.");
  });

  test("finds what only a put finds", async () => {
    fake.quotaBytes = 3;
    expect(check()).rejects.toMatchObject({ code: "s3_full" });
  });
});

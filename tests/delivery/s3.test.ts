import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { createS3Delivery, type S3Options } from "../../src/delivery/s3.ts";
import type { Job, ReportFile } from "../../src/queue/job.ts";
import { temporaryFolder } from "../e2e/binary.ts";
import { hurryingClock } from "../fakes/clock.ts";
import { FakeS3, type S3Fault } from "../fakes/s3.ts";
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

  test("another's object is never overwritten, neither one of the same size nor one that comes meanwhile", async () => {
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

  test.each(["500", "503", "reset", "lost"] as const)("tries again after %s", async (fault) => {
    faults("PUT", fault, fault);
    await deliver();
    expect(fake.writes).toEqual([KEY]);
  });

  test("gives up on silence, and tries again", async () => {
    faults("PUT", "stall");
    await deliver(open({ requestTimeoutMs: 50 }));
    expect(fake.writes).toEqual([KEY]);
  });

  test("refused keys stop all deliveries and cost no job its tries, until one works", async () => {
    fake.keys = { ...fake.keys, secretAccessKey: "changed" };
    const delivery = open();
    const failure = await deliver(delivery).catch((error) => error);
    expect(failure).toMatchObject({ code: "delivery_credentials", transient: true, options: { uncounted: true } });
    expect(delivery.shut()).toBe("credentials");
    expect(await delivery.trouble()).toContain("AGENTLINK_S3_ACCESS_KEY_ID");
    expect(failure.message).not.toContain("secret+key");
    fake.keys = { ...fake.options() };
    clock.advance(60_000);
    await deliver(delivery);
    expect(await delivery.trouble()).toBeNull();
  });

  test("a bucket that is not there is a permanent failure that says what to correct", async () => {
    const failure = await deliver(open({ bucket: "no-such" })).catch((error) => error);
    expect(failure).toMatchObject({ code: "s3_bucket", transient: false });
  });
});

import { afterEach, beforeEach } from "bun:test";
import { createDropboxDelivery, type DropboxOptions } from "../../src/delivery/dropbox/delivery.ts";
import { Failure } from "../../src/failure.ts";
import type { Job, ReportFile } from "../../src/queue/job.ts";
import { temporaryFolder } from "../e2e/binary.ts";
import { hurryingClock } from "../fakes/clock.ts";
import { APP, FakeDropbox, type Fault } from "../fakes/dropbox.ts";
import { aJob, writeReport } from "./builders.ts";

export const PDF = "%PDF-1.7 a report";

export const PATH = "/Reports/NSW/Manly/2026-07-01 Manly agents report 0123abcd.pdf";

export const KEYS = { appKey: APP.key, appSecret: APP.secret, refreshToken: APP.refreshToken };

export let dataDir: string;

export let report: ReportFile;

export let fake: FakeDropbox;

export let clock: ReturnType<typeof hurryingClock>;

export let problems: (string | null)[];

export function open(changes: Partial<DropboxOptions> = {}) {
  return createDropboxDelivery({
    keys: () => KEYS,
    folder: "Reports",
    pathRoot: null,
    share: false,
    dataDir,
    clock,
    fetch: fake.fetch,
    onChange: (open) => problems.push(open?.message ?? null),
    ...changes,
  });
}

export function deliver(delivery = open(), job: Job = aJob(), file = report, signal = new AbortController().signal) {
  return delivery.deliver(job, file, delivery.pathFor(job), signal);
}

/** These faults, one for each request of that kind in their order (null is none), and then none. */
export function faults(endpoint: string, ...given: (Fault | null)[]): void {
  fake.fault = (name) => (name === endpoint ? (given.shift() ?? null) : null);
}

export async function failureOf(promise: Promise<unknown>): Promise<Failure> {
  const error = await promise.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof Failure)) throw new Error(`not a Failure: ${error}`);
  return error;
}

export function suburbs(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `Suburb ${index}`);
}

/** Another stand-in in place of the one that each test begins with. */
export async function replaceDropbox(options: ConstructorParameters<typeof FakeDropbox>[0]): Promise<void> {
  await fake.stop();
  fake = await new FakeDropbox(options).start();
}

/** Another report to deliver. */
export async function replaceReport(content: string): Promise<void> {
  report = await writeReport(dataDir, "reports/large.pdf", content);
}

/** A stand-in of Dropbox, a clock and a report of its own for each test of the file that calls it. */
export function eachWithDropbox(): void {
  beforeEach(async () => {
    dataDir = temporaryFolder();
    report = await writeReport(dataDir, "reports/one.pdf", PDF);
    clock = hurryingClock();
    problems = [];
    fake = await new FakeDropbox().start();
  });
  afterEach(() => fake.stop());
}

import { beforeEach, describe, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { lstat, mkdir, readdir, rm, symlink } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import fc from "fast-check";
import { createFolderDelivery } from "../../src/delivery/folder/delivery.ts";
import type { OpenCircuit } from "../../src/outbound/open-circuit.ts";
import type { Job, ReportFile } from "../../src/queue/job.ts";
import { temporaryFolder } from "../e2e/binary.ts";
import { hurryingClock } from "../fakes/clock.ts";
import { onLinux } from "../programs.ts";
import { aJob as job, writeReport } from "./builders.ts";

const PDF = "%PDF-1.7 a report";
let folder: string;
let dataDir: string;
let report: ReportFile;

beforeEach(async () => {
  folder = temporaryFolder();
  dataDir = temporaryFolder();
  report = await writeReport(dataDir, "reports/one.pdf", PDF);
});

describe("delivery into a folder", () => {
  test("puts the report under state, suburb and local date, with the job's short id", async () => {
    // 15:30 UTC on the 1st is the 2nd in Sydney and still the 1st in Perth.
    const sydney = await deliver(job({ createdAt: "2026-07-01T15:30:00.000Z" }));
    expect(relative(folder, sydney)).toBe("NSW/Manly/2026-07-02 Manly agents report 0123abcd.pdf");
    const perth = await deliver(job({ createdAt: "2026-07-01T15:30:00.000Z", state: "WA", suburb: "Cottesloe" }));
    expect(relative(folder, perth)).toBe("WA/Cottesloe/2026-07-01 Cottesloe agents report 0123abcd.pdf");
    expect(await Bun.file(sydney).text()).toBe(PDF);
  });

  test.each([
    ["empty", { folder: "", filename: "" }],
    ["blank", { folder: "  ", filename: " \t " }],
    ["only the ending", { filename: ".pdf" }],
    ["only the ending, and blanks", { folder: "/", filename: " .PDF " }],
    ["only dots", { folder: "../..", filename: "..." }],
    ["only what no file system takes", { folder: '?/*/"', filename: "???" }],
    ["only what nobody sees", { folder: "\u200b/\u3164", filename: "\u202e\u00ad" }],
    ["null", { folder: null, filename: null }],
    ["none at all", {}],
  ])("a folder of which no name is left (%s) is none", async (_, delivery) => {
    const to = relative(folder, await deliver(job({ request: { delivery } })));
    expect(to).toBe("NSW/Manly/2026-07-01 Manly agents report 0123abcd.pdf");
  });

  test("of a folder the names that are left are taken, and long ones are cut between characters", async () => {
    const wish = (delivery: object) => deliver(job({ request: { delivery } })).then((to) => relative(folder, to));
    expect(await wish({ folder: " sold /../ 2026 ", filename: " a  b .pdf" })).toBe("sold/2026/a b.pdf");
    expect(await wish({ folder: "x", filename: `${"a".repeat(59)}👍🏽b` })).toBe(`x/${"a".repeat(59)}.pdf`);
    // What is behind an early dot is no ending.
    expect(await wish({ folder: "x", filename: `St. ${"é".repeat(196)}` })).toBe(`x/St. ${"é".repeat(56)}.pdf`);
  });

  test("done again, recognises its own file and leaves nothing else", async () => {
    const first = await deliver(job());
    expect(await deliver(job())).toBe(first);
    expect(await files()).toHaveLength(1);
  });

  test("a half copy of an attempt that died is replaced", async () => {
    await mkdir(join(folder, "NSW/Manly"), { recursive: true });
    await Bun.write(join(folder, "NSW/Manly", `.${job().id}.part`), "%PDF-1.7 ha");
    expect(await Bun.file(await deliver(job())).text()).toBe(PDF);
    expect(await files()).toHaveLength(1);
  });

  test("a link, a pipe or a folder that another user put where a copy might go is neither written through nor waited for", async () => {
    const victim = join(dataDir, "victim");
    await Bun.write(victim, "mine");
    const directory = join(folder, "NSW/Manly");
    await mkdir(directory, { recursive: true });
    for (const [at, name] of [`.${job().id}.part`, `.${job().id}-0.part`, "manly.part"].entries()) {
      if (at % 2 === 0) await symlink(victim, join(directory, name));
      else await Bun.$`mkfifo ${join(directory, name)}`.quiet();
    }
    const to = await deliver(job());
    expect(await Bun.file(to).text()).toBe(PDF);
    expect((await lstat(to)).isFile()).toBe(true);
    expect(await Bun.file(victim).text()).toBe("mine");
  });

  test("a delivered file is as open as its umask allows, never world-writable, and private in the data folder", async () => {
    const before = process.umask(0o077);
    try {
      for (const [umask, file, made, parent] of [
        [0o022, 0o644, 0o755, folder],
        [0o027, 0o640, 0o750, folder],
        [0o000, 0o664, 0o775, folder],
        [0o000, 0o600, 0o700, dataDir],
        [0o022, 0o600, 0o700, dataDir],
      ] as const) {
        const root = join(parent, `open-${umask}`, "reports");
        const delivery = createFolderDelivery({ folder: root, dataDir, umask });
        const { to } = await delivery.deliver(job(), report, delivery.pathFor(job()), new AbortController().signal);
        expect([(await lstat(to)).mode & 0o777, (await lstat(dirname(to))).mode & 0o777]).toEqual([file, made]);
        expect((await lstat(root)).mode & 0o777).toBe(made);
      }
    } finally {
      process.umask(before);
    }
  });

  test("another's file of the same name is never overwritten", async () => {
    await Bun.write(join(folder, "inbox/manly.pdf"), "somebody else's");
    const wish = job({ request: { delivery: { folder: "inbox", filename: "manly.pdf" } } });
    expect(relative(folder, await deliver(wish))).toBe("inbox/manly 0123abcd.pdf");
    expect(await Bun.file(join(folder, "inbox/manly.pdf")).text()).toBe("somebody else's");
  });

  // Also root may make nothing in /sys.
  onLinux(
    "a folder that is not writable costs no job an attempt: it is reported once, and when it is mended all jobs resume",
    async () => {
      const [clock, notified] = [hurryingClock(), [] as (string | null)[]];
      const mount = join(folder, "mount");
      await symlink("/sys", mount);
      const onChange = (open: OpenCircuit | null) => void notified.push(open?.message ?? null);
      const delivery = createFolderDelivery({ folder: join(mount, "reports"), dataDir, onChange, clock });
      const attempted = () => delivery.deliver(job(), report, delivery.pathFor(job()), new AbortController().signal);
      const refused = {
        code: "delivery_denied",
        message: expect.stringContaining("cannot be written"),
        options: { transient: true, uncounted: true },
      };
      for (let jobs = 0; jobs < 2; jobs++) expect(await attempted().catch((error) => error)).toMatchObject(refused);
      expect(delivery.breaker.open()).toMatchObject({ reason: "settings", message: notified[0] ?? "" });
      expect(await delivery.problem()).toStartWith(notified[0] ?? "-");
      await rm(mount);
      await mkdir(mount);
      expect(await attempted().catch((error) => error)).toMatchObject(refused);
      clock.advance(60_000);
      expect(delivery.breaker.blocked()).toBe(false);
      expect((await attempted()).to).toStartWith(join(mount, "reports/NSW"));
      expect([notified.length, notified[1], await delivery.problem()]).toEqual([2, null, null]);
    },
  );

  test("two jobs of one name at once each retain their file", async () => {
    const other = await writeReport(dataDir, "reports/two.pdf", "%PDF-1.7 another report");
    const request = { delivery: { filename: "same" } };
    const first = job({ request });
    const second = job({ request, id: "01990000-0000-7000-8000-0000ffffeeee" });
    const [a, b] = await Promise.all([deliver(first), deliver(second, other)]);
    expect(a).not.toBe(b);
    expect(await Bun.file(a).text()).toBe(PDF);
    expect(await Bun.file(b).text()).toBe("%PDF-1.7 another report");
  });

  test("a link inside the folder that leads out of it is refused", async () => {
    const outside = temporaryFolder();
    await symlink(outside, join(folder, "out"));
    const wish = job({ request: { delivery: { folder: "out" } } });
    expect(deliver(wish)).rejects.toMatchObject({ code: "delivery_outside", transient: false });
    expect(await readdir(outside)).toEqual([]);
  });

  test("a folder that has the report's name is not mistaken for it", async () => {
    await mkdir(join(folder, "inbox/manly.pdf"), { recursive: true });
    const wish = job({ request: { delivery: { folder: "inbox", filename: "manly" } } });
    expect(relative(folder, await deliver(wish))).toBe("inbox/manly 0123abcd.pdf");
  });

  test("a file where a folder must be is a permanent failure that says so, and no other job's", async () => {
    await Bun.write(join(folder, "NSW"), "in the way");
    const delivery = createFolderDelivery({ folder, dataDir });
    const send = (each: Job) => delivery.deliver(each, report, delivery.pathFor(each), new AbortController().signal);
    expect(await send(job()).catch((error) => error)).toMatchObject({ code: "delivery_taken", transient: false });
    expect(delivery.breaker.open()).toBeNull();
    expect((await send(job({ state: "VIC" }))).to).toContain("/VIC/");
    expect((await readdir(folder)).toSorted()).toEqual(["NSW", "VIC"]);
  });

  test("a folder that was there and is gone is waited for, not made: it may be a mount", async () => {
    const clock = hurryingClock();
    const delivery = createFolderDelivery({ folder, dataDir, clock });
    const send = (each: Job) => delivery.deliver(each, report, delivery.pathFor(each), new AbortController().signal);
    await send(job());
    await rm(folder, { recursive: true });
    expect(await send(job({ state: "VIC" })).catch((error) => error)).toMatchObject({ options: { uncounted: true } });
    expect(await delivery.problem()).toMatch(/ENOENT.*AGENTLINK_DELIVERY_FOLDER, mount it/);
    expect(existsSync(folder)).toBe(false);
    await mkdir(folder);
    clock.advance(60_000);
    expect((await send(job({ state: "VIC" }))).to).toStartWith(folder);
    expect(await delivery.problem()).toBeNull();

    folder = join(dataDir, "delivered");
    const ours = createFolderDelivery({ folder, dataDir });
    for (let deliveries = 0; deliveries < 2; deliveries += 1) {
      await ours.deliver(job(), report, ours.pathFor(job()), new AbortController().signal);
      await rm(folder, { recursive: true });
    }
  });

  test("where the delivery folder itself is a file no job is to blame, whatever folder it names", async () => {
    folder = join(folder, "reports");
    await Bun.write(folder, "in the way");
    for (const each of [job(), job({ request: { delivery: { folder: "own" } } })]) {
      const delivery = createFolderDelivery({ folder, dataDir });
      const send = () => delivery.deliver(each, report, delivery.pathFor(each), new AbortController().signal);
      const failure = await send().catch((error) => error);
      expect(failure).toMatchObject({ code: "delivery_denied", options: { transient: true, uncounted: true } });
      expect(delivery.breaker.open()).toMatchObject({ reason: "settings" });
      expect(await delivery.problem()).toContain("AGENTLINK_DELIVERY_FOLDER");
    }
  });

  test("stays inside the folder whatever the request says", async () => {
    const segment = fc.oneof(
      fc.string({ unit: "grapheme", maxLength: 80 }),
      fc.constantFrom(
        "..",
        ".",
        "/",
        "\\",
        "../..",
        "C:",
        "con",
        "nul.pdf",
        " ",
        "…",
        "\u0000",
        "a\u0000b",
        "~",
        "\u202efdp",
      ),
    );
    const wishes = fc.record({
      folder: fc.array(segment, { maxLength: 5 }).map((parts) => parts.join("/")),
      filename: segment,
    });
    await fc.assert(
      fc.asyncProperty(wishes, async (delivery) => {
        folder = temporaryFolder();
        const target = await deliver(job({ request: { delivery } }));
        expect(relative(folder, target).startsWith("..")).toBe(false);
        expect(target.endsWith(".pdf")).toBe(true);
        expect(await Bun.file(target).text()).toBe(PDF);
      }),
      { numRuns: 300 },
    );
  });
});

async function deliver(job: Job, file: ReportFile = report): Promise<string> {
  const delivery = createFolderDelivery({ folder, dataDir });
  return (await delivery.deliver(job, file, delivery.pathFor(job), new AbortController().signal)).to;
}

async function files(): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => entry.name);
}

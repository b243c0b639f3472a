import { beforeEach, describe, expect, test } from "bun:test";
import { Failure } from "../../src/failure.ts";
import { TEAM } from "../fakes/dropbox.ts";
import { until } from "../until.ts";
import { aJob } from "./builders.ts";
import {
  dataDir,
  deliver,
  eachWithDropbox,
  failureOf,
  fake,
  faults,
  open,
  PATH,
  PDF,
  replaceReport,
  report,
} from "./dropbox-world.ts";

eachWithDropbox();

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

  test("a file with the report's name is this report only if it has the report's content, not its length alone", async () => {
    const delivery = open();
    const job = aJob();
    const path = delivery.pathFor(job);
    const find = () => delivery.find(job, report, path, new AbortController().signal);
    fake.files.write(path, "x".repeat(PDF.length));
    expect(await find()).toBeNull();
    fake.files.write(path, PDF);
    expect(await find()).toMatchObject({ to: path });
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

  test("names that Dropbox never stores are changed, and every character that it takes arrives", async () => {
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

  test("goes into the team's space, or a namespace, when so configured", async () => {
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
    await replaceReport(LARGE);
  });

  test("goes through an upload session, a chunk at a time", async () => {
    const { to } = await deliver(open({ limits }));
    expect(fake.files.content(to)).toBe(LARGE);
    expect(fake.count("files/upload")).toBe(0);
    expect(fake.count("files/upload_session/append_v2")).toBe(6);
    expect(fake.count("files/upload_session/finish")).toBe(1);
  });

  test("resumes at the right offset after a response was lost", async () => {
    faults("files/upload_session/append_v2", "lost", null, "half", null, "reset", "500", null, "503");
    const { to } = await deliver(open({ limits }));
    expect(fake.files.content(to)).toBe(LARGE);
    expect(fake.count("files/upload_session/start")).toBe(1);
  });

  test("is recognised when the response to its last part was lost", async () => {
    faults("files/upload_session/finish", "lost");
    const { to } = await deliver(open({ limits }));
    expect(fake.files.content(to)).toBe(LARGE);
    expect(fake.files.writes).toHaveLength(1);
    expect(fake.count("files/upload_session/start")).toBe(1);
  });

  test("starts again when Dropbox has forgotten the session", async () => {
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

describe("a shared link", () => {
  test("is in the result when it is requested, and reused", async () => {
    const { url } = await deliver(open({ share: true }));
    expect(url).toStartWith("https://www.dropbox.com/");
    expect((await deliver(open({ share: true }))).url).toBe(url);
    expect(fake.files.links.size).toBe(1);
  });

  test("whose creation got no response is found", async () => {
    faults("sharing/create_shared_link_with_settings", "lost");
    const delivery = open({ share: true });
    const first = await deliver(delivery).catch(() => deliver(delivery));
    expect(first.url).toStartWith("https://www.dropbox.com/");
    expect(fake.files.links.size).toBe(1);
  });
});

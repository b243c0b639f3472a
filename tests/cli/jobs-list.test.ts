import { expect, test } from "bun:test";
import { listJobs } from "../../src/cli/jobs.ts";
import { moment } from "../../src/cli/moment.ts";
import { type Door, openDoor } from "../http/door.ts";

const REASON =
  'no data for Bondi NSW 2026: send it as "data" in the request, or fill the catalogue with `agentlink import` or PUT /api/catalogue';

async function lines(door: Door, columns: number | undefined, filter: object = { status: "failed" }) {
  const out: string[] = [];
  const config = { url: door.url, key: null, host: "127.0.0.1", port: door.port, dataDir: door.dataDir };
  await listJobs(filter, 20, { config, json: false, out: (line) => out.push(line), err: () => {}, columns });
  return out;
}

test("at 80 columns a list of failed jobs shows the whole reason of each, under its job", async () => {
  await using door = await openDoor();
  const ids: string[] = [];
  for (let i = 0; i < 2; i += 1) {
    ids.push(await door.accept({ suburb: "Bondi" }));
    await door.queue.fail(await door.claim(), { code: "no_data", message: REASON }, null);
  }
  for (const columns of [80, 72, 40]) {
    const shown = await lines(door, columns);
    expect(shown.every((line) => line.length <= columns)).toBe(true);
    for (const id of ids) expect(shown.filter((line) => line.startsWith(id.slice(-8)))).toHaveLength(1);
    const text = shown
      .map((line) => line.trim())
      .join(" ")
      .replace(/ +/g, " ");
    expect(text.split(REASON)).toHaveLength(3);
  }
  // What the short id names is the job.
  const found = await (await door.ask(`/api/jobs/${ids[0]?.slice(-8)}`)).json();
  expect(found).toMatchObject({ job: { job_id: ids[0] } });
});

test("where there is room, and off a terminal, each job is one line with its whole id and all of its reason", async () => {
  await using door = await openDoor();
  const id = await door.accept({ suburb: "Bondi" });
  await door.queue.fail(await door.claim(), { code: "no_data", message: REASON }, null);
  for (const columns of [undefined, 300]) {
    const shown = await lines(door, columns);
    expect(shown).toHaveLength(2);
    expect(shown[1]).toStartWith(id);
    expect(shown[1]).toEndWith(REASON);
  }
});

test("a moment may be typed as how long ago it was, as a day and as a time; all else is said to be none", () => {
  const now = new Date("2026-11-25T12:00:00.000Z");
  for (const [typed, meant] of [
    ["2h", "2026-11-25T10:00:00.000Z"],
    ["90m", "2026-11-25T10:30:00.000Z"],
    ["1.5d", "2026-11-24T00:00:00.000Z"],
    ["30s", "2026-11-25T11:59:30.000Z"],
    ["2026-11-24", "2026-11-24T00:00:00.000Z"],
    ["2026-11-24T08:00Z", "2026-11-24T08:00:00.000Z"],
    ["2026-11-24 08:00+11:00", "2026-11-23T21:00:00.000Z"],
  ] as const)
    expect([typed, moment(typed, "UTC", now)]).toEqual([typed, meant]);
  expect(moment("2026-11-24", "Australia/Sydney", now)).toBe("2026-11-23T13:00:00.000Z");
  expect(moment("2026-11-24T08:00Z", "Australia/Sydney", now)).toBe("2026-11-24T08:00:00.000Z");
  for (const typed of ["", "yesterday", "2", "2 h", "-2h", "2w", "2026-13-01", "24.11.2026", "2026-11-24T08:00", "h2"])
    expect(() => moment(typed, "UTC", now)).toThrow("must be how long ago (90m, 2h, 7d)");
});

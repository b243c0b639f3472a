import { expect, test } from "bun:test";
import { ageOf, clockOf } from "../../src/cli/clock.ts";
import { moment } from "../../src/cli/commands/client-options.ts";
import { type JobsOptions, listJobs } from "../../src/cli/jobs.ts";
import { showJob } from "../../src/cli/show-job.ts";
import { type Api, openApi } from "../http/api.ts";
import { aReport, finish } from "../queue/builders.ts";

const REASON =
  'no data for Bondi NSW 2026: send it as "data" in the request, or fill the catalogue with `agentlink import` or PUT /api/catalogue';

async function lines(
  api: Api,
  columns: number | undefined,
  filter: object = { status: "failed" },
  more: Partial<JobsOptions> = {},
) {
  const out: string[] = [];
  const config = { url: api.url, key: null, host: "127.0.0.1", port: api.port, dataDir: api.dataDir };
  await listJobs(filter, 20, { config, json: false, out: (line) => out.push(line), err: () => {}, columns, ...more });
  return out;
}

test("at 80 columns a list of failed jobs shows the whole reason of each, under its job", async () => {
  await using api = await openApi();
  const ids: string[] = [];
  for (let i = 0; i < 2; i += 1) {
    ids.push(await api.accept({ suburb: "Bondi" }));
    await api.queue.fail(await api.claim(), { code: "no_data", message: REASON }, null);
  }
  for (const columns of [80, 72, 40]) {
    const shown = await lines(api, columns);
    expect(shown.every((line) => line.length <= columns)).toBe(true);
    for (const id of ids) expect(shown.filter((line) => line.startsWith(id.slice(-8)))).toHaveLength(1);
    const text = shown
      .map((line) => line.trim())
      .join(" ")
      .replace(/ +/g, " ");
    expect(text.split(REASON)).toHaveLength(3);
  }
  // What the short id names is the job.
  const found = await (await api.request(`/api/jobs/${ids[0]?.slice(-8)}`)).json();
  expect(found).toMatchObject({ job: { job_id: ids[0] } });
});

test("where there is room a job is one line; off a terminal with its whole id and its time in the zone that was chosen", async () => {
  await using api = await openApi();
  const id = await api.accept({ suburb: "Bondi" });
  await api.queue.fail(await api.claim(), { code: "no_data", message: REASON }, null);
  for (const columns of [undefined, 300]) {
    const shown = await lines(api, columns);
    expect(shown).toHaveLength(2);
    expect(shown[1]).toStartWith(columns === undefined ? id : `${id.slice(-8)} `);
    expect(shown[1]).toEndWith(REASON);
  }
  const { created_at } = ((await (await api.request(`/api/job-status/${id}`)).json()) as { created_at: string }) ?? {};
  for (const [timeZone, zone] of [
    ["UTC", "UTC"],
    ["Australia/Perth", "Australia/Perth"],
    // Bondi's.
    ["suburb", "Australia/Sydney"],
  ] as const) {
    const day = new Intl.DateTimeFormat("en-CA", { timeZone: zone, dateStyle: "short" }).format(new Date(created_at));
    const time = new Intl.DateTimeFormat("en-AU", {
      ...{ timeZone: zone, hour: "2-digit", minute: "2-digit", second: "2-digit" },
      ...({ hourCycle: "h23", timeZoneName: "short" } as const),
    }).format(new Date(created_at));
    const shown = await lines(api, undefined, {}, { clock: clockOf({ timeZone }) });
    expect([timeZone, shown[1]]).toEqual([timeZone, expect.stringContaining(` ${day} ${time} `)]);
  }
});

const LONG = "Home Island Cocos (Keeling) Islands";

test("at 80 columns each state says of its jobs what matters, however long their names are", async () => {
  await using api = await openApi();
  const { queue } = api;
  const accept = () => api.accept({ suburb: LONG, state: "WA" });
  const ids: Record<string, string> = {};
  const next = async (stage: string) => {
    ids[stage] = await accept();
    return api.claim();
  };
  await queue.fail(await next("failed"), { code: "no_data", message: REASON }, null);
  await queue.fail(await next("waiting"), { code: "timeout", message: "the data source gave no response" }, 90_000);
  await finish(queue, await next("completed"));
  const rendering = await next("rendering");
  await queue.gathered(rendering, "{}");
  await queue.rendering(rendering);
  const delivering = await next("delivering");
  await queue.gathered(delivering, "{}");
  await queue.rendered(delivering, aReport(delivering.job.id));
  await next("gathering");
  ids.cancelled = await accept();
  await queue.cancel(ids.cancelled);
  ids.queued = await accept();

  const shown = await lines(api, 80, {});
  expect(shown.filter((line) => line.length > 80)).toEqual([]);
  expect(shown[0]).toMatch(/^ID +STAGE +SUBURB +AGE +TOOK +ATTEMPTS$/);
  const said = (stage: string) => {
    const at = shown.findIndex((line) => line.startsWith(`${ids[stage]?.slice(-8)} `));
    const after = shown.findIndex((line, index) => index > at && !line.startsWith(" "));
    const [line = "", ...remark] = shown.slice(at, after < 0 ? undefined : after);
    // Its age is not cut off by a name.
    expect([stage, line]).toEqual([stage, expect.stringMatching(new RegExp(`^\\w{8}  ${stage} +Home .*…? +\\d+s +`))]);
    return remark.map((each) => each.trim()).join(" ");
  };
  expect(said("failed")).toBe(REASON);
  expect(said("waiting")).toMatch(/^next attempt in \d+s: the data source gave no response$/);
  expect(said("completed")).toBe(`/delivered/${ids.completed}.pdf`);
  expect(said("rendering")).toMatch(/^\d+ %$/);
  expect(said("delivering")).toMatch(/^\d+ %$/);
  expect(said("gathering")).toMatch(/^\d+ %$/);
  expect(said("cancelled")).toBe("");
  expect(said("queued")).toBe("");
  await queue.pause("anna");
  expect((await lines(api, 80, { status: "queued" })).join(" ")).toContain("paused");

  // Colours only where they are requested, and nothing else of a text reaches the terminal as it is.
  const painted: string[] = [];
  await lines(api, 80, {}, { colour: true, paint: (line: string) => painted.push(line) });
  expect(painted.filter((line) => line.includes("\u001b[31mfailed\u001b[0m"))).toHaveLength(1);
  expect(shown.join("")).not.toContain("\u001b");
});

test("an age is in the largest unit of which there are two", () => {
  const now = Date.parse("2026-11-26T08:00:00Z");
  const age = (seconds: number) => ageOf(new Date(now - seconds * 1_000).toISOString(), now);
  expect([-5, 0, 119, 120, 7_199, 7_200, 172_799, 172_800].map(age)).toEqual([
    ...["0s", "0s", "119s", "2m", "119m", "2h", "47h", "2d"],
  ]);
});

test("a moment is printed by the clock that was chosen, and names its zone: the hour that comes twice, twice", () => {
  const manly = { suburb: "Manly", state: "NSW" };
  const cottesloe = { suburb: "Cottesloe", state: "WA" };
  const at = (timeZone: string, time: string, locality = manly) => clockOf({ timeZone })(time, locality);
  expect(at("Australia/Sydney", "2026-04-04T15:30:00Z")).toBe("2026-04-05 02:30:00 AEDT");
  expect(at("Australia/Sydney", "2026-04-04T16:30:00Z")).toBe("2026-04-05 02:30:00 AEST");
  expect(at("Australia/Sydney", "2026-10-03T16:00:00Z")).toBe("2026-10-04 03:00:00 AEDT");
  expect(at("suburb", "2026-07-01T16:30:00.123Z", cottesloe)).toBe("2026-07-02 00:30:00 AWST");
  expect(at("suburb", "2026-07-01T16:30:00Z")).toBe("2026-07-02 02:30:00 AEST");
  expect(at("UTC", "2026-07-01T16:30:00Z")).toBe("2026-07-01 16:30:00 UTC");
});

test("a moment may be typed as how long ago it was, as a day and as a time; all else is refused", () => {
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
  const wrong = ["2026-13-01", "2026-02-30", "2026-04-31T08:00Z", "24.11.2026", "2026-11-24T08:00"];
  for (const typed of ["", "yesterday", "2", "2 h", "-2h", "2w", "h2", ...wrong])
    expect(() => moment(typed, "UTC", now)).toThrow("must be how long ago (90m, 2h, 7d)");
});

test("a job's own page wraps its sentences at the width of a terminal, and cuts nothing that is copied", async () => {
  await using api = await openApi();
  const id = await api.accept({ suburb: "Bondi", metadata: { link: `https://crm.example.com/${"deal".repeat(30)}` } });
  await api.queue.fail(await api.claim(), { code: "no_data", message: REASON }, null);
  const config = { url: api.url, key: null, host: "127.0.0.1", port: api.port, dataDir: api.dataDir };
  for (const columns of [80, undefined]) {
    const out: string[] = [];
    const clock = clockOf({ timeZone: "UTC" });
    await showJob(id, { config, clock, json: false, out: (line) => void out.push(line), columns });
    const first = out.findIndex((line) => line.startsWith("error"));
    const isOneLine = out[first]?.endsWith(`${REASON} (no_data)`);
    expect([columns, isOneLine]).toEqual([columns, columns === undefined]);
    if (columns !== undefined) expect(out.slice(first, first + 3).every((line) => line.length <= columns)).toBe(true);
    expect(out.join("\n").replace(/\s+/g, " ")).toContain(`${REASON} (no_data)`);
    expect(out.join("\n")).toContain("deal".repeat(30));
  }
});

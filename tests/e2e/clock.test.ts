import { expect } from "bun:test";
import { readdirSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { withPrograms } from "../programs.ts";
import { type JobStatus, post, startBinary, temporaryFolder, untilEnded } from "./binary.ts";
import { inlineJob } from "./jobs.ts";
import { wallClock } from "./wall-clock.ts";

const test = withPrograms("faketime");
const TIMEOUT_MS = 120_000;

/** The binary in Sydney, under a wall clock that can be set while it runs, and a monotonic clock that runs on. */
async function startUnderClock(dataDir: string, at: string) {
  const file = join(temporaryFolder(), "clock");
  const set = (time: string) => writeFileSync(file, `@${time}\n`);
  set(at);
  const service = await startBinary({
    dataDir,
    env: { TZ: "Australia/Sydney", ...wallClock({ file }) },
  });
  return { service, set };
}

test(
  "a clock that is set forward and back, over a change to summer time too, neither loses a job nor does one twice",
  async () => {
    const dataDir = temporaryFolder();
    // Half a minute before Sydney's clocks go forward; libfaketime reads local time.
    const { service, set } = await startUnderClock(dataDir, "2026-10-04 01:59:30");
    const ids: string[] = [];
    const accept = async (jobs: number) => {
      const from = ids.length;
      for (let number = from; number < from + jobs; number++) ids.push(await post(service.url, inlineJob(number)));
      return untilEnded(service.url, ids[from] ?? "");
    };
    const times: string[] = [];
    for (const time of ["2026-10-04 12:00:00", "2026-10-09 12:00:00", "2026-10-06 12:00:00", "2026-04-01 12:00:00"]) {
      const { created_at } = (await accept(6)) as JobStatus & { created_at: string };
      times.push(created_at.slice(0, 10));
      set(time);
    }
    await accept(3);
    // The service did see each clock. By its day alone: libfaketime may take an hour near the change for the other one.
    expect(times).toEqual(["2026-10-03", "2026-10-04", "2026-10-09", "2026-10-06"]);
    const ended = await Promise.all(ids.map((id) => untilEnded(service.url, id)));
    expect(ended.map(({ status, attempts }) => `${status} ${attempts}`)).toEqual(ids.map(() => "completed 1"));
    const files = readdirSync(join(dataDir, "delivered"), { recursive: true }).filter((name) =>
      String(name).endsWith(".pdf"),
    );
    expect(files).toHaveLength(ids.length);
    expect(new Set(ended.map(({ result }) => result?.delivered_to)).size).toBe(ids.length);
    expect(await service.end("SIGTERM")).toBe(0);
  },
  TIMEOUT_MS,
);

withPrograms("faketime", "pdftotext")(
  "a report has one date, the day of the request where its suburb is: on the cover, in the file's name and the download's",
  async () => {
    // Half past one at night of the 2nd in Sydney: still the 1st in Perth, and in UTC.
    const { service } = await startUnderClock(temporaryFolder(), "2026-07-02 01:30:00");
    const { data } = inlineJob(1);
    const days = async (suburb: string, state: string) => {
      // Without a date in its data the report is as of the day of its request.
      const id = await post(service.url, { suburb, state, data: { agents: data.agents } });
      const { result } = await untilEnded(service.url, id);
      const pdf = result?.delivered_to ?? "";
      const text = await new Response(Bun.spawn(["pdftotext", "-l", "1", pdf, "-"]).stdout).text();
      const download = await fetch(`${service.url}/api/jobs/${id}/report.pdf`);
      const name = download.headers.get("content-disposition") ?? "";
      return [/\d+ July 2026/.exec(text)?.[0], basename(pdf).slice(0, 10), /\d{4}-\d\d-\d\d/.exec(name)?.[0]];
    };
    expect(await days("Manly", "NSW")).toEqual(["2 July 2026", "2026-07-02", "2026-07-02"]);
    expect(await days("Cottesloe", "WA")).toEqual(["1 July 2026", "2026-07-01", "2026-07-01"]);
    expect(await service.end("SIGTERM")).toBe(0);
  },
  TIMEOUT_MS,
);

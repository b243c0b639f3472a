import { expect } from "bun:test";
import { readFileSync, statSync } from "node:fs";
import { onLinux } from "../programs.ts";
import { until } from "../until.ts";
import { unitMs } from "../work.ts";
import { newJob } from "./builders.ts";
import { sqliteStorage } from "./sqlite-storage.ts";

/** Milliseconds this thread has had a processor, whatever else uses the machine. https://docs.kernel.org/scheduler/sched-stats.html */
const workedMs = () => Number(readFileSync(`/proc/self/task/${process.pid}/schedstat`, "utf8").split(" ", 1)[0]) / 1e6;

onLinux(
  "the room of what was removed is given back when nothing happens, in parts that delay no request",
  async () => {
    const storage = await sqliteStorage();
    const queue = await storage.open({ queueLimit: 1_000, now: () => new Date() });
    const dataSet = JSON.stringify({ text: "x".repeat(200_000) });
    const jobs = await queue.submit(Array.from({ length: 100 }, () => newJob({ dataSet })));
    for (const { job } of jobs) await queue.cancel(job.id);
    const size = () => statSync(storage.path()).size;
    await until(() => size() > 20_000_000, 30_000, "the database to be as large as what is in it");
    while ((await queue.prune(new Date(Date.now() + 1_000))).removed > 0);
    let longestMs = 0;
    let last = workedMs();
    const watch = setInterval(() => {
      longestMs = Math.max(longestMs, workedMs() - last);
      last = workedMs();
    }, 1);
    await until(() => size() < 3_000_000, 60_000, "the database to be small again");
    clearInterval(watch);
    // A part takes the processor for as long as parsing a megabyte of JSON, and what else a turn does some more.
    expect(longestMs / unitMs()).toBeLessThan(60);
    await queue.close();
    await storage.remove();
  },
  120_000,
);

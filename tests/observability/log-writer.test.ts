import { expect } from "bun:test";
import { closeSync, constants, openSync, readSync } from "node:fs";
import { join } from "node:path";
import { createLogWriter } from "../../src/observability/log-writer.ts";
import { binaryPath, temporaryFolder } from "../e2e/binary.ts";
import { onLinux } from "../programs.ts";
import { until, within } from "../until.ts";

const test = onLinux;
const { O_NONBLOCK, O_RDONLY, O_RDWR, O_WRONLY } = constants;

/** A pipe with a name: its end that is written blocks, as a shell's and a container's do, or not, as systemd's does. */
async function makePipe(flags: number) {
  const path = join(temporaryFolder(), "log");
  await Bun.spawn(["mkfifo", path]).exited;
  const reader = openSync(path, O_RDONLY | O_NONBLOCK);
  const writer = openSync(path, flags);
  const buffer = Buffer.alloc(1 << 20);
  const decoder = new TextDecoder();
  return {
    reader,
    writer,
    /** What is in the pipe now. */
    read(): string {
      try {
        return decoder.decode(buffer.subarray(0, readSync(reader, buffer)), { stream: true });
      } catch {
        return "";
      }
    },
  };
}

test("unread lines are bounded; a later reader gets them whole, in order, and the number of those lost", async () => {
  for (const flags of [O_WRONLY, O_WRONLY | O_NONBLOCK]) {
    const pipe = await makePipe(flags);
    const notified: number[] = [];
    const log = createLogWriter(pipe.writer, (lines) => notified.push(lines));
    const line = (at: number) => `${String(at).padStart(6, "0")} ${"é".repeat(200)}\n`;
    const COUNT = 60_000;
    for (let at = 0; at < COUNT; at += 1) log.write(line(at));
    // A turn of the event loop comes, though nothing has been read.
    await new Promise(setImmediate);
    let text = "";
    const sum = () => notified.reduce((all, lost) => all + lost, 0);
    let read = 0;
    const isWhole = () => {
      const more = pipe.read();
      text += more;
      read += more.split("\n").length - 1;
      return notified.length > 0 && read + sum() >= COUNT;
    };
    await until(isWhole, 30_000, "the rest of the log", 0);
    const lines = text.split("\n").slice(0, -1);
    expect(lines.length).toBeGreaterThan(10_000);
    expect(lines.every((each, at) => `${each}\n` === line(at))).toBe(true);
    expect(lines.length + sum()).toBe(COUNT);
    for (const end of [pipe.reader, pipe.writer]) closeSync(end);
  }
}, 60_000);

test("a log whose reader is gone is written no more, and throws nothing", async () => {
  const pipe = await makePipe(O_WRONLY);
  const log = createLogWriter(pipe.writer, () => undefined);
  closeSync(pipe.reader);
  for (let at = 0; at < 3; at += 1) {
    log.write("nobody hears\n");
    await within(new Promise<void>((resolve) => log.flush(resolve)), "the log to give up");
  }
  closeSync(pipe.writer);
});

test("a log that the disk has no room for costs its lines, and no work", async () => {
  const full = openSync("/dev/full", O_WRONLY);
  const reported: number[] = [];
  const log = createLogWriter(full, (lines) => {
    reported.push(lines);
    // As the service does: it logs them.
    log.write("lines were lost\n");
  });
  for (let time = 0; time < 3; time += 1) {
    log.write("there is no room\n");
    await within(new Promise<void>((resolve) => log.flush(resolve)), "the line to be given up");
    for (let turn = 0; turn < 50; turn += 1) await new Promise(setImmediate);
  }
  expect(reported).toEqual([]);
  closeSync(full);
});

test("a service whose log is not read accepts, responds and stops; what it logged is there for a later reader", async () => {
  const pipe = await makePipe(O_RDWR);
  const dataDir = temporaryFolder();
  const child = Bun.spawn([binaryPath(), "serve"], {
    cwd: temporaryFolder(),
    env: { PATH: process.env.PATH, AGENTLINK_PORT: "0", AGENTLINK_DATA_DIR: dataDir },
    stdio: ["ignore", pipe.writer, "inherit"],
  });
  let log = "";
  const url = await until(() => {
    log += pipe.read();
    return /agentlink is up at (http:[^\s"]+)"/.exec(log)?.[1];
  });
  const request = async (path: string, body?: unknown) => {
    const init = body === undefined ? {} : { method: "POST", body: JSON.stringify(body) };
    const response = await within(fetch(url + path, init), `an answer at ${path}`);
    await response.text();
    return response.status;
  };
  expect(await request("/api/queue/pause", {})).toBe(200);
  const reports = Array.from({ length: 1_000 }, () => ({ suburb: "Manly", state: "NSW" }));
  for (let batch = 0; batch < 5; batch += 1)
    expect(await request("/api/generate-agents-reports", { reports })).toBe(200);
  expect(await request("/livez")).toBe(200);
  child.kill("SIGTERM");
  expect(await within(child.exited, "the service to stop though nobody reads its log", 30_000)).toBe(0);
  log += pipe.read();
  expect(log.split("\n").filter((line) => line.includes('"job accepted"')).length).toBeGreaterThan(100);
  for (const end of [pipe.reader, pipe.writer]) closeSync(end);
}, 120_000);

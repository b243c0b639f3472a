import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";
import { join } from "node:path";
import { SECTION_NAMES } from "../../src/report/request/request.ts";
import { freePort } from "../free-port.ts";
import { type EventStream, listen } from "../http/event-stream.ts";
import { head, rawClient } from "../http/socket.ts";
import { withOpenFiles } from "../programs.ts";
import { dataSet } from "../render/data-sets.ts";
import { until } from "../until.ts";
import { post, type RunningBinary, run, startBinary, temporaryFolder, untilEnded } from "./binary.ts";
import { inlineJob } from "./jobs.ts";

/** Longer than a busy machine takes. */
const LIMIT_MS = 90_000;
const LISTENERS = 1_000;
/** Each may have a hundred streams. */
const CLIENTS = 10;
/** What the making of a report consists of: the sections that a request may choose, and those that every report has. */
const SECTIONS: readonly string[] = [...SECTION_NAMES, "cover", "verdict", "paid", "method"];
const PARTS = ["figures", ...SECTIONS, "layout", "file"];

test("a job's stream names the sections as they are made, never goes back, and ends behind the job's end", async () => {
  const service = await startBinary({ dataDir: temporaryFolder() });
  const data = dataSet({ agents: 600, agencies: 60, sales: 5_000, listings: 400, market: true });
  const sections = new Set<string>();
  let grew = false;
  // Reported four times a second: for a report that is made in one or two, no stream names all.
  for (let reports = 0; !(grew && sections.size >= 3) && reports < 20; reports++) {
    const id = await post(service.url, { suburb: "Manly", state: "NSW", data });
    const stream = await listen(`${service.url}/api/jobs/${id}/events`);
    await until(() => stream.ended, LIMIT_MS);
    expect(stream.received.at(-1)).toMatchObject({
      event: "job",
      data: { job_id: id, stage: "completed", progress: 100 },
    });
    const notified = stream.received.filter(({ event }) => event === "progress").map(({ data }) => data);
    expect(notified.every(({ job_id }) => job_id === id)).toBe(true);
    const done = notified.map(({ progress }) => Number(progress));
    expect(done).toEqual(done.toSorted((a, b) => a - b));
    grew ||= new Set(done).size > 1;
    const named = notified.flatMap(({ section }) => (section === null ? [] : [String(section)]));
    expect(named.filter((name) => !PARTS.includes(name))).toEqual([]);
    for (const name of named) if (SECTIONS.includes(name)) sections.add(name);
  }
  expect({ grew, enough: sections.size >= 3, sections }).toMatchObject({ grew: true, enough: true });
  await service.end("SIGTERM");
}, 120_000);

test("a listener that comes back after a stop or a kill of the service misses no job's end and receives nothing twice", async () => {
  const dataDir = temporaryFolder();
  const env = { AGENTLINK_PORT: String(freePort()) };
  let service = await startBinary({ dataDir, env });
  const streams: EventStream[] = [await listen(`${service.url}/api/events`)];
  const jobs: string[] = [];
  const comeBack = async (last: EventStream) => {
    const stream = await listen(`${service.url}/api/events`, { "Last-Event-ID": last.lastId });
    streams.push(stream);
    return stream;
  };
  for (const signal of ["SIGTERM", "SIGKILL"] as const) {
    const stream = streams.at(-1) as EventStream;
    const posted = await Promise.all(Array.from({ length: 6 }, (_, i) => post(service.url, inlineJob(i))));
    jobs.push(...posted);
    await stream.first(({ data }) => data.job_id === posted[0], LIMIT_MS);
    await service.end(signal);
    await until(() => stream.ended);
    service = await startBinary({ dataDir, env });
    // All of it happens while there is no listener.
    jobs.push(await post(service.url, inlineJob(7)));
    await Promise.all(jobs.map((id) => untilEnded(service.url, id)));
    await comeBack(stream);
  }
  const latest = latestEvents(dataDir);
  expect([...latest.keys()].sort()).toEqual(jobs.toSorted());
  const ids = () => streams.flatMap(({ received }) => received.flatMap(({ id }) => (id === null ? [] : [Number(id)])));
  await until(() => [...latest.values()].every((id) => ids().includes(id)), LIMIT_MS);
  expect(ids()).toEqual([...new Set(ids())].sort((a, b) => a - b));
  const ends = streams.flatMap(({ received }) => received.filter(({ data }) => data.stage === "completed"));
  expect(ends.map(({ data }) => String(data.job_id)).sort()).toEqual(jobs.toSorted());
  streams.at(-1)?.leave();
  await service.end("SIGTERM");
}, 120_000);

withOpenFiles(LISTENERS + 300)(
  "a thousand listeners all receive a job's end, in bounded memory, while posts are served",
  async () => {
    const dataDir = temporaryFolder();
    const keys = await Promise.all(
      Array.from({ length: CLIENTS }, (_, number) => makeKey(dataDir, `office-${number}`)),
    );
    const headers = { "x-api-key": keys[0] ?? "" };
    const service = await startBinary({ dataDir });
    const done = async (id: string) =>
      until(async () => {
        const path = `/api/job-status/${id}?wait=30&until=ended`;
        const { status } = (await (await fetch(service.url + path, { headers })).json()) as { readonly status: string };
        return status === "completed";
      }, LIMIT_MS);
    await done(await post(service.url, inlineJob(1), headers));
    const before = await usedBytes(service, headers);
    const port = Number(new URL(service.url).port);
    using stack = new DisposableStack();
    const listeners = Array.from({ length: LISTENERS }, (_, at) =>
      stack.use(listenBarely(port, keys[at % CLIENTS] ?? "")),
    );
    await until(() => listeners.every(({ open }) => open()), LIMIT_MS);
    const id = await post(service.url, inlineJob(2), headers);
    await until(() => listeners.every(({ receivedEndOf }) => receivedEndOf(id)), LIMIT_MS);
    expect((await usedBytes(service, headers)) - before).toBeLessThan(250_000_000);
    await done(await post(service.url, inlineJob(3), headers));
    stack.dispose();
    expect(await service.end("SIGTERM")).toBe(0);
  },
  180_000,
);

/** The newest entry of the stored history of each job. */
function latestEvents(dataDir: string): ReadonlyMap<string, number> {
  const database = new Database(join(dataDir, "agentlink.db"), { readonly: true });
  const rows = database.query("SELECT job_id, max(id) AS id FROM events GROUP BY job_id").all();
  database.close();
  return new Map((rows as { job_id: string; id: number }[]).map(({ job_id, id }) => [job_id, id]));
}

async function makeKey(dataDir: string, name: string): Promise<string> {
  const { stdout } = await run(["keys", "create", "--name", name, "--scope", "admin", "--data-dir", dataDir]);
  return stdout.trim();
}

async function usedBytes({ url }: RunningBinary, headers: Record<string, string>): Promise<number> {
  const { memory } = (await (await fetch(`${url}/api/overview`, { headers })).json()) as {
    memory: { used_bytes: number };
  };
  return memory.used_bytes;
}

/** A listener that costs this process little: fetch has no thousand connections. */
function listenBarely(port: number, key: string) {
  const { socket, send } = rawClient(port);
  let text = "";
  socket.on("data", (chunk) => {
    text += chunk;
  });
  send(head("GET /api/events", "Accept: text/event-stream", `X-API-Key: ${key}`));
  return {
    open: () => text.includes("retry:"),
    receivedEndOf: (id: string) =>
      text.split("\n\n").some((part) => part.includes(`"job_id":"${id}"`) && part.includes('"stage":"completed"')),
    [Symbol.dispose]: () => void socket.destroy(),
  };
}

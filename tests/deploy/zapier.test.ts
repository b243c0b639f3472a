import { afterAll, beforeAll, expect } from "bun:test";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { type RunningBinary, run, startBinary, temporaryFolder } from "../e2e/binary.ts";
import { importManly } from "../e2e/jobs.ts";
import { startReceiver } from "../fakes/receiver.ts";
import { unless } from "../programs.ts";
import { until } from "../until.ts";

const APP = resolve(import.meta.dir, "../../deploy/zapier");

/** Zapier's own runtime is not free software, and no part of this repository: it is tested where it is installed. */
const installed = existsSync(join(APP, "node_modules/zapier-platform-core"));
const withZapier = unless(installed ? null : "it needs `npm install --prefix deploy/zapier --ignore-scripts`");

/** What Zapier's runtime receives for one step of a Zap, and what it returns. */
interface Event {
  readonly command: "execute" | "validate";
  readonly method?: string;
  readonly bundle?: object;
  readonly callback_url?: string;
}
type Runtime = (event: Event) => Promise<{ readonly results: unknown }>;

let runtime: Runtime;
let service: RunningBinary;
let key: string;
let busyKey: string;

beforeAll(async () => {
  if (!installed) return;
  const require = createRequire(join(APP, "index.js"));
  const toRuntime = require("zapier-platform-core/src/tools/create-lambda-handler") as (app: unknown) => Runtime;
  runtime = toRuntime(require(join(APP, "index.js")));
  const dataDir = temporaryFolder();
  await importManly(dataDir);
  const create = async (name: string, ...more: string[]) =>
    (await run(["keys", "create", "--name", name, "--scope", "submit", ...more, "--data-dir", dataDir])).stdout.trim();
  key = await create("zapier");
  busyKey = await create("busy", "--rate", "1/h");
  service = await startBinary({ dataDir, env: { AGENTLINK_ALLOW_CALLBACK_HOSTS: "127.0.0.1" } });
}, 60_000);

afterAll(async () => void (installed && (await service.end("SIGTERM"))), 60_000);

type Job = Readonly<Record<string, unknown>>;

async function step(method: string, bundle: object, callback?: string, as = key): Promise<Job> {
  const authData = { address: `${service.url}/`, key: as };
  const event = { command: "execute", method, bundle: { authData, inputData: {}, ...bundle } } as const;
  return (await runtime(callback === undefined ? event : { ...event, callback_url: callback })).results as Job;
}

const perform = (inputData: object, callback: string, as?: string) =>
  step("creates.report.operation.perform", { inputData }, callback, as);
const resume = (cleanedRequest: unknown) => step("creates.report.operation.performResume", { cleanedRequest });
const MANLY = { suburb: "Manly", state: "NSW", postcode: "", prepared_for: "", request: "deal-7" };

/** What a step fails with: Zapier goes by the name. */
async function failureOf(running: Promise<unknown>): Promise<{ readonly name: string; readonly message: string }> {
  return running.then(
    () => Promise.reject(new Error("the step did not fail")),
    (error) => error as Error,
  );
}

withZapier("Zapier finds nothing wrong with the app, and its connection can be tested", async () => {
  expect((await runtime({ command: "validate" })).results).toEqual([]);
  expect(await step("authentication.test", {})).toMatchObject({ jobs: [] });
  const refused = await failureOf(step("authentication.test", {}, undefined, "al_nobody"));
  expect(refused.message).toContain("Unknown API key");
});

withZapier(
  "a Zap sleeps until AgentLink calls, and resumes with the report and its PDF",
  async () => {
    await using receiver = startReceiver(() => new Response("ok"));
    const accepted = await perform(MANLY, `${receiver.url}/1`);
    expect(accepted).toMatchObject({ status: "processing", warnings: expect.any(Array) });
    const { body } = await until(() => receiver.received[0]);
    const report = await resume(JSON.parse(body));
    expect(report).toMatchObject({ job_id: accepted.job_id, status: "completed", metadata: { request: "deal-7" } });
    expect(String(report.pdf)).toStartWith("hydrate|||");
  },
  60_000,
);

withZapier("a step that is run again under its own address requests the same report, another for another", async () => {
  await using receiver = startReceiver(() => new Response("ok"));
  const [first, again, other] = [
    await perform(MANLY, `${receiver.url}/a`),
    await perform(MANLY, `${receiver.url}/a`),
    await perform(MANLY, `${receiver.url}/b`),
  ];
  expect(again.job_id).toBe(first.job_id);
  expect(other.job_id).not.toBe(first.job_id);
});

withZapier(
  "a report that fails halts the Zap with why; a refused one is not retried; a busy service is, later",
  async () => {
    await using receiver = startReceiver(() => new Response("ok"));
    await perform({ suburb: "Mosman", state: "NSW" }, receiver.url);
    const { body } = await until(() => receiver.received[0]);
    const failed = await failureOf(resume(JSON.parse(body)));
    expect(failed).toMatchObject({
      name: "HaltedError",
      message: expect.stringContaining("no data for Mosman NSW 2088"),
    });

    const refused = await failureOf(perform({ suburb: "Manley", state: "NSW" }, receiver.url));
    expect(refused).toMatchObject({ name: "HaltedError", message: expect.stringContaining("Manly") });

    await perform(MANLY, receiver.url, busyKey);
    const busy = await failureOf(perform(MANLY, receiver.url, busyKey));
    expect(busy.name).toBe("ThrottledError");
  },
  60_000,
);

import { afterAll, beforeAll, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type RunningBinary, run, startBinary, temporaryFolder } from "../e2e/binary.ts";
import { importManly } from "../e2e/jobs.ts";
import { startReceiver } from "../fakes/receiver.ts";
import { until } from "../until.ts";
import { type Played, play } from "./blueprint.ts";

let service: RunningBinary;
let key: string;
let adminKey: string;
let busyKey: string;
let dataDir: string;
beforeAll(async () => {
  dataDir = temporaryFolder();
  await importManly(dataDir);
  const create = async (name: string, scope: string, ...more: string[]) =>
    (await run(["keys", "create", "--name", name, "--scope", scope, ...more, "--data-dir", dataDir])).stdout.trim();
  key = await create("make", "submit");
  adminKey = await create("ops", "admin");
  busyKey = await create("busy", "submit", "--rate", "1/h");
  service = await startBinary({
    dataDir,
    env: { AGENTLINK_ALLOW_HOSTS: "127.0.0.1", AGENTLINK_ALLOW_CALLBACK_HOSTS: "127.0.0.1" },
  });
}, 60_000);

afterAll(async () => void (await service.end("SIGTERM")));

const REQUESTED = { suburb: "Manly", state: "NSW", request: "deal-7" };
const isPdf = (output: unknown) =>
  new TextDecoder().decode((output as { data: Uint8Array }).data.slice(0, 5)) === "%PDF-";
const jobOf = ({ outputs }: Played, id = 5) => (outputs.get(id) as { data: { job_id: string } }).data.job_id;
const messageOf = ({ outputs }: Played, id: number) => (outputs.get(id) as { value: string } | undefined)?.value;

test("post and wait: one run of the scenario ends with the PDF; the same again is another report", async () => {
  const played = await play({ url: service.url, key }, "post-and-wait", REQUESTED, []);
  expect(isPdf(played.outputs.get(8))).toBe(true);
  // Once the PDF is there the repeats that are left do nothing.
  expect([played.runs.get(5), played.runs.get(8), played.runs.get(4)]).toEqual([1, 1, 9]);
  const again = await play({ url: service.url, key }, "post-and-wait", REQUESTED, []);
  expect(jobOf(again)).not.toBe(jobOf(played));
}, 120_000);

test("post and wait: a report that takes longer than the wait is waited for in the next repeat, as one job", async () => {
  await operate("pause");
  const onRun = async (module: number, times: number) => {
    if (module === 5 && times === 2) await operate("resume");
  };
  const played = await play(
    { url: service.url, key },
    "post-and-wait",
    { ...REQUESTED, request: "deal-10" },
    [["wait=240", "wait=2"]],
    { onRun },
  );
  expect(isPdf(played.outputs.get(8))).toBe(true);
  expect(played.runs.get(5)).toBeGreaterThan(1);
  expect(await jobsOf("deal-10")).toHaveLength(1);
}, 120_000);

test("post and wait: a response that is lost is requested again a minute later, as the same job", async () => {
  let slept = 0;
  const onSleep = async () => {
    slept += 1;
  };
  const played = await play({ url: service.url, key }, "post-and-wait", { ...REQUESTED, request: "deal-11" }, [], {
    lose: 2,
    onSleep,
  });
  expect(isPdf(played.outputs.get(8))).toBe(true);
  expect([played.runs.get(5), slept]).toEqual([3, 2]);
  expect(await jobsOf("deal-11")).toHaveLength(1);
}, 120_000);

test("post and wait: a report that fails, and one that is refused, end with why, requested once", async () => {
  const failed = await play({ url: service.url, key }, "post-and-wait", { suburb: "Mosman", state: "NSW" }, []);
  expect(messageOf(failed, 10)).toStartWith(
    "The status of the report on Mosman NSW is failed: no data for Mosman NSW 2088",
  );
  const refused = await play({ url: service.url, key }, "post-and-wait", { suburb: "Manley", state: "NSW" }, []);
  expect(messageOf(refused, 12)).toStartWith("AgentLink refused the report on Manley NSW: ");
  expect(messageOf(refused, 12)).toContain("Manly");
  for (const played of [failed, refused]) {
    expect(played.runs.get(5)).toBe(1);
    expect([8, 13, 14].map((id) => played.runs.get(id))).toEqual([undefined, undefined, undefined]);
  }
}, 120_000);

test("post and wait: what is busy is called again after a minute, and what never ends is reported", async () => {
  await fetch(`${service.url}/api/suburbs?q=manly`, { headers: { authorization: `Bearer ${busyKey}` } });
  let slept = 0;
  const onSleep = async () => {
    slept += 1;
  };
  const busy = await play({ url: service.url, key }, "post-and-wait", REQUESTED, [[key, busyKey]], { onSleep });
  expect(busy.outputs.get(5)).toMatchObject({ statusCode: 429 });
  expect([busy.runs.get(5), slept]).toEqual([9, 9]);

  await operate("pause");
  const waiting = await play({ url: service.url, key }, "post-and-wait", { ...REQUESTED, request: "deal-12" }, [
    ["wait=240", "wait=0"],
  ]);
  await operate("resume");
  expect(messageOf(waiting, 14)).toBe(`The report on Manly NSW has not ended yet (job ${jobOf(waiting)})`);
  expect([waiting.runs.get(5), waiting.runs.get(14)]).toEqual([9, 1]);
}, 120_000);

/** The jobs of a request, by its metadata. */
async function jobsOf(request: string): Promise<readonly unknown[]> {
  const response = await fetch(`${service.url}/api/jobs?limit=200`, { headers: { authorization: `Bearer ${key}` } });
  const { jobs } = (await response.json()) as { jobs: readonly { metadata: { request?: string } | null }[] };
  return jobs.filter(({ metadata }) => metadata?.request === request);
}

async function operate(action: "pause" | "resume"): Promise<void> {
  const response = await fetch(`${service.url}/api/queue/${action}`, {
    method: "POST",
    headers: { authorization: `Bearer ${adminKey}` },
  });
  expect(response.status).toBe(200);
}

test("post with a callback: the callback's signature is checked, and only what is AgentLink's and new is passed on", async () => {
  await using receiver = startReceiver(() => new Response(null, { status: 200 }));
  const posted = await play({ url: service.url, key }, "post-with-callback", { ...REQUESTED, request: "deal-8" }, [
    ["https://hook.eu1.make.com/YOUR_CALLBACK_HOOK", receiver.url],
  ]);
  expect([posted.runs.get(5), posted.runs.get(7)]).toEqual([1, 1]);
  await until(() => receiver.received.length !== 0);
  const [call] = receiver.received;
  const secret = readFileSync(join(dataDir, "callback.secret"), "utf8").trim().replace("whsec_", "");
  const hook = (body: string, timestamp: string) => ({
    value: body,
    __IMTHEADERS__: [
      { name: "webhook-id", value: call?.id },
      { name: "webhook-timestamp", value: timestamp },
      { name: "webhook-signature", value: call?.signature },
    ],
  });
  const receive = (body = "", timestamp = "", by = secret) =>
    play({ url: service.url, key }, "receive-callback", hook(body, timestamp), [["YOUR_SECRET_AFTER_WHSEC_", by]]);
  const taken = await receive(call?.body, call?.timestamp ?? "");
  expect(taken.outputs.get(3)).toMatchObject({ status: "completed", metadata: { request: "deal-8" } });
  expect(isPdf(taken.outputs.get(4))).toBe(true);
  await play({ url: service.url, key }, "post-with-callback", { suburb: "Mosman", state: "NSW", request: "deal-9" }, [
    ["https://hook.eu1.make.com/YOUR_CALLBACK_HOOK", receiver.url],
  ]);
  const failed = await until(() => receiver.received.find(({ body }) => body.includes("deal-9")));
  const notified = await play(
    { url: service.url, key },
    "receive-callback",
    {
      value: failed.body,
      __IMTHEADERS__: [
        { name: "webhook-id", value: failed.id },
        { name: "webhook-timestamp", value: failed.timestamp },
        { name: "webhook-signature", value: failed.signature },
      ],
    },
    [["YOUR_SECRET_AFTER_WHSEC_", secret]],
  );
  expect(messageOf(notified, 7)).toStartWith(
    "The status of the report on Mosman NSW is failed: no data for Mosman NSW 2088",
  );
  expect(notified.runs.get(4)).toBeUndefined();
  const refused = [
    await receive(call?.body.replace("deal-8", "deal-9"), call?.timestamp ?? ""),
    await receive(call?.body, String(Number(call?.timestamp) - 600)),
    await receive(call?.body, call?.timestamp ?? "", btoa("another secret of another service")),
  ];
  for (const { outputs } of refused) expect([...outputs.keys()]).toEqual([2]);
}, 120_000);

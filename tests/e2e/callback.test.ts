import { expect, test } from "bun:test";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { Webhook } from "standardwebhooks";
import { ok, startReceiver } from "../fakes/receiver.ts";
import { until } from "../until.ts";
import { post, run, startBinary, temporaryFolder, untilEnded } from "./binary.ts";
import { inlineJob } from "./jobs.ts";

const env = { AGENTLINK_ALLOW_HOSTS: "127.0.0.1", AGENTLINK_ALLOW_CALLBACK_HOSTS: "127.0.0.1" };

test("the end of a job is reported with its status, signed by the secret in the data folder", async () => {
  await using receiver = startReceiver(ok);
  const dataDir = temporaryFolder();
  const service = await startBinary({ dataDir, env });
  const job = { ...inlineJob(1), metadata: { scenario: 7 }, callback_url: receiver.url };
  const id = await post(service.url, job);
  await untilEnded(service.url, id);
  await until(() => receiver.received.length > 0);
  const [first] = receiver.received;
  const status = await (await fetch(`${service.url}/api/job-status/${id}`)).json();
  const secret = (await Bun.file(join(dataDir, "callback.secret")).text()).trim();
  const headers = {
    "webhook-id": first?.id ?? "",
    "webhook-timestamp": first?.timestamp ?? "",
    "webhook-signature": first?.signature ?? "",
  };
  expect(new Webhook(secret).verify(first?.body ?? "", headers)).toEqual(status);
  expect(status).toMatchObject({ status: "completed", metadata: { scenario: 7 } });
  expect((await stat(join(dataDir, "callback.secret"))).mode & 0o077).toBe(0);
  await service.end("SIGTERM");
}, 60_000);

test("kills of the process at any moment lose no callback, and give none a second id", async () => {
  // Every third is not accepted at first, so that some wait for their next attempt when the process dies.
  await using receiver = startReceiver((nth) => (nth % 3 === 0 ? new Response(null, { status: 503 }) : ok()));
  const dataDir = temporaryFolder();
  const jobs: string[] = [];
  for (let kill = 0; kill < 8; kill++) {
    const service = await startBinary({ dataDir, env });
    const bodies = Array.from({ length: 3 }, (_, at) => ({ ...inlineJob(at), callback_url: receiver.url }));
    jobs.push(...(await Promise.all(bodies.map((body) => post(service.url, body)))));
    await Bun.sleep(40 * kill);
    await service.end("SIGKILL");
  }
  const service = await startBinary({ dataDir, env });
  await Promise.all(jobs.map((id) => untilEnded(service.url, id)));
  const describeReport = () => new Set(receiver.received.map(({ body }) => JSON.parse(body).job_id as string));
  await until(() => jobs.every((id) => describeReport().has(id)), 120_000, "a callback of each job");
  for (const id of jobs) {
    const ids = receiver.received.filter(({ body }) => JSON.parse(body).job_id === id).map((each) => each.id);
    expect(new Set(ids).size).toBe(1);
  }
  await service.end("SIGTERM");
}, 300_000);

test("data comes from the operator's service, and from the catalogue where that has none", async () => {
  const requested: string[] = [];
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch({ url, headers }) {
      requested.push(`${new URL(url).pathname} ${headers.get("x-key")}`);
      return url.includes("Manly") ? Response.json(inlineJob(1).data) : new Response(null, { status: 404 });
    },
  });
  const service = await startBinary({
    dataDir: temporaryFolder(),
    env: {
      AGENTLINK_SOURCE_URL: `http://127.0.0.1:${server.port}/{state}/{suburb}`,
      AGENTLINK_SOURCE_HEADERS: '{"X-Key":"k"}',
      ...env,
    },
  });
  const found = await post(service.url, { suburb: "manly", state: "nsw" });
  const missing = await post(service.url, { suburb: "Mosman", state: "NSW" });
  expect((await untilEnded(service.url, found)).status).toBe("completed");
  expect(await untilEnded(service.url, missing)).toMatchObject({ status: "failed", failure: { code: "no_data" } });
  expect(requested.sort()).toEqual(["/NSW/Manly k", "/NSW/Mosman k"]);
  await service.end("SIGTERM");
  await server.stop(true);
}, 60_000);

test.each([
  ["AGENTLINK_SOURCE_URL", "http://127.0.0.1:9/{suburb}"],
  ["AGENTLINK_CALLBACK_URL", "http://hooks.example.com/"],
])("a start with a %s that may not be connected to says what to set", async (variable, address) => {
  const { code, stderr } = await run(["serve", "--port", "0", "--data-dir", temporaryFolder()], {
    env: { [variable]: address },
  });
  expect(code).toBe(2);
  expect(stderr).toContain(`${variable}: `);
  expect(stderr).toContain("AGENTLINK_ALLOW_HOSTS");
});

import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { join } from "node:path";
import type { DataSet } from "../../src/report/data-set.ts";
import { FakeDomain } from "../fakes/domain.ts";
import { addSuburb } from "../fakes/domain-suburb.ts";
import { until } from "../until.ts";
import { binaryPath, post, run, startBinary, temporaryFolder, untilEnded } from "./binary.ts";
import { inlineJob } from "./jobs.ts";

const domain = new FakeDomain().start();
const TODAY = new Date().toISOString().slice(0, 10);
beforeAll(() => addSuburb(domain, { today: TODAY, sold: 20, current: 4, toRent: 9, agencies: 3 }));
afterAll(() => domain.stop());

const folder = temporaryFolder();
const env = { AGENTLINK_DOMAIN_URL: domain.url, AGENTLINK_DOMAIN_KEY: domain.key, AGENTLINK_DATA_DIR: folder };
const agentlink = (...words: string[]) => run(words, { env });

describe("agentlink domain", () => {
  test("check says in plain words what the key may request, what is left and what it fetched", async () => {
    domain.packages.delete("market");
    domain.quota = { minute: 60, day: 500 };
    const { code, stdout } = await agentlink("domain", "check");
    expect(code).toBe(0);
    expect(stdout).toContain("accepts the key.");
    expect(stdout).toMatch(/sold listings +allowed/);
    expect(stdout).toMatch(/suburb performance +not in the key's packages \(Insufficient package\)/);
    expect(stdout).toMatch(/quota +49\d of 500 calls left today, \d+ of 60 this minute/);
    expect(stdout).toMatch(/Manly NSW +20 sales, 4 listings, 3 agencies, \d+ agents: \d+ calls in/);
    // The package was taken since: the check finds out, and the next report has it.
    domain.packages.add("market");
    const json = JSON.parse((await agentlink("domain", "check", "--json")).stdout);
    expect(json.parts.map(({ state }: { state: string }) => state)).toEqual(Array(7).fill("allowed"));
    domain.quota = null;
  });

  test("check and doctor say what is wrong with a key, and exit 1", async () => {
    const wrong = { ...env, AGENTLINK_DOMAIN_KEY: "another" };
    const { code, stderr } = await run(["domain", "check"], { env: wrong });
    expect([code, stderr]).toEqual([1, expect.stringContaining("Invalid API Key")]);
    const { findings } = JSON.parse((await run(["doctor", "--json"], { env: wrong })).stdout);
    expect(findings).toContainEqual(expect.objectContaining({ what: "domain", state: "fail" }));
    const unset = await run(["domain", "check"], { env: { AGENTLINK_DATA_DIR: folder } });
    expect([unset.code !== 0, unset.stderr]).toEqual([true, expect.stringContaining("AGENTLINK_DOMAIN_KEY")]);
  });

  test("fetch writes the data set, which a request can bring and import can take", async () => {
    const file = join(folder, "manly.json");
    expect(await agentlink("domain", "fetch", "manly", "nsw", "-o", file)).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("20 sales, 4 listings"),
    });
    const dataSet = (await Bun.file(file).json()) as DataSet;
    expect(dataSet.sales).toHaveLength(20);
    expect(await agentlink("domain", "fetch", "Bronte", "NSW")).toMatchObject({
      stderr: expect.stringContaining("Domain has no data for Bronte NSW 2024"),
    });
    expect((await agentlink("domain", "fetch", "Manly")).stderr).toContain("state is required");
  });
});

test("agentlink people lists what is joined and why, and a decision lasts", async () => {
  const agencies = [
    { id: "own-1", name: "Kestrel & Pine Manly" },
    { id: "own-2", name: "Kestrel & Pine Dee Why" },
  ];
  const agents = agencies.map(({ id }, at) => ({
    id: `ada-${at}`,
    name: "Ada Birke",
    agency_id: id,
    suburb: "Manly",
    state: "NSW",
  }));
  for (const [kind, rows] of Object.entries({ agencies, agents })) {
    const file = join(folder, `${kind}.ndjson`);
    await Bun.write(file, rows.map((row) => JSON.stringify(row)).join("\n"));
    expect((await agentlink("import", file)).code).toBe(0);
  }
  const list = async (...words: string[]) => JSON.parse((await agentlink("people", ...words, "--json")).stdout);
  const joined = { kind: "agent", keep: "ada-0", join: "ada-1", reason: "name within a franchise" };
  expect((await list()).joins).toContainEqual(expect.objectContaining(joined));
  expect((await agentlink("people", "list", "Manly", "NSW")).stdout).toMatch(
    /Ada Birke \(ada-0\) +Ada Birke \(ada-1\) +name within/,
  );
  expect((await agentlink("people", "split", "ada-0", "ada-1")).stdout).toContain("now two entries");
  const { joins, decisions } = await list("list", "Manly", "NSW");
  expect(joins).not.toContainEqual(expect.objectContaining({ join: "ada-1" }));
  expect(decisions).toEqual([{ kind: "agent", decision: "split", ids: ["ada-0", "ada-1"] }]);
  expect((await agentlink("people", "merge", "ada-0", "ada-0")).code).toBe(2);
  for (const decision of ["merge", "split", "forget"]) {
    const refused = await agentlink("people", decision, "nobody", "ada-0");
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain(
      'there is no agent with the id "nobody" in the catalogue or in Domain\'s stored data',
    );
  }
  expect((await agentlink("people", "merge", "ada-0", "ada-1", "--kind", "sale")).code).toBe(1);
  expect((await list()).decisions).toEqual(decisions);
  const { agents: theirs } = JSON.parse((await agentlink("domain", "fetch", "Manly", "NSW")).stdout);
  expect((await agentlink("people", "merge", "ada-0", theirs[0].id)).stdout).toContain("now one entry");
  expect((await agentlink("people", "forget", "ada-0", theirs[0].id)).code).toBe(0);
  expect((await agentlink("people", "forget", "ada-1", "ada-0")).code).toBe(0);
  expect((await list()).joins).toContainEqual(expect.objectContaining(joined));
}, 60_000);

test("the demo with --live makes its report from Domain, and has no sample", async () => {
  const child = Bun.spawn([binaryPath(), "demo", "--live", "--port", "0"], {
    cwd: temporaryFolder(),
    env: { ...env, AGENTLINK_DATA_DIR: temporaryFolder(), PATH: process.env.PATH },
    stdout: "pipe",
    stderr: "ignore",
  });
  let text = "";
  let isServing = false;
  for await (const part of child.stdout.pipeThrough(new TextDecoderStream())) {
    text += part;
    if (isServing || !text.includes("Serving until Ctrl-C.")) continue;
    isServing = true;
    child.kill("SIGINT");
  }
  expect(await child.exited).toBe(0);
  expect(text).toContain("The data is real, from 127.0.0.1:");
  expect(text).toMatch(/100 % {2}completed/);
  expect(text).not.toContain("synthetic");
}, 60_000);

test("a spent quota lets its jobs wait with the reason and the time, uses no attempt, and other jobs continue", async () => {
  const dataDir = temporaryFolder();
  domain.quota = { minute: 60, day: 0 };
  const service = await startBinary({
    dataDir,
    env: { AGENTLINK_DOMAIN_URL: domain.url, AGENTLINK_DOMAIN_KEY: domain.key },
  });
  try {
    const waiting = await post(service.url, { suburb: "Manly", state: "NSW" });
    const status = async () => (await fetch(`${service.url}/api/job-status/${waiting}`)).json();
    const job = await until(async () => {
      const now = await status();
      return now.waiting_for === null ? undefined : now;
    });
    expect(job).toMatchObject({ status: "processing", attempts: 0 });
    expect(job.waiting_for).toMatch(
      /^Domain's daily quota is used up; it resets at 10:00 AEST \(next attempt \d{4}-\d\d-\d\dT00:00:00.000Z\)$/,
    );
    expect(await untilEnded(service.url, await post(service.url, inlineJob(1)))).toMatchObject({ status: "completed" });
    expect((await status()).attempts).toBe(0);
    // The next day has begun, or it is requested manually.
    domain.quota = null;
    await fetch(`${service.url}/api/jobs/${waiting}/retry`, { method: "POST" });
    expect(await untilEnded(service.url, waiting)).toMatchObject({ status: "completed", attempts: 1 });
    // The agencies that let here are known from the homes to let.
    const letting = await fetch(`${service.url}/api/generate-agency-report`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ suburb: "Manly", state: "NSW" }),
    });
    const { job_id } = (await letting.json()) as { job_id: string };
    expect(await untilEnded(service.url, job_id)).toMatchObject({ status: "completed", error: "" });
    expect(domain.violations).toEqual([]);
  } finally {
    await service.end("SIGKILL");
  }
}, 60_000);

import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import type { Running } from "../../src/pipeline/attempt.ts";
import type { Claim } from "../../src/queue/job.ts";
import { endedJobView } from "../../src/views/job-view.ts";
import type { StatusContract } from "../../src/views/status-word.ts";
import { type Api, openApi } from "./api.ts";

// The clients of the service that this one replaces do one of three things, and change nothing.

const NAMES = {
  agents: "Manly_Top_Agents.pdf",
  commission: "Manly_Commission.pdf",
  complete: "AgentLink_Manly_Agent_Suburb_Report.pdf",
};
const TEXTS = [
  ...["dropbox_url", "filename", "commission_dropbox_url", "commission_filename", "commission_rate", "discount"],
  ...["completed_pdf_url", "completed_filename", "error"],
];

let api: Api;
let running: Map<string, Running>;
const open = async (statusContract: StatusContract = "v2") => {
  running = new Map();
  api = await openApi({ running: () => running, statusContract });
};
beforeEach(() => open());
afterEach(() => api[Symbol.asyncDispose]());

const poll = async (id: string) =>
  (await (await api.request(`/api/job-status/${id}`)).json()) as Readonly<Record<string, unknown>>;

async function rendered(claim: Claim, kind: keyof typeof NAMES, more: boolean) {
  const facts = kind === "commission" ? { commission_rate: "1.80-1.98%", discount: "$1,250" } : null;
  const file = { path: `reports/${claim.job.id}-${kind}.pdf`, sha256: "ab".repeat(32), bytes: 900, pages: 2 };
  await api.queue.rendered(claim, { ...file, kind, filename: NAMES[kind], facts }, { main: kind === "agents", more });
}

/** Takes a job through all that an old one went through; returns what was polled at each step. */
async function wholeLife(id: string) {
  const polled = [await poll(id)];
  const claim = await api.claim();
  const at = async (stage: Running["stage"], progress: number, document: string | null = null) => {
    running.set(id, { stage, progress, document, section: null, waitingFor: null });
    polled.push(await poll(id));
  };
  await at("gathering", 0.3);
  await api.queue.gathered(claim, "{}");
  await at("rendering", 0.45, "commission");
  await rendered(claim, "commission", true);
  await at("rendering", 0.6, "agents");
  await rendered(claim, "agents", true);
  await at("rendering", 0.84, "complete");
  await rendered(claim, "complete", false);
  await at("delivering", 0.85, "agents");
  await at("delivering", 0.92, "complete");
  const delivered = (kind: keyof typeof NAMES) => ({
    to: `/Reports/${NAMES[kind]}`,
    url: `https://www.dropbox.com/scl/fi/${kind}?dl=0`,
  });
  const documents = {
    agents: delivered("agents"),
    commission: delivered("commission"),
    complete: delivered("complete"),
  };
  await api.queue.complete(claim, { ...delivered("agents"), documents });
  running.clear();
  polled.push(await poll(id));
  return polled;
}

describe("a client of the old service", () => {
  test("that polls status until it is completed or failed sees nothing but words it knows, and an end", async () => {
    const words = (await wholeLife(await api.accept())).map(({ status }) => status);
    expect(words.at(-1)).toBe("completed");
    expect(new Set(words.slice(0, -1))).toEqual(new Set(["processing"]));
    const id = await api.accept();
    await api.queue.fail(await api.claim(), { code: "no_data", message: "no data for Manly NSW" }, null);
    expect(await poll(id)).toMatchObject({ status: "failed", progress: 0, error: "no data for Manly NSW" });
  });

  test("that waits for a progress of 100 sees whole numbers that never fall, by the old service's steps", async () => {
    const steps = (await wholeLife(await api.accept())).map(({ progress }) => progress);
    expect(steps).toEqual([10, 30, 45, 60, 84, 85, 92, 100]);
  });

  test("that maps links and names gets a text for each in every response, and at the end all of them", async () => {
    const polled = await wholeLife(await api.accept());
    for (const job of polled) for (const name of TEXTS) expect([name, typeof job[name]]).toEqual([name, "string"]);
    for (const job of polled.slice(0, -1)) expect([job.dropbox_url, job.filename, job.error]).toEqual(["", "", ""]);
    expect(polled.at(-1)).toMatchObject({
      dropbox_url: "https://www.dropbox.com/scl/fi/agents?dl=0",
      filename: NAMES.agents,
      commission_dropbox_url: "https://www.dropbox.com/scl/fi/commission?dl=0",
      commission_filename: NAMES.commission,
      commission_rate: "1.80-1.98%",
      discount: "$1,250",
      completed_pdf_url: "https://www.dropbox.com/scl/fi/complete?dl=0",
      completed_filename: NAMES.complete,
      error: "",
    });
  });

  test("whose target creates no links gets this service's own", async () => {
    const id = await api.accept();
    await api.finish();
    const { dropbox_url, commission_dropbox_url } = await poll(id);
    expect(dropbox_url).toBe(`${api.url}/api/jobs/${id}/documents/agents.pdf`);
    expect(commission_dropbox_url).toBe("");
    expect((await api.request(String(dropbox_url).slice(api.url.length))).status).toBe(200);
  });

  test("that requests a job that was never there gets the old words", async () => {
    const response = await api.request("/api/job-status/00000000-0000-7000-8000-000000000000");
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ detail: "Job not found", code: "unknown_job" });
  });

  test("that is called back gets the same document", async () => {
    const id = await api.accept();
    const polled = (await wholeLife(id)).at(-1);
    const job = await api.queue.get(id);
    if (job === null) throw new Error("the job is gone");
    const { eta_seconds: _, ...notified } = endedJobView(job, { origin: api.url, admin: true, folders: [] });
    expect(polled).toMatchObject(JSON.parse(JSON.stringify(notified)));
  });
});

test("AGENTLINK_STATUS_CONTRACT=v1: each word and number of the old service, and failed for what was cancelled", async () => {
  await api[Symbol.asyncDispose]();
  await open("v1");
  const polled = await wholeLife(await api.accept());
  expect(polled.map(({ status, progress }) => `${status} ${progress}`)).toEqual([
    "processing 10",
    "fetching_agents_data 30",
    "generating_commission_pdf 45",
    "generating_pdf 60",
    "generating_pdf 60",
    "uploading_to_dropbox 85",
    "creating_completed_pdf 92",
    "completed 100",
  ]);
  const agency = await api.post("/api/generate-agency-report", { suburb: "Manly", state: "NSW" });
  const { job_id: id } = (await agency.json()) as { readonly job_id: string };
  await api.claim();
  running.set(id, { stage: "gathering", progress: 0.3, section: null, waitingFor: null });
  expect(await poll(id)).toMatchObject({ status: "fetching_agency_data", progress: 30 });
  await api.queue.cancel(id);
  const other = await api.accept();
  await api.queue.cancel(other);
  expect(await poll(other)).toMatchObject({ status: "failed", stage: "cancelled", error: "The job was cancelled." });
});

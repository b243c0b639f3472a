import { expect, test } from "bun:test";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { startBinary, temporaryFolder } from "./binary.ts";
import { importManly } from "./jobs.ts";
import { ALL_FIELDS, MAKE, POWERSHELL } from "./old-requests.ts";

const LIMIT_MS = 60_000;
/** They poll every few seconds; the tests have no time for that. */
const POLL_MS = 250;

/** What a client of the old service reads of a job: every field is there, and none is null. */
interface OldStatus {
  readonly job_id: string;
  readonly status: string;
  readonly progress: number;
  readonly dropbox_url: string;
  readonly filename: string;
  readonly error: string;
  readonly commission_dropbox_url: string;
  readonly commission_filename: string;
  readonly commission_rate: string;
  readonly completed_pdf_url: string;
  readonly completed_filename: string;
}

const postRaw = (url: string, body: string, contentType = "application/json") =>
  fetch(`${url}/api/generate-agents-report`, { method: "POST", headers: { "content-type": contentType }, body });

async function post(url: string, body: object | string, contentType?: string): Promise<string> {
  const accepted = await postRaw(url, typeof body === "string" ? body : JSON.stringify(body), contentType);
  expect([accepted.status, accepted.status === 200 ? "" : await accepted.text()]).toEqual([200, ""]);
  const { job_id, status } = (await accepted.json()) as { job_id: string; status: string };
  expect(status).toBe("processing");
  return job_id;
}

/** Polls as a client does until it sees what that waits for; returns all that it was shown. */
async function poll(url: string, id: string, done: (status: OldStatus) => boolean): Promise<readonly OldStatus[]> {
  const seen: OldStatus[] = [];
  for (const deadline = performance.now() + LIMIT_MS; ; await Bun.sleep(POLL_MS)) {
    const response = await fetch(`${url}/api/job-status/${id}`);
    expect(response.status).toBe(200);
    const status = (await response.json()) as OldStatus;
    expect(status.job_id).toBe(id);
    for (const field of ["status", "dropbox_url", "filename", "error"] as const)
      expect([field, typeof status[field]]).toEqual([field, "string"]);
    expect(Number.isInteger(status.progress)).toBe(true);
    seen.push(status);
    if (done(status)) return seen;
    if (performance.now() > deadline) throw new Error(`timed out at: ${JSON.stringify(status)}`);
  }
}

const untilStatus = ({ status }: OldStatus) => status === "completed" || status === "failed";
const untilProgress = ({ progress }: OldStatus) => progress === 100;

/** The scenario fetches the file from a link, to merge and to mail it. */
async function fetchLink({ dropbox_url, filename }: Pick<OldStatus, "dropbox_url" | "filename">): Promise<void> {
  expect(filename).toEndWith(".pdf");
  const file = await fetch(dropbox_url);
  expect(file.status).toBe(200);
  expect(Buffer.from(await file.arrayBuffer()).toString("latin1", 0, 5)).toBe("%PDF-");
}

test("the old service's callers have their days: scripts, scenarios and pollers find what they know", async () => {
  const dataDir = temporaryFolder();
  await importManly(dataDir);
  const service = await startBinary({ dataDir });
  const { url } = service;

  const five = await Promise.all(
    Array.from({ length: 5 }, async (_, index) => {
      const id = await post(url, ALL_FIELDS);
      const seen = await poll(url, id, index % 2 === 0 ? untilStatus : untilProgress);
      expect(seen.slice(0, -1).every(({ status, progress }) => status === "processing" && progress < 100)).toBe(true);
      const last = seen.at(-1);
      expect(last).toMatchObject({ status: "completed", progress: 100, error: "" });
      return { id, last };
    }),
  );
  expect(new Set(five.map(({ id }) => id)).size).toBe(5);
  const delivered = await readdir(join(dataDir, "delivered"), { recursive: true });
  expect(delivered.filter((name) => name.endsWith(".pdf"))).toHaveLength(5);
  const [first] = five;
  if (first?.last !== undefined) await fetchLink(first.last);

  const shell = await post(url, POWERSHELL, "application/json; charset=utf-8");
  const make = await post(url, MAKE);
  const kinds = [
    [shell, { requested: {}, requested_text: "", postcode: "2095", warnings: [] }],
    [make, { requested: { property_types: ["House", "Apartment"], min_bedrooms: 3 }, warnings: [] }],
  ] as const;
  for (const [id, shown] of kinds) {
    const last = (await poll(url, id, untilStatus)).at(-1);
    expect(last).toMatchObject({ status: "completed", ...shown });
    if (last !== undefined) await fetchLink(last);
  }

  // With a price band, in the spelling of each form, there are three documents and three links.
  for (const home_owner_pricing of ["$1.5m-$2m", "$1.5m_$2m"]) {
    const last = (await poll(url, await post(url, { ...MAKE, home_owner_pricing }), untilProgress)).at(-1);
    if (last === undefined) throw new Error("it was not polled");
    expect(last).toMatchObject({ status: "completed", error: "", commission_rate: expect.any(String) });
    const { commission_dropbox_url, commission_filename, completed_pdf_url, completed_filename } = last;
    await fetchLink(last);
    await fetchLink({ dropbox_url: commission_dropbox_url, filename: commission_filename });
    await fetchLink({ dropbox_url: completed_pdf_url, filename: completed_filename });
    expect(new Set([last.filename, commission_filename, completed_filename]).size).toBe(3);
  }

  // A filter that leaves nothing gives a document that states it.
  const nothing = (await poll(url, await post(url, { ...MAKE, min_bedrooms: "40" }), untilStatus)).at(-1);
  expect(nothing).toMatchObject({ status: "completed", result: { pages: 1 } });

  const unknown = await fetch(`${url}/api/job-status/3f0c2f0e-0000-4000-8000-000000000000`);
  expect([unknown.status, typeof ((await unknown.json()) as { detail: unknown }).detail]).toEqual([404, "string"]);
  for (const wrong of [{ state: "NSW" }, { ...MAKE, property_types: "Castle" }, { ...MAKE, max_bedrooms: "2" }]) {
    const reply = await postRaw(url, JSON.stringify(wrong));
    expect([reply.status, "detail" in ((await reply.json()) as object)]).toEqual([422, true]);
  }
  await service.end("SIGTERM");
}, 120_000);

import { Database } from "bun:sqlite";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { JobStatus } from "../e2e/binary.ts";
import type { Outside } from "./outside.ts";
import type { TortureRecord, Wanted } from "./record.ts";

/** In peace, one of those that are left must end within this. */
const PEACE_MS = 360_000;
/** The receiver is well again: what it has not taken yet is sent once more, and comes within this. */
const NOTIFIED_MS = 60_000;

interface JobRow {
  readonly id: string;
  readonly status: string;
  readonly error_code: string | null;
  readonly total_attempts: number;
  readonly report_sha256: string | null;
  readonly delivered_to: string | null;
  readonly number: number;
  /** The targets that had it before the job ended: of several, some may have when it is cancelled. */
  readonly has_it: string | null;
  /** JSON: the kind, path and hash of each document that was made. */
  readonly documents: string;
  readonly request: string;
  /** JSON: a list of texts; null for none. */
  readonly warnings: string | null;
}

interface AttemptRow {
  readonly number: number;
  readonly ended_at: string | null;
  readonly outcome: string | null;
}

/** Waits for the end of everything, and checks the API, the database, the delivered files and the receiver against the record. */
export async function checkEverything(given: {
  readonly record: TortureRecord;
  readonly url: string;
  readonly key: string;
  readonly dataDir: string;
  readonly delivered: string;
  readonly outside: Outside;
}): Promise<void> {
  const { record, url, key, dataDir, delivered, outside } = given;
  const send = (path: string, method = "GET") =>
    fetch(url + path, { method, headers: { authorization: `Bearer ${key}` } });
  const { fault } = record;
  const database = new Database(join(dataDir, "agentlink.db"), { readonly: true });
  const began = Date.now();
  await untilAllEnded(database, fault);
  record.counts.set("seconds of peace until all had ended", Math.ceil((Date.now() - began) / 1_000));
  for (const wanted of record.wanted) if (wanted.id !== null) await checkResponse(record, send, wanted);

  const jobs = database
    .query<JobRow, []>(
      `SELECT *, CAST(substr(json_extract(request, '$.delivery.filename'), 8) AS INTEGER) AS number,
         (SELECT group_concat(DISTINCT target) FROM deliveries WHERE job_id = jobs.id AND delivered_at IS NOT NULL) AS has_it,
         (SELECT json_group_array(json_object('kind', kind, 'to', delivered_to, 'sha256', sha256)) FROM documents
           WHERE job_id = jobs.id) AS documents
       FROM jobs`,
    )
    .all();
  const byNumber = Map.groupBy(jobs, ({ number }) => number);
  for (const wanted of record.wanted) {
    const { number, batch, id } = wanted;
    const own = byNumber.get(number) ?? [];
    if (own.length > 1) fault(`report ${number} was asked for once and is ${own.length} jobs`);
    if (id !== null && own[0]?.id !== id) fault(`job ${id} was acknowledged and is missing`);
    const there = batch.filter((other) => byNumber.has(other)).length;
    if (there !== 0 && there !== batch.length) fault(`of the batch ${batch} only ${there} are there`);
  }

  const attempts = database.query<AttemptRow, [string]>(
    "SELECT number, ended_at, outcome FROM attempts WHERE job_id = ? ORDER BY number",
  );
  for (const job of jobs) checkAttempts(job, attempts.all(job.id), fault);
  checkFiles(record, jobs, join(delivered, "torture"));
  checkObjects(record, jobs, outside.objects);
  await checkNotified(record, jobs, send, outside);
  for (const { status, error_code } of jobs) record.count(`ended: ${status}${error_code ? ` (${error_code})` : ""}`);
  const { integrity_check } = database.query("PRAGMA integrity_check").get() as { integrity_check: string };
  if (integrity_check !== "ok") fault(`the database is damaged: ${integrity_check}`);
  database.close();
}

type Request = (path: string, method?: string) => Promise<Response>;

async function untilAllEnded(database: Database, fault: (text: string) => void): Promise<void> {
  const left = database.query<{ n: number }, []>(
    "SELECT count(*) AS n FROM jobs WHERE status IN ('queued', 'running', 'waiting')",
  );
  let until = Date.now() + PEACE_MS;
  for (let before = Number.POSITIVE_INFINITY; ; await Bun.sleep(100)) {
    const now = left.get()?.n ?? 0;
    if (now === 0) return;
    // A slow machine is none of its faults: it has as long for each of them.
    if (now < before) until = Date.now() + PEACE_MS;
    before = now;
    if (Date.now() < until) continue;
    fault(`${now} jobs are left, and none has ended for ${PEACE_MS / 1_000} seconds`);
    return;
  }
}

/** What the API reports in the end is no other than what it has reported, and the PDF it serves is the one it names. */
async function checkResponse(record: TortureRecord, call: Request, wanted: Wanted): Promise<void> {
  const response = await call(`/api/job-status/${wanted.id}`);
  if (response.status !== 200) return record.fault(`job ${wanted.id} was acknowledged, and now: ${response.status}`);
  const job = (await response.json()) as JobStatus;
  record.notified(wanted, job);
  if (job.status !== "completed") return;
  if (job.attempts < 1) record.fault(`job ${wanted.id} is completed without an attempt`);
  const pdf = await call(`/api/jobs/${wanted.id}/report.pdf`);
  if (pdf.status === 404 && record.movedByBackup)
    return record.count("PDFs that a backup left behind, delivered before");
  if (sha256(new Uint8Array(await pdf.arrayBuffer())) !== job.result?.sha256)
    record.fault(`job ${wanted.id}: its report is not the one that the API names`);
}

function checkAttempts(job: JobRow, attempts: readonly AttemptRow[], fault: (text: string) => void): void {
  const outcomes = attempts.map(({ outcome }) => outcome);
  const numbers = attempts.map(({ number }) => number);
  if (attempts.length !== job.total_attempts || numbers.some((number, at) => number !== at + 1))
    fault(`job ${job.id} counts ${job.total_attempts} attempts, and has ${numbers}`);
  if (attempts.some(({ ended_at, outcome }) => ended_at === null || outcome === null))
    fault(`job ${job.id} has an attempt that has not ended: ${outcomes}`);
  const completed = outcomes.filter((outcome) => outcome === "completed").length;
  if (completed !== (job.status === "completed" ? 1 : 0)) fault(`job ${job.id} is ${job.status} after ${outcomes}`);
  const crashed = outcomes.filter((outcome) => outcome === "crashed").length;
  const excused = job.error_code === "no_data" || (job.error_code === "poisonous" && crashed >= 3);
  if (job.status === "failed" && !excused) fault(`job ${job.id} failed as ${job.error_code} after ${outcomes}`);
}

/** What the request's name becomes for documents beside the main one. */
const BESIDE = ["", " commission", " complete report"];

/** One file for each document of a completed job; none of a cancelled one, whenever the cancel came. */
function checkFiles(record: TortureRecord, jobs: readonly JobRow[], folder: string): void {
  const files = existsSync(folder) ? readdirSync(folder) : [];
  const byName = new Map(jobs.flatMap((job) => BESIDE.map((more) => [`report-${job.number}${more}.pdf`, job])));
  for (const job of jobs) {
    const { id, status, delivered_to, report_sha256, documents } = job;
    if (status !== "completed") continue;
    checkDocuments(record, job);
    const made = JSON.parse(documents) as readonly { kind: string; to: string | null; sha256: string }[];
    if (!made.some(({ to, sha256 }) => to === delivered_to && sha256 === report_sha256))
      record.fault(`the main document of job ${id} is none of its documents`);
    for (const { kind, to, sha256: hash } of made) {
      if (to === null || !existsSync(to)) record.fault(`job ${id} is completed, and the file of its ${kind} is gone`);
      else if (sha256(readFileSync(to)) !== hash) record.fault(`the file of ${kind} of job ${id} has another hash`);
    }
  }
  for (const name of files) {
    const job = byName.get(name);
    if (job === undefined) {
      // A kill between the copy and its name leaves a hidden one; the job's next attempt removes it.
      const owner = jobs.find(({ id }) => name.startsWith(`.${id}-`) && name.endsWith(".part"));
      if (owner === undefined || owner.status === "completed") record.fault(`${name} is a file of no job`);
    } else if (job.status !== "completed") {
      // A cancel that comes while the file is put waits for that, and then the job completes.
      if (job.status === "failed" && job.error_code === "poisonous") record.count("delivered before it failed");
      else if (hasIt(job, "folder")) record.count("cancelled when one of two targets had it");
      else record.fault(`${name} was delivered, and its job is ${job.status} since before`);
    }
  }
}

/** The report; with a price band the commission document, too, and the complete one unless a warning states that it cannot be made. */
function checkDocuments(record: TortureRecord, { id, documents, request, warnings }: JobRow): void {
  const kinds = (JSON.parse(documents) as readonly { kind: string }[]).map(({ kind }) => kind).toSorted();
  const isWarned = (warnings ?? "").includes("complete could not be rendered");
  const beside = request.includes("home_owner_pricing") ? ["commission", ...(isWarned ? [] : ["complete"])] : [];
  const expected = [request.includes('"edition":"brief"') ? "agents_brief" : "agents", ...beside];
  if (kinds.join() !== expected.join()) record.fault(`job ${id} is completed with ${kinds}, and not ${expected}`);
  record.count(`completed with ${expected.length === 1 ? "one document" : `${expected.length} documents`}`);
}

function hasIt({ status, has_it }: JobRow, target: string): boolean {
  return status === "cancelled" && (has_it?.split(",") ?? []).includes(target);
}

/** An object in the bucket for each document of a completed job; none of a cancelled one. */
function checkObjects(record: TortureRecord, jobs: readonly JobRow[], objects: ReadonlyMap<string, Buffer>): void {
  const hashesOf = ({ documents }: JobRow) =>
    (JSON.parse(documents) as readonly { sha256: string }[]).map(({ sha256 }) => sha256);
  const byName = new Map(jobs.flatMap((job) => BESIDE.map((more) => [`torture/report-${job.number}${more}.pdf`, job])));
  for (const [key, content] of objects) {
    const job = byName.get(key);
    if (job === undefined) record.fault(`${key} is an object of no job`);
    else if (job.status !== "completed" && !hasIt(job, "s3"))
      record.fault(`${key} is in the bucket, and its job is ${job.status}`);
    else if (!hashesOf(job).includes(sha256(content))) record.fault(`the object of job ${job.id} has another hash`);
  }
  for (const job of jobs) {
    const found = BESIDE.filter((more) => objects.has(`torture/report-${job.number}${more}.pdf`)).length;
    if (job.status === "completed" && found !== hashesOf(job).length)
      record.fault(`job ${job.id} is completed, and ${found} of its documents are in the bucket`);
  }
}

/** Each end is reported to a receiver that is well, if need be when an operator has it sent again. */
async function checkNotified(record: TortureRecord, jobs: readonly JobRow[], get: Request, outside: Outside) {
  const missing = () => jobs.filter(({ id, status }) => !outside.notified(id, status));
  record.count(`${jobs.length - missing().length} of ${jobs.length} ends reported before they were sent again`);
  for (const { id } of missing()) await get(`/api/jobs/${id}/callback`, "POST");
  const deadline = Date.now() + NOTIFIED_MS;
  while (missing().length > 0 && Date.now() < deadline) await Bun.sleep(100);
  for (const { id, status } of missing()) record.fault(`nobody was notified that job ${id} is ${status}`);
}

function sha256(bytes: Uint8Array): string {
  return new Bun.CryptoHasher("sha256").update(bytes).digest("hex");
}

import { Elysia } from "elysia";
import { type Caller, seesAll } from "../../../access/access.ts";
import type { Job } from "../../../queue/job.ts";
import type { JobListQuery } from "../../../queue/queue.ts";
import { nameOf } from "../../../views/document-view.ts";
import { createDownloads } from "../../downloads.ts";
import { originOf } from "../../http.ts";
import { operation } from "../../openapi/operation.ts";
import { defineQuery, integer } from "../../query.ts";
import { type Cell, TABLE_TYPES, type TableType, tableFile, untilOver } from "../../table-file.ts";
import { readBlocks } from "../blocked-by.ts";
import { CURSOR, ownOf, SELECTING, selectedBy } from "../job-filter.ts";
import { around, jobView } from "../job-status.ts";
import type { Shared } from "../shared.ts";

type View = ReturnType<typeof jobView>;

/** What each job's row has. Times are UTC. */
const COLUMNS: Readonly<Record<string, (job: Job, view: View) => Cell>> = {
  job_id: (job) => job.id,
  status: (job) => (job.status === "running" ? job.stage : job.status),
  suburb: (job) => job.suburb,
  state: (job) => job.state,
  postcode: (job) => job.postcode,
  client: (job) => job.client,
  prepared_for: (_, { requested: { prepared_for: name } }) => (typeof name === "string" ? name : null),
  requested: (_, view) => view.requested_text || null,
  documents: (job) => job.documents.map(({ kind }) => kind).join(", ") || null,
  files: (job) => job.documents.map((document) => nameOf(job, document)).join(", ") || null,
  pages: ({ documents }) => (documents.length === 0 ? null : documents.reduce((sum, { pages }) => sum + pages, 0)),
  accepted_at: (job) => job.createdAt,
  started_at: (job) => job.startedAt,
  ended_at: (job) => job.endedAt,
  seconds: (job) => (job.startedAt === null ? null : job.ranMs / 1_000),
  attempts: (job) => job.attempts,
  delivered_to: (_, { result }) => result?.delivered_to ?? null,
  link: (_, { result }) => result?.url ?? null,
  error_code: (_, { failure }) => failure?.code ?? null,
  error: (_, { failure }) => failure?.message ?? null,
  metadata: (_, { metadata }) => (metadata === null ? null : JSON.stringify(metadata)),
};

const A_PAGE = 200;
const QUERY = defineQuery({
  ...SELECTING,
  limit: integer("How many; all of them where it is left out", { minimum: 1, maximum: A_PAGE, usual: null }),
  cursor: CURSOR,
});

/** The list of jobs as a file for a spreadsheet: all that pass the filter, or `limit` of them. */
export function jobsFileRoutes(shared: Shared) {
  const { queue, admission, connections, publicUrl } = shared;
  const downloads = createDownloads("Tables of jobs");

  async function* jobsOf(filter: Omit<JobListQuery, "limit">, most: number): AsyncGenerator<Job> {
    let left = most;
    for (let cursor = filter.cursor ?? null; ; ) {
      const limit = Math.min(A_PAGE, left);
      const page = await queue.list({ ...filter, limit, ...(cursor !== null && { cursor }) });
      yield* page.jobs;
      left -= page.jobs.length;
      cursor = page.nextCursor;
      if (cursor === null || left <= 0) return;
    }
  }

  const file = async (type: TableType, request: Request, caller: Caller): Promise<Response> => {
    const { limit, order, cursor, ...given } = QUERY.read(request);
    const filter = { ...selectedBy(given), order, ...(cursor !== null && { cursor }), ...ownOf(caller) };
    const origin = originOf(publicUrl, request);
    const holds = await readBlocks(shared);
    const jobs = jobsOf(filter, limit ?? Number.POSITIVE_INFINITY);
    // What is wrong with the cursor is said in words, not in the middle of a file.
    const first = await jobs.next();
    const end = downloads.begin(caller.client);
    async function* rows() {
      for (let next = first; !next.done; next = await jobs.next()) {
        const job = next.value;
        const view = jobView(job, around(shared, origin, job, null, holds, seesAll(caller)));
        yield Object.values(COLUMNS).map((cell) => cell(job, view));
      }
    }
    connections.allowSilence(request, 60);
    request.signal.addEventListener("abort", end, { once: true });
    const name = `jobs-${new Date().toISOString().slice(0, 10)}`;
    return tableFile(type, { name, columns: Object.keys(COLUMNS), rows: untilOver(rows(), end) });
  };

  return new Elysia()
    .use(admission)
    .get("/api/jobs.csv", ({ request, caller }) => file("csv", request, caller), { detail: detailOf("csv") })
    .get("/api/jobs.xlsx", ({ request, caller }) => file("xlsx", request, caller), { detail: detailOf("xlsx") });
}

const detailOf = (type: TableType) =>
  operation({
    operationId: type === "csv" ? "jobsAsCsv" : "jobsAsWorkbook",
    tags: ["Jobs"],
    summary: type === "csv" ? "The jobs as CSV" : "The jobs as a workbook (XLSX)",
    description:
      "A row for each job that passes the filter, in the order of the list; `limit` of them where it is given. Times are UTC. No cell is taken for a formula.",
    parameters: QUERY.parameters,
    responses: { 200: { description: "The table", content: { [TABLE_TYPES[type]]: { type: "string" } } } },
    problems: [422],
  });

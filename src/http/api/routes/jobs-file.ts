import { Elysia } from "elysia";
import { type Caller, seesSurroundings } from "../../../access/caller.ts";
import { calendarOf, isoIn } from "../../../host/time-zone.ts";
import type { Job } from "../../../queue/job.ts";
import type { JobListQuery } from "../../../queue/queue.ts";
import { localityTimeZone } from "../../../report/day.ts";
import { nameOf } from "../../../views/document-view.ts";
import { createDownloads } from "../../downloads.ts";
import { errors } from "../../errors.ts";
import { originOf } from "../../http.ts";
import { operation } from "../../openapi/operation.ts";
import { defineQuery, integer, type QueryParameter } from "../../query.ts";
import { type Cell, TABLE_TYPES, type TableType, tableFile } from "../../table-file.ts";
import { readBlocks } from "../blocked-by.ts";
import { CURSOR, ownOf, SELECTING, selectedBy } from "../job-filter.ts";
import { readJobPages } from "../job-pages.ts";
import { around, jobView } from "../job-status.ts";
import type { Shared } from "../shared.ts";

type View = ReturnType<typeof jobView>;

/** A moment of a job by the clock that was requested; null for none. */
type At = (time: string | null) => string | null;

/** What each job's row has. */
const COLUMNS: Readonly<Record<string, (job: Job, view: View, at: At) => Cell>> = {
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
  accepted_at: (job, _, at) => at(job.createdAt),
  started_at: (job, _, at) => at(job.startedAt),
  ended_at: (job, _, at) => at(job.endedAt),
  seconds: (job) => (job.startedAt === null ? null : job.ranMs / 1_000),
  attempts: (job) => job.attempts,
  delivered_to: (_, { result }) => result?.delivered_to ?? null,
  link: (_, { result }) => result?.url ?? null,
  error_code: (_, { failure }) => failure?.code ?? null,
  error: (_, { failure }) => failure?.message ?? null,
  metadata: (_, { metadata }) => (metadata === null ? null : JSON.stringify(metadata)),
};

/** The clocks of the times in a table: UTC's, those of one zone, or each job's by its suburb. */
function readClock(choice: string | null, name: string): (job: Job) => At {
  const zones = new Map<string, (at: string) => string>();
  const inZone = (zone: string): At => {
    const iso = zones.get(zone) ?? isoIn(zone);
    zones.set(zone, iso);
    return (time) => time && iso(time);
  };
  if (choice === null || choice === "" || choice === "UTC") return () => (time) => time;
  if (choice === "suburb") return (job) => inZone(localityTimeZone(job));
  try {
    const one = inZone(choice);
    one(new Date(0).toISOString());
    return () => one;
  } catch {
    throw errors.clock(name, choice);
  }
}

const TIME_ZONE: QueryParameter<(job: Job) => At> = {
  description:
    "Time zone of all times: UTC, suburb for the zone of each report's suburb, or a zone such as Australia/Sydney",
  schema: { type: "string", default: "UTC" },
  read: readClock,
};

const A_PAGE = 200;
const QUERY = defineQuery({
  ...SELECTING,
  limit: integer("Maximum number of jobs; default: all", { minimum: 1, maximum: A_PAGE, usual: null }),
  cursor: CURSOR,
  time_zone: TIME_ZONE,
});

/** The list of jobs as a file for a spreadsheet: all that pass the filter, or `limit` of them. */
export function jobsFileRoutes(shared: Shared) {
  const { admission, connections, publicUrl, timeZone = "UTC" } = shared;
  const { dayOf } = calendarOf(timeZone);
  const downloads = createDownloads("tables of jobs", connections);

  async function* jobsOf(caller: Caller, filter: Omit<JobListQuery, "limit">, most: number): AsyncGenerator<Job> {
    for await (const { jobs } of readJobPages(shared, caller, filter, most)) yield* jobs;
  }

  const file = async (type: TableType, request: Request, caller: Caller): Promise<Response> => {
    const { limit, order, cursor, time_zone: clockOf, ...given } = QUERY.read(request);
    const filter = { ...selectedBy(given), order, ...(cursor !== null && { cursor }), ...ownOf(caller) };
    const origin = originOf(publicUrl, request);
    const blocks = await readBlocks(shared);
    const jobs = jobsOf(caller, filter, limit ?? Number.POSITIVE_INFINITY);
    const name = `jobs-${dayOf(new Date())}`;
    let headers: Headers | undefined;
    const body = await downloads.begin({ request, client: caller.client }, async () => {
      // An invalid cursor gets an error, not a broken file.
      const first = await jobs.next();
      async function* rows() {
        for (let next = first; !next.done; next = await jobs.next()) {
          const job = next.value;
          const view = jobView(job, around(shared, origin, job, null, blocks, seesSurroundings(caller)));
          yield Object.values(COLUMNS).map((cell) => cell(job, view, clockOf(job)));
        }
      }
      const table = await tableFile(type, { name, columns: Object.keys(COLUMNS), rows: rows() });
      headers = table.headers;
      return table.body ?? new ReadableStream();
    });
    return new Response(body, headers === undefined ? {} : { headers });
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
    summary: type === "csv" ? "Download the job list as CSV" : "Download the job list as a workbook (XLSX)",
    description:
      "A row for each job that matches the filter, in the order of the list, at most `limit`. Times are in UTC unless `time_zone` is set. No cell is treated as a formula.",
    parameters: QUERY.parameters,
    responses: { 200: { description: "The jobs as a table", content: { [TABLE_TYPES[type]]: { type: "string" } } } },
    problems: [422],
  });

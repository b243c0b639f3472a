import { join } from "node:path";
import { makeZip } from "client-zip";
import { Elysia } from "elysia";
import { type Caller, sees } from "../../../access/caller.ts";
import { calendarOf } from "../../../host/time-zone.ts";
import type { Job } from "../../../queue/job.ts";
import { nameOf } from "../../../views/document-view.ts";
import { createDownloads } from "../../downloads.ts";
import { errors } from "../../errors.ts";
import { operation } from "../../openapi/operation.ts";
import { defineQuery, integer } from "../../query.ts";
import { PROTECTION } from "../../response.ts";
import { ownOf, SELECTING, selectedBy } from "../job-filter.ts";
import { readJobPages, requireRemains } from "../job-pages.ts";
import type { Shared } from "../shared.ts";

/** Reports in one zip. */
const MOST = 1_000;
const MOST_IDS = 200;

const QUERY = defineQuery({
  ...SELECTING,
  limit: integer("Maximum number of jobs", { minimum: 1, maximum: MOST, usual: MOST }),
  ids: {
    description: `Ids of the jobs, at most ${MOST_IDS}, separated by commas; without any filter`,
    schema: { type: "string" },
    read(given) {
      const ids = given?.split(",") ?? null;
      if (ids !== null && ids.length > MOST_IDS) throw errors.tooManyIds(MOST_IDS, ids.length);
      const other = ids?.find((id) => !/^[0-9a-f-]{36}$/i.test(id));
      if (other !== undefined) throw errors.jobIds(MOST_IDS, other);
      return ids;
    },
  },
});
type RequestedZip = ReturnType<typeof QUERY.read>;

/** Many reports in one file, each read when the one before it is being sent: none of it is buffered. */
export function reportsZipRoutes(shared: Shared) {
  const { queue, reports, admission, access, connections, timeZone = "UTC" } = shared;
  const { dayOf } = calendarOf(timeZone);
  const downloads = createDownloads("Zips of reports", connections);

  async function* jobsOf(caller: Caller, { ids, limit, order, ...given }: RequestedZip): AsyncGenerator<Job> {
    const selected = selectedBy(given);
    if (ids !== null) {
      if (Object.keys(selected).length > 0) throw errors.idsOrFilter();
      for (const id of ids) {
        const job = await queue.get(id);
        if (job !== null && sees(caller, job)) yield job;
      }
      return;
    }
    let found = 0;
    const filter = { ...selected, ...ownOf(caller), order };
    for await (const page of readJobPages(shared, caller, filter))
      for (const job of page.jobs) {
        if (job.documents.length === 0) continue;
        yield job;
        found += 1;
        if (found >= limit) return;
      }
  }

  /** Two of one name are distinguished by the ends of their jobs' ids, as delivered files are. */
  async function* filesOf(caller: Caller, jobs: AsyncIterable<Job>) {
    const names = new Set<string>();
    for await (const job of jobs)
      for (const document of job.documents) {
        // Each may take a slow reader minutes.
        await requireRemains(access, caller);
        if (!(await reports.fetch(document, job).catch(() => false))) continue;
        const plain = nameOf(job, document);
        const name = names.has(plain) ? plain.replace(/\.pdf$/i, ` ${job.id.slice(-8)}.pdf`) : plain;
        names.add(name);
        const file = Bun.file(join(reports.root, document.path));
        yield { name, input: file.stream(), lastModified: new Date(job.createdAt), size: file.size };
      }
  }

  return new Elysia().use(admission).get(
    "/api/jobs/reports.zip",
    async ({ request, caller }) => {
      const jobs = jobsOf(caller, QUERY.read(request));
      const zip = await downloads.begin({ request, client: caller.client }, async () => {
        const first = await jobs.next();
        if (first.done === true) throw errors.noReports();
        const all = async function* () {
          yield first.value;
          yield* jobs;
        };
        return makeZip(filesOf(caller, all()));
      });
      return new Response(zip, {
        headers: {
          ...PROTECTION,
          "Content-Type": "application/zip",
          "Content-Disposition": `attachment; filename="reports-${dayOf(new Date())}.zip"`,
        },
      });
    },
    { detail: ZIP },
  );
}

const ZIP = operation({
  operationId: "downloadReports",
  tags: ["Jobs"],
  summary: "Download the PDFs of many jobs in one zip file",
  description: `The PDFs of the jobs that match the filter, newest first, or of the named jobs; at most ${MOST} jobs. Missing PDFs are left out.`,
  parameters: QUERY.parameters,
  responses: { 200: { description: "A zip file with the PDFs", content: { "application/zip": { type: "string" } } } },
  problems: [404, 422],
});

import type { ApiJob, ApiJobDetail } from "../client/client.ts";
import { jobFacts } from "../client/job-facts.ts";
import { visibleLine } from "../text/visible-text.ts";
import { ageOf, type TimePrinter, timesIn } from "./clock.ts";
import { localityOf, wrapped } from "./jobs.ts";
import { messages } from "./messages.ts";
import { table } from "./table.ts";
import { type ServiceAddress, withService } from "./with-service.ts";

interface ShowOptions {
  readonly config: ServiceAddress;
  readonly clock: TimePrinter;
  readonly json: boolean;
  readonly out: (line: string) => void;
  /** Of the terminal; sentences are not wrapped where there is none. */
  readonly columns?: number | undefined;
}

const NAME_WIDTH = 14;
/** Sentences; anything else is a name, an address or a hash, which is copied whole. */
const SENTENCES: ReadonlySet<string> = new Set(["error", "warning", "waits for"]);

/** Prints all there is to know about a job: a line a field, then its attempts, deliveries, callbacks and changes. */
export function showJob(id: string, { config, clock, json, out, columns }: ShowOptions): Promise<void> {
  return withService(config, async (client) => {
    const detail = await client.detail(id);
    if (json) return out(JSON.stringify(detail, null, 2));
    const at: Moment = (time) => time && clock(time, detail.job);
    for (const [name, value] of fieldsOf(detail, at, (text) => timesIn(text, clock, detail.job)))
      if (value !== null && value !== undefined)
        for (const line of fieldLines(name, visibleLine(String(value)), columns)) out(line);
    for (const [title, heads, rows] of sectionsOf(detail, at)) {
      if (rows.length === 0) continue;
      out("");
      out(title);
      for (const line of table(heads, rows)) out(`  ${line}`);
    }
  });
}

function fieldLines(name: string, value: string, columns: number | undefined): readonly string[] {
  const head = name.padEnd(NAME_WIDTH);
  if (columns === undefined || !SENTENCES.has(name) || head.length + value.length <= columns) return [head + value];
  const [first = "", ...more] = wrapped(value, " ".repeat(NAME_WIDTH), columns);
  return [head + first.trimStart(), ...more];
}

/** A moment as it is printed; nothing for none. */
type Moment = (time: string | null) => string | null;

function fieldsOf(
  { job, client, attempts }: ApiJobDetail,
  at: Moment,
  localTimes: (sentence: string) => string,
): readonly (readonly [string, string | number | boolean | null | undefined])[] {
  const { result, failure } = job;
  const made = attempts.length;
  return [
    ["job", job.job_id],
    ["report", localityOf(job)],
    ["requested", job.requested_text || null],
    ["client", client],
    ["status", job.status],
    ["stage", `${job.stage} (${job.progress} %)`],
    ["waits for", job.waiting_for && localTimes(job.waiting_for)],
    ["in the queue", job.queue_position],
    ...jobFacts(job),
    ["attempts", made === job.attempts ? made : `${made}, ${job.attempts} of them counted`],
    ["error", failure && `${failure.message} (${failure.code})`],
    ["accepted", `${at(job.created_at)} (${ageOf(job.created_at)} ago)`],
    ["started", at(job.started_at)],
    ["ended", at(job.ended_at)],
    ["next attempt", at(job.retry_at)],
    ["PDF", result && `${messages.pdfSize(result.pages, result.bytes)}, sha256 ${result.sha256}`],
    ["download", result?.pdf_url],
    ["delivered to", result?.delivered_to],
    ["link", result?.url],
    ...documentLines(job),
    ["metadata", job.metadata && JSON.stringify(job.metadata)],
    ...job.warnings.map((warning) => ["warning", warning] as const),
  ];
}

/** Of a job that makes several, each with where it is. */
function documentLines({ documents }: ApiJob): readonly (readonly [string, string])[] {
  if (documents.length < 2) return [];
  return documents.map(({ kind, filename, pages, url, delivered_to, pdf_url }) => [
    kind,
    `${filename}, ${pages} ${pages === 1 ? "page" : "pages"}: ${url ?? delivered_to ?? pdf_url}`,
  ]);
}

type JobSection = readonly [title: string, heads: readonly string[], rows: readonly (readonly string[])[]];

function sectionsOf({ attempts, deliveries, callbacks, history }: ApiJobDetail, at: Moment): readonly JobSection[] {
  return [
    [
      "attempts",
      ["NUMBER", "STARTED", "GATHERED", "RENDERED", "ENDED", "OUTCOME", ""],
      attempts.map((each) => [
        String(each.number),
        at(each.started_at) ?? "-",
        after(each.started_at, each.gathered_at),
        after(each.started_at, each.rendered_at),
        after(each.started_at, each.ended_at),
        each.outcome ?? "-",
        each.error?.message ?? (each.release_reason === null ? "" : messages.releases[each.release_reason]),
      ]),
    ],
    [
      "deliveries",
      ["DOCUMENT", "TARGET", "PATH", "DELIVERED", "TO"],
      deliveries.map((each) => [
        each.kind,
        each.target,
        each.path,
        at(each.delivered_at) ?? "-",
        each.delivered_to ?? "-",
      ]),
    ],
    [
      "callbacks",
      ["URL", "STATUS", "ATTEMPTS", "NEXT ATTEMPT"],
      callbacks.map((each) => [
        each.url ?? "(the operator's)",
        each.status,
        String(each.attempts),
        at(each.retry_at) ?? "-",
      ]),
    ],
    [
      "changes",
      ["AT", "FROM", "TO", "BY"],
      history.map((each) => [at(each.at) ?? "-", each.from ?? "-", each.to, each.actor ?? each.by]),
    ],
  ];
}

/** "+1.2 s". */
function after(from: string, to: string | null): string {
  return to === null ? "-" : `+${((Date.parse(to) - Date.parse(from)) / 1_000).toFixed(1)} s`;
}

import { go, linkTo } from "../address.ts";
import type { Narrowing } from "../operations.tsx";
import { STATUS_WORDS, STATUSES, type Status, statusOf } from "../parts/status.tsx";
import type { ShownJob } from "../responses.ts";
import { startOfDay } from "../time-zone.ts";

/** What the list is narrowed to. It is the page's address, so that it can be shared and gone back to. */
export interface JobListFilter {
  readonly q: string;
  /** None: all of them. */
  readonly statuses: readonly Status[];
  readonly state: string;
  readonly client: string;
  readonly since: Since;
  /** What else is known of them, by the names of {@link FINDS}; what is not given is not there. */
  readonly finds: Readonly<Partial<Record<Find, string>>>;
}

/** What a person remembers of a report: labels by the parameters of GET /api/jobs, and of the days. */
export const FINDS = {
  prepared_for: "Prepared for",
  filename: "File name",
  metadata: "Metadata",
  error: "Error text",
  error_code: "Error code",
  undelivered: "Not delivered to",
  document: "Document",
  draft: "Drafts",
  from: "Accepted from",
  to: "Accepted up to",
  order: "Order",
} as const;
export type Find = keyof typeof FINDS;

export const SINCE = {
  "": "Any time",
  "1h": "Last hour",
  "24h": "Last 24 hours",
  "7d": "Last 7 days",
  "30d": "Last 30 days",
} as const;
export type Since = keyof typeof SINCE;
const HOURS: Readonly<Record<Since, number>> = { "": 0, "1h": 1, "24h": 24, "7d": 7 * 24, "30d": 30 * 24 };

export const STATES = ["ACT", "NSW", "NT", "QLD", "SA", "TAS", "VIC", "WA"] as const;

export function parseFilter(query: URLSearchParams): JobListFilter {
  // One word of the API for all that has not ended.
  const statuses = (query.get("status") ?? "").replace("processing", "queued,running,waiting").split(",");
  const since = query.get("since") ?? "";
  return {
    q: query.get("q") ?? "",
    statuses: STATUSES.filter((status) => statuses.includes(status)),
    state: query.get("state") ?? "",
    client: query.get("client") ?? "",
    since: since in SINCE ? (since as Since) : "",
    finds: Object.fromEntries(
      (Object.keys(FINDS) as Find[]).flatMap((name) => (query.get(name) ? [[name, query.get(name)]] : [])),
    ),
  };
}

function linkToFilter({ q, statuses, state, client, since, finds }: JobListFilter): string {
  return linkTo("jobs", { q, status: statuses.join(","), state, client, since, ...finds });
}

/** Narrows the list to something else. While a person types, not each letter is an entry of the browser's history. */
export function narrow(filter: JobListFilter, { replace = false } = {}): void {
  go(linkToFilter(filter), { replace });
}

export function isNarrowed({ q, statuses, state, client, since, finds }: JobListFilter): boolean {
  return (
    q !== "" ||
    statuses.length > 0 ||
    state !== "" ||
    client !== "" ||
    since !== "" ||
    Object.keys(finds).some((name) => name !== "order")
  );
}

/** The parameters of GET /api/jobs. */
export function asQuery(filter: JobListFilter): URLSearchParams {
  const query = new URLSearchParams();
  if (filter.statuses.length > 0) query.set("status", filter.statuses.join(","));
  for (const [name, value] of Object.entries(fieldsOf(filter))) query.set(name, value);
  const { order } = filter.finds;
  if (order === "ended" || order === "duration") query.set("order", order);
  return query;
}

/** What the failed jobs of the list are, for the service and in words. */
export function narrowing(filter: JobListFilter): Narrowing {
  const { q, state, client, since, finds } = filter;
  const words = [
    ...(q === "" ? [] : [`“${q}”`]),
    ...(state === "" ? [] : [state]),
    ...(client === "" ? [] : [`of ${client}`]),
    ...(since === "" ? [] : [`accepted in the ${SINCE[since].toLowerCase()}`]),
    ...(Object.entries(finds) as [Find, string][]).flatMap(([name, value]) =>
      name === "order"
        ? []
        : name === "draft"
          ? [value === "true" ? "only drafts" : "no drafts"]
          : [`${FINDS[name].toLowerCase()} “${value}”`],
    ),
  ];
  return { fields: fieldsOf(filter), words };
}

function fieldsOf({ q, state, client, since, finds }: JobListFilter): Record<string, string> {
  return {
    ...(q.trim() === "" ? {} : { q: q.trim() }),
    ...(state === "" ? {} : { state }),
    ...(client === "" ? {} : { client }),
    ...(since === "" ? {} : { created_after: new Date(Date.now() - HOURS[since] * 3_600_000).toISOString() }),
    ...days(finds),
    ...Object.fromEntries(
      Object.entries(finds).filter(([name]) => name !== "order" && name !== "from" && name !== "to"),
    ),
  };
}

/** Days of the clock that times are shown by, the last one whole. */
function days({ from, to }: JobListFilter["finds"]): Record<string, string> {
  const at = (day: string, plus: number) => startOfDay(day, plus)?.toISOString() ?? null;
  const [after, before] = [from === undefined ? null : at(from, 0), to === undefined ? null : at(to, 1)];
  return {
    ...(after === null ? {} : { created_after: after }),
    ...(before === null ? {} : { created_before: before }),
  };
}

/** Whether a job whose status has changed, or that was sent, still belongs into the list; nothing else of it ever changes. */
export function stillFits({ statuses, finds }: JobListFilter, job: ShownJob): boolean {
  const { draft } = finds;
  return (
    (statuses.length === 0 || statuses.includes(statusOf(job))) &&
    (draft === undefined || job.draft === (draft === "true"))
  );
}

export function describe({ statuses }: JobListFilter): string {
  if (statuses.length === 0) return "Jobs";
  const words = statuses.map((status, i) => (i === 0 ? STATUS_WORDS[status] : STATUS_WORDS[status].toLowerCase()));
  return `${new Intl.ListFormat("en").format(words)} jobs`;
}

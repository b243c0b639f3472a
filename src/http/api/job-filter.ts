import { type TSchema, Type as t } from "@sinclair/typebox";
import { type Caller, seesAll, seesSurroundings } from "../../access/caller.ts";
import { ENDED, STATUSES, type Status } from "../../queue/job.ts";
import { type JobListQuery, type JobSelection, LIST_ORDERS } from "../../queue/queue.ts";
import { TARGETS } from "../../queue/target-records.ts";
import { STATES } from "../../report/data-set.ts";
import { DOCUMENT_KINDS } from "../../report/documents.ts";
import { parseState } from "../../report/localities/locality-line.ts";
import { nullable } from "../../views/nullable.ts";
import { CODES_OF_REQUESTS } from "../../views/views.ts";
import { errors } from "../errors.ts";
import {
  choice,
  defineQuery,
  optionalChoice,
  optionalFlag,
  pageSize,
  type QueryParameter,
  text,
  timeOf,
} from "../query.ts";
import { jobIdAround } from "./job-id.ts";

/** Compared with what jobs contain; none is longer. */
const LONGEST = 200;

/** Something that jobs can be selected by, in a query and in a body: its text is read as the part of a selection. */
function criterion<T>(
  { description, schema, read }: QueryParameter<T | null>,
  selected: (value: T) => JobSelection,
): QueryParameter<JobSelection> {
  return {
    description,
    schema,
    read(given, name) {
      if (given !== null && given.length > LONGEST) throw errors.longText(name, LONGEST, given);
      const value = read(given, name);
      return value === null ? {} : selected(value);
    },
  };
}

/** Some text; null where it is absent or empty. */
function words(description: string): QueryParameter<string | null> {
  return { ...text(description), read: (given) => given || null };
}

/** A time, or a day. */
function time(description: string): QueryParameter<string | null> {
  return {
    ...text(description, { examples: ["2026-11-24"] }),
    read: (given, name) => (given === null ? null : timeOf(given, name)),
  };
}

const SELECTION = {
  status: criterion(
    {
      ...text(
        "Status: queued, running, waiting (together: processing), completed, failed or cancelled; several separated by commas",
        { examples: ["queued,running,waiting"] },
      ),
      read: (given) => (given === null ? null : statusesOf(given)),
    },
    (status) => ({ status }),
  ),
  q: criterion(
    text(
      "Search words. Each matches the beginning or end of a job id, the beginning of a word in the suburb, state or postcode, or a part of the client's name. The name of a delivered file finds its job",
      { examples: ["manly nsw"] },
    ),
    (given) => ({ search: jobIdAround(given) ?? given }),
  ),
  suburb: criterion(text("Suburb of the report"), (suburb) => ({ suburb })),
  state: criterion(
    {
      ...text("State or territory of the report", { examples: ["NSW"] }),
      read(given, name) {
        const state = given === null ? null : parseState(given);
        if (state === null && given) throw errors.oneOf(name, STATES, given);
        return state;
      },
    },
    (state) => ({ state }),
  ),
  client: criterion(
    text("Client that submitted the job; without an admin or viewer key always the caller"),
    (client) => ({ client }),
  ),
  created_after: criterion(time("Accepted after this time or day (UTC)"), (createdAfter) => ({ createdAfter })),
  created_before: criterion(time("Accepted before this time or day (UTC)"), (createdBefore) => ({ createdBefore })),
  ended_after: criterion(time("Ended at or after this time or day (UTC)"), (endedAfter) => ({ endedAfter })),
  ended_before: criterion(time("Ended before this time or day (UTC)"), (endedBefore) => ({ endedBefore })),
  error_code: criterion(words("Complete error code of the last failure"), (errorCode) => ({ errorCode })),
  error: criterion(words("Part of the error message of the last failure, in any case"), (error) => ({ error })),
  undelivered: criterion(
    {
      ...text("Delivery target that does not have the report: folder, dropbox or s3; several separated by commas"),
      read(given, name) {
        const undelivered = (given ?? "").split(",").flatMap((target) => target.trim() || []);
        const other = undelivered.find((target) => !TARGETS.some((each) => each === target));
        if (other !== undefined) throw errors.someOf(name, TARGETS, other);
        return undelivered.length === 0 ? null : [...new Set(undelivered)];
      },
    },
    (undelivered) => ({ undelivered }),
  ),
  prepared_for: criterion(
    words("Part of the name of the agency that the report is prepared for, in any case"),
    (preparedFor) => ({ preparedFor }),
  ),
  filename: criterion(words("Part of the file name of one of its documents, in any case"), (filename) => ({
    filename,
  })),
  document: criterion(optionalChoice("Has a document of this kind", DOCUMENT_KINDS), (document) => ({ document })),
  metadata: criterion(words("Part of the metadata as JSON text, in any case"), (metadata) => ({ metadata })),
  draft: criterion(optionalFlag("true: only drafts that were not sent; false: all other jobs"), (draft) => ({ draft })),
} as const satisfies Readonly<Record<string, QueryParameter<JobSelection>>>;
type CriterionName = keyof typeof SELECTION;
const NAMES = Object.keys(SELECTION) as readonly CriterionName[];

/** What selects jobs, and their order, as parameters of a query. */
export const SELECTING = {
  ...SELECTION,
  order: choice(
    "created: newest first; ended: only ended jobs, the latest end first; duration: only ended jobs, the longest first",
    LIST_ORDERS,
    "created",
  ),
};
/** A page of any list. */
export const CURSOR = text("next_cursor of the previous page");

/** Those of the list of jobs. */
export const LIST_QUERY = defineQuery({
  ...SELECTING,
  limit: pageSize("jobs"),
  cursor: CURSOR,
});

/** A page of the list, from its query. */
export function pageOf({ order, limit, cursor, ...parts }: ReturnType<typeof LIST_QUERY.read>): JobListQuery {
  return { ...selectedBy(parts), limit, order, ...(cursor === null ? {} : { cursor }) };
}

/** The jobs that a query selects, from what was read of its criteria. */
export function selectedBy(parts: Readonly<Record<CriterionName, JobSelection>>): JobSelection {
  return Object.assign({}, ...Object.values(parts));
}

const MOST_IDS = 1_000;

/** What a request acts on: the jobs that are named, or all that pass. */
export type Acted =
  | { readonly ids: readonly string[] }
  | { readonly filter: JobSelection; readonly cursor: string | null };

/**
 * Which jobs a body means: `{"ids": […]}`, or a selection, with a `cursor` where a call before did not end.
 * @throws Failure "invalid_request".
 */
export function actedOf(body: unknown): Acted {
  if (typeof body !== "object" || body === null || Array.isArray(body))
    return { filter: selectionOf(body), cursor: null };
  const { ids, cursor = null, ...rest } = body as Readonly<Record<string, unknown>>;
  if (ids === undefined) {
    if (cursor !== null && typeof cursor !== "string") throw errors.text("cursor");
    return { filter: selectionOf(rest), cursor };
  }
  const named = Array.isArray(ids) ? ids : [];
  if (named.length > MOST_IDS) throw errors.tooManyIds(MOST_IDS, named.length);
  if (named.length === 0) throw errors.jobIds(MOST_IDS, Array.isArray(ids) ? null : ids);
  const other: unknown = named.find((id) => typeof id !== "string" || !WHOLE_ID.test(id));
  if (other !== undefined) throw errors.jobIds(MOST_IDS, other);
  if (Object.keys(rest).length > 0 || cursor !== null) throw errors.idsOrFilter();
  return { ids: [...new Set(named as string[])].map((id) => id.toLowerCase()) };
}

const WHOLE_ID = /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

/** A selection, from a body such as `{"status": "failed", "suburb": "Manly"}`. @throws Failure "invalid_request". */
function selectionOf(body: unknown): JobSelection {
  if (typeof body !== "object" || body === null || Array.isArray(body)) throw errors.notObject(NAMES);
  const fields: ReadonlyMap<string, unknown> = new Map(Object.entries(body));
  for (const [name, value] of fields) {
    if (!NAMES.some((known) => known === name)) throw errors.unknownField(name, NAMES);
    if (name === "draft" && typeof value === "boolean") continue;
    if (value !== null && typeof value !== "string") throw errors.text(name);
  }
  const parts = NAMES.map((name) => {
    const value = fields.get(name);
    const given = typeof value === "string" || typeof value === "boolean" ? String(value) : null;
    return [name, SELECTION[name].read(given, name)];
  });
  return selectedBy(Object.fromEntries(parts));
}

/** The part of the jobs a caller may see, and the errors whose words it may search: those that it may read. */
export function ownOf(caller: Caller): Pick<JobSelection, "client" | "errorCodes"> {
  return {
    ...(!seesAll(caller) && { client: caller.client }),
    ...(!seesSurroundings(caller) && { errorCodes: CODES_OF_REQUESTS }),
  };
}

/** What a response calls "processing" is any of those. */
const PROCESSING: readonly Status[] = STATUSES.filter((status) => !ENDED.has(status));

function statusesOf(given: string): readonly Status[] {
  return given.split(",").flatMap((part) => {
    const word = part.trim().toLowerCase();
    if (word === "processing") return PROCESSING;
    const status = STATUSES.find((each) => each === word);
    if (status === undefined) throw errors.someOf("status", [...STATUSES, "processing"], part.trim());
    return [status];
  });
}

/** A criterion as a field of a body, where it may be null. */
function ofBody({ description, schema }: QueryParameter<JobSelection>): TSchema {
  return nullable(t.Unsafe<unknown>({ ...schema, description }));
}

/** What a body selects jobs by, or the jobs themselves. */
export const Selected = t.Object({
  ...(Object.fromEntries(NAMES.map((name) => [name, t.Optional(ofBody(SELECTION[name]))])) as Record<
    CriterionName,
    TSchema
  >),
  ids: t.Optional(
    t.Array(t.String(), { minItems: 1, maxItems: MOST_IDS, description: "Ids of the jobs, without any filter" }),
  ),
  cursor: t.Optional(nullable(t.String({ description: "next_cursor of the previous call, with the same filter" }))),
});

import { Type as t } from "@sinclair/typebox";
import { type Caller, seesAll, seesSurroundings } from "../../access/caller.ts";
import { ENDED, STATUSES, type Status } from "../../queue/job.ts";
import { type JobListQuery, type JobSelection, LIST_ORDERS } from "../../queue/queue.ts";
import { TARGETS } from "../../queue/target-records.ts";
import { STATES } from "../../report/data-set.ts";
import { DOCUMENT_KINDS } from "../../report/documents.ts";
import { parseState } from "../../report/place-line.ts";
import { nullable } from "../../views/nullable.ts";
import { CODES_OF_REQUESTS } from "../../views/views.ts";
import { errors } from "../errors.ts";
import { choice, defineQuery, pageSize, text, timeOf } from "../query.ts";
import { jobIdAround } from "./job-id.ts";

/** Something that jobs can be selected by, in a query and in a body. */
interface SelectionCriterion {
  readonly description: string;
  readonly example?: string;
  /** @throws Failure "invalid_request" that names it. */
  read(given: string, name: string): JobSelection;
}

/** Compared with what jobs say; none is longer. */
const LONGEST = 200;

const SELECTION = {
  status: {
    description:
      "Status: queued, running, waiting (together: processing), completed, failed or cancelled; several separated by commas",
    example: "queued,running,waiting",
    read: (given) => ({ status: statusesOf(given) }),
  },
  q: {
    description:
      "Search words. Each matches the beginning or end of a job id, the beginning of a word in the suburb, state or postcode, or a part of the client's name. The name of a delivered file finds its job",
    example: "manly nsw",
    read: (given) => ({ search: jobIdAround(given) ?? given }),
  },
  suburb: { description: "Suburb of the report", read: (suburb) => ({ suburb }) },
  state: {
    description: "State or territory of the report",
    example: "NSW",
    read(given, name) {
      const state = parseState(given);
      if (state === null && given !== "") throw errors.oneOf(name, STATES);
      return state === null ? {} : { state };
    },
  },
  client: {
    description: "Client that submitted the job; without an admin or viewer key always the caller",
    read: (client) => ({ client }),
  },
  created_after: {
    description: "Accepted after this time or day (UTC)",
    example: "2026-11-24",
    read: (given, name) => ({ createdAfter: timeOf(given, name) }),
  },
  created_before: {
    description: "Accepted before this time or day (UTC)",
    read: (given, name) => ({ createdBefore: timeOf(given, name) }),
  },
  ended_after: {
    description: "Ended at or after this time or day (UTC)",
    read: (given, name) => ({ endedAfter: timeOf(given, name) }),
  },
  ended_before: {
    description: "Ended before this time or day (UTC)",
    read: (given, name) => ({ endedBefore: timeOf(given, name) }),
  },
  error_code: {
    description: "Complete error code of the last failure",
    read: (errorCode) => (errorCode === "" ? {} : { errorCode }),
  },
  error: {
    description: "Part of the error message of the last failure, in any case",
    read: (error) => (error === "" ? {} : { error }),
  },
  undelivered: {
    description: "Delivery target that does not have the report: folder, dropbox or s3; several separated by commas",
    read(given, name) {
      const undelivered = given.split(",").flatMap((target) => target.trim() || []);
      if (undelivered.some((target) => !TARGETS.some((each) => each === target))) throw errors.someOf(name, TARGETS);
      return undelivered.length === 0 ? {} : { undelivered: [...new Set(undelivered)] };
    },
  },
  prepared_for: {
    description: "Part of the name of the agency that the report is prepared for, in any case",
    read: (preparedFor) => (preparedFor === "" ? {} : { preparedFor }),
  },
  filename: {
    description: "Part of the file name of one of its documents, in any case",
    read: (filename) => (filename === "" ? {} : { filename }),
  },
  document: {
    description: "Has a document of this kind",
    read(document, name) {
      if (document === "") return {};
      if (!DOCUMENT_KINDS.some((kind) => kind === document)) throw errors.oneOf(name, DOCUMENT_KINDS);
      return { document };
    },
  },
  metadata: {
    description: "Part of the metadata as JSON text, in any case",
    read: (metadata) => (metadata === "" ? {} : { metadata }),
  },
  draft: {
    description: "true: only drafts that were not sent; false: all other jobs",
    read(given, name) {
      if (given === "") return {};
      if (given !== "true" && given !== "false") throw errors.oneOf(name, ["true", "false"]);
      return { draft: given === "true" };
    },
  },
} as const satisfies Readonly<Record<string, SelectionCriterion>>;
type CriterionName = keyof typeof SELECTION;
const NAMES = Object.keys(SELECTION) as readonly CriterionName[];
const criterion = (name: CriterionName): SelectionCriterion => SELECTION[name];

const byName = <T>(make: (name: CriterionName) => T) =>
  Object.fromEntries(NAMES.map((name) => [name, make(name)])) as Record<CriterionName, T>;

/** What selects jobs, and their order, as parameters of a query. */
export const SELECTING = {
  ...byName((name) => {
    const { description, example } = criterion(name);
    return text(description, example === undefined ? {} : { examples: [example] });
  }),
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

/** A page of the list, from its query. @throws Failure "invalid_request" that names the parameter. */
export function pageOf({ order, limit, cursor, ...given }: ReturnType<typeof LIST_QUERY.read>): JobListQuery {
  return { ...select((name) => given[name]), limit, order, ...(cursor === null ? {} : { cursor }) };
}

/** The jobs a query selects. @throws Failure "invalid_request". */
export function selectedBy(given: Readonly<Record<CriterionName, string | null>>): JobSelection {
  return select((name) => given[name]);
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
  if (
    named.length === 0 ||
    named.length > MOST_IDS ||
    !named.every((id) => typeof id === "string" && WHOLE_ID.test(id))
  )
    throw errors.jobIds(MOST_IDS);
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
  return select((name) => {
    const value = fields.get(name);
    if (name === "draft" && typeof value === "boolean") return String(value);
    return typeof value === "string" ? value : null;
  });
}

/** The part of the jobs a caller may see, and the errors whose words it may search: those that it may read. */
export function ownOf(caller: Caller): Pick<JobSelection, "client" | "errorCodes"> {
  return {
    ...(!seesAll(caller) && { client: caller.client }),
    ...(!seesSurroundings(caller) && { errorCodes: CODES_OF_REQUESTS }),
  };
}

function select(given: (name: CriterionName) => string | null): JobSelection {
  const parts = NAMES.map((name) => {
    const value = given(name);
    if (value === null) return {};
    if (value.length > LONGEST) throw errors.longText(name, LONGEST);
    return criterion(name).read(value, name);
  });
  return Object.assign({}, ...parts);
}

/** What a response calls "processing" is any of those. */
const PROCESSING: readonly Status[] = STATUSES.filter((status) => !ENDED.has(status));

function statusesOf(given: string): readonly Status[] {
  return given.split(",").flatMap((part) => {
    const word = part.trim().toLowerCase();
    if (word === "processing") return PROCESSING;
    const status = STATUSES.find((each) => each === word);
    if (status === undefined) throw errors.someOf("status", [...STATUSES, "processing"]);
    return [status];
  });
}

/** What a body selects jobs by, or the jobs themselves. */
export const Selected = t.Object({
  ...byName((name) => t.Optional(t.Union([t.String(), t.Null()], { description: criterion(name).description }))),
  ids: t.Optional(
    t.Array(t.String(), { minItems: 1, maxItems: MOST_IDS, description: "Ids of the jobs, without any filter" }),
  ),
  cursor: t.Optional(nullable(t.String({ description: "next_cursor of the previous call, with the same filter" }))),
});

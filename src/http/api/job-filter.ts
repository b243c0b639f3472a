import { Type as t } from "@sinclair/typebox";
import { type Caller, seesAll } from "../../access/access.ts";
import { Failure } from "../../failure.ts";
import { ENDED, STATUSES, type Status } from "../../queue/job.ts";
import type { JobListQuery, JobSelection } from "../../queue/queue.ts";
import { DOCUMENT_KINDS } from "../../report/documents.ts";
import { nullable } from "../../views/nullable.ts";
import { CODES_OF_REQUESTS } from "../../views/views.ts";
import { invalidParameter } from "../query.ts";

/** What jobs can be selected by, in a query and in a body. */
const SELECTION = [
  "status",
  "q",
  "suburb",
  "state",
  "client",
  "created_after",
  "created_before",
  "ended_after",
  "ended_before",
  "error_code",
  "error",
  "undelivered",
  "prepared_for",
  "filename",
  "document",
  "metadata",
] as const;
/** Compared with what jobs say; none is longer. */
const TEXTS = [
  "q",
  "suburb",
  "client",
  "error_code",
  "error",
  "undelivered",
  "prepared_for",
  "filename",
  "document",
  "metadata",
] as const;
export const FILTERS = [...SELECTION, "order", "limit", "cursor"] as const;

const DEFAULT_LIMIT = 50;
const MAX_LIMIT = 200;
const LONGEST = 200;

type Given = (name: (typeof FILTERS)[number]) => string | null;

/** A page of the list, from a query. @throws Failure "invalid_request" that names the parameter. */
export function filterOf(query: URLSearchParams): JobListQuery {
  const cursor = query.get("cursor");
  return {
    ...parse((name) => query.get(name)),
    limit: limitOf(query.get("limit")),
    order: parseOrder(query.get("order")),
    ...(cursor === null ? {} : { cursor }),
  };
}

const MOST_IDS = 1_000;

/** What a request acts on: the jobs that are named, or all that pass. */
export type Acted =
  | { readonly ids: readonly string[] }
  | { readonly filter: JobSelection; readonly cursor: string | null };

/**
 * Which jobs a body means: `{"ids": […]}`, or a selection, with a `cursor` where a call before did not come to its end.
 * @throws Failure "invalid_request".
 */
export function actedOf(body: unknown): Acted {
  if (typeof body !== "object" || body === null || Array.isArray(body))
    return { filter: selectionOf(body), cursor: null };
  const { ids, cursor = null, ...rest } = body as Readonly<Record<string, unknown>>;
  if (ids === undefined) {
    if (cursor !== null && typeof cursor !== "string") throw invalidParameter("cursor", "a text");
    return { filter: selectionOf(rest), cursor };
  }
  const named = Array.isArray(ids) ? ids : [];
  if (
    named.length === 0 ||
    named.length > MOST_IDS ||
    !named.every((id) => typeof id === "string" && WHOLE_ID.test(id))
  )
    throw invalidParameter("ids", `a list of 1 to ${MOST_IDS} whole ids of jobs`);
  if (Object.keys(rest).length > 0 || cursor !== null) throw invalidParameter("ids", "either ids, or a filter");
  return { ids: [...new Set(named as string[])].map((id) => id.toLowerCase()) };
}

const WHOLE_ID = /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

/** A selection, from a body such as `{"status": "failed", "suburb": "Manly"}`. @throws Failure "invalid_request". */
export function selectionOf(body: unknown): JobSelection {
  if (typeof body !== "object" || body === null || Array.isArray(body))
    throw new Failure("invalid_request", `Send an object with any of ${SELECTION.join(", ")}.`);
  const fields: ReadonlyMap<string, unknown> = new Map(Object.entries(body));
  for (const [name, value] of fields) {
    if (!SELECTION.some((known) => known === name))
      throw invalidParameter(name.slice(0, 100), `there is no such field; there is ${SELECTION.join(", ")}`);
    if (value !== null && typeof value !== "string") throw invalidParameter(name, "a text");
  }
  return parse((name) => {
    const value = fields.get(name);
    return typeof value === "string" ? value : null;
  });
}

/** The part of the jobs a caller may see. */
export function ownOf(caller: Caller): Pick<JobSelection, "client" | "errorCodes"> {
  return seesAll(caller) ? {} : { client: caller.client, errorCodes: CODES_OF_REQUESTS };
}

function parse(given: Given): JobSelection {
  const status = given("status");
  const search = given("q");
  const suburb = given("suburb");
  const state = given("state");
  const client = given("client");
  const createdAfter = timeOf(given, "created_after");
  const createdBefore = timeOf(given, "created_before");
  const endedAfter = timeOf(given, "ended_after");
  const endedBefore = timeOf(given, "ended_before");
  const errorCode = given("error_code") || null;
  const error = given("error") || null;
  const preparedFor = given("prepared_for") || null;
  const filename = given("filename") || null;
  const document = given("document") || null;
  const metadata = given("metadata") || null;
  for (const name of TEXTS)
    if ((given(name) ?? "").length > LONGEST) throw invalidParameter(name, `${LONGEST} letters at most`);
  if (document !== null && !DOCUMENT_KINDS.some((kind) => kind === document))
    throw invalidParameter("document", `one of ${DOCUMENT_KINDS.join(", ")}`);
  const undelivered = (given("undelivered") ?? "").split(",").flatMap((target) => target.trim() || []);
  return {
    ...(status === null ? {} : { status: parseStatus(status) }),
    ...(search === null ? {} : { search }),
    ...(suburb === null ? {} : { suburb }),
    ...(state === null ? {} : { state: state.toUpperCase() }),
    ...(client === null ? {} : { client }),
    ...(createdAfter === null ? {} : { createdAfter }),
    ...(createdBefore === null ? {} : { createdBefore }),
    ...(endedAfter === null ? {} : { endedAfter }),
    ...(endedBefore === null ? {} : { endedBefore }),
    ...(errorCode === null ? {} : { errorCode }),
    ...(error === null ? {} : { error }),
    ...(undelivered.length === 0 ? {} : { undelivered: undelivered.slice(0, 8) }),
    ...(preparedFor === null ? {} : { preparedFor }),
    ...(filename === null ? {} : { filename }),
    ...(document === null ? {} : { document }),
    ...(metadata === null ? {} : { metadata }),
  };
}

/** What a response calls "processing" is any of those. */
const PROCESSING: readonly Status[] = STATUSES.filter((status) => !ENDED.has(status));

function parseStatus(text: string): readonly Status[] {
  return text.split(",").flatMap((part) => {
    const word = part.trim().toLowerCase();
    if (word === "processing") return PROCESSING;
    const status = STATUSES.find((each) => each === word);
    if (status === undefined)
      throw invalidParameter("status", `one or several of ${STATUSES.join(", ")} or processing, with commas`);
    return [status];
  });
}

function parseOrder(text: string | null): "created" | "ended" {
  if (text !== null && text !== "created" && text !== "ended") throw invalidParameter("order", "created or ended");
  return text ?? "created";
}

export function limitOf(text: string | null): number {
  if (text === null) return DEFAULT_LIMIT;
  const limit = /^\d{1,4}$/.test(text) ? Number(text) : 0;
  if (limit < 1 || limit > MAX_LIMIT) throw invalidParameter("limit", `a whole number, 1 to ${MAX_LIMIT}`);
  return limit;
}

/** The queue compares times as text, so any way to write one becomes the one way they are kept. */
export function timeOf<Name extends string>(given: (name: Name) => string | null, name: Name): string | null {
  const text = given(name);
  if (text === null) return null;
  const form = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2}))?$/;
  const time = form.test(text) ? new Date(text) : new Date(Number.NaN);
  if (Number.isNaN(time.getTime())) throw invalidParameter(name, "a time such as 2026-11-24T08:00:00Z, or a day");
  return time.toISOString();
}

const WORDS = {
  status:
    "How they are: queued, running, waiting (together: processing), completed, failed, cancelled; several with commas",
  q: "Words, each the beginning or the end of an id, the beginning of a word of the suburb, of the state or postcode, or a part of the client's name",
  suburb: "For which suburb",
  state: "In which state or territory",
  client: "The client that submitted the job; without an admin's or viewer's key always the caller",
  created_after: "Accepted after this time, or day (UTC)",
  created_before: "Accepted before this time, or day (UTC)",
  ended_after: "Ended at this time, or day (UTC), or later",
  ended_before: "Ended before this time, or day (UTC)",
  error_code: "The code of the last failure, whole",
  error: "A part of the words of the last failure, whatever the case",
  undelivered: "A delivery target that the report could not be delivered to; several with commas",
  prepared_for: "A part of whom or what the report is prepared for, whatever the case",
  filename: "A part of the name of one of its documents, whatever the case",
  document: "It has a document of this kind",
  metadata: "A part of its metadata as JSON text, whatever the case",
} as const satisfies Readonly<Record<(typeof SELECTION)[number], string>>;

const EXAMPLES: Readonly<Partial<Record<(typeof SELECTION)[number], string>>> = {
  status: "queued,running,waiting",
  q: "manly nsw",
  state: "NSW",
  created_after: "2026-11-24",
};

const schemaOf = (name: (typeof SELECTION)[number]) => ({
  type: "string",
  ...(EXAMPLES[name] === undefined ? {} : { examples: [EXAMPLES[name]] }),
});

/** As the document tells them. */
export const FILTER_PARAMETERS = [
  ...SELECTION.map((name) => ({ name, in: "query", description: WORDS[name], schema: schemaOf(name) }) as const),
  {
    name: "order",
    in: "query",
    description: "created: the newest first; ended: those that have ended, the latest end first",
    schema: { type: "string", enum: ["created", "ended"], default: "created" },
  },
  {
    name: "limit",
    in: "query",
    description: "How many",
    schema: { type: "integer", minimum: 1, maximum: MAX_LIMIT, default: DEFAULT_LIMIT },
  },
  { name: "cursor", in: "query", description: "next_cursor of the page before", schema: { type: "string" } },
] as const;

const word = (name: (typeof SELECTION)[number]) =>
  t.Optional(t.Union([t.String(), t.Null()], { description: WORDS[name] }));

/** The same as a body. */
const SELECTED = {
  status: word("status"),
  q: word("q"),
  suburb: word("suburb"),
  state: word("state"),
  client: word("client"),
  created_after: word("created_after"),
  created_before: word("created_before"),
  ended_after: word("ended_after"),
  ended_before: word("ended_before"),
  error_code: word("error_code"),
  error: word("error"),
  undelivered: word("undelivered"),
  prepared_for: word("prepared_for"),
  filename: word("filename"),
  document: word("document"),
  metadata: word("metadata"),
};
export const Selection = t.Object(SELECTED);

/** The same, or the jobs themselves. */
export const Selected = t.Object({
  ...SELECTED,
  ids: t.Optional(
    t.Array(t.String(), { minItems: 1, maxItems: MOST_IDS, description: "These jobs; then nothing else is given" }),
  ),
  cursor: t.Optional(nullable(t.String({ description: "next_cursor of the call before, with the same filter" }))),
});

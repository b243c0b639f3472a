import type { TSchema } from "@sinclair/typebox";
import type { DocumentDecoration } from "elysia";

/** The schemas that have a name in the document. */
export type SchemaName =
  | "ReportRequest"
  | "DataSet"
  | "Accepted"
  | "AcceptedBatch"
  | "Job"
  | "JobList"
  | "JobDetail"
  | "Overview"
  | "Paused"
  | "Statistics"
  | "Usage"
  | "SavedViews"
  | "Territories"
  | "Territory"
  | "Callback"
  | "CallbackList"
  | "SuburbList"
  | "AgencyList"
  | "AuditList"
  | "CatalogueChange"
  | "CatalogueFailedJobs"
  | "CatalogueFile"
  | "CataloguePeople"
  | "CatalogueLocalityRows"
  | "CatalogueImports"
  | "CatalogueMaps"
  | "CatalogueLocality"
  | "CatalogueLocalities"
  | "CatalogueFeed"
  | "CatalogueRemoved"
  | "CatalogueUndone"
  | "Deliveries"
  | "Dropbox"
  | "FailureGroups"
  | "Key"
  | "KeyList"
  | "KeyMade"
  | "Problem"
  | "Settings"
  | "Examination"
  | "Agency"
  | "Alive"
  | "CallbacksResent"
  | "DeliveryTest"
  | "DropboxLinkBegun"
  | "FailureGroup"
  | "JobsCancelled"
  | "JobsCounted"
  | "JobsDeleted"
  | "JobsPruned"
  | "JobsRetried"
  | "Ready"
  | "SavedView"
  | "JobProgress"
  | "QueueState"
  | "JobEvent"
  | "ProgressEvent"
  | "OverviewEvent"
  | "QueueEvent";

/** A schema by its name in the document. */
export function ref(name: SchemaName) {
  return { $ref: `#/components/schemas/${name}` } as const;
}

type Schema = TSchema | ReturnType<typeof ref> | Readonly<Record<string, unknown>>;

interface ResponseDescription {
  readonly description: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly content?: Readonly<Record<string, Schema>>;
}

interface Parameter {
  readonly name: string;
  readonly in: "query" | "path" | "header";
  readonly description: string;
  readonly schema: Schema;
}

/** What a route promises: it is beside the route, and the document is put together from all of them. */
export interface Operation {
  readonly operationId: string;
  readonly tags: readonly ["Reports" | "Jobs" | "Data" | "Service" | "Keys"];
  readonly summary: string;
  readonly description?: string;
  readonly parameters?: readonly Parameter[];
  readonly body?: { readonly description?: string; readonly content: Readonly<Record<string, Schema>> };
  readonly responses: Readonly<Record<number, ResponseDescription>>;
  /** The statuses of the problem documents it can return; 401, 403, 429, 500 and 503 are on every guarded route. */
  readonly problems?: readonly number[];
  /** Open to all. */
  readonly open?: true;
}

/** As the `detail` of an Elysia route, as it is: {@link documented} makes of it what the document has, when that is requested. */
export function operation(described: Operation): DocumentDecoration {
  // The decoration's type is of OpenAPI 3.0; the schemas are JSON Schema 2020-12, as 3.1 requires.
  return described as unknown as DocumentDecoration;
}

/** The operation as the document has it. */
export function documented(described: Operation) {
  const { tags, operationId, summary, description, parameters, body, responses, problems = [], open } = described;
  const refused = [...new Set([...problems, ...(open ? [500] : [401, 403, 429, 500, 503])])].sort();
  return {
    operationId,
    tags: [...tags],
    summary,
    ...(open ? { security: [] } : {}),
    ...(description === undefined ? {} : { description }),
    ...(parameters === undefined
      ? {}
      : { parameters: parameters.map((each) => ({ ...each, required: each.in === "path" })) }),
    ...(body === undefined ? {} : { requestBody: { required: true, ...withContent(body) } }),
    responses: {
      ...Object.fromEntries(Object.entries(responses).map(([status, response]) => [status, asResponse(response)])),
      ...Object.fromEntries(refused.map((status) => [status, asResponse(PROBLEM(status))])),
    },
  };
}

export const EVENT_STREAM = "text/event-stream";

/** A parameter of the path that names a job. */
export const JOB_ID: Parameter = { name: "id", in: "path", description: "The job", schema: { type: "string" } };

const PROBLEM = (status: number): ResponseDescription => ({
  description: WORDS[status] ?? "A problem",
  content: { "application/problem+json": ref("Problem") },
  ...(status === 429 || status === 503
    ? { headers: { "Retry-After": "Seconds to wait before the next request" } }
    : {}),
  ...(status === 401 ? { headers: { "WWW-Authenticate": "Bearer" } } : {}),
  ...(status === 405 ? { headers: { Allow: "The methods of this address" } } : {}),
});

const WORDS: Readonly<Record<number, string>> = {
  400: "The body or a header cannot be read",
  401: "The request has no key, or an unknown one",
  403: "Not allowed from this address or with this key; the response says what to do",
  404: "The resource does not exist, does not exist yet, or was deleted; the response says which",
  408: "The body arrived too slowly",
  409: "The status of the job does not allow this",
  413: "The body is too large",
  415: "Unsupported Content-Type",
  416: "The requested range is beyond the end",
  422: "The request is not valid; `problems` lists every fault",
  429: "Too many requests with this key, or the queue is full",
  500: "Internal error",
  503: "Busy or not ready; try again later",
  507: "The disk is full",
};

function asResponse({ description, headers, content }: ResponseDescription) {
  return {
    description,
    ...(headers === undefined
      ? {}
      : {
          headers: Object.fromEntries(
            Object.entries(headers).map(([name, text]) => [name, { description: text, schema: { type: "string" } }]),
          ),
        }),
    ...(content === undefined ? {} : withContent({ content })),
  };
}

function withContent({ description, content }: NonNullable<Operation["body"]>) {
  return {
    ...(description === undefined ? {} : { description }),
    content: Object.fromEntries(Object.entries(content).map(([type, schema]) => [type, media(type, schema)])),
  };
}

/** The schema of a stream is that of one event: `itemSchema` of OpenAPI 3.2, which 3.1 has no word for. */
function media(type: string, schema: Schema) {
  return type === EVENT_STREAM ? { schema: { type: "string" }, "x-itemSchema": schema } : { schema };
}

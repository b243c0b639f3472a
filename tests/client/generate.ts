import { resolve } from "node:path";
import openapiTS, { astToString } from "openapi-typescript";
import { openApi } from "../http/api.ts";

/** The schemas of the document that the client exports to its callers. */
const SCHEMAS = [
  "Accepted",
  "AcceptedBatch",
  "AuditList",
  "CatalogueFailedJobs",
  "DataSet",
  "Job",
  "JobDetail",
  "JobList",
  "JobProgress",
  "JobsCancelled",
  "JobsCounted",
  "JobsDeleted",
  "JobsPruned",
  "JobsRetried",
  "Overview",
  "Paused",
  "Problem",
  "ReportRequest",
  "Usage",
] as const;

/** The operations whose queries it takes. */
const QUERIES = ["listAudit", "listJobs", "usage"] as const;

interface Schema {
  readonly type?: string;
  readonly enum?: readonly string[];
  readonly title?: string;
  readonly anyOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
}

interface Operation {
  readonly operationId: string;
  readonly parameters?: readonly {
    readonly name: string;
    readonly in: string;
    readonly description: string;
    readonly schema: Schema;
  }[];
}

export const TYPES_FILE = resolve(import.meta.dir, "../../src/client/api.ts");

/** The types of the client, from the OpenAPI document that the service serves. */
export async function clientTypes(): Promise<string> {
  await using api = await openApi();
  const document = (await (await fetch(`${api.url}/openapi.json`)).json()) as {
    readonly openapi: string;
    readonly info: { readonly title: string; readonly version: string };
    readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
    readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
  };
  const missing = SCHEMAS.filter((name) => document.components.schemas[name] === undefined);
  if (missing.length > 0) throw new Error(`the document has no ${missing.join(", ")}`);
  const schemas = Object.fromEntries(SCHEMAS.map((name) => [name, document.components.schemas[name]]));
  const { openapi, info } = document;
  const text = astToString(
    await openapiTS(JSON.stringify({ openapi, info, paths: {}, components: { schemas } }), {
      immutable: true,
      alphabetize: true,
      defaultNonNullable: false,
    }),
  );
  const [, body = ""] = /^export interface components {\n {4}schemas: {\n([\s\S]*?)\n {4}};\n/m.exec(text) ?? [];
  if (body === "") throw new Error("openapi-typescript writes its types in another way now");
  const inner = body.replaceAll(/components\["schemas"\]/g, "Schemas").replaceAll(/^ {4}/gm, "");
  const facts = Object.entries(document.components.schemas.Job?.properties ?? {}).flatMap(([name, schema]) => {
    const title = schema.title ?? schema.anyOf?.find((each) => each.title !== undefined)?.title;
    return title === undefined ? [] : [`  ${name}: ${JSON.stringify(title)},\n`];
  });
  const operations = Object.values(document.paths).flatMap((methods) => Object.values(methods));
  const queries = QUERIES.map((id) => {
    const { parameters = [] } = operations.find(({ operationId }) => operationId === id) ?? {};
    const lines = parameters.flatMap(({ name, in: location, description, schema }) =>
      location === "query" ? [`    /** ${description} */\n    readonly ${name}?: ${typeOf(schema)};\n`] : [],
    );
    if (lines.length === 0) throw new Error(`the document has no query of ${id}`);
    return `  readonly ${id}: {\n${lines.join("")}  };\n`;
  });
  return `// Made from the service's OpenAPI document by \`bun run client\`. Change the service, not this file.

export interface Schemas {\n${inner}\n}

/** The queries of operations. */
export interface Queries {\n${queries.join("")}}

/** Fields of a job that are shown as they are, each with its title. */
export const JOB_FACTS = {\n${facts.join("")}} as const;
`;
}

function typeOf({ type, enum: words }: Schema): string {
  if (words !== undefined) return words.map((word) => JSON.stringify(word)).join(" | ");
  return type === "integer" ? "number" : (type ?? "string");
}

if (import.meta.main) await Bun.write(TYPES_FILE, await clientTypes());

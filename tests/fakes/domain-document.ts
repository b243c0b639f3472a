// The part of Domain's OpenAPI document that AgentLink uses, to validate a request and a response.
import Ajv from "ajv";
import addFormats from "ajv-formats";
import document from "./domain-openapi.json";

export interface Call {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly body: Readonly<Record<string, unknown>> | null;
  readonly headers: Headers;
}

export type Operation = {
  readonly parameters?: readonly { name: string; in: string; required?: boolean; schema: object }[];
  readonly requestBody?: { readonly content: { readonly "application/json": { readonly schema: object } } };
  readonly responses: Readonly<Record<string, { content?: { "application/json": { schema: object } } }>>;
};

export const ajv = addFormats.default(new Ajv({ strict: false, coerceTypes: false }), {
  mode: "fast",
});
ajv.addFormat("date-time", /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/);
ajv.addFormat("float", true).addFormat("double", true).addFormat("int32", true).addFormat("int64", true);
ajv.addSchema(
  JSON.parse(JSON.stringify(document).replaceAll('"#/components', '"domain#/components')) as object,
  "domain",
);
const compiled = new Map<object, ReturnType<typeof ajv.compile>>();
export function checkOf(schema: object) {
  const text = JSON.stringify(schema).replaceAll('"#/components', '"domain#/components');
  const check = compiled.get(schema) ?? ajv.compile(JSON.parse(text));
  compiled.set(schema, check);
  return check;
}

/** All that the bodies of a search may name: what is not in the document is no part of the API. */
const KNOWN = (schema: { $ref?: string }) => {
  const name = schema.$ref?.split("/").at(-1) ?? "";
  const found = (document.components.schemas as Record<string, { properties?: object }>)[name];
  return new Set(Object.keys(found?.properties ?? {}));
};

export interface Found {
  readonly template: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly operation: Operation;
}

/** The operation of a request; null for what the document does not have. */
export function match({ method, path }: Call): Found | null {
  for (const [template, operations] of Object.entries(document.paths)) {
    const operation = (operations as unknown as Readonly<Record<string, Operation>>)[method.toLowerCase()];
    const names = [...template.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => name);
    const values = new RegExp(`^${template.replace(/\{\w+\}/g, "([^/]+)")}$`).exec(path);
    if (operation === undefined || values === null) continue;
    const pairs = names.map((name, at) => [name, decodeURIComponent(values[at + 1] ?? "")] as const);
    return { template, operation, parameters: Object.fromEntries(pairs) };
  }
  return null;
}

/** What does not fit the document, or null. */
export function problemOf({ query, body, headers }: Call, { operation, parameters }: Found): string | null {
  const declared = operation.parameters ?? [];
  for (const name of Object.keys(query))
    if (!declared.some((each) => each.in === "query" && each.name === name)) return `no parameter ${name}`;
  for (const { name, in: where, required, schema } of declared) {
    const given = where === "path" ? parameters[name] : query[name];
    if (given === undefined) {
      if (required) return `without ${name}`;
      continue;
    }
    const typed = (schema as { type?: string }).type === "integer" ? Number(given) : given;
    const check = checkOf(schema);
    if (!check(typed)) return `${name}=${given}: ${ajv.errorsText(check.errors)}`;
  }
  const schema = operation.requestBody?.content["application/json"].schema;
  if (schema === undefined) return body === null ? null : "a body, where none is taken";
  if (body === null) return "no body";
  if (!headers.get("content-type")?.startsWith("application/json")) return "its body is not said to be JSON";
  const unknown = Object.keys(body).find((name) => !KNOWN(schema as { $ref?: string }).has(name));
  if (unknown !== undefined) return `no field ${unknown}`;
  const check = checkOf(schema);
  return check(body) ? null : ajv.errorsText(check.errors);
}

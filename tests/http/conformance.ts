import Ajv2020 from "ajv/dist/2020.js";

type Json = Readonly<Record<string, unknown>>;

/** The parts of an OpenAPI document that the tests read. */
export interface Document extends Json {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, DescribedOperation>>>>;
  readonly components: { readonly schemas: Json };
}

export interface DescribedOperation extends Json {
  readonly operationId: string;
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly required: boolean }[];
  readonly responses: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, { readonly schema: Json }>> }>
  >;
}

/** The part of a response that the document does not promise; null if it promises all of it. */
export type Conformance = (method: string, path: string, response: Response) => Promise<string | null>;

/** Checks responses against the document. An address it does not know, or a method, is promised 404 and 405 for all. */
export function createConformance(document: Document): Conformance {
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  ajv.addSchema(document, "document");

  return async (method, path, response) => {
    const template = Object.keys(document.paths).find((each) => patternOf(each).test(path));
    const operation = template === undefined ? undefined : document.paths[template]?.[method.toLowerCase()];
    const type = response.headers.get("content-type")?.split(";", 1)[0] ?? "";
    if (operation === undefined || template === undefined) {
      return type === "application/problem+json"
        ? validate("/components/schemas/Problem", await response.json())
        : null;
    }
    const promised = operation.responses[response.status];
    if (promised === undefined) return `${method} ${template} does not promise ${response.status}`;
    if (promised.content === undefined) return null;
    if (promised.content[type] === undefined)
      return `${method} ${template} promises no ${type} with ${response.status}`;
    if (!type.endsWith("json")) return null;
    const pointer = ["paths", template, method.toLowerCase(), "responses", String(response.status), "content", type];
    return validate(`/${[...pointer, "schema"].map(pointerToken).join("/")}`, await response.json());
  };

  function validate(pointer: string, value: unknown): string | null {
    const check = ajv.getSchema(`document#${pointer}`);
    if (check === undefined) return `there is no schema at ${pointer}`;
    return check(value) ? null : `${pointer}: ${ajv.errorsText(check.errors)} in ${JSON.stringify(value)}`;
  }
}

function pointerToken(segment: string): string {
  return encodeURIComponent(segment.replaceAll("~", "~0").replaceAll("/", "~1"));
}

function patternOf(template: string): RegExp {
  return new RegExp(`^${template.replaceAll(".", "\\.").replace(/\{\w+\}/g, "[^/]+")}$`);
}

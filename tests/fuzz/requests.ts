import fc from "fast-check";
import type { DescribedOperation, Document } from "../http/conformance.ts";
import { type Schema, valuesOf } from "./values.ts";

/** A request that a stranger might send. Jobs are named by their number among those that are there. */
export interface Wish {
  readonly method: string;
  readonly template: string;
  readonly path: readonly (string | { readonly job: number })[];
  readonly query: readonly (readonly [string, string])[];
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | null;
}

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly schema: Schema;
}

const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
const TYPES = [
  "application/json",
  "application/json; charset=utf-8",
  "text/plain",
  "text/csv",
  "application/x-ndjson",
  "multipart/form-data",
  "",
  "x",
];

/** Requests as the document describes them, with a mistake in one of five. */
export function requestsOf(document: Document): fc.Arbitrary<Wish> {
  const schemas = document.components.schemas as Readonly<Record<string, Schema>>;
  const operations = Object.entries(document.paths).flatMap(([template, methods]) =>
    Object.entries(methods).map(([method, operation]) => wishOf(method.toUpperCase(), template, operation, schemas)),
  );
  return fc.oneof(...operations);
}

function wishOf(
  described: string,
  template: string,
  operation: DescribedOperation,
  schemas: Readonly<Record<string, Schema>>,
): fc.Arbitrary<Wish> {
  const parameters = (operation.parameters ?? []) as unknown as readonly Parameter[];
  const text = (schema: Schema) =>
    valuesOf(schema, schemas).map((value) => (typeof value === "string" ? value : (JSON.stringify(value) ?? "")));
  // A few at a time: of many one is nearly always wrong, and the others would never be examined.
  const pairs = (location: string) => {
    const there = parameters.filter((each) => each.in === location);
    return fc
      .subarray(there, { maxLength: Math.min(2, there.length) })
      .chain((some) =>
        fc.tuple(...some.map((each) => parameterOf(each, text).map((value) => [each.name, value] as const))),
      );
  };
  return fc
    .record({
      method: fc.oneof(
        { weight: 15, arbitrary: fc.constant(described) },
        { weight: 1, arbitrary: fc.constantFrom(...METHODS) },
      ),
      template: fc.constant(template),
      path: fc.tuple(...template.split("/").map((segment) => segmentOf(segment, parameters))),
      query: fc.oneof(
        { weight: 12, arbitrary: pairs("query") },
        { weight: 1, arbitrary: fc.array(fc.tuple(fc.string(), fc.string({ unit: "binary" })), { maxLength: 4 }) },
      ),
      headers: fc
        .tuple(pairs("header"), fc.option(strangeHeader, { freq: 8 }))
        .map(([known, strange]) => headersOf(strange === null ? known : [...known, strange])),
      body: bodyOf(operation, schemas),
    })
    .chain((wish) => withType(wish, operation));
}

/** A request must not wait for longer than it takes to see that it does. */
function parameterOf(
  { name, schema }: Parameter,
  text: (schema: Schema) => fc.Arbitrary<string>,
): fc.Arbitrary<string> {
  if (name === "wait") return fc.constantFrom("0", "", "-1", "1e3", "abc", "99999999999");
  if (name === "Prefer") return fc.constantFrom("wait=0", "wait=-1", "respond-async", "wait", 'wait=abc, x="y";z');
  if (name === "Range")
    return fc.constantFrom("bytes=0-3", "bytes=-5", "bytes=9999-", "bytes=5-1", "bytes=0-1,4-5", "lines=1-2");
  return text(schema);
}

function segmentOf(segment: string, parameters: readonly Parameter[]): fc.Arbitrary<string | { readonly job: number }> {
  if (!segment.startsWith("{")) return fc.constant(segment);
  const { schema } = parameters.find(({ name, in: location }) => location === "path" && segment === `{${name}}`) ?? {
    schema: {} as Schema,
  };
  const strange = fc.string({ unit: "binary", minLength: 1, maxLength: 60 });
  if (Array.isArray(schema.enum))
    return fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...schema.enum) }, { weight: 1, arbitrary: strange });
  return fc.oneof({ weight: 5, arbitrary: fc.record({ job: fc.nat() }) }, { weight: 1, arbitrary: strange });
}

const strangeHeader = fc.oneof(
  fc.constantFrom<[string, string]>(
    ["Authorization", "Bearer al_nobody"],
    ["Authorization", "Bearer"],
    ["X-API-Key", ""],
    ["X-Forwarded-For", "203.0.113.9"],
    ["Origin", "https://evil.example"],
    ["Sec-Fetch-Site", "cross-site"],
    ["Host", "evil.example"],
    ["Content-Encoding", "gzip"],
    ["Expect", "100-continue"],
    ["Accept", "text/html"],
    ["Cookie", "agentlink_session=x; agentlink_session="],
    ["If-None-Match", "*"],
    ["X-Request-Id", "a b"],
    ["X-HTTP-Method-Override", "DELETE"],
  ),
  fc.tuple(
    fc.constantFrom("Idempotency-Key", "Accept-Language", "Last-Event-ID"),
    fc.string({ unit: "binary-ascii", maxLength: 300 }),
  ),
);

/** What a client can send at all: no line ends within, and Latin 1. */
function headersOf(pairs: readonly (readonly [string, string])[]): Readonly<Record<string, string>> {
  return Object.fromEntries(pairs.map(([name, value]) => [name, value.replace(/[^\x20-\x7e\xa0-\xff]/g, "")]));
}

function bodyOf(
  operation: DescribedOperation,
  schemas: Readonly<Record<string, Schema>>,
): fc.Arbitrary<Uint8Array | null> {
  const { requestBody } = operation as { requestBody?: { content: Readonly<Record<string, { schema: Schema }>> } };
  const bytes = (text: string) => new TextEncoder().encode(text);
  const raw = fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    fc.constantFrom(
      bytes(""),
      bytes("null"),
      bytes("[".repeat(5_000)),
      bytes('{"a":'.repeat(100)),
      bytes("1e999"),
      bytes('id,name\n"'),
    ),
  );
  const schema = requestBody?.content["application/json"]?.schema;
  if (schema === undefined) return fc.option(raw, { freq: 1 }).map((body) => body);
  const right = valuesOf(schema, schemas).map((value) => bytes(JSON.stringify(value)));
  const cut = fc
    .tuple(right, fc.nat())
    .map(([whole, at]) => whole.slice(0, whole.length === 0 ? 0 : at % whole.length));
  const flipped = fc.tuple(right, fc.nat(), fc.nat(255)).map(([whole, at, byte]) => {
    const changed = whole.slice();
    if (changed.length > 0) changed[at % changed.length] = byte;
    return changed;
  });
  return fc.oneof(
    { weight: 16, arbitrary: right },
    { weight: 1, arbitrary: cut },
    { weight: 1, arbitrary: flipped },
    { weight: 1, arbitrary: raw },
    { weight: 1, arbitrary: fc.constant(null) },
  );
}

function withType(wish: Wish, operation: DescribedOperation): fc.Arbitrary<Wish> {
  if (wish.body === null) return fc.constant(wish);
  const { requestBody } = operation as { requestBody?: { content: Readonly<Record<string, unknown>> } };
  const right = Object.keys(requestBody?.content ?? { "application/json": {} });
  return fc
    .oneof(
      { weight: 8, arbitrary: fc.constantFrom(right[0] ?? "", ...right) },
      { weight: 1, arbitrary: fc.constantFrom(...TYPES) },
    )
    .map((type) => ({ ...wish, headers: { ...wish.headers, "Content-Type": type } }));
}

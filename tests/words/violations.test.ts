import { expect, setDefaultTimeout, test } from "bun:test";
import { asFailure } from "../../src/failure.ts";
import { parseRequest } from "../../src/report/validation.ts";
import { readConfig, settings } from "../../src/settings/settings.ts";
import { openApi } from "../http/api.ts";

setDefaultTimeout(60_000);

/** What no person should have to read: an expression, a list without words, the words of a schema or of a language. */
const JARGON =
  /\\d|\\w|\[[A-Z0-9a-z]-|\^|\{\d|\(\?|one of ,|undefined|NaN|\[object|anyOf|\bschema\b|\bstring\b|\binteger\b|\bboolean\b|\bregex|: \/ |ENOENT|Expected/;
const SENTENCE =
  /\bmust (be|have|not)\b|\bis (required|not|missing|the postcode|unknown)\b|\bthere is no\b|\bhas more than\b|\bcannot be\b/;

type Schema = Readonly<Record<string, unknown>>;

/** Values that some field refuses, whatever it is. */
const WRONG: readonly unknown[] = [
  { zz: 1 },
  ["x", ["y"]],
  null,
  "",
  "zz-nope",
  "   ",
  "a\u0007b",
  1.5,
  -1,
  1e12,
  true,
];

/** Values that a schema refuses by a limit of its own. */
function beyond({ maxLength, minimum, maximum, maxItems, minItems }: Schema): readonly unknown[] {
  return [
    ...(typeof maxLength === "number" && maxLength < 100_000 ? ["x".repeat(maxLength + 1)] : []),
    ...(typeof minimum === "number" ? [minimum - 1] : []),
    ...(typeof maximum === "number" ? [maximum + 1] : []),
    ...(typeof maxItems === "number" && maxItems < 1_000 ? [Array.from({ length: maxItems + 1 }, () => "x")] : []),
    ...(typeof minItems === "number" && minItems > 0 ? [[]] : []),
  ];
}

/** Each field of a schema, how to wrap a value of it into the whole, and what it refuses. */
function* fieldsOf(
  schema: Schema,
  deref: (schema: Schema) => Schema,
  wrap: (value: unknown) => unknown = (value) => value,
  depth = 0,
): Generator<readonly [wrap: (value: unknown) => unknown, wrong: readonly unknown[]]> {
  const plain = deref(schema);
  const choices = ((plain.anyOf ?? plain.oneOf ?? [plain]) as readonly Schema[]).map(deref);
  yield [wrap, [...WRONG, ...choices.flatMap(beyond)]];
  if (depth === 5) return;
  for (const { properties, items } of choices) {
    for (const [name, inside] of Object.entries((properties ?? {}) as Readonly<Record<string, Schema>>))
      yield* fieldsOf(inside, deref, (value) => wrap({ [name]: value }), depth + 1);
    if (items) yield* fieldsOf(items as Schema, deref, (value) => wrap([value]), depth + 1);
  }
}

test("whatever a field of a request violates, the message is a sentence for its writer", async () => {
  await using api = await openApi();
  const document = (await (await fetch(`${api.url}/openapi.json`)).json()) as {
    readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
  };
  const { schemas } = document.components;
  const deref = (schema: Schema): Schema =>
    typeof schema.$ref === "string" ? (schemas[schema.$ref.replace("#/components/schemas/", "")] ?? {}) : schema;
  const bad = new Set<string>();
  let refused = 0;
  for (const [wrap, wrong] of fieldsOf(schemas.ReportRequest ?? {}, deref))
    for (const value of wrong) {
      const fields = wrap(value);
      const whole = typeof fields === "object" && fields !== null && !Array.isArray(fields);
      try {
        parseRequest(whole ? { suburb: "Manly", state: "NSW", ...fields } : fields);
      } catch (error) {
        const { message, options } = asFailure(error);
        refused += 1;
        const problems = (options.details?.problems ?? []) as readonly { readonly message: string }[];
        for (const said of [message, ...problems.map((problem) => problem.message)])
          if (JARGON.test(said) || !SENTENCE.test(said)) bad.add(said.slice(0, 200));
      }
    }
  expect([...bad].toSorted()).toEqual([]);
  expect(refused).toBeGreaterThan(1_000);
});

test("whatever a setting violates, the message is a sentence that names it", () => {
  const wrong = [
    "x",
    "-1",
    "1.5",
    " ",
    "a b",
    "a\u0007b",
    "http://x y",
    "https://u:p@h",
    "ftp://a",
    "{",
    "[]",
    "a/../b",
    "10q",
  ];
  const bad = new Set<string>();
  let refused = 0;
  for (const { variable } of settings)
    for (const value of wrong)
      try {
        readConfig({ [variable]: value }, {});
      } catch (error) {
        refused += 1;
        const { message } = asFailure(error);
        if (!message.includes(variable) || /\\d|\\w|\(\?|undefined|NaN|\[object/.test(message))
          bad.add(message.slice(0, 200));
        if (!/\bmust\b|\bis not\b|\bcontains\b/.test(message)) bad.add(message.slice(0, 200));
      }
  expect([...bad].toSorted()).toEqual([]);
  expect(refused).toBeGreaterThan(200);
});

import fc from "fast-check";

export type Schema = Readonly<Record<string, unknown>>;

/** What a handwritten document, a spreadsheet or an attacker has where something else is expected. */
const HOSTILE: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    true,
    "",
    " ",
    0,
    -1,
    -0,
    1.5,
    1e308,
    -1e308,
    Number.MAX_SAFE_INTEGER,
    2 ** 53,
    [],
    {},
    "\u0000",
    "\ud800",
    "‮evil",
    "a\r\nSet-Cookie: x=1",
    "../../etc/passwd",
    "=HYPERLINK(1)",
    "<script>alert(1)</script>",
    "'; DROP TABLE jobs; --",
    "{{7*7}}%s%n",
    "9".repeat(400),
    "x".repeat(3_000),
    "🏠".repeat(200),
    "__proto__",
    "constructor",
  ),
  fc.string({ unit: "binary", maxLength: 40 }),
  fc.jsonValue({ maxDepth: 4 }),
);

/** Values as a schema of the document describes them, and now and then something else anywhere within. */
export function valuesOf(schema: Schema, schemas: Readonly<Record<string, Schema>>, depth = 0): fc.Arbitrary<unknown> {
  return fc.oneof({ weight: 25, arbitrary: described(schema, schemas, depth) }, { weight: 1, arbitrary: HOSTILE });
}

function described(schema: Schema, schemas: Readonly<Record<string, Schema>>, depth: number): fc.Arbitrary<unknown> {
  const inner = (part: unknown) => valuesOf(part as Schema, schemas, depth + 1);
  if (typeof schema.$ref === "string")
    return described(schemas[schema.$ref.split("/").at(-1) ?? ""] ?? {}, schemas, depth);
  if ("const" in schema) return fc.constant(schema.const);
  if (Array.isArray(schema.enum)) return fc.constantFrom(...schema.enum);
  if (Array.isArray(schema.anyOf)) return fc.oneof(...schema.anyOf.map(inner));
  switch (schema.type) {
    case "object":
      return objectOf(schema, inner);
    case "array": {
      const { minItems = 0 } = schema as { minItems?: number };
      return fc.array(inner(schema.items ?? {}), { minLength: minItems, maxLength: minItems + 3 });
    }
    case "string":
      return textOf(schema);
    case "integer":
    case "number":
      return numberOf(schema);
    case "boolean":
      return fc.boolean();
    case "null":
      return fc.constant(null);
    default:
      return fc.jsonValue({ maxDepth: 3 });
  }
}

function objectOf(schema: Schema, inner: (part: unknown) => fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  const { properties = {}, required = [] } = schema as {
    properties?: Readonly<Record<string, Schema>>;
    required?: readonly string[];
  };
  const known = Object.fromEntries(
    Object.entries(properties).map(([name, part]) => [
      name,
      required.includes(name) ? inner(part) : orEmpty(inner(part)),
    ]),
  );
  const needed = required.filter((name) => name in known);
  const right = fc.record(known, { requiredKeys: needed });
  return fc.oneof(
    { weight: 20, arbitrary: right },
    { weight: 1, arbitrary: fc.record(known, { requiredKeys: [] }) },
    {
      weight: 1,
      arbitrary: fc.tuple(right, fc.dictionary(fc.string(), HOSTILE, { maxKeys: 3 })).map(([a, b]) => ({ ...a, ...b })),
    },
  );
}

/** As forms send what was not filled in, and numbers and yes or no. */
function orEmpty(value: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  const typed = value.map((each) => (typeof each === "number" || typeof each === "boolean" ? ` ${each} ` : each));
  return fc.oneof(
    { weight: 12, arbitrary: value },
    { weight: 2, arbitrary: typed },
    { weight: 1, arbitrary: fc.constantFrom("", "  ", null, "null") },
  );
}

/** Names that are known, so that a request passes validation and the gazetteer. */
const LOCALITIES = [
  "Manly",
  "manly",
  "St Kilda",
  "Richmond",
  "NSW",
  "VIC",
  "Victoria",
  "2095",
  "2026-06-30",
  "2026-02-30",
];

function textOf(schema: Schema): fc.Arbitrary<string> {
  const {
    minLength = 0,
    maxLength = 60,
    pattern,
    examples = [],
  } = schema as {
    minLength?: number;
    maxLength?: number;
    pattern?: string;
    examples?: readonly string[];
  };
  const length = { minLength, maxLength: Math.min(maxLength, minLength + 40) };
  return fc.oneof(
    fc.constantFrom(...LOCALITIES, ...examples),
    pattern === undefined ? fc.string({ ...length, unit: "grapheme" }) : fc.stringMatching(new RegExp(pattern)),
    fc.constantFrom("x".repeat(Math.min(maxLength, 2_000)), "x".repeat(Math.min(maxLength, 2_000) + 1)),
  );
}

function numberOf({ type, minimum, maximum }: Schema): fc.Arbitrary<number> {
  const min = Number(minimum ?? -1_000_000);
  const max = Number(maximum ?? 1_000_000);
  const within =
    type === "integer"
      ? fc.integer({ min: Math.max(min, -2e9), max: Math.min(max, 2e9) })
      : fc.double({ min, max, noNaN: true });
  return fc.oneof(
    { weight: 3, arbitrary: within },
    { weight: 1, arbitrary: fc.constantFrom(min, max, min - 1, max + 1) },
  );
}

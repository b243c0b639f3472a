import { describe, expect, test } from "bun:test";
import { OptionalKind, type TSchema } from "@sinclair/typebox";
import fc from "fast-check";
import { Failure } from "../../../src/failure.ts";
import { readForm } from "../../../src/report/input/form.ts";
import { preparePicture, withPictures } from "../../../src/report/pictures/picture.ts";
import { ReportRequest } from "../../../src/report/request/request.ts";
import { parseDataSet, parseRequest } from "../../../src/report/validation.ts";
import { dataSet, sale } from "../data.ts";

const MANLY = { suburb: "Manly", state: "NSW" };

/** What a form sends where nothing was filled in. */
const empty = fc.constantFrom<unknown>("", " ", "\t\n ", "\u00a0", null, "null", "undefined");

const PNG =
  "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

await withPictures(() => preparePicture(PNG, "logo"));

/** Valid requests, each optional field there or not. */
const requests = fc.record(
  {
    suburb: fc.constant("Manly"),
    state: fc.constantFrom("NSW", "nsw", "New South Wales"),
    postcode: fc.constant("2095"),
    prepared_for: fc.constantFrom("Alder", "a"),
    priority: fc.integer({ min: 0, max: 9 }),
    callback_url: fc.constantFrom("https://hooks.example/x", "http://hooks.example/x"),
    pdf_standard: fc.constant("PDF/A-2b"),
    branding: fc.record(
      { name: fc.constant("Alder"), colour: fc.constant("#0a3d62"), logo: fc.constant(PNG), contact: fc.constant("1") },
      { requiredKeys: [] },
    ),
    delivery: fc.record({ folder: fc.constant("Sold"), filename: fc.constant("x.pdf") }, { requiredKeys: [] }),
    metadata: fc.record({ request: fc.constantFrom("", " ", null, "3", 3) }, { requiredKeys: [] }),
    data: fc.record(
      {
        as_of: fc.constant("2026-06-30"),
        suburb: fc.record(
          { name: fc.constant("Manly"), state: fc.constant("NSW"), postcode: fc.constant("2095") },
          { requiredKeys: ["name", "state"] },
        ),
        agencies: fc.constant([{ id: "a", name: "Alder" }]),
        agents: fc.array(
          fc.record(
            {
              name: fc.constant("Ann"),
              agency_id: fc.constant("a"),
              hidden: fc.boolean(),
              supplied: fc.record({ sales_12m: fc.nat(50), median_price: fc.nat(2_000_000) }, { requiredKeys: [] }),
              reviews: fc.array(
                fc.record(
                  { provider: fc.constant("P"), rating: fc.constantFrom(4.5, 5), count: fc.nat(9) },
                  { requiredKeys: ["provider"] },
                ),
                { maxLength: 2 },
              ),
            },
            { requiredKeys: ["name"] },
          ),
          { maxLength: 3 },
        ),
        sales: fc
          .array(
            fc.record(
              {
                address: fc.constant("1 Tern Street"),
                category: fc.constantFrom("house", "unit"),
                beds: fc.nat(9),
                land_sqm: fc.constantFrom(300, 512.5),
                sold_date: fc.constant("2026-06-01"),
                price: fc.nat(9_000_000),
                price_disclosed: fc.boolean(),
                first_ask: fc.record({ from: fc.nat(9), to: fc.nat(9) }, { requiredKeys: [] }),
                method: fc.constantFrom("auction", "private_treaty"),
                agency_ids: fc.constantFrom(["a"], []),
                agents: fc.constantFrom([{ id: "v", role: "lead" }], [{ id: "v" }]),
              },
              { requiredKeys: ["address", "category"] },
            ),
            { maxLength: 4 },
          )
          .map((sales) => sales.map((each, at) => ({ id: `s${at}`, ...each }))),
      },
      { requiredKeys: [] },
    ),
  },
  { requiredKeys: ["suburb", "state"] },
);

type Respell = (schema: TSchema, value: unknown) => unknown;

/** The document with each value written as `respell` does; `absent` gives what stands for an optional field that is not there. */
function rewritten(schema: TSchema, value: unknown, respell: Respell, absent: () => unknown): unknown {
  const [plain = schema] = ((schema.anyOf ?? []) as TSchema[]).filter(({ type }) => type !== "null");
  const part = schema.anyOf && (schema.anyOf as TSchema[]).length === 2 ? plain : schema;
  if (Array.isArray(value)) return value.map((item) => rewritten(part.items as TSchema, item, respell, absent));
  if (part.type !== "object" || part.properties === undefined) return respell(part, value);
  const given = value as Record<string, unknown>;
  return Object.fromEntries(
    Object.entries(part.properties as Record<string, TSchema>).flatMap(([name, inner]) => {
      if (name in given) return [[name, rewritten(inner, given[name], respell, absent)]];
      const filler = OptionalKind in inner ? absent() : undefined;
      return filler === undefined ? [] : [[name, filler]];
    }),
  );
}

const same: Respell = (_, value) => value;

/** Without what means nothing: nulls, and objects without any value. */
function meant(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(meant);
  if (typeof value !== "object" || value === null) return value;
  const fields = Object.entries(value).map(
    ([name, inner]) => [name, name === "metadata" ? inner : meant(inner)] as const,
  );
  return Object.fromEntries(
    fields.filter(([name, inner]) => inner !== null && (name === "metadata" || !isEmptyObject(inner))),
  );
}

function isEmptyObject(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value) && Object.keys(value).length === 0;
}

const accepted = (value: unknown) => meant(parseRequest(value).request);

describe("for any valid request", () => {
  test("an optional field that is not there may as well be empty, blank or null", () => {
    fc.assert(
      fc.property(requests, fc.infiniteStream(fc.option(empty, { nil: undefined })), (request, fillers) => {
        const filled = rewritten(ReportRequest, request, same, () => fillers.next().value);
        expect(accepted(filled)).toEqual(accepted(request));
        expect(parseRequest(filled).warnings).toEqual([]);
      }),
    );
  });

  test("numbers, yes and no may be texts, texts may have blanks around them, words any case", () => {
    const spellings = fc.infiniteStream(fc.nat(5));
    fc.assert(
      fc.property(requests, spellings, (request, which) => {
        const respell: Respell = (schema, value) => spell(schema, value, which.next().value ?? 0);
        const typed = rewritten(ReportRequest, request, respell, () => undefined);
        expect(accepted(typed)).toEqual(accepted(request));
      }),
    );
  });
});

function spell(schema: TSchema, value: unknown, which: number): unknown {
  const text = typeof value === "object" ? "" : String(value);
  if (typeof value === "number") {
    const dollars = `$${text.replace(/\B(?=(\d{3})+$)/g, ",")}`;
    const whole = Number.isInteger(value) ? [`${text}.0`, dollars] : [];
    return [value, text, ` ${text} `, `${text}\n`, ...whole][which % (4 + whole.length)];
  }
  if (typeof value === "boolean")
    return [value, text, ` ${text.toUpperCase()} `, value ? "yes" : "No", value ? "1" : "0", value ? 1 : 0][which];
  if (typeof value !== "string" || schema.type === "object") return value;
  if (value === "2095" && which % 2 === 1) return 2_095;
  if (/^\d{4}-\d{2}-\d{2}$/.test(value))
    return [
      value,
      ` ${value}`,
      `${value}T00:00:00Z`,
      `${value}T09:30:00.000+10:00`,
      `${value} 23:59`,
      `${value}T14:00Z`,
    ][which];
  if (schema.anyOf !== undefined || "const" in schema) return [value, value.toUpperCase(), ` ${value} `][which % 3];
  return value.startsWith("http") && which % 2 === 1 ? `  ${value.replace(/^http/, "HTTP")} ` : `\t${value} `;
}

describe("values of forms", () => {
  test("of a postcode: a number, one that lost its zero, and blanks around it", () => {
    const darwin = (postcode: unknown) =>
      parseRequest({ suburb: "Darwin City", state: "NT", postcode }).request.postcode;
    for (const postcode of ["0800", " 0800 ", "800", 800, "800.0", "0800.00", 800.0])
      expect(darwin(postcode)).toBe("0800");
    for (const postcode of ["", "  ", null, "null"]) expect(darwin(postcode)).toBeUndefined();
    for (const postcode of [80, 80_000, 8.5, "8oo", "08000", "80.0", "800.5", "800.", true, [], { a: 1 }])
      expect(problemOf(() => darwin(postcode))).toStartWith("must be");
  });

  test.each<[string, object, string, string]>([
    ["a word for a number", { priority: "high" }, "/priority", 'must be a whole number, not "high"'],
    ["half a number", { priority: "4.5" }, "/priority", "must be a whole number, not 4.5"],
    ["a number past the bound", { priority: "10" }, "/priority", "must be 9 or less, not 10"],
    ["more digits than a number has", { priority: "9".repeat(400) }, "/priority", "must be a whole number, not"],
    ["another base", { priority: "0x5" }, "/priority", 'must be a whole number, not "0x5"'],
    ["a comma for a point", { priority: "4,5" }, "/priority", 'must be a whole number, not "4,5"'],
    ["no address", { callback_url: "hooks.example" }, "/callback_url", "must be an address that begins with https://"],
    ["no colour", { branding: { colour: "red" } }, "/branding/colour", 'must be a colour such as #1f4e79, not "red"'],
    ["a text for an object", { delivery: "Sold" }, "/delivery", 'must be an object, not "Sold"'],
    [
      "no yes or no",
      { data: { agents: [{ name: "A", hidden: "maybe" }] } },
      "/data/agents/0/hidden",
      "must be true or false",
    ],
    [
      "hours that no day has",
      { data: { as_of: "2026-06-30T25:00Z" } },
      "/data/as_of",
      "must be a date such as 2026-06-30",
    ],
    ["a time that is none", { data: { as_of: "2026-06-30T9" } }, "/data/as_of", "must be a date such as 2026-06-30"],
    ["an empty suburb", { suburb: "  " }, "/suburb", "must not be empty"],
    [
      "an empty required name",
      { data: { agents: [{ id: "x", name: "" }] } },
      "/data/agents/0/name",
      "must not be empty",
    ],
  ])("%s is refused with a sentence", (_, fields, path, message) => {
    const { problems } = refusalOf(() => parseRequest({ ...MANLY, ...fields }));
    expect(problems[0]).toMatchObject({ path, message: expect.stringContaining(message) });
  });

  test("metadata is returned as it was sent, whatever is in it", () => {
    const metadata = { a: "", b: null, c: " 3 ", d: { e: "" } };
    expect(parseRequest({ ...MANLY, metadata }).request.metadata).toEqual(metadata);
    expect(parseRequest({ ...MANLY, metadata: "" }).request).toEqual(MANLY);
  });

  test("an object in which nothing is filled in is absent; a list of none is not", () => {
    const blank = {
      delivery: { folder: "", filename: null },
      branding: {},
      data: { suburb: { name: "", state: " " } },
    };
    expect(parseRequest({ ...MANLY, ...blank }).request).toEqual(MANLY);
    const php = { delivery: [], branding: [], metadata: [], data: { suburb: [], sales: "" } };
    expect(parseRequest({ ...MANLY, ...php }).request).toEqual(MANLY);
    expect(problemOf(() => parseRequest({ ...MANLY, delivery: ["a"] }))).toBe("must be an object, not a list");
    expect(parseRequest({ ...MANLY, data: { agents: [], sales: "" } }).request.data).toEqual({ agents: [] });
  });

  test("a list of ids may be one text, and its empty ones are dropped", () => {
    const ids = (agency_ids: unknown) => parseDataSet({ sales: [{ ...sale(), agency_ids }] }).sales?.[0]?.agency_ids;
    expect(ids("a; b;")).toEqual(["a", "b"]);
    expect(ids(["a", "", null, " b "])).toEqual(["a", "b"]);
    expect(ids([""])).toBeUndefined();
    expect(ids([])).toEqual([]);
  });

  test("what is right is not copied, and what is given is not changed", () => {
    const right = dataSet({ sales: [sale()] });
    expect(parseDataSet(right)).toBe(right);
    const given = { ...MANLY, postcode: "", delivery: { folder: " a " } };
    const before = structuredClone(given);
    parseRequest(given);
    expect(given).toEqual(before);
  });

  test("a field named __proto__ stays a field", () => {
    const given = JSON.parse('{"suburb":" Manly ","state":"NSW","__proto__":{"postcode":"9999"}}') as unknown;
    const read = readForm(ReportRequest, given) as object;
    expect(Object.getPrototypeOf(read)).toBe(Object.prototype);
    expect((read as { postcode?: string }).postcode).toBeUndefined();
  });

  test("any value at all is read without an error", () => {
    fc.assert(fc.property(fc.anything(), (value) => void readForm(ReportRequest, value)));
  });
});

interface Refusal {
  readonly problems: readonly { readonly path: string; readonly message: string }[];
}

function refusalOf(act: () => unknown): Refusal {
  try {
    act();
  } catch (error) {
    if (error instanceof Failure) return error.options.details as unknown as Refusal;
    throw error;
  }
  throw new Error("it was not refused");
}

function problemOf(act: () => unknown): string {
  return refusalOf(act).problems[0]?.message ?? "";
}

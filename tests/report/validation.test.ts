import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { Failure } from "../../src/failure.ts";
import { DataSet } from "../../src/report/data-set.ts";
import { preparePicture, withPictures } from "../../src/report/pictures/picture.ts";
import { parseDataSet, parseRequest, type SchemaViolation, unknownFields } from "../../src/report/validation.ts";
import { png } from "../render/pictures.ts";
import { workOf } from "../work.ts";
import { dataSet, sale } from "./data.ts";

await withPictures(() => preparePicture(png(), "photo"));

describe("a data set", () => {
  test("with a list of agents' names is enough", () => {
    expect(parseDataSet({ agents: [{ name: "Ann" }] })).toEqual({ agents: [{ name: "Ann" }] });
  });

  test("that is right passes as it is", () => {
    const data = dataSet({ sales: [sale()], agencies: [{ id: "a", name: "A" }] });
    expect(parseDataSet(data)).toBe(data);
  });

  test.each<[string, unknown, string, RegExp]>([
    ["no object", [], "", /must be an object, not a list/],
    ["a name that is missing", { agents: [{ id: "x" }] }, "/agents/0/name", /is required/],
    [
      "a wrong word",
      { sales: [{ ...sale(), category: "hous" }] },
      "/sales/0/category",
      /one of house, unit, land, other, not "hous"/,
    ],
    ["a wrong type", { sales: [{ ...sale(), price: "1.2m" }] }, "/sales/0/price", /must be a whole number, not "1.2m"/],
    ["a date in another form", { as_of: "30/06/2026" }, "/as_of", /such as 2026-06-30, not "30\/06\/2026"/],
    [
      "a day no calendar has",
      { sales: [sale({ sold_date: "2026-02-30" })] },
      "/sales/0/sold_date",
      /is not a day of the calendar/,
    ],
    ["a price below 0", { sales: [{ ...sale(), price: -1 }] }, "/sales/0/price", /must be 0 or more/],
    [
      "an id twice",
      {
        agencies: [
          { id: "a", name: "A" },
          { id: "a", name: "B" },
        ],
      },
      "/agencies/1/id",
      /already/,
    ],
    ["a text too long", { agents: [{ name: "x".repeat(201) }] }, "/agents/0/name", /at most 200 characters/],
    [
      "too many agents",
      { agents: Array.from({ length: 2_001 }, () => ({ name: "A" })) },
      "/agents",
      /2000 items, not 2001/,
    ],
    [
      "a picture that is none",
      { agents: [{ name: "A", photo: "data:image/png;base64,AAAA" }] },
      "/agents/0/photo",
      /no PNG, JPEG, GIF or WebP picture: save it as JPEG or PNG and send the new file \(the photo of A\)/,
    ],
    [
      "a picture that is damaged",
      { agents: [{ name: "A", photo: png({ broken: true }) }] },
      "/agents/0/photo",
      /damaged.*\(the photo of A\)/,
    ],
    [
      "an SVG",
      { agents: [{ name: "A", photo: "data:image/svg+xml;base64,PHN2Zy8+" }] },
      "/agents/0/photo",
      /an SVG drawing/,
    ],
    [
      "a picture of a billion pixels",
      { agencies: [{ id: "a", name: "A", logo: png({ claim: 16_001 }) }] },
      "/agencies/0/logo",
      /pixels/,
    ],
    [
      "a period that ends before it begins",
      { period: { from: "2026-01-02", to: "2026-01-01" } },
      "/period/to",
      /before/,
    ],
  ])("with %s is refused, the field named", (_, value, path, message) => {
    const failure = refusal(() => parseDataSet(value));
    expect(failure).toMatchObject({ code: "invalid_data_set", transient: false });
    expect(problems(failure)[0]).toEqual({ path, message: expect.stringMatching(message) });
    expect(failure.message).toContain(path || "must be an object");
  });

  test("reports all that is wrong, 20 things at most", () => {
    const sales = Array.from({ length: 50 }, () => ({ ...sale(), category: "castle" }));
    expect(problems(refusal(() => parseDataSet({ sales })))).toHaveLength(20);
    const two = refusal(() => parseDataSet({ as_of: "x", sales: [{ ...sale(), beds: 2.5 }] }));
    expect(problems(two).map(({ path }) => path)).toEqual(["/as_of", "/sales/0/beds"]);
  });

  test("may say null wherever a field may be missing", () => {
    const parsed = parseDataSet({ as_of: null, sources: null, sales: [{ ...sale(), method: null, agents: null }] });
    expect(parsed).not.toHaveProperty("as_of");
    expect(parsed.sales?.[0]).not.toHaveProperty("method");
    expect(refusal(() => parseDataSet({ agents: [{ name: null }] })).message).toContain("/agents/0/name");
  });

  test("of 5 MiB is checked in a few times what it takes to parse it", () => {
    const sales = Array.from({ length: 20_000 }, () =>
      sale({ agents: [{ id: "x", role: "lead" }], agency_ids: ["a"] }),
    );
    const work = workOf(() => parseDataSet({ sales }));
    expect(work).toBeLessThan(150);
  });

  test("is a data set or a permanent failure, whatever it is", () => {
    fc.assert(
      fc.property(fc.anything(), (value) => {
        try {
          parseDataSet(value);
        } catch (error) {
          expect(error).toBeInstanceOf(Failure);
          expect(problems(error as Failure).length).toBeGreaterThan(0);
        }
      }),
    );
  });
});

describe("a request", () => {
  const manly = { suburb: "Manly", state: "NSW" };

  test("of the old form passes", () => {
    expect(parseRequest(manly)).toEqual({ request: manly, warnings: [] });
  });

  test("without a suburb is refused", () => {
    const failure = refusal(() => parseRequest({ state: "NSW" }));
    expect(failure).toMatchObject({ code: "invalid_request", transient: false });
    expect(problems(failure)).toContainEqual({ path: "/suburb", message: "is required" });
  });

  test("names what it does not know, and is accepted", () => {
    const { warnings } = parseRequest({
      ...manly,
      sububr: "x",
      data: {
        agents: [
          { name: "A", nmae: 1 },
          { name: "B", nmae: 2 },
        ],
      },
    });
    expect(warnings).toEqual(["/sububr is unknown and was ignored", "/data/agents/0/nmae is unknown and was ignored"]);
  });

  test("loses unknown fields, however deep they are, and nothing else", () => {
    const branding = { name: "N", colour: "#aabbcc" };
    const data = { agents: [{ name: "A" }], suburb: { name: "Manly", state: "NSW" as const } };
    const metadata = { any: { depth: [1, { of: "it" }] } };
    const known = { ...manly, branding, data, metadata, delivery: { folder: "f" } };
    const noise = JSON.parse('{"__proto__":{"a":1},"constructor":1,"x":["y"]}') as object;
    const { request, warnings } = parseRequest({
      ...known,
      ...noise,
      padding: "x".repeat(1_000_000),
      branding: { ...branding, padding: "x" },
      delivery: { folder: "f", padding: [] },
      data: { ...data, padding: {}, agents: [{ name: "A", padding: "x" }] },
    });
    expect(JSON.parse(JSON.stringify(request))).toEqual(known);
    expect(warnings.length).toBeGreaterThan(5);
  });

  test("may carry any metadata, 16 kB of it", () => {
    expect(parseRequest({ ...manly, metadata: { a: [1, { b: null }] } }).warnings).toEqual([]);
    expect(refusal(() => parseRequest({ ...manly, metadata: { a: "x".repeat(17_000) } })).message).toContain(
      "/metadata",
    );
  });

  test("with the data of another suburb is refused", () => {
    const data = { suburb: { name: "Fairlight", state: "NSW" as const }, agents: [{ name: "A" }] };
    expect(problems(refusal(() => parseRequest({ ...manly, data })))[0]?.path).toBe("/data/suburb/name");
    expect(() =>
      parseRequest({
        suburb: "MANLY",
        state: "new south wales",
        data: { ...data, suburb: { name: "manly", state: "NSW" } },
      }),
    ).not.toThrow();
  });

  test("with a logo that is no picture is refused", () => {
    const failure = refusal(() => parseRequest({ ...manly, branding: { logo: "data:image/png;base64,AAAA" } }));
    expect(problems(failure)[0]?.path).toBe("/branding/logo");
  });

  test("is checked in a small part of what a megabyte of JSON takes", () => {
    const work = workOf(() => parseRequest(manly), 1_000);
    expect(work).toBeLessThan(0.02);
  });
});

test("unknown fields are reported, 20 at most, with JSON pointers", () => {
  const many = Object.fromEntries(Array.from({ length: 30 }, (_, n) => [`x/${n}~`, n]));
  const found = unknownFields(DataSet, many);
  expect(found).toHaveLength(20);
  expect(found[0]).toBe("/x~10~0");
  expect(unknownFields(DataSet, { suburb: { name: "Manly", state: "NSW", mayor: "x" }, __proto__: null })).toEqual([
    "/suburb/mayor",
  ]);
});

function refusal(act: () => unknown): Failure {
  try {
    act();
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
  throw new Error("it was not refused");
}

function problems(failure: Failure): readonly SchemaViolation[] {
  return failure.options.details?.problems as readonly SchemaViolation[];
}

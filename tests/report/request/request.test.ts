import { describe, expect, test } from "bun:test";
import { Failure } from "../../../src/failure.ts";
import { DOMAIN_TYPE_NAMES } from "../../../src/report/request/property-type.ts";
import { parseRequest } from "../../../src/report/validation.ts";

const read = (fields: object) => parseRequest({ suburb: "Manly", state: "NSW", ...fields });
const request = (fields: object) => read(fields).request as Record<string, unknown>;

function problems(fields: object): readonly { readonly path: string; readonly message: string }[] {
  try {
    read(fields);
  } catch (error) {
    if (error instanceof Failure && error.code === "invalid_request")
      return error.options.details?.problems as { path: string; message: string }[];
    throw error;
  }
  throw new Error("it was not refused");
}

/** Every field of the old call beside the locality, as a program sends it and as forms and spreadsheets do. */
const FIELDS: Readonly<Record<string, readonly [meant: unknown, ...sent: unknown[]]>> = {
  property_types: [
    ["House", "ApartmentUnitFlat"],
    ...["House,ApartmentUnitFlat", "house; apartment unit flat", "HOUSES, Apartment / Unit / Flat"],
    ...[
      ["house", "APARTMENTUNITFLAT"],
      ["House", " ", null, "house,apartment-unit-flat"],
      '["House","ApartmentUnitFlat"]',
    ],
  ],
  ...Object.fromEntries(
    ["bedrooms", "bathrooms", "carspaces"].flatMap((what) => [
      [`min_${what}`, [3, "3", " 3 ", "3.0", 3.0]],
      [`max_${what}`, [5, "5", "5\n"]],
    ]),
  ),
  min_land_area: [450, "450", "0.045 ha", "0.045 hectares", "450 m²", "450sqm", "450 m2"],
  max_land_area: [1_250.5, "1250.5", "1,250.5", "1,250.5 sqm"],
  include_surrounding_suburbs: [true, "true", "TRUE", "yes", "1", 1],
  region: ["Northern Beaches", " Northern Beaches "],
  area: ["Manly / Fairlight", "Manly / Fairlight\t"],
  home_owner_pricing: ["$1m-$1.5m", "$1m_$1.5m", "$1-$1.5m", "$1M - $1.5M"],
  featured_agent_id: ["12345", 12_345, " 12345 "],
  featured_agency_id: ["LJ Hooker Manly", "LJ Hooker Manly "],
  edition: ["brief", "Brief", " BRIEF"],
};

const ABSENT = ["", "  ", null, "null", "NULL", "undefined"];

describe("each field of the old call", () => {
  test.each(Object.entries(FIELDS))("%s is read in every form that it is sent in", (name, [meant, ...sent]) => {
    for (const value of [meant, ...sent]) expect([value, request({ [name]: value })[name]]).toEqual([value, meant]);
    expect(read({ [name]: meant }).warnings).toEqual([]);
  });

  test.each(Object.keys(FIELDS))("%s that was not filled in is absent", (name) => {
    for (const value of ABSENT) expect(request({ [name]: value })).toEqual({ suburb: "Manly", state: "NSW" });
  });

  test("a body of nothing but explicit nulls is a request for the locality", () => {
    const nulls = Object.fromEntries([...Object.keys(FIELDS), "post_code"].map((name) => [name, null]));
    expect(read(nulls)).toEqual({ request: { suburb: "Manly", state: "NSW" }, warnings: [] });
  });
});

describe("property types", () => {
  test("are Domain's 36 names and plain words, in any case and spacing, one or several, each once", () => {
    expect(DOMAIN_TYPE_NAMES).toHaveLength(36);
    for (const name of DOMAIN_TYPE_NAMES) {
      const apart = name.replace(/(?<=[a-z])(?=[A-Z])/g, " ");
      for (const text of [
        name,
        name.toLowerCase(),
        name.toUpperCase(),
        apart,
        apart.replaceAll(" ", "-"),
        ` ${apart} `,
      ])
        expect([text, request({ property_types: text }).property_types]).toEqual([text, [name]]);
    }
    expect(
      request({ property_types: "units, Apartments, flat, semi, acreage, unit, houses, Townhouses" }).property_types,
    ).toEqual([...["Unit", "Apartment", "Flat", "Semi", "Acreage", "House", "Townhouse"]]);
    expect(request({ property_types: [] })).not.toHaveProperty("property_types");
  });

  test("of another word are refused, and the known ones named", () => {
    for (const value of ["House, Castle", ["House", "Castle"], [["Castle"]], { type: "House" }, [7]]) {
      const [problem] = problems({ property_types: value });
      expect(problem?.path).toStartWith("/property_types");
      if (JSON.stringify(value).includes("House,") || JSON.stringify(value).includes('"House","'))
        expect(problem?.message).toMatch(/one of .*Apartment.*House.*Townhouse.*Villa.*not "Castle"/);
    }
  });
});

test("bounds that contradict one another are refused, each with the other's value", () => {
  for (const what of ["bedrooms", "bathrooms", "carspaces", "land_area"]) {
    const [problem] = problems({ [`min_${what}`]: "4", [`max_${what}`]: 2 });
    expect(problem).toEqual({
      path: `/max_${what}`,
      message: `must not be less than min_${what} (4), but is 2`,
    });
    expect(request({ [`min_${what}`]: 3, [`max_${what}`]: "3" })).toMatchObject({ [`min_${what}`]: 3 });
  }
});

test.each([
  ["min_bedrooms", 2.5],
  ["min_bedrooms", -1],
  ["max_carspaces", "many"],
  ["min_land_area", "big"],
  ["include_surrounding_suburbs", "perhaps"],
  ["home_owner_pricing", "$5m-$7m"],
  ["edition", "long"],
])("%s that is %p is refused by its name", (name, value) => {
  expect(problems({ [name]: value })[0]?.path).toBe(`/${name}`);
});

test("an unknown price band is refused with all that there are", () => {
  expect(problems({ home_owner_pricing: "a lot" })[0]?.message).toMatch(
    /"Less than \$500k", .*"\$1m-\$1\.5m", .*"\$10m\+"/,
  );
});

test("post_code is another name of postcode; two that differ are refused", () => {
  for (const value of ["2095", 2095, " 2095 "])
    expect(request({ post_code: value })).toMatchObject({ postcode: "2095" });
  expect(request({ post_code: 2095, postcode: "2095" })).toEqual({ suburb: "Manly", state: "NSW", postcode: "2095" });
  expect(request({ post_code: "", postcode: "2095" })).toMatchObject({ postcode: "2095" });
  expect(problems({ post_code: "2095", postcode: "4179" })[0]?.path).toBe("/post_code");
  expect(problems({ post_code: "20955" })[0]?.path).toBe("/post_code");
});

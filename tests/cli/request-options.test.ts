import { expect, test } from "bun:test";
import { Command } from "commander";
import { inOptions, OPTIONS, requestFieldsOf, withRequestOptions } from "../../src/cli/request-options.ts";
import { ApiError } from "../../src/client/client.ts";
import { parseRequest } from "../../src/report/validation.ts";

test.each([
  ["3", { min_bedrooms: 3, max_bedrooms: 3 }],
  ["3+", { min_bedrooms: 3 }],
  ["3-", { min_bedrooms: 3 }],
  [" 3 + ", { min_bedrooms: 3 }],
  ["-4", { max_bedrooms: 4 }],
  ["2-4", { min_bedrooms: 2, max_bedrooms: 4 }],
  ["2 – 4", { min_bedrooms: 2, max_bedrooms: 4 }],
  ["2..4", { min_bedrooms: 2, max_bedrooms: 4 }],
])("--bedrooms %p is %p", (range, fields) => {
  const { request } = parseRequest({ suburb: "Manly", state: "NSW", ...requestFieldsOf({ bedrooms: range }) });
  expect(request).toEqual({ suburb: "Manly", state: "NSW", ...fields });
});

test.each([
  ["--bedrooms", "three", "It must be a range such as 3, 3+, 2-4 or -4."],
  ["--bathrooms", "2-three", "It must be a range such as 3, 3+, 2-4 or -4."],
  ["--carspaces", "-", "It must be a range such as 3, 3+, 2-4 or -4."],
  ["--bedrooms", "4-2", "It must begin with the smaller number: 2-4."],
  ["--land-area", "900-1,000", null],
  ["--land-area", "0.5 ha", null],
  ["--land-area", "1,000-900", "It must begin with the smaller number: 900-1,000."],
  ["--bedrooms", "", null],
])("%s %p says: %p", (option, text, sentence) => {
  const command = withRequestOptions(new Command())
    .exitOverride()
    .configureOutput({ writeErr: () => {} });
  const parsed = () => command.parse([option, text], { from: "user" });
  if (sentence === null) expect(parsed).not.toThrow();
  else expect(parsed).toThrow(sentence);
});

test("an error names the options that were typed, each once, and a field of a file by its path", () => {
  const problems = [
    { path: "/min_land_area", message: 'must be a number, not "x"' },
    { path: "/max_land_area", message: 'must be a number, not "x"' },
    { path: "/sections/0", message: 'must be one of market, not "y"' },
    { path: "/subject/bedrooms", message: 'must be a whole number, not "z"' },
    { path: "/state", message: "is required" },
    { path: "/edition", message: "must be full or brief" },
  ];
  const flags = { landArea: "x", sections: "y", subject: "{}", locality: ["Nowhere"] };
  const { message } = inOptions(new ApiError("not valid", { code: "invalid_request", status: 422, problems }), flags);
  expect(message.split("\n")).toEqual([
    '--land-area must be a number, not "x"',
    '--sections must be one of market, not "y"',
    '--subject bedrooms must be a whole number, not "z"',
    "the state is required",
    "/edition must be full or brief",
  ]);
});

test("every option of a request is a field of it", () => {
  const names = withRequestOptions(new Command()).options.map((option) => option.attributeName());
  expect(names.filter((name) => !OPTIONS.includes(name))).toEqual([]);
});

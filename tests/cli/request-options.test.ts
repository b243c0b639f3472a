import { expect, test } from "bun:test";
import { requestFieldsOf } from "../../src/cli/request-options.ts";
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

test.each(["three", "2-three", "4-2"])("--bedrooms %p is for the service to refuse", (range) => {
  expect(() => parseRequest({ suburb: "Manly", state: "NSW", ...requestFieldsOf({ bedrooms: range }) })).toThrow(
    /bedrooms/,
  );
});

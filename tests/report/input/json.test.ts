import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { Failure } from "../../../src/failure.ts";
import { parseJsonText } from "../../../src/report/input/json.ts";

function refusal(text: string): Failure {
  try {
    parseJsonText(text);
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
  throw new Error(`it was taken: ${text}`);
}

describe("a text that is not JSON", () => {
  test.each([
    ['{\n  "suburb": "Manly"\n  "state": "NSW"\n}', "line 3, column 3: a comma is missing"],
    ['{"suburb": "Manly", "state": }', "line 1, column 30: a value is missing"],
    ["{'suburb': 'Manly'}", "line 1, column 2: this word is not JSON: put text in double quotes"],
    ['{"suburb": "Manly"', "line 1, column 19: a closing } is missing"],
    ['["a",\n "b"', "line 2, column 5: a closing ] is missing"],
    ['{"suburb": "Manly\n"}', "line 1, column 12: the text that starts here has no closing double quote"],
    ['{"a": 1} x', "line 1, column 10: this word is not JSON: put text in double quotes"],
    ['{"a" 1}', "line 1, column 6: a colon is missing"],
    ["\n\n  // a comment\n{}", "line 3, column 3: JSON has no comments"],
    ['{"a": "\\x"}', 'line 1, column 7: in a text, a backslash must be followed by one of " \\ / b f n r t u'],
    ["", "it is empty"],
    [" \n ", "it is empty"],
  ])("%j is refused with where and what is wrong", (text, message) => {
    expect(refusal(text)).toMatchObject({ code: "bad_json", message, transient: false });
  });

  test("is refused with a position within it, whatever one character was changed, and what is JSON is taken as it is", () => {
    fc.assert(
      fc.property(fc.json(), fc.nat(), fc.string({ minLength: 1, maxLength: 1 }), (json, at, character) => {
        expect(JSON.stringify(parseJsonText(json))).toBe(JSON.stringify(JSON.parse(json)));
        const where = at % json.length;
        const changed = json.slice(0, where) + character + json.slice(where + 1);
        try {
          JSON.parse(changed);
        } catch {
          const { message, options } = refusal(changed);
          expect(message.length).toBeGreaterThan(5);
          expect(message).not.toContain("JSON Parse error");
          const line = Number(options.details?.line ?? 1);
          expect(line).toBeWithin(1, changed.split("\n").length + 2);
        }
      }),
    );
  });
});

test("a number that would be rounded to another whole number, or to infinity, is the text of its digits", () => {
  expect(
    parseJsonText('{"id": 12345678901234567, "ids": [-98765432109876543210,1e400], "text": "[12345678901234567]"}'),
  ).toEqual({
    ...{ id: "12345678901234567", ids: ["-98765432109876543210", "1e400"] },
    text: "[12345678901234567]",
  });
  const whole = "[9007199254740991,10000000000000000,-0.12345678901234567890,1e300,0]";
  expect(parseJsonText(whole)).toEqual(JSON.parse(whole));
});

test.each(["[", '{"a":'])("a text that nests %j without end is refused before anything walks over it", (opening) => {
  const text = opening.repeat(200_000);
  expect(refusal(text)).toMatchObject({ code: "json_too_deep", message: "it is nested more than 64 levels deep" });
  expect(parseJsonText(JSON.stringify(text))).toBe(text);
});

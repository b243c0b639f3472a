import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { LONG_LIVED, MOST_LINES } from "./long-lived.ts";

const ROOT = resolve(import.meta.dir, "../..");

/** A field of the object that a file's functions close over: one that is assigned again, or a collection that grows. */
const FIELD =
  /(?:\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\n)?^ {2}(?:let (\w+)\b(?!: Server)|const (\w+)(?:: [^=\n]+)? = (?:new (?:Weak)?(?:Map|Set)\b|\[\];))/gm;

interface Field {
  readonly name: string;
  /** Functions that write it: its own comment says so, or that of the field before it, of which it is one of "both". */
  readonly writers: readonly string[];
}

/** Fields of the functions that build an object; those of a function that is called and returns are none. */
function fieldsOf(text: string): readonly Field[] {
  const fields: Field[] = [];
  let end = 0;
  for (const { 0: match, 1: own, 2: variable, 3: collection, index } of text.matchAll(FIELD)) {
    const follows = own === undefined && text.slice(end, index).trim() === "";
    const before = follows ? (fields.at(-1)?.writers ?? []) : [];
    const [, said = ""] = /ritten by ([\s\S]*)/.exec(own ?? "") ?? [];
    const named = [...said.matchAll(/`(\w+)`/g)].map(([, name = ""]) => name);
    fields.push({ name: variable ?? collection ?? "", writers: own === undefined ? before : named });
    end = text.indexOf("\n", index + match.length);
  }
  return fields;
}

/** Without what is done in one call: a function at the file's end that builds nothing. */
function buildersOf(text: string): string {
  return [...text.matchAll(/^(?:export )?(?:async )?function (?:create|open|start|watch|track)[\s\S]+?\n}\n/gm)].join(
    "\n",
  );
}

describe("the state of a long-lived part", () => {
  test.each(LONG_LIVED)(
    "%s: each field that changes says who writes it, by the name of a function of the file",
    (file) => {
      const text = readFileSync(join(ROOT, file), "utf8");
      const unsaid = fieldsOf(buildersOf(text)).flatMap(({ name, writers }) => {
        const gone = writers.filter(
          (writer) =>
            !new RegExp(
              `function ${writer}\\b|\\b${writer}(<\\w+>)?\\(.*\\{$|\\b${writer}(: | = )(.*=>|setInterval)`,
              "m",
            ).test(text),
        );
        return writers.length === 0 || gone.length > 0 ? [[name, ...gone]] : [];
      });
      expect(unsaid).toEqual([]);
    },
  );

  test.each(LONG_LIVED)("%s has fewer than 200 lines", (file) => {
    expect(readFileSync(join(ROOT, file), "utf8").split("\n").length - 1).toBeLessThan(MOST_LINES);
  });
});

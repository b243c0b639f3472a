import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import fc from "fast-check";
import { table } from "../../src/cli/table.ts";
import { createLog } from "../../src/observability/log.ts";
import { csvText } from "../../src/text/csv.ts";
import { visibleLine, visibleText } from "../../src/text/visible-text.ts";
import { post, run, startBinary, temporaryFolder, untilEnded } from "../e2e/binary.ts";
import { inlineJob } from "../e2e/jobs.ts";

/** Each kind of character that shows itself as something else, or not at all. */
const DECEPTIVE = [
  ...["\u202A", "\u202B", "\u202C", "\u202D", "\u202E", "\u2066", "\u2067", "\u2068", "\u2069", "\u200E", "\u061C"],
  ...["\u200B", "\u200C", "\u2060", "\uFEFF", "\u00AD", "\u3164", "\u115F", "\u2800", "\u180E"],
  ...["\u{E0041}", "\u{E0001}", "\u2028", "\u2029", "\u0000", "\u0007", "\u0008", "\u001B", "\r", "\u007F", "\u009B"],
];

describe("a text from outside", () => {
  test("has each deceptive character written out; all else, and the JSON it is in, stays the same", () => {
    for (const character of DECEPTIVE) {
      const shown = visibleText(`a${character}b`);
      expect([shown, shown.includes(character)]).toEqual([shown, false]);
      expect(shown).toMatch(/^a(\\u[0-9a-f]{4}){1,2}b$/);
    }
    for (const text of ["Café Müller", "日本語", "naïve – “quoted”", "👍🏽 ❤️", "a\n\tb", "＝1"])
      expect(visibleText(text)).toBe(text);
    fc.assert(
      fc.property(fc.anything({ withNullPrototype: false }), fc.string({ unit: "binary" }), (value, text) => {
        const json = JSON.stringify([value ?? null, text], null, 2);
        expect(JSON.parse(visibleText(json))).toEqual(JSON.parse(json));
      }),
    );
  });

  test("takes one line in a table and in a log that is read, and commands no terminal", () => {
    const evil = `x\u202Egpj.exe\u001B[2J\n12:00 INFO all is well\u0007`;
    expect(visibleLine(evil)).toBe("x\\u202egpj.exe\\u001b[2J 12:00 INFO all is well\\u0007");
    expect(table(["A"], [[evil]])).toHaveLength(2);
    for (const format of ["pretty", "json"] as const) {
      const lines: string[] = [];
      const destination = { write: (line: string) => void lines.push(line) };
      const log = createLog({ level: "info", format, secrets: [], destination, isTerminal: false });
      log.warn({ client: evil, err: new Error(evil) }, evil);
      const text = lines.join("");
      expect(text).toContain("x\\u202egpj.exe");
      expect(text).not.toMatch(/(?!\n|\t)\p{Cc}|\p{Cf}/u);
      if (format === "pretty") expect(text).not.toMatch(/^12:00 INFO all is well/m);
    }
  });

  test.each([
    ..."=+-@＝＋－＠".split("").map((sign) => `${sign}1+1`),
    ...[
      "\t=1",
      "\r=1",
      "\n=1",
      "\u0000=1",
      "\u200B=1",
      "\uFEFF＝1",
      " =1",
      "\u00A0+1",
      "\u202E@x",
      "\uFE66x",
      "\u207C1",
      "\u22121",
      '"=1',
      "\n",
      "\u0000",
      "'=1",
    ],
  ])("is no formula in a cell of CSV: %j", (text) => {
    const cell = csvText(text);
    expect(cell).toMatch(/^"?'/);
    expect(cell).not.toMatch(/(?!\n|\t)\p{Cc}|\p{Cf}/u);
  });

  test("is in CSV what it is where it is harmless, line ends within a cell too", () => {
    expect(csvText("Manly, NSW")).toBe('"Manly, NSW"');
    expect(csvText("two\nlines")).toBe('"two\nlines"');
    expect(csvText("a=b")).toBe("a=b");
    expect(csvText("")).toBe("");
  });

  test("is shown as it is by every command, in a table, as JSON and as CSV", async () => {
    const evil = "Ann\u202Egpj.exe\u001B[31m\u200B\u{E0041}";
    const dataDir = join(temporaryFolder(), "data");
    const service = await startBinary({ dataDir });
    const id = await post(service.url, { ...inlineJob(1), metadata: { [evil]: evil }, delivery: { folder: "x" } });
    await untilEnded(service.url, id);
    const env = { AGENTLINK_URL: service.url, AGENTLINK_DATA_DIR: dataDir };
    const shown = await run(["jobs", "show", id], { env });
    expect(shown.stdout).toContain("Ann\\u202egpj.exe");
    const json = await run(["jobs", "show", id, "--json"], { env });
    expect((JSON.parse(json.stdout) as { job: { metadata: unknown } }).job.metadata).toEqual({ [evil]: evil });
    const sql = `SELECT '${evil.replace("\u001B", "")}' || char(27) || '[31m' AS x`;
    const outputs = [shown, json];
    for (const format of [[], ["--csv"], ["--json"]]) outputs.push(await run(["sql", ...format, sql], { env }));
    outputs.push(await run(["submit", evil, "NSW"], { env }), await run(["jobs", "show", evil], { env }));
    for (const { stdout, stderr } of outputs) expect(stdout + stderr).not.toMatch(/(?!\n)\p{Cc}|\p{Cf}/u);
    await service.end("SIGTERM");
  }, 60_000);
});

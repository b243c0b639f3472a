import { expect, test } from "bun:test";
import { wantsColour } from "../../src/cli/terminal.ts";
import { createLog, type LogFormat, scrubber } from "../../src/observability/log.ts";

function logging(format: LogFormat, { isTerminal = false, level = "info", secrets = [] as readonly string[] } = {}) {
  const lines: string[] = [];
  const destination = { write: (line: string) => void lines.push(line) };
  return { log: createLog({ level, format, secrets, destination, isTerminal }), lines };
}

test("off a terminal each event is a line of JSON, with its level as a number and a word", () => {
  const { log, lines } = logging("auto");
  log.info({ request_id: "r1", job_id: "j1", client: "make" }, "request");
  log.debug("too little to tell");
  expect(lines).toHaveLength(1);
  expect(lines[0]?.endsWith("\n")).toBe(true);
  expect(JSON.parse(lines[0] ?? "")).toEqual({
    level: 30,
    severity: "info",
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    request_id: "r1",
    job_id: "j1",
    client: "make",
    msg: "request",
  });
});

test("on a terminal it is readable, and either form can be had anywhere", () => {
  for (const [format, isTerminal, readable] of [
    ["auto", true, true],
    ["auto", false, false],
    ["pretty", false, true],
    ["json", true, false],
  ] as const) {
    const { log, lines } = logging(format, { isTerminal });
    log.warn({ job_id: "j1" }, "job failed");
    const text = lines.join("");
    expect(text).toContain("job failed");
    expect(text).toContain("j1");
    expect(text.startsWith("{")).toBe(!readable);
    if (readable) expect(text).toContain("WARN");
    // With its day: a terminal is left open past midnight.
    if (readable) expect(text).toMatch(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}/);
  }
});

const KEY = `al_${"Ab3-_".repeat(8)}xyz`;
const SECRETS: readonly (readonly [what: string, value: string])[] = [
  ["a key", KEY],
  ["a signing secret", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"],
  ["a token in a header", "sl.BqTokenOfDropbox-1234567890"],
  ["a callback's path", "T0SECRET/B0SECRET/hook"],
  ["a callback's query", "sig-0123456789"],
  ["an address's password", "hunter2hunter2"],
  ["a configured secret", 'pass"word\\with signs'],
];

test("nothing secret is written, from whatever source and in whichever form", () => {
  for (const format of ["json", "pretty"] as const) {
    const { log, lines } = logging(format, { level: "trace", secrets: [SECRETS[6]?.[1] ?? ""] });
    const said = [
      `the key ${KEY} was refused`,
      "signed with whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
      "Authorization: Bearer sl.BqTokenOfDropbox-1234567890",
      "POST https://hooks.example.com/T0SECRET/B0SECRET/hook failed",
      "GET https://hooks.example.com?sig=sig-0123456789 failed",
      "redis://user:hunter2hunter2@redis.internal:6379/0 is gone",
      'the password is pass"word\\with signs',
    ];
    for (const words of said) {
      log.info(words);
      log.info({ detail: words, nested: { list: [words] } }, "an event");
      log.error({ err: new Error(words, { cause: new Error(words) }) }, "it broke");
    }
    const text = lines.join("");
    for (const [, value] of SECRETS) {
      expect(text).not.toContain(value);
      expect(text).not.toContain(JSON.stringify(value).slice(1, -1));
    }
    expect(text).toContain("https://hooks.example.com/…");
    expect(text).toContain("redis://redis.internal:6379/…");
  }
});

test("what is no secret stays as it is", () => {
  const scrub = scrubber(["s3cret", "abc"]);
  for (const line of [
    '{"msg":"agentlink is up at http://127.0.0.1:8080","url":"http://127.0.0.1:8080/"}',
    '{"path":"/api/jobs/01a20f77-904e-71ed-894c-0125990f5e22","client":"make.com"}',
    '{"msg":"an abc of al_so ran"}',
  ])
    expect(scrub(line)).toBe(line);
  expect(JSON.parse(scrub('{"a":"s3cret","b":"https://x.example/y?z=1"}'))).toEqual({
    a: "********",
    b: "https://x.example/…",
  });
});

test("colours are for terminals alone, and not where they are not requested", () => {
  const coloured = (isTerminal: boolean, colour: boolean | undefined) => {
    const lines: string[] = [];
    const destination = { write: (line: string) => void lines.push(line) };
    const options = { level: "info", format: "pretty" as const, secrets: [], destination, isTerminal };
    createLog({ ...options, ...(colour === undefined ? {} : { colour }) }).warn("job failed");
    return lines.join("").includes("\u001b[");
  };
  expect([coloured(true, undefined), coloured(true, true), coloured(true, false), coloured(false, true)]).toEqual([
    true,
    true,
    false,
    false,
  ]);
  expect([wantsColour({}), wantsColour({ NO_COLOR: "" }), wantsColour({ NO_COLOR: "1" })]).toEqual([true, true, false]);
});

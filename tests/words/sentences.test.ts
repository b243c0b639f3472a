import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { Glob } from "bun";
import { PATTERN } from "../../src/report/input/patterns.ts";
import { parseRequest } from "../../src/report/validation.ts";
import { readConfig } from "../../src/settings/settings.ts";
import { openApi } from "../http/api.ts";

const ROOT = join(import.meta.dir, "../..");
/** What a sentence for a person never has in it: the expression itself. */
const EXPRESSION = /\\d|\\w|\[[A-Z0-9a-z]-|\^|\{\d|\(\?/;

/** A value that violates an expression, and the sentence that its writer reads. */
type Case = readonly [name: string, value: unknown, sentence: string];

function messageOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  throw new Error("it was accepted");
}

describe("each expression of a request has a sentence", () => {
  const violations: readonly (readonly [
    pattern: keyof typeof PATTERN,
    path: string,
    fields: object,
    sentence: string,
  ])[] = [
    ["date", "/data/as_of", { data: { as_of: "30 June" } }, "must be a date such as 2026-06-30"],
    ["postcode", "/postcode", { postcode: "20956" }, "must be a postcode of four digits"],
    ["colour", "/branding/colour", { branding: { colour: "red" } }, "must be a colour such as #1f4e79"],
    ["picture", "/branding/logo", { branding: { logo: "logo.png" } }, "must be a PNG, JPEG, GIF or WebP picture"],
    [
      "pictureOrAddress",
      "/data/agencies/0/logo",
      { data: { agencies: [{ id: "a", name: "Harbour Realty", logo: "logo.png" }] } },
      "must be a PNG, JPEG, GIF or WebP picture as a data URI",
    ],
    ["address", "/callback_url", { callback_url: "ftp://a.example" }, "must be an address that begins with https://"],
    [
      "band",
      "/data/commission_rates/0/band",
      { data: { commission_rates: [{ state: "NSW", band: "cheap", rate_from: 1, rate_to: 2 }] } },
      "must be one of the price bands",
    ],
  ];
  test.each(violations)("%s: %s", (_, path, fields, sentence) => {
    const message = messageOf(() => parseRequest({ suburb: "Manly", state: "NSW", ...fields }));
    expect(message).toContain(`${path} ${sentence}`);
    expect(message).not.toMatch(EXPRESSION);
  });

  test("but that of hashes, which is of responses only", () => {
    const written = new Set<string>(violations.map(([pattern]) => pattern));
    expect(Object.keys(PATTERN).filter((name) => !written.has(name))).toEqual(["sha256"]);
  });
});

describe("each expression of a setting has a sentence", () => {
  const violations: readonly Case[] = [
    ["AGENTLINK_NOTIFY_MAIL", "ops", "must be mail addresses such as ops@example.com"],
    ["AGENTLINK_SMTP_URL", "mail.example.com", "must be smtp:// or smtps://"],
    ["AGENTLINK_CALLBACK_SECRET", "secret", "must be whsec_ and 24 to 64 bytes of base64"],
    ["AGENTLINK_KEY", "with blank", "must be a key as `agentlink keys create` prints it"],
    ["AGENTLINK_SOURCE_URL", "data.example.com", "must be an address that begins with https:// or http://"],
    [
      "AGENTLINK_SOURCE_URL",
      "https://a.example/{town}",
      "must not contain {town}: use {suburb}, {state} and {postcode}",
    ],
    ["AGENTLINK_REDIS_PREFIX", "a b", "must be 1 to 64 letters, digits, . _ and -"],
    ["AGENTLINK_PORT", "http", "must be a whole number from"],
    ["AGENTLINK_LOG_LEVEL", "loud", "must be one of trace, debug, info, warn, error"],
    ["AGENTLINK_S3_SECRET_ACCESS_KEY", "a\u00e9", "must contain only printable ASCII characters: copy it again"],
    ["AGENTLINK_S3_BUCKET", "s3://reports", "must be only the name of a bucket, such as reports"],
    ["AGENTLINK_S3_REGION", "Sydney!", "must be a region's name, such as ap-southeast-2 or auto"],
    ["AGENTLINK_DROPBOX_FOLDER", "a/../b", "must not contain . or .. as a folder name"],
    ["AGENTLINK_S3_PREFIX", "a\u0007", "must not contain control characters"],
    ["AGENTLINK_DROPBOX_FOLDER", "\u{1f600}", "must not contain emoji or rare ideographs"],
    ["AGENTLINK_DROPBOX_PATH_ROOT", "ours", "must be team or the number of a namespace"],
    ["AGENTLINK_DROPBOX_SHARE", "perhaps", "must be yes or no"],
    ["AGENTLINK_JOB_TIMEOUT", "10", "must be a duration such as 500ms, 90s, 10m, 12h or 30d"],
    ["AGENTLINK_MEMORY_LIMIT", "large", "must be a size such as 800MB, 3GB or 2GiB"],
    ["AGENTLINK_KEY_RATE", "60", "must be a rate such as 600/min, 5/s or 1000/h, or off"],
    ["AGENTLINK_TIME_ZONE", "Sydney", "must be a time zone such as Australia/Sydney"],
  ];
  test.each(violations)("%s=%p", (name, value, sentence) => {
    const message = messageOf(() => readConfig({ [name]: String(value) }, {}));
    expect(message).toContain(sentence);
    expect(message).not.toMatch(EXPRESSION);
  });
});

test("each expression of a parameter, a header and a field of the API has a sentence", async () => {
  await using api = await openApi();
  const id = await api.accept();
  const parameters: readonly (readonly [path: string, sentence: string])[] = [
    ["/api/jobs?limit=ten", "limit: must be a whole number from 1 to"],
    ["/api/jobs?status=done", "status: must be one or more of queued"],
    ["/api/jobs?created_after=soon", "created_after: must be a time such as 2026-11-24T08:00:00Z, or a day"],
    ["/api/jobs?order=up", 'order: must be one of created, ended, duration, not "up".'],
    ["/api/jobs?colour=red", "colour: unknown parameter. Use one of status"],
    ["/api/jobs/reports.zip?ids=1,2", 'ids: must be a list of 1 to 200 complete job ids, not "1".'],
    ["/api/events?after=x", 'after: must be the id of an event, a whole number, not "x".'],
    [`/api/job-status/${id}?wait=soon`, 'wait: must be a whole number of seconds from 0 to 300, not "soon".'],
    [`/api/job-status/${id}?until=soon`, 'until: must be changed or ended, not "soon".'],
    ["/api/statistics?window=year", 'window: must be hour or day, not "year".'],
    ["/api/catalogue?limit=x", "limit: must be a whole number from"],
    ["/api/jobs?undelivered=ftp", "undelivered: must be one or more of folder, dropbox, s3, separated by commas"],
    ["/api/jobs?state=XX", 'state: must be one of ACT, NSW, NT, QLD, SA, TAS, VIC, WA, not "XX".'],
    ["/api/audit?action=x", "action: must be one or more of createKey, changeKey,"],
    ["/api/catalogue?after=x", 'after: must be the value of `next` from the previous page, not "x".'],
    [
      "/api/catalogue/localities/nsw/manly/sales?after=x",
      'after: must be the value of `next` from the previous page, not "x".',
    ],
    [
      "/api/jobs?document=letter",
      'document: must be one of agents, agents_brief, agency, commission, complete, not "letter".',
    ],
    ["/api/jobs?draft=perhaps", 'draft: must be true or false, not "perhaps".'],
    ["/api/usage?from=2026", 'from: must be a month such as 2026-11, or a day of it such as 2026-11-24, not "2026".'],
    [
      "/api/jobs.csv?time_zone=Mars",
      'time_zone: must be UTC, suburb, or a time zone such as Australia/Sydney, not "Mars".',
    ],
    ["/api/agencies?suburb=Manly", "state: is required here, because suburb and state must be sent together."],
    ["/api/jobs/reports.zip?ids=01a21b0e-9a3b-704a-a93c-daa0e9a1e4cb&q=manly", "ids: must be sent without a filter"],
    ["/api/suburbs?q=", "q: must be the beginning of a suburb's name or a postcode"],
  ];
  const keys: readonly Case[] = [
    ["name", { name: "a b", scope: "admin" }, "name: must be 1 to 64 letters, digits"],
    ["scope", { name: "a", scope: "root" }, "scope: must be one of"],
    ["rate", { name: "a", scope: "admin", rate: "60" }, "rate: must be a rate such as 60/min, 5/s or 1000/h"],
    ["max_priority", { name: "a", scope: "admin", max_priority: 1.5 }, "max_priority: must be a whole number from 0"],
  ];
  const request = { suburb: "Manly", state: "NSW" };
  const refused = [
    ...parameters.map(async ([path, sentence]) => [await api.request(path), sentence] as const),
    ...keys.map(async ([, body, sentence]) => [await api.post("/api/keys", body), sentence] as const),
    api
      .post("/api/generate-agents-report", request, { "Idempotency-Key": "x".repeat(256) })
      .then((response) => [response, "An Idempotency-Key must have 1 to 255 printable ASCII characters."] as const),
  ];
  for (const [response, sentence] of await Promise.all(refused)) {
    const { detail, status } = (await response.json()) as { detail: string; status: number };
    expect(detail).toContain(sentence);
    expect(detail).not.toMatch(EXPRESSION);
    expect(status).toBeOneOf([400, 422]);
  }
}, 120_000);

test("the API's sentences are in two files: its errors, and what the log, a warning or a reason says", async () => {
  const elsewhere: string[] = [];
  const thrown = /new Failure\(\s*"\w+",\s*["`](?!\$\{(?:title|wrong|shown))/;
  const logged = /\blog\??\.(?:debug|info|warn|error)\((?:\s*\{[^}]*\},)?\s*["`]\S+ \S+ \S+ /;
  for (const path of (await Array.fromAsync(new Glob("src/http/**/*.ts").scan(ROOT))).sort()) {
    if (/\/(errors|messages)\.ts$/.test(path)) continue;
    const source = await Bun.file(join(ROOT, path)).text();
    if (thrown.test(source) || logged.test(source)) elsewhere.push(path);
  }
  expect(elsewhere).toEqual([]);
  expect('log.warn({ err }, "a request failed somewhere else")').toMatch(logged);
});

import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { Glob } from "bun";
import { sentencesIn } from "./literals.ts";

const ROOT = join(import.meta.dir, "../..");

/** A text of so many words is a sentence for a person, not a label. */
const SENTENCE = 4;

interface Room {
  readonly room: string;
  /** The room's files that have sentences: its messages, and vocabularies and pages that are texts themselves. */
  readonly files: RegExp;
  /** Of these the sentences are each used. */
  readonly messages: readonly string[];
  /** Titles. */
  readonly but?: readonly string[];
}

/** Rooms whose sentences are in one file; Dropbox's account and sign-in have their own, which its pages and commands share. */
const ROOMS: readonly Room[] = [
  {
    room: "src/delivery",
    files: /messages\.ts$|dropbox\/(account|login|credentials)\.ts$/,
    messages: ["src/delivery/messages.ts"],
  },
  // The words of portals and CRMs, and the templates' cells.
  {
    room: "src/import",
    files: /messages\.ts$|\/(words|synonyms|built-in-maps|template)\.ts$/,
    messages: ["src/import/messages.ts"],
  },
  // The examples and topics of `agentlink help`, and what a unit file or a licence says.
  {
    room: "src/cli",
    files: /messages\.ts$|\/(examples|topics)\.ts$|\/licences\/|\/install\/unit/,
    messages: ["src/cli/messages.ts", "src/cli/doctor/messages.ts"],
  },
  // What a setting is for is beside the setting.
  {
    room: "src/settings",
    files: /messages\.ts$|-settings\.ts$/,
    messages: ["src/settings/messages.ts"],
    but: ["Callbacks, and addresses that may be reached", "Commands that call a running service"],
  },
  ...["notify", "access", "storage", "queue", "pipeline", "outbound", "host", "migration", "redis", "parsing"].map(
    (room) => ({
      room: `src/${room}`,
      files: /messages\.ts$/,
      messages: [`src/${room}/messages.ts`],
    }),
  ),
  { room: "src/report/sources", files: /messages\.ts$/, messages: ["src/report/sources/messages.ts"] },
  // What a report says is beside the section that prints it.
  {
    room: "src/report",
    files:
      /^(?!src\/report\/(commission\/commission|featured|given-place|names|namesakes|pictures?|prepared-for|report|schema|suburbs|validation)\.ts$)/,
    messages: ["src/report/messages.ts"],
  },
  // A metric's help is beside the metric.
  {
    room: "src/observability",
    files: /messages\.ts$|(gauges|metrics)\.ts$/,
    messages: ["src/observability/messages.ts"],
  },
  // Sections say what a report says, patches and fonts what a build finds.
  {
    room: "src/render",
    files: /^(?!src\/render\/(complete|isolated|memory|pdf|pool|thread)\.ts$)/,
    messages: ["src/render/messages.ts"],
  },
];

describe.each(ROOMS)("the sentences of $room", ({ room, files, messages, but = [] }) => {
  test("are in its messages", async () => {
    const elsewhere: string[] = [];
    for await (const path of new Glob(`${room}/**/*.ts`).scan(ROOT))
      if (!files.test(path))
        for (const { line, text } of sentencesIn(path, await Bun.file(join(ROOT, path)).text(), SENTENCE))
          if (!but.includes(text)) elsewhere.push(`${path}:${line}: ${text}`);
    expect(elsewhere.toSorted()).toEqual([]);
  });

  test.each(messages)("in %s are each used", async (file) => {
    const sentences = Object.values((await import(join(ROOT, file))) as Record<string, object>).flatMap(Object.keys);
    const sources = await Promise.all(
      (await Array.fromAsync(new Glob("src/**/*.ts").scan(ROOT))).map((path) => Bun.file(join(ROOT, path)).text()),
    );
    const used = new Set(sources.flatMap((source) => source.match(/(?<=\bmessages\.)\w+/gi) ?? []));
    expect(sentences.length).toBeGreaterThan(3);
    expect(sentences.filter((name) => !used.has(name))).toEqual([]);
  });
});

test("a sentence in a thrown error, a log line or a template is found, SQL and labels are not", () => {
  const source = [
    'throw new Failure("x", "the file is empty: send another");',
    "log.info({ at }, `$" + "{jobs} of them wait for $" + "{target} now`);",
    'const QUERY = "SELECT the id of FROM jobs";',
    'const label = "three words only";',
    'const field = t.String({ description: "What the client has sent with it" });',
  ];
  expect(sentencesIn("a.ts", source.join("\n"), SENTENCE).map(({ line }) => line)).toEqual([1, 2]);
});

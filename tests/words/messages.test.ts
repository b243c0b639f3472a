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
  /** Titles. */
  readonly but?: readonly string[];
}

/** Rooms whose sentences are in one file; Dropbox's account and sign-in have their own, which its pages and commands share. */
const ROOMS: readonly Room[] = [
  {
    room: "src/delivery",
    files: /messages\.ts$|dropbox\/(account|login|credentials)\.ts$/,
  },
  // The words of portals and CRMs, and the templates' cells.
  {
    room: "src/import",
    files: /messages\.ts$|\/(words|column-words|date-columns|synonyms|built-in-maps|template)\.ts$/,
  },
  // The examples and topics of `agentlink help`, and the contents of a unit file or a licence.
  {
    room: "src/cli",
    files: /messages\.ts$|\/(examples|topics)\.ts$|\/licences\/|\/install\/unit/,
  },
  // What a setting is for is beside the setting.
  {
    room: "src/settings",
    files: /messages\.ts$|-settings\.ts$/,
    but: ["Callbacks, and addresses that may be reached", "Commands that call a running service"],
  },
  ...["notify", "access", "storage", "queue", "pipeline", "outbound", "host", "migration", "redis", "parsing"].map(
    (room) => ({
      room: `src/${room}`,
      files: /messages\.ts$/,
    }),
  ),
  { room: "src/report/sources", files: /messages\.ts$/ },
  // The names of property types are a vocabulary.
  {
    room: "src/report",
    files: /messages\.ts$|\/property-type\.ts$/,
  },
  // A metric's help is beside the metric.
  {
    room: "src/observability",
    files: /messages\.ts$|(gauges|metrics)\.ts$/,
  },
  // A patch has the messages of its build check beside it.
  {
    room: "src/render",
    files: /messages\.ts$|\/patches\//,
  },
  { room: "src/views", files: /messages\.ts$/ },
  { room: "src/client", files: /(messages|api)\.ts$/ },
  // Each page of the dashboard has its own, so that it loads by itself, beside the names of operations, scopes and routes.
  {
    room: "src/dashboard",
    files: /messages\.tsx?$|\/(audit\/actions|access\/scopes|dashboard\/pages)\.ts$/,
  },
];

describe.each(ROOMS)("the sentences of $room", ({ room, files, but = [] }) => {
  test("are in its messages", async () => {
    const elsewhere: string[] = [];
    for await (const path of new Glob(`${room}/**/*.{ts,tsx}`).scan(ROOT))
      if (!files.test(path))
        for (const { line, text } of sentencesIn(path, await Bun.file(join(ROOT, path)).text(), SENTENCE))
          if (!but.includes(text)) elsewhere.push(`${path}:${line}: ${text}`);
    expect(elsewhere.toSorted()).toEqual([]);
  });
});

test("a sentence of an element, an attribute, a dialog's title and a page of HTML is found, a label is not", () => {
  const source = [
    'const a = <p class="wide tall blue round">Jobs of <b>{name}</b> wait for memory</p>;',
    'const b = <input title="The name of the view" placeholder="Name" />;',
    "const c = { title: `Retry all of these $" + "{count}?` };",
    "const d = html`<p>Sign in with <code>x</code></p><p>Copy it now, please</p>`;",
    "const e = <button>Save this view</button>;",
  ];
  const lines = sentencesIn("src/dashboard/a.tsx", source.join("\n"), SENTENCE).map(({ line }) => line);
  expect(lines).toEqual([1, 2, 3, 4]);
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
